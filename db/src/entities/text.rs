//! How an enum of `domain` lies in a column of type `text`: as the text that its type gives itself, so that each enum has
//! one list of texts, in `domain`.

use std::ops::Deref;

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, StringLen, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable, Value};

/// A value of `T` in a column of type `text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Text<T>(pub T);

/// An enum that has a text of its own.
pub trait TextEnum: Copy + Send + Sync + 'static {
    /// Its text.
    fn text(self) -> &'static str;

    /// The value with this text.
    fn of_text(text: &str) -> Option<Self>;
}

macro_rules! text_enums {
    ($($name:path),* $(,)?) => {
        $(impl TextEnum for $name {
            fn text(self) -> &'static str {
                self.as_str()
            }

            fn of_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        })*
    };
}

text_enums!(
    crate::partitions::ArchiveState,
    domain::audit::Via,
    domain::backups::Kind,
    domain::backups::Offsite,
    domain::backups::Status,
    domain::backups::Trigger,
    domain::customers::Segment,
    domain::imports::Format,
    domain::imports::ProblemKind,
    domain::imports::RunStatus,
    domain::jobs::JobState,
    domain::jobs::RunOutcome,
    domain::orders::FulfilmentStatus,
    domain::orders::ItemKind,
    domain::orders::OrderKind,
    domain::orders::OrderStatus,
    domain::orders::PaymentKind,
    domain::orders::PaymentStatus,
    domain::settings::ReturnDay,
    domain::webhooks::DeliveryState,
    domain::webhooks::WebhookState,
);

impl<T> Deref for Text<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Text<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: TextEnum> From<Text<T>> for Value {
    fn from(value: Text<T>) -> Self {
        value.0.text().into()
    }
}

impl<T: TextEnum> TryGetable for Text<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, index)?;
        let unknown = || TryGetError::DbErr(DbErr::Type(format!("'{text}' is unknown to {}", Self::type_name())));
        T::of_text(&text).map(Self).ok_or_else(unknown)
    }
}

impl<T: TextEnum> ValueType for Text<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let text = <String as ValueType>::try_from(value)?;
        T::of_text(&text).map(Self).ok_or(ValueTypeErr)
    }

    fn type_name() -> String {
        std::any::type_name::<T>().to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::String
    }

    fn column_type() -> ColumnType {
        ColumnType::String(StringLen::None)
    }
}

impl<T: TextEnum> Nullable for Text<T> {
    fn null() -> Value {
        Value::String(None)
    }
}
