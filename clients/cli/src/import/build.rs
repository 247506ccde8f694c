//! Rows as signals.

mod message;
mod order;
mod returns;
mod review;

use amends_proto::v1;
use jiff::{Timestamp, tz::TimeZone};
use v1::signal::Body;

use super::{
    field::{Field, Kind},
    group::Group,
    mapping::Mapping,
    values,
};
use crate::codes::{self, Code};

pub(crate) use order::LINES_MAX as ORDER_LINES_MAX;

/// The longest text that is taken, in characters.
pub(crate) const TEXT_CHARACTERS_MAX: usize = 10_000;

/// How rows are understood.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// Which column says what.
    pub(crate) mapping: Mapping,
    /// Where times without a zone are meant.
    pub(crate) zone: TimeZone,
    /// When a row without a date happened.
    pub(crate) date: Timestamp,
    /// Whether a text that is too long is cut.
    pub(crate) truncate_text: bool,
}

/// A signal and what became of its making.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Built {
    /// The signal.
    pub(crate) signal: v1::Signal,
    /// Whether the file told when it happened.
    pub(crate) dated: bool,
}

/// Why a row was refused: the place of the row in its group, and the reason.
pub(crate) type Refusal = (usize, String);

/// The signal of the rows that belong together.
///
/// # Errors
/// The first thing that is wrong with each row.
pub(crate) fn build(reading: &Reading, group: &Group) -> Result<Built, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut cells = Vec::new();
    for (place, row) in group.rows.iter().enumerate() {
        match &row.parts {
            Ok(parts) => cells.extend(parts.iter().map(|part| (place, Cells { reading, cells: part }))),
            Err(reason) => refusals.push((place, format!("the row {reason}"))),
        }
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let Some((_, first)) = cells.first() else { return Err(Vec::new()) };
    let one = |built: Result<Built, String>| built.map_err(|reason| vec![(0, reason)]);
    match reading.mapping.kind {
        Kind::Order => order::build(&cells),
        Kind::Review => one(review::build(first)),
        Kind::Message => one(message::build(first)),
        Kind::Return => one(returns::build(first)),
    }
}

/// One row with its meaning.
pub(crate) struct Cells<'a> {
    reading: &'a Reading,
    cells: &'a [String],
}

impl<'a> Cells<'a> {
    fn get(&self, field: Field) -> &'a str {
        self.reading.mapping.value(self.cells, field)
    }

    fn is_mapped(&self, field: Field) -> bool {
        self.reading.mapping.source(field).is_some()
    }

    // A value that may be left out, read in a way that may fail.
    fn read<T>(
        &self,
        field: Field,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        match self.get(field) {
            "" => Ok(None),
            text => read(text).map(Some).map_err(|reason| format!("{}: {reason}", field.name())),
        }
    }

    fn required<T>(&self, field: Field, read: impl FnOnce(&str) -> Result<T, String>) -> Result<T, String> {
        self.read(field, read)?.ok_or_else(|| format!("{}: is empty", field.name()))
    }

    fn id(&self, field: Field) -> Result<String, String> {
        self.required(field, values::id)
    }

    fn id_or_empty(&self, field: Field) -> Result<String, String> {
        Ok(self.read(field, values::id)?.unwrap_or_default())
    }

    // A line says nothing without its order.
    fn line_of(&self, order: &str) -> Result<String, String> {
        if order.is_empty() { Ok(String::new()) } else { self.id_or_empty(Field::LineId) }
    }

    fn language(&self) -> Result<String, String> {
        Ok(self.read(Field::Language, values::language)?.unwrap_or_default())
    }

    fn word<C: Code>(&self, field: Field) -> Option<C> {
        codes::parse(&self.get(field).replace(' ', "-"))
    }

    fn text(&self) -> Result<String, String> {
        let text = self.get(Field::Text);
        match text.char_indices().nth(TEXT_CHARACTERS_MAX) {
            None => Ok(text.to_owned()),
            Some((cut, _)) if self.reading.truncate_text => Ok(text.get(..cut).unwrap_or(text).to_owned()),
            Some(_) => {
                Err(format!("text: has more than {TEXT_CHARACTERS_MAX} characters; --truncate-text cuts it"))
            }
        }
    }

    fn limited(&self, field: Field, characters_max: usize) -> String {
        self.get(field).chars().take(characters_max).collect()
    }

    fn time(&self, field: Field) -> Result<Option<Timestamp>, String> {
        self.read(field, |text| values::moment(text, &self.reading.zone))
    }

    // An id for what has none in the file: the same content gives the same id, so
    // that a second import finds the first.
    fn made_up_id(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.reading.mapping.kind.word().as_bytes());
        for (field, _) in self.reading.mapping.sources() {
            let value = self.get(field);
            if !value.is_empty() {
                hasher.update(b"\0");
                hasher.update(field.name().as_bytes());
                hasher.update(b"\0");
                hasher.update(value.as_bytes());
            }
        }
        let hash = hasher.finalize().to_hex();
        format!("row-{}", hash.get(..32).unwrap_or_default())
    }

    fn own_id(&self) -> Result<String, String> {
        let field = self.reading.mapping.kind.id();
        // An empty cell below a header is a slip; without such a column it is not.
        if self.is_mapped(field) { self.id(field) } else { Ok(self.made_up_id()) }
    }

    // The signal about `id`. A later observation of the same has a later time and so
    // another signal id; the same time with other content is a conflict the server
    // tells, rather than a change nobody can date.
    fn signal(&self, id: &str, body: Body) -> Result<Built, String> {
        let told = match self.time(Field::Updated)? {
            Some(time) => Some(time),
            None => self.time(Field::Date)?,
        };
        let word = self.reading.mapping.kind.word();
        let name = match told {
            Some(time) => format!("import:{word}:{id}:{}", time.as_microsecond()),
            None => format!("import:{word}:{id}"),
        };
        let signal = v1::Signal {
            signal_id: if name.len() <= 128 { name } else { shortened(word, &name) },
            occur_time: Some(proto(told.unwrap_or(self.reading.date))),
            traceparent: String::new(),
            body: Some(body),
        };
        Ok(Built { signal, dated: told.is_some() })
    }
}

fn shortened(word: &str, name: &str) -> String {
    format!("import:{word}:#{}", blake3::hash(name.as_bytes()).to_hex())
}

fn proto(time: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() }
}

#[cfg(test)]
#[path = "build_tests.rs"]
mod tests;
