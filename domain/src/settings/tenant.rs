//! What can be set for a tenant as a whole, with the type and the bounds of each value.

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use crate::calendar::Tz;
use crate::fields::FieldErrors;
use crate::numbers::NumberFormat;

/// So many events of a feed are kept however old they are.
pub const FEWEST_EVENTS: i64 = 10_000;

const EVENT_DAYS: RangeInclusive<u16> = 7..=3_650;
const IMPORT_DAYS: RangeInclusive<u16> = 30..=3_650;
const HOURS: RangeInclusive<u16> = 0..=23;

// By these names they stand in the table of settings.
const NUMBERS: &str = "numbers.format";
const BACKUP_HOUR: &str = "backup_hour";
const EVENTS: &str = "feed.keep_days";
const IMPORTS: &str = "imports.keep_days";
const ZONE: &str = "time_zone";

/// Everything that can be set for a tenant as a whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TenantSettings {
    /// How numbers are written on its pages.
    pub numbers: NumberFormat,
    /// The zone of pages about all stores; none for that of its first store.
    pub zone: Option<Tz>,
    /// The hour (UTC) at which its backups are made.
    pub backup_hour: u16,
    /// Days for which events of its feed are kept, the newest [`FEWEST_EVENTS`] in any case.
    pub event_days: u16,
    /// Days for which imports are kept after they ended; none for ever.
    pub import_days: Option<u16>,
}

/// A form of tenant settings: each takes a permission of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TenantForm {
    /// Numbers, and how long things are kept.
    General,
    /// When backups are made.
    Backups,
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self { numbers: NumberFormat::default(), zone: None, backup_hour: 3, event_days: 90, import_days: None }
    }
}

impl TenantForm {
    /// The fields that it may change.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::General => &["numbers", "zone", "event_days", "import_days"],
            Self::Backups => &["hour"],
        }
    }

    /// What the record of changes calls it.
    pub const fn action(self) -> &'static str {
        match self {
            Self::General => "tenant.set",
            Self::Backups => "backup.hour",
        }
    }
}

impl TenantSettings {
    /// The settings that are stored as `values`, by name; what is not, or cannot be read, is as it is when nobody chose.
    pub fn of(values: &Map<String, Value>) -> Self {
        let usual = Self::default();
        let number = |name: &str, bounds: RangeInclusive<u16>| {
            let found = values.get(name).and_then(Value::as_u64).and_then(|n| u16::try_from(n).ok());
            found.filter(|n| bounds.contains(n))
        };
        let numbers = values.get(NUMBERS).and_then(Value::as_str).and_then(|text| text.parse().ok());
        Self {
            numbers: numbers.unwrap_or(usual.numbers),
            zone: values.get(ZONE).and_then(Value::as_str).and_then(|text| text.parse().ok()),
            backup_hour: number(BACKUP_HOUR, HOURS).unwrap_or(usual.backup_hour),
            event_days: number(EVENTS, EVENT_DAYS).unwrap_or(usual.event_days),
            import_days: number(IMPORTS, IMPORT_DAYS),
        }
    }

    /// As they are stored, by name: null for what nobody chose.
    pub fn stored(&self) -> [(&'static str, Value); 5] {
        [
            (NUMBERS, self.numbers.as_str().into()),
            (ZONE, self.zone.map(Tz::name).into()),
            (BACKUP_HOUR, self.backup_hour.into()),
            (EVENTS, self.event_days.into()),
            (IMPORTS, self.import_days.into()),
        ]
    }

    /// These settings as `form` with `pairs` would have them, and every fault of it. A field that is not there stays as it
    /// is, and so does one that is not the form's.
    #[must_use]
    pub fn changed<'a>(
        &self,
        form: TenantForm,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, FieldErrors) {
        let (mut settings, mut faults) = (self.clone(), FieldErrors::default());
        for (name, value) in pairs.into_iter().filter(|(name, _)| form.fields().contains(name)) {
            if let Err(message) = settings.set(name, value.trim()) {
                faults.add(name, message);
            }
        }
        (settings, faults)
    }

