//! A few icons, inline. Shapes from Lucide (lucide.dev), ISC licence, (c) Lucide Contributors.

use leptos::prelude::*;

use super::html::inert;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A house.
    Home,
    /// A shopping bag.
    Orders,
    /// An arrow into a tray.
    Import,
    /// A magnifying glass.
    Search,
    /// A chevron that points down.
    Down,
    /// An arrow up.
    ArrowUp,
    /// An arrow down.
    ArrowDown,
    /// An arrow to the right.
    ArrowRight,
    /// An arrow to the left.
    ArrowLeft,
    /// A cross.
    Close,
    /// A tick.
    Check,
    /// A triangle with an exclamation mark.
    Warning,
    /// A circle with an i.
    Info,
    /// A circle with a line through it.
    Stop,
    /// A shop front.
    Store,
    /// A person.
    Person,
    /// Buildings.
    Platform,
    /// A calendar.
    Calendar,
    /// Sliders.
    Filter,
    /// A clock.
    Clock,
    /// An arrow that goes back.
    Refund,
    /// Gears.
    Jobs,
    /// A box with a lid.
    Backups,
    /// Drawers.
    Partitions,
    /// A scroll.
    Audit,
    /// Levers.
    Settings,
    /// A dial.
    Usage,
    /// Layers.
    Tiers,
    /// Two people.
    People,
    /// A key.
    Key,
    /// Three circles that hang together.
    Webhook,
}

/// An icon of 16 px. It never speaks alone: words stand beside it.
#[component]
pub fn Icon(
    /// What it shows.
    sign: Sign,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="16" height="16" aria-hidden="true">
            {inert(sign.shape())}
        </svg>
    }
}

impl Sign {
    /// All of them.
    pub const ALL: [Self; 31] = [
        Self::Home,
        Self::Orders,
        Self::Import,
        Self::Search,
        Self::Down,
        Self::ArrowUp,
        Self::ArrowDown,
        Self::ArrowRight,
        Self::ArrowLeft,
        Self::Close,
        Self::Check,
        Self::Warning,
        Self::Info,
        Self::Stop,
        Self::Store,
        Self::Person,
        Self::Platform,
        Self::Calendar,
        Self::Filter,
        Self::Clock,
        Self::Refund,
        Self::Jobs,
        Self::Backups,
        Self::Partitions,
        Self::Audit,
        Self::Settings,
        Self::Usage,
        Self::Tiers,
        Self::People,
        Self::Key,
        Self::Webhook,
    ];

