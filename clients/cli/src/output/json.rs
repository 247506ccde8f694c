//! Messages of the contract as JSON: lower camel case, RFC 3339 times, enums by
//! name, as protobuf has it, with two differences that suit `jq`: 64-bit numbers
//! stay numbers, and numbers, truths and lists are there even when zero or empty.

use amends_proto::v1;
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

use crate::{codes::Code, when::timestamp};

/// Something of the contract that can be written as JSON.
pub(crate) trait Shown {
    /// Whether it says anything; an empty text or an unset message does not.
    fn is_set(&self) -> bool {
        true
    }

    /// Writes it.
    fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Lends anything that is [`Shown`] to serde.
pub(crate) struct View<'a, T>(pub(crate) &'a T);

impl<T: Shown> Serialize for View<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.show(serializer)
    }
}

macro_rules! plain {
    ($($kind:ty)*) => {$(
        impl Shown for $kind {
            fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        }
    )*};
}

plain! { bool i32 i64 u64 f64 }

impl Shown for String {
    fn is_set(&self) -> bool {
        !self.is_empty()
    }

    fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl Shown for prost_types::Timestamp {
    fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match timestamp(self) {
            Some(time) => serializer.collect_str(&time),
            None => serializer.serialize_none(),
        }
    }
}

impl Shown for prost_types::Duration {
    fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.nanos {
            0 => serializer.collect_str(&format_args!("{}s", self.seconds)),
            nanos => serializer.collect_str(&format_args!("{}.{nanos:09}s", self.seconds)),
        }
    }
}

impl<T: Shown> Shown for Option<T> {
    fn is_set(&self) -> bool {
        self.as_ref().is_some_and(Shown::is_set)
    }

    fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => value.show(serializer),
            None => serializer.serialize_none(),
        }
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for item in self {
            list.serialize_element(&View(item))?;
        }
        list.end()
    }
}

/// A field that holds numbers of an enum.
pub(crate) trait Codes {
    /// Whether it says anything.
    fn says(&self) -> bool;

    /// Writes the names.
    fn names<C: Code, S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

impl Codes for i32 {
    fn says(&self) -> bool {
        *self != 0
    }

    fn names<C: Code, S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A value this client does not know is given as its number, so that
        // nothing a newer server says is lost.
        match crate::codes::name::<C>(*self) {
            Some(name) => serializer.serialize_str(name),
            None => serializer.serialize_i32(*self),
        }
    }
}

impl Codes for Option<i32> {
    fn says(&self) -> bool {
        self.is_some()
    }

    fn names<C: Code, S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.unwrap_or_default().names::<C, S>(serializer)
    }
}

impl Codes for Vec<i32> {
    fn says(&self) -> bool {
        true
    }

    fn names<C: Code, S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for value in self {
            list.serialize_element(&Named::<_, C>(value, std::marker::PhantomData))?;
        }
        list.end()
    }
}

/// Lends a field of enum numbers to serde.
struct Named<'a, T, C>(&'a T, std::marker::PhantomData<C>);

impl<T: Codes, C: Code> Serialize for Named<'_, T, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.names::<C, S>(serializer)
    }
}

/// Writes one field, if it says anything.
pub(crate) fn put<M: SerializeMap, T: Shown>(map: &mut M, field: &str, value: &T) -> Result<(), M::Error> {
    if value.is_set() {
        map.serialize_entry(&camel(field), &View(value))?;
    }
    Ok(())
}

/// Writes one field of enum numbers, if it says anything.
pub(crate) fn put_codes<M: SerializeMap, C: Code, T: Codes>(
    map: &mut M,
    field: &str,
    value: &T,
) -> Result<(), M::Error> {
    if value.says() {
        let named = Named::<_, C>(value, std::marker::PhantomData);
        map.serialize_entry(&camel(field), &named)?;
    }
    Ok(())
}

fn camel(field: &str) -> String {
    let mut camel = String::with_capacity(field.len());
    let mut raise = false;
    for letter in field.chars() {
        match letter {
            '_' => raise = true,
            _ if raise => {
                camel.push(letter.to_ascii_uppercase());
                raise = false;
            }
            _ => camel.push(letter),
        }
    }
    camel
}

/// Says which fields of a message are written, in order; `field: Enum` for those
/// that hold numbers of an enum.
macro_rules! view {
    ($($message:path { $($field:ident $(: $code:ident)?),* $(,)? })*) => {$(
        impl $crate::output::json::Shown for $message {
            fn show<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $($crate::output::json::view!(@put map, self.$field, $field $(, $code)?);)*
                serde::ser::SerializeMap::end(map)
            }
        }
    )*};
    (@put $map:ident, $value:expr, $field:ident) => {
        $crate::output::json::put(&mut $map, stringify!($field), &$value)?
    };
    (@put $map:ident, $value:expr, $field:ident, $code:ident) => {
        $crate::output::json::put_codes::<_, amends_proto::v1::$code, _>(
            &mut $map,
            stringify!($field),
            &$value,
        )?
    };
}
pub(crate) use view;

view! {
    v1::Money { minor_units, currency }
    v1::Fact { name, value }
    v1::NamedNumber { name, value, unit }
    v1::DateRange { start_date, end_date }
    v1::Actor { kind: ActorKind, id }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_message_is_written_as_protobuf_writes_it() {
        let case = v1::Case {
            name: "shops/main/cases/case_1".into(),
            kind: v1::CaseKind::Review.into(),
            reasons: vec![v1::ComplaintReason::Damaged.into(), 99],
            fence: 3,
            open_time: Some(prost_types::Timestamp { seconds: 1_767_225_600, nanos: 0 }),
            ..Default::default()
        };
        let json = serde_json::to_value(View(&case)).unwrap();
        assert_eq!(json.get("kind").unwrap(), "CASE_KIND_REVIEW");
        assert_eq!(json.get("openTime").unwrap(), "2026-01-01T00:00:00Z");
        assert_eq!(json.get("fence").unwrap(), 3);
        let reasons = serde_json::json!(["COMPLAINT_REASON_DAMAGED", 99]);
        assert_eq!(json.get("reasons").unwrap(), &reasons);
        assert!(json.get("state").is_none(), "an unset enum says nothing");
        assert!(json.get("waitingSinceTime").is_none());
    }

    #[test]
    fn a_duration_is_written_in_seconds() {
        let duration = prost_types::Duration { seconds: 3, nanos: 500_000_000 };
        let json = serde_json::to_value(View(&duration)).unwrap();
        assert_eq!(json, "3.500000000s");
    }
}
