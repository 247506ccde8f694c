//! Collects everything that is wrong with a request, each with its full path.
//!
//! A parser asks for all fields first and gives up afterwards, so that a
//! caller sees every mistake at once. The path is only printed for a mistake:
//! a good signal costs no string.

use std::fmt::Write as _;
use std::str::FromStr;

use amends_app::AppError;
use amends_app::error::{Violation, Why};
use amends_domain::id::IdError;

/// The most characters a text may have.
pub const TEXT_CHARACTERS_MAX: usize = 10_000;
/// The most characters a note may have.
pub const NOTE_CHARACTERS_MAX: usize = 2_000;

/// Where in the request the parser is.
#[derive(Debug, Clone, Copy)]
enum Part {
    Field(&'static str),
    Index(usize),
}

/// The violations found so far and the place that is being read.
#[derive(Debug, Default)]
pub struct Fields {
    path: Vec<Part>,
    violations: Vec<Violation>,
}

impl Fields {
    /// Nothing is wrong yet, and we stand at the top of the request.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what lies below a field.
    pub fn inside<T>(&mut self, field: &'static str, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(Part::Field(field));
        let value = read(self);
        self.path.pop();
        value
    }

    /// Reads one entry of a repeated field.
    pub fn entry<T>(&mut self, field: &'static str, index: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(Part::Field(field));
        self.path.push(Part::Index(index));
        let value = read(self);
        self.path.truncate(self.path.len().saturating_sub(2));
        value
    }

    /// Reads every entry of a repeated field; none if any of them is wrong.
    pub fn each<T, U>(
        &mut self,
        field: &'static str,
        entries: Vec<T>,
        mut read: impl FnMut(&mut Self, T) -> Option<U>,
    ) -> Option<Vec<U>> {
        let mut values = Some(Vec::with_capacity(entries.len()));
        for (index, entry) in entries.into_iter().enumerate() {
            let value = self.entry(field, index, |fields| read(fields, entry));
            match (&mut values, value) {
                (Some(values), Some(value)) => values.push(value),
                _ => values = None,
            }
        }
        values
    }

    /// Says that a field is malformed; the answer is always none, to end a parser with.
    pub fn refuse<T>(&mut self, field: &'static str, problem: impl Into<String>) -> Option<T> {
        self.refuse_for(Why::Malformed, field, problem)
    }

    /// Says that a field is wrong for a reason of its own.
    pub fn refuse_for<T>(&mut self, why: Why, field: &'static str, problem: impl Into<String>) -> Option<T> {
        let field = self.path_to(field);
        self.violations.push(Violation { field, problem: problem.into(), why });
        None
    }

    fn path_to(&self, field: &'static str) -> String {
        let mut path = String::new();
        let last = (!field.is_empty()).then_some(Part::Field(field));
        for part in self.path.iter().copied().chain(last) {
            match part {
                Part::Field(name) if path.is_empty() => path.push_str(name),
                Part::Field(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Part::Index(index) => {
                    // Writing to a string cannot fail.
                    let _ = write!(path, "[{index}]");
                }
            }
        }
        path
    }

    /// Whether everything read so far was right.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// What was found wrong.
    #[must_use]
    pub fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    /// The value, if nothing was wrong anywhere.
    ///
    /// # Errors
    /// With every violation otherwise.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, AppError> {
        match value {
            Some(value) if self.violations.is_empty() => Ok(value),
            _ if self.violations.is_empty() => {
                Err(AppError::Internal("a parser gave up without saying why".to_owned()))
            }
            _ => Err(AppError::Invalid(self.violations)),
        }
    }

    /// An identifier that must be there.
    pub fn id<T: FromStr<Err = IdError>>(&mut self, field: &'static str, text: &str) -> Option<T> {
        text.parse().map_or_else(|error: IdError| self.refuse(field, error.to_string()), Some)
    }

    /// An identifier that may be left empty. The outer option says whether it was readable.
    pub fn id_or_none<T: FromStr<Err = IdError>>(
        &mut self,
        field: &'static str,
        text: &str,
    ) -> Option<Option<T>> {
        if text.is_empty() { Some(None) } else { self.id(field, text).map(Some) }
    }

    /// A text with at most so many characters.
    pub fn text(&mut self, field: &'static str, text: String, characters_max: usize) -> Option<String> {
        // A text has at least as many bytes as characters: most need no counting.
        if text.len() > characters_max && text.chars().count() > characters_max {
            return self.refuse(field, format!("must have at most {characters_max} characters"));
        }
        if text.contains('\0') {
            return self.refuse(field, "must hold no NUL character");
        }
        Some(text)
    }

    /// A text that must say something.
    pub fn required_text(
        &mut self,
        field: &'static str,
        text: String,
        characters_max: usize,
    ) -> Option<String> {
        if text.trim().is_empty() {
            return self.refuse(field, "must not be empty");
        }
        self.text(field, text, characters_max)
    }

    /// A number of pieces: 1–100,000.
    pub fn pieces(&mut self, field: &'static str, pieces: i32) -> Option<u32> {
        match u32::try_from(pieces) {
            Ok(pieces @ 1..=100_000) => Some(pieces),
            _ => self.refuse(field, "must be 1–100,000"),
        }
    }

    /// A language tag of BCP 47 by its shape; may be empty.
    pub fn language(&mut self, field: &'static str, tag: String) -> Option<String> {
        let part =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        if tag.is_empty() || (tag.len() <= 35 && tag.split('-').all(part)) {
            return Some(tag);
        }
        self.refuse(field, "must be a BCP 47 language tag such as `id` or `pt-BR`")
    }

    /// Something that must be set.
    pub fn required<T>(&mut self, field: &'static str, value: Option<T>) -> Option<T> {
        match value {
            Some(value) => Some(value),
            None => self.refuse(field, "must be set"),
        }
    }
}
