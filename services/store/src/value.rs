//! Making values for statements, as short as reading them is in [`crate::row`].

use std::fmt::Display;

use amends_domain::{Money, Time};
use sea_orm::Value;

/// What is already text: ids that callers gave, words of enumerations.
pub(crate) fn str(text: &str) -> Value {
    Value::String(Some(text.to_owned()))
}

/// The same, where there may be none.
pub(crate) fn str_opt(text: Option<&str>) -> Value {
    Value::String(text.map(str::to_owned))
}

/// What is printed first: our own ids, keys of buyers and subjects.
pub(crate) fn text(what: impl Display) -> Value {
    Value::String(Some(what.to_string()))
}

/// The same, where there may be none.
pub(crate) fn text_opt(what: Option<impl Display>) -> Value {
    Value::String(what.map(|w| w.to_string()))
}

/// A number.
pub(crate) fn int(number: impl Into<i64>) -> Value {
    Value::BigInt(Some(number.into()))
}

/// The same, where there may be none.
pub(crate) fn int_opt(number: Option<impl Into<i64>>) -> Value {
    Value::BigInt(number.map(Into::into))
}

/// A point in time.
pub(crate) fn time(at: Time) -> Value {
    Value::BigInt(Some(at.micros()))
}

/// The same, where there may be none.
pub(crate) fn time_opt(at: Option<Time>) -> Value {
    Value::BigInt(at.map(Time::micros))
}

/// An amount and its currency, for two columns.
pub(crate) fn money_opt(money: Option<Money>) -> [Value; 2] {
    [int_opt(money.map(|m| m.minor_units)), text_opt(money.map(|m| m.currency))]
}

/// Several words in one column, read back by [`crate::row::Row::words`].
pub(crate) fn words<T: Display>(words: &[T]) -> Value {
    let printed: Vec<String> = words.iter().map(ToString::to_string).collect();
    Value::String(Some(printed.join(",")))
}

/// Keys as [`crate::bulk::keys`] takes them, from ids of shops.
pub(crate) fn of<T: Display>(ids: &[crate::Of<T>]) -> Vec<Vec<String>> {
    ids.iter().map(|(shop, id)| vec![shop.to_string(), id.to_string()]).collect()
}
