//! What a tier says: its limits and the features it lacks. Stored as JSON and as words.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use strum::IntoStaticStr;

use super::Limit;

/// Something that a tier may leave out as a whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Feature {
    /// Programs with keys.
    Api,
    /// Importing files.
    Imports,
    /// Backups whenever somebody asks for one.
    BackupsOnDemand,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Api, Self::Imports, Self::BackupsOnDemand];

    /// As it is stored and named in forms.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What it is called in lists.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Api => "API access",
            Self::Imports => "File imports",
            Self::BackupsOnDemand => "On-demand backups",
        }
    }

    /// The same within a sentence.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Api => "API access",
            Self::Imports => "file imports",
            Self::BackupsOnDemand => "on-demand backups",
        }
    }
}

/// What a tier says. The default allows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    limits: BTreeMap<Limit, i64>,
    lacks: BTreeSet<Feature>,
}

impl Terms {
    /// Reads what [`Terms::limits_json`] and [`Terms::lacking`] wrote. What is no limit, or none that can be set, is
    /// left out: a row that a later version wrote must not lock anybody out.
    pub fn read<'a>(limits: &Value, lacks: impl IntoIterator<Item = &'a str>) -> Self {
        let named = limits.as_object().into_iter().flatten();
        let limit = |(name, value): (&String, &Value)| {
            let limit: Limit = name.parse().ok()?;
            Some((limit, limit.check(value.as_i64()?).ok()?))
        };
        let lacks = lacks.into_iter().filter_map(|name| Feature::ALL.into_iter().find(|f| f.as_str() == name));
        Self { limits: named.filter_map(limit).collect(), lacks: lacks.collect() }
    }

    /// What it allows of something; `None`: without end.
    pub fn allowed(&self, limit: Limit) -> Option<i64> {
        self.limits.get(&limit).copied()
    }

    /// Whether it has the feature.
    pub fn has(&self, feature: Feature) -> bool {
        !self.lacks.contains(&feature)
    }

    /// Sets a limit, or takes it away.
    ///
    /// # Errors
    /// Words for a form when it cannot be that.
    pub fn set(&mut self, limit: Limit, value: Option<i64>) -> Result<(), String> {
        match value {
            Some(value) => self.limits.insert(limit, limit.check(value)?),
            None => self.limits.remove(&limit),
        };
        Ok(())
    }

    /// Adds a feature, or leaves it out.
    pub fn offer(&mut self, feature: Feature, offered: bool) {
        if offered {
            self.lacks.remove(&feature);
        } else {
            self.lacks.insert(feature);
        }
    }

    /// The limits as they are stored.
    pub fn limits_json(&self) -> Value {
        let pairs = self.limits.iter().map(|(limit, value)| (limit.as_str().to_owned(), Value::from(*value)));
        Value::Object(pairs.collect::<Map<_, _>>())
    }

    /// The names of the features that it lacks.
    pub fn lacking(&self) -> Vec<String> {
        self.lacks.iter().map(|feature| feature.as_str().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn terms_read_back_and_leave_out_what_they_do_not_know() {
        let mut terms = Terms::default();
        for limit in Limit::ALL {
            terms.set(limit, Some(limit.least())).unwrap();
        }
        terms.offer(Feature::Imports, false);
        terms.offer(Feature::Api, false);
        terms.offer(Feature::Api, true);
        let lacking = terms.lacking();
        assert_eq!(lacking, ["imports"]);
        assert_eq!(Terms::read(&terms.limits_json(), lacking.iter().map(String::as_str)), terms);
        let odd = json!({"stores": 3, "moons": 4, "members": "many", "products": -1, "batch_orders": 2.5});
        let read = Terms::read(&odd, ["imports", "moons"]);
        assert_eq!(read.limits_json(), json!({"stores": 3}));
        assert!(!read.has(Feature::Imports) && read.has(Feature::Api));
        assert_eq!(Terms::read(&Value::Null, []), Terms::default());
        assert!(terms.set(Limit::BatchOrders, Some(1_001)).is_err());
    }
}