    const fn shape(self) -> &'static str {
        match self {
            Self::Home => {
                r#"<path d="M15 21v-8a1 1 0 0 0-1-1h-4a1 1 0 0 0-1 1v8"/><path d="M3 10a2 2 0 0 1 .7-1.5l7-6a2 2 0 0 1 2.6 0l7 6A2 2 0 0 1 21 10v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"/>"#
            }
            Self::Orders => {
                r#"<path d="M6 2 3 6v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V6l-3-4Z"/><path d="M3 6h18"/><path d="M16 10a4 4 0 0 1-8 0"/>"#
            }
            Self::Import => r#"<path d="M12 3v12M8 11l4 4 4-4M4 17v2a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-2"/>"#,
            Self::Search => r#"<circle cx="11" cy="11" r="7"/><path d="m21 21-4.5-4.5"/>"#,
            Self::Down => r#"<path d="m6 9 6 6 6-6"/>"#,
            Self::ArrowUp => r#"<path d="m5 12 7-7 7 7"/><path d="M12 19V5"/>"#,
            Self::ArrowDown => r#"<path d="M12 5v14"/><path d="m19 12-7 7-7-7"/>"#,
            Self::ArrowRight => r#"<path d="M5 12h14"/><path d="m12 5 7 7-7 7"/>"#,
            Self::ArrowLeft => r#"<path d="m12 19-7-7 7-7"/><path d="M19 12H5"/>"#,
            Self::Close => r#"<path d="M18 6 6 18"/><path d="m6 6 12 12"/>"#,
            Self::Check => r#"<path d="M20 6 9 17l-5-5"/>"#,
            Self::Warning => {
                r#"<path d="m21.7 18-8-14a2 2 0 0 0-3.5 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.7-3"/><path d="M12 9v4"/><path d="M12 17h.01"/>"#
            }
            Self::Info => r#"<circle cx="12" cy="12" r="10"/><path d="M12 16v-4"/><path d="M12 8h.01"/>"#,
            Self::Stop => r#"<circle cx="12" cy="12" r="10"/><path d="m4.9 4.9 14.2 14.2"/>"#,
            Self::Store => {
                r#"<path d="M4 12v8a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-8"/><path d="m2 7 4.4-4.4A2 2 0 0 1 7.8 2h8.4a2 2 0 0 1 1.4.6L22 7"/><path d="M2 7h20v3a2 2 0 0 1-2 2c-2 0-2-1-4-1s-2 1-4 1-2-1-4-1-2 1-4 1a2 2 0 0 1-2-2Z"/><path d="M15 22v-4a2 2 0 0 0-2-2h-2a2 2 0 0 0-2 2v4"/>"#
            }
            Self::Person => r#"<path d="M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2"/><circle cx="12" cy="7" r="4"/>"#,
            Self::Platform => {
                r#"<path d="M6 22V4a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v18Z"/><path d="M6 12H4a2 2 0 0 0-2 2v6a2 2 0 0 0 2 2h2"/><path d="M18 9h2a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-2"/><path d="M10 6h4M10 10h4M10 14h4M10 18h4"/>"#
            }
            Self::Calendar => r#"<path d="M8 2v4M16 2v4M3 10h18"/><rect width="18" height="18" x="3" y="4" rx="2"/>"#,
            Self::Filter => r#"<path d="M3 6h18M7 12h10M10 18h4"/>"#,
            Self::Clock => r#"<circle cx="12" cy="12" r="10"/><path d="M12 6v6l4 2"/>"#,
            Self::Jobs => {
                r#"<circle cx="12" cy="12" r="3"/><path d="M12 2v3M12 19v3M4.9 4.9 7 7M17 17l2.1 2.1M2 12h3M19 12h3M4.9 19.1 7 17M17 7l2.1-2.1"/>"#
            }
            Self::Backups => {
                r#"<rect width="20" height="5" x="2" y="3" rx="1"/><path d="M4 8v11a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8"/><path d="M10 12h4"/>"#
            }
            Self::Audit => {
                r#"<path d="M15 12h-5M15 8h-5M19 17V5a2 2 0 0 0-2-2H4"/><path d="M8 21h12a2 2 0 0 0 2-2v-1a1 1 0 0 0-1-1H11a1 1 0 0 0-1 1v1a2 2 0 1 1-4 0V5a2 2 0 1 0-4 0v2a1 1 0 0 0 1 1h3"/>"#
            }
            Self::Settings => r#"<path d="M21 4h-7M10 4H3M21 12h-9M8 12H3M21 20h-5M12 20H3M14 2v4M8 10v4M16 18v4"/>"#,
            Self::Partitions => {
                r#"<rect width="18" height="18" x="3" y="3" rx="2"/><path d="M3 9h18M3 15h18M10 6h4M10 12h4M10 18h4"/>"#
            }
            Self::Usage => r#"<path d="m12 14 4-4"/><path d="M3.3 19a10 10 0 1 1 17.4 0"/>"#,
            Self::Tiers => r#"<path d="m12 2 10 5-10 5L2 7Z"/><path d="m2 12 10 5 10-5"/><path d="m2 17 10 5 10-5"/>"#,
            Self::People => {
                r#"<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"/><circle cx="9" cy="7" r="4"/><path d="M22 21v-2a4 4 0 0 0-3-3.9"/><path d="M16 3.1a4 4 0 0 1 0 7.8"/>"#
            }
            Self::Webhook => {
                r#"<path d="M18 16.98h-5.99c-1.1 0-1.95.94-2.48 1.9A4 4 0 0 1 2 17c.01-.7.2-1.4.57-2"/><path d="m6 17 3.13-5.78c.53-.97.1-2.18-.5-3.1a4 4 0 1 1 6.89-4.06"/><path d="m12 6 3.13 5.73C15.66 12.7 16.9 13 18 13a4 4 0 0 1 0 8"/>"#
            }
            Self::Key => {
                r#"<path d="m15.5 7.5 2.3 2.3a1 1 0 0 0 1.4 0l2.1-2.1a1 1 0 0 0 0-1.4L19 4"/><path d="m21 2-9.6 9.6"/><circle cx="7.5" cy="15.5" r="5.5"/>"#
            }
            Self::Refund => r#"<path d="M9 14 4 9l5-5"/><path d="M4 9h10.5a5.5 5.5 0 0 1 0 11H11"/>"#,
        }
    }
}
