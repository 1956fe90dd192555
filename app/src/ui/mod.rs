//! The looks of everything: components with meanings (`Tone::Warning`) instead of class names in pages. Their
//! styles are in `style/components`, in files of the same names where they have one; layout is utilities in the markup.

pub mod button;
pub mod card;
pub mod change;
pub mod chart;
pub mod choices;
pub mod empty;
pub mod field;
pub mod figure;
pub mod filter_form;
pub mod health;
pub mod html;
pub mod icon;
pub mod ignored;
pub mod meter;
pub mod money;
pub mod notice;
pub mod numbers;
pub mod pager;
pub mod pill;
pub mod qr;
pub mod read_only;
pub mod scale;
pub mod skeleton;
pub mod sparkline;
pub mod table;
pub mod text;
pub mod time;
pub mod time_bars;

pub use button::{Button, ButtonLink, Look};
pub use card::{Card, PageHeader};
pub use choices::{Choice, Choices};
pub use empty::Empty;
pub use field::{Field, FileField, SelectField, TextArea};
pub use figure::Figure;
pub use filter_form::{FilterForm, Search, Typed};
pub use health::Health;
pub use html::Html;
pub use icon::{Icon, Sign};
pub use money::Amount;
pub use notice::Notice;
pub use pill::{Pill, Tone};
pub use time::{Clock, When};
