//! Reads tables of rules that ship with the service: rows `[[row]]` of `key = value`, one to a line.
//!
//! It is the part of TOML that such a table needs, read strictly: a key that
//! is spelt wrong must not silently mean "no limit".

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use crate::{Day, Span, Time};

/// The values of one row that were not taken yet, by key, and what is wrong with them.
pub(crate) struct Raw<'a> {
    pub(crate) line: usize,
    values: BTreeMap<&'a str, (usize, &'a str)>,
    pub(crate) problems: Vec<String>,
}

/// Rows with the line that each begins on, and everything that is wrong.
pub(crate) fn rows<'a, T>(
    text: &'a str,
    make: impl Fn(&mut Raw<'a>) -> Option<T>,
) -> (Vec<(usize, T)>, Vec<String>) {
    let (mut raws, mut problems): (Vec<Raw<'_>>, Vec<String>) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines().map(str::trim)) {
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if text == "[[row]]" {
            raws.push(Raw { line, values: BTreeMap::new(), problems: Vec::new() });
            continue;
        }
        let (Some((key, value)), Some(raw)) = (text.split_once('='), raws.last_mut()) else {
            problems.push(format!("line {line}: must be `key = value` in a [[row]]"));
            continue;
        };
        if raw.values.insert(key.trim(), (line, value.trim())).is_some() {
            problems.push(format!("line {line}: {} is there twice", key.trim()));
        }
    }
    let mut rows = Vec::with_capacity(raws.len());
    for mut raw in raws {
        let row = make(&mut raw);
        let unknown = raw.values.iter().map(|(key, (line, _))| format!("line {line}: no row has a {key}"));
        problems.extend(unknown);
        rows.extend(row.filter(|_| raw.problems.is_empty()).map(|row| (raw.line, row)));
        problems.append(&mut raw.problems);
    }
    (rows, problems)
}

impl<'a> Raw<'a> {
    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        self.must(key, string)
    }

    pub(crate) fn must<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&'a str) -> Result<T, String>,
    ) -> Option<T> {
        if !self.values.contains_key(key) {
            self.problems.push(format!("line {}: the row says no {key}", self.line));
        }
        self.may(key, read)
    }

    pub(crate) fn may<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&'a str) -> Result<T, String>,
    ) -> Option<T> {
        let (line, value) = self.values.remove(key)?;
        read(value).map_err(|why| self.problems.push(format!("line {line}: {key} {why}"))).ok()
    }
}

pub(crate) fn string(value: &str) -> Result<String, String> {
    let inside = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let plain = |text: &&str| !text.contains(['"', '\\']);
    inside.filter(plain).map(str::to_owned).ok_or_else(|| "must stand in plain quotes".to_owned())
}

pub(crate) fn word<T: FromStr<Err: Display>>(value: &str) -> Result<T, String> {
    string(value)?.parse().map_err(|why: T::Err| why.to_string())
}

/// A number, or true or false.
pub(crate) fn number<T: FromStr<Err: Display>>(value: &str) -> Result<T, String> {
    value.parse().map_err(|why: T::Err| format!("{value:?}: {why}"))
}

pub(crate) fn days(value: &str) -> Result<Span, String> {
    number::<u16>(value).map(|days| Span::from_days(i64::from(days)))
}

pub(crate) fn day(value: &str) -> Result<Time, String> {
    let date: jiff::civil::Date = value.parse().map_err(|_| format!("{value:?} is no day"))?;
    let first = jiff::civil::date(1970, 1, 1);
    let days = first.until(date).map_err(|why| why.to_string())?.get_days();
    let day = Day::from_number(days).start();
    // What is written is what was read: a day before the first, or a time beside it, is neither.
    if day.day().to_string() == value && day >= Time::MIN {
        Ok(day)
    } else {
        Err(format!("{value:?} is no day"))
    }
}
