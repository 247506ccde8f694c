//! Reads the catalogue's file: tables `[[row]]` of `key = value`, one to a line.
//!
//! It is the part of TOML that a table of rules needs, read strictly: a key
//! that is spelt wrong must not silently mean "no limit".

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use super::super::channel::{AskQuota, ChannelPolicy};
use super::super::{EditFrom, EditWindow};
use crate::{Day, Span, Time};

/// The values of one row that were not taken yet, by key, and what is wrong with them.
struct Raw<'a> {
    line: usize,
    values: BTreeMap<&'a str, (usize, &'a str)>,
    problems: Vec<String>,
}

/// Rows with the line that each begins on, and everything that is wrong.
pub(super) fn rows(text: &str) -> (Vec<(usize, ChannelPolicy)>, Vec<String>) {
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
        let row = raw.row();
        let unknown = raw.values.iter().map(|(key, (line, _))| format!("line {line}: no row has a {key}"));
        problems.extend(unknown);
        rows.extend(row.filter(|_| raw.problems.is_empty()).map(|row| (raw.line, row)));
        problems.append(&mut raw.problems);
    }
    (rows, problems)
}

impl<'a> Raw<'a> {
    fn row(&mut self) -> Option<ChannelPolicy> {
        // Everything is read before anything is given up, so that all problems are told at once.
        let text = (self.text("channel"), self.text("region"), self.text("source"));
        let from = self.must("effective_from", day);
        let stars = self.must("negative_threshold", number);
        let ask = (self.must("ask", word), self.must("owner_opt_in", word));
        let window = self.must("edit_window", window);
        let edits_allowed = self.may("edits_allowed", number);
        let locks = self.must("reply_locks_edit", number);
        let replies = (self.may("replies", number), self.may("reply_characters", number));
        let contact_window = self.may("contact_days", days);
        let ask_quota = self.quota();
        let counting = self.must("counting", word);
        let windows = (self.must("return_days", days), self.must("avoid_days", days));
        let auto_approval = self.may("auto_approval_days", days);
        let (kpi, note) = (self.may("kpi", string), self.may("note", string));
        let (known_at, certainty) = (self.must("known_at", day), self.must("certainty", word));
        Some(ChannelPolicy {
            channel: text.0?,
            region: text.1?,
            effective_from: from?,
            negative_threshold: stars?,
            ask: ask.0?,
            opt_in: ask.1?,
            edit_window: window?,
            edits_allowed,
            reply_locks_edit: locks?,
            reply_count: replies.0,
            reply_length: replies.1,
            contact_window,
            ask_quota,
            counting: counting?,
            return_window: windows.0?,
            avoid_window: windows.1?,
            auto_approval,
            kpi: kpi.unwrap_or_default(),
            note: note.unwrap_or_default(),
            source: text.2?,
            known_at: known_at?,
            certainty: certainty?,
            signed_off: None,
        })
    }

    /// All of the quota or nothing of it: half of one would be a limit that nobody meant.
    fn quota(&mut self) -> Option<AskQuota> {
        let per_year = self.may("asks_per_year", number);
        let per_thousand = self.may("asks_per_thousand", number);
        let answer_within = self.may("ask_answer_days", days);
        let ignored_count = self.may("ignored_asks_count", number);
        match (per_year, per_thousand, ignored_count) {
            (Some(per_year), Some(per_thousand), Some(ignored_count)) => {
                Some(AskQuota { per_year, per_thousand, answer_within, ignored_count })
            }
            (None, None, None) if answer_within.is_none() => None,
            _ => {
                self.problems.push(format!("line {}: has half of a quota of asks", self.line));
                None
            }
        }
    }

    fn text(&mut self, key: &'static str) -> Option<String> {
        self.must(key, string)
    }

    fn must<T>(&mut self, key: &'static str, read: impl Fn(&'a str) -> Result<T, String>) -> Option<T> {
        if !self.values.contains_key(key) {
            self.problems.push(format!("line {}: the row says no {key}", self.line));
        }
        self.may(key, read)
    }

    fn may<T>(&mut self, key: &'static str, read: impl Fn(&'a str) -> Result<T, String>) -> Option<T> {
        let (line, value) = self.values.remove(key)?;
        read(value).map_err(|why| self.problems.push(format!("line {line}: {key} {why}"))).ok()
    }
}

fn string(value: &str) -> Result<String, String> {
    let inside = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let plain = |text: &&str| !text.contains(['"', '\\']);
    inside.filter(plain).map(str::to_owned).ok_or_else(|| "must stand in plain quotes".to_owned())
}

fn word<T: FromStr<Err: Display>>(value: &str) -> Result<T, String> {
    string(value)?.parse().map_err(|why: T::Err| why.to_string())
}

/// A number, or true or false.
fn number<T: FromStr<Err: Display>>(value: &str) -> Result<T, String> {
    value.parse().map_err(|why: T::Err| format!("{value:?}: {why}"))
}

fn days(value: &str) -> Result<Span, String> {
    number::<u16>(value).map(|days| Span::from_days(i64::from(days)))
}

fn day(value: &str) -> Result<Time, String> {
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

fn window(value: &str) -> Result<EditWindow, String> {
    let text = string(value)?;
    match text.as_str() {
        "NONE" => return Ok(EditWindow::None),
        "ALWAYS" => return Ok(EditWindow::Always),
        _ => {}
    }
    let (days, from) = text.split_once(" from ").ok_or("must be NONE, ALWAYS or `30 from FIRST_OBSERVED`")?;
    let from: EditFrom = from.parse().map_err(|why: crate::id::UnknownWord| why.to_string())?;
    Ok(EditWindow::Days { days: number(days)?, from })
}
