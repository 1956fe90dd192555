//! How an enum of `domain` lies in a column of type `text`: as the text that its type gives itself, so that each enum has
//! one list of texts, in `domain`.

use std::str::FromStr;

use derive_more::{Deref, From};
use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, StringLen, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable, Value};

/// A value of `T` in a column of type `text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deref, From)]
pub struct Text<T>(pub T);

/// An enum that has a text of its own.
pub trait TextEnum: FromStr + Into<&'static str> + Copy + Send + Sync + 'static {}

impl<T: FromStr + Into<&'static str> + Copy + Send + Sync + 'static> TextEnum for T {}

impl<T: TextEnum> From<Text<T>> for Value {
    fn from(value: Text<T>) -> Self {
        let text: &'static str = value.0.into();
        text.into()
    }
}

impl<T: TextEnum> TryGetable for Text<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, index)?;
        let unknown = || TryGetError::DbErr(DbErr::Type(format!("'{text}' is unknown to {}", Self::type_name())));
        text.parse().map(Self).map_err(|_| unknown())
    }
}

impl<T: TextEnum> ValueType for Text<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let text = <String as ValueType>::try_from(value)?;
        text.parse().map(Self).map_err(|_| ValueTypeErr)
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