    /// As the record of changes shows what `form` changes.
    pub fn recorded(&self, form: TenantForm) -> Value {
        match form {
            TenantForm::General => json!({
                "numbers": self.numbers.as_str(), "time_zone": self.zone.map(Tz::name), "event_days": self.event_days, "import_days": self.import_days,
            }),
            TenantForm::Backups => json!({"hour": self.backup_hour}),
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "numbers" => self.numbers = value.parse::<NumberFormat>()?,
            "zone" if value.is_empty() => self.zone = None,
            "zone" => {
                let zone =
                    value.parse().map_err(|_| "Enter an IANA time zone such as Europe/London, or leave empty.")?;
                self.zone = Some(zone);
            }
            "hour" => self.backup_hour = number(value, HOURS)?,
            "event_days" => self.event_days = number(value, EVENT_DAYS)?,
            "import_days" if value.is_empty() => self.import_days = None,
            "import_days" => {
                let days = number(value, IMPORT_DAYS).map_err(|words| {
                    format!(
                        "{words} Leave empty to store them \
                    forever."
                    )
                })?;
                self.import_days = Some(days);
            }
            _ => {}
        }
        Ok(())
    }
}

fn number(value: &str, bounds: RangeInclusive<u16>) -> Result<u16, String> {
    let found = value.parse().ok().filter(|n| bounds.contains(n));
    let format = NumberFormat::default();
    let [least, most] = [bounds.start(), bounds.end()].map(|bound| format.count((*bound).into()));
    found.ok_or_else(|| format!("Enter a number from {least} to {most}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_changes_its_own_fields_and_every_fault_is_told() {
        let usual = TenantSettings::default();
        let form = [
            ("numbers", " point-comma "),
            ("zone", "Asia/Kathmandu"),
            ("event_days", "30"),
            ("import_days", "365"),
            ("hour", "5"),
            ("x", "y"),
        ];
        let (changed, faults) = usual.changed(TenantForm::General, form);
        assert!(faults.is_empty(), "{faults}");
        assert_eq!((changed.numbers, changed.event_days), (NumberFormat::PointComma, 30));
        assert_eq!(changed.zone, Some(Tz::Asia__Kathmandu));
        assert_eq!(changed.changed(TenantForm::General, [("zone", " ")]).0.zone, None);
        assert_eq!((changed.import_days, changed.backup_hour), (Some(365), 3), "the hour is another form's");
        let (forever, faults) = changed.changed(TenantForm::General, [("import_days", "")]);
        assert!(faults.is_empty() && forever.import_days.is_none(), "{faults}");
        assert_eq!(usual.changed(TenantForm::Backups, form).0, TenantSettings { backup_hour: 5, ..usual.clone() });
        let bad = [("numbers", "comma"), ("zone", "Mars/Olympus"), ("event_days", "6"), ("import_days", "29")];
        let (kept, faults) = changed.changed(TenantForm::General, bad);
        assert_eq!(faults.0.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), bad.map(|(name, _)| name));
        assert_eq!(kept, changed);
        for hour in ["24", "", "x", "-1"] {
            let faults = usual.changed(TenantForm::Backups, [("hour", hour)]).1;
            assert_eq!(faults.0[0].message, "Enter a number from 0 to 23.", "{hour}");
        }
    }

    #[test]
    fn stored_settings_read_back_and_nonsense_means_the_default() {
        let chosen = TenantSettings {
            numbers: NumberFormat::SpaceComma,
            zone: Some(Tz::America__New_York),
            backup_hour: 0,
            event_days: 7,
            import_days: Some(3_650),
        };
        let stored = |settings: &TenantSettings| {
            settings.stored().into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>()
        };
        for settings in [chosen, TenantSettings::default()] {
            assert_eq!(TenantSettings::of(&stored(&settings)), settings);
        }
        let nonsense = json!({"numbers.format": 1, "time_zone": "x", "backup_hour": 24, "feed.keep_days": 0, "imports.keep_days": -1});
        assert_eq!(TenantSettings::of(nonsense.as_object().unwrap()), TenantSettings::default());
    }
}
