//! The rows that ship with the service, and which of them is in force.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::{Comparator, Formula, Latest, Target, Twin};
use crate::policy::Certainty;
use crate::rows::{Raw, day, days, number, string, word};
use crate::shop::Channel;
use crate::{Span, Time};

static READ: LazyLock<Result<Vec<Twin>, Vec<String>>> = LazyLock::new(|| parse(include_str!("twins.toml")));

/// The seed rows; none of them where the file is not sound, so that no figure is half of one.
#[must_use]
pub fn table() -> &'static [Twin] {
    READ.as_deref().unwrap_or_default()
}

/// Everything that is wrong with the file that ships with the service: nothing.
#[must_use]
pub fn problems() -> &'static [String] {
    READ.as_ref().err().map_or(&[], Vec::as_slice)
}

/// The rows of a table as it is written, or everything that is wrong with it.
///
/// # Errors
/// When a line cannot be read, a key is unknown, missing or twice, or a row makes no sense.
pub fn parse(text: &str) -> Result<Vec<Twin>, Vec<String>> {
    let (rows, mut problems) = crate::rows::rows(text, row);
    let mut seen = BTreeSet::new();
    for (line, row) in &rows {
        if !seen.insert((&row.name, &row.channel, &row.region, &row.tier, row.valid_from)) {
            problems.push(format!("line {line}: {} has two rows of one day", row.name));
        }
        problems.extend(unsound(row).map(|why| format!("line {line}: {} {why}", row.name)));
    }
    if problems.is_empty() { Ok(rows.into_iter().map(|(_, row)| row).collect()) } else { Err(problems) }
}

/// The figures by which a channel judges sellers of a region and tier at a time, one row of each name.
///
/// A region's row wins over the one for all regions, then a tier's over the one for all tiers, then the
/// one that began last. `at` is the cut-off of the figure: what was counted by a row stays counted by it.
pub fn in_force<'a>(
    rows: &'a [Twin],
    channel: &str,
    region: &str,
    tier: &str,
    at: Time,
) -> impl Iterator<Item = &'a Twin> + use<'a> {
    let holds = |row: &&Twin| row.valid_from <= at && row.valid_until.is_none_or(|until| at < until);
    let fits = |row: &&Twin| {
        row.channel == channel
            && (row.region.is_empty() || row.region == region)
            && (row.tier.is_empty() || row.tier == tier)
    };
    let rows: Vec<&Twin> = rows.iter().filter(holds).filter(fits).collect();
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    let best = move |name: &str| {
        let key = |row: &&Twin| (!row.region.is_empty(), !row.tier.is_empty(), row.valid_from);
        rows.iter().copied().filter(|row| row.name == name).max_by_key(key)
    };
    names.into_iter().filter_map(best)
}

fn row(raw: &mut Raw<'_>) -> Option<Twin> {
    // Everything is read before anything is given up, so that all problems are told at once.
    let names = (raw.text("name"), raw.text("channel"), raw.text("region"), raw.text("tier"));
    let valid = (raw.must("valid_from", day), raw.may("valid_until", day));
    let window_days = raw.must("window_days", number);
    let cut_off = raw.must("cut_off", minute);
    let formula = formula(raw);
    let least = raw.may("conversations_min", number);
    let holidays = raw.must("holidays", word);
    let comparator = raw.must("comparator", word);
    let target = target(raw);
    let (note, source) = (raw.may("note", string), raw.text("source"));
    let (known_at, certainty) = (raw.must("known_at", day), raw.must::<Certainty>("certainty", word));
    Some(Twin {
        name: names.0?,
        channel: names.1?,
        region: names.2?,
        tier: names.3?,
        valid_from: valid.0?,
        valid_until: valid.1,
        window_days: window_days?,
        cut_off: cut_off?,
        formula: formula?,
        conversations_min: least.unwrap_or(1),
        holidays: holidays?,
        comparator: comparator?,
        target: target?,
        note: note.unwrap_or_default(),
        source: source?,
        known_at: known_at?,
        certainty: certainty?,
    })
}

fn formula(raw: &mut Raw<'_>) -> Option<Formula> {
    match raw.text("formula")?.as_str() {
        "SAME_DAY" => Some(Formula::SameDay { answer_by: raw.must("answer_by", minute)? }),
        "MEAN_TIME" => Some(Formula::MeanTime),
        "WITHIN" => {
            let limit = raw.must("answer_hours", hours);
            let latest = (raw.may("latest_percent", number), raw.may("latest_weight_percent", number));
            let latest = match latest {
                (Some(share), Some(weight)) => Some(Latest { share, weight }),
                (None, None) => None,
                _ => {
                    raw.problems.push(format!("line {}: has half of a weight for the newest", raw.line));
                    None
                }
            };
            Some(Formula::Within { limit: limit?, latest })
        }
        other => {
            let line = raw.line;
            raw.problems.push(format!("line {line}: {other:?} is no formula"));
            None
        }
    }
}

fn target(raw: &mut Raw<'_>) -> Option<Target> {
    let (percent, minutes) = (raw.may("target_percent", number), raw.may("target_minutes", number::<u16>));
    match (percent, minutes) {
        (Some(percent), None) => Some(Target::Percent(percent)),
        (None, Some(minutes)) => Some(Target::Time(Span::from_minutes(i64::from(minutes)))),
        _ => {
            let line = raw.line;
            raw.problems.push(format!("line {line}: must say one of target_percent and target_minutes"));
            None
        }
    }
}

fn hours(value: &str) -> Result<Span, String> {
    // As many hours as the number of days that is written would be days.
    days(value).map(|days| Span::from_micros(days.micros() / 24))
}

/// A time of day, such as `18:00`.
fn minute(value: &str) -> Result<u16, String> {
    let text = string(value)?;
    let read = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2);
    let read = read.and_then(|(hour, minute)| Some((hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?)));
    let read = read.filter(|(hour, minute)| *hour < 24 && *minute < 60);
    read.map(|(hour, minute)| hour * 60 + minute)
        .ok_or_else(|| "must be a time of day such as 18:00".to_owned())
}

/// What no row of the table may say.
fn unsound(row: &Twin) -> impl Iterator<Item = &'static str> + use<> {
    let region = row.region.is_empty()
        || (row.region.len() == 2 && row.region.bytes().all(|b| b.is_ascii_uppercase()));
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let name = (1..=64).contains(&row.name.len()) && row.name.bytes().all(plain);
    let (answer_by, limit, latest) = match row.formula {
        Formula::SameDay { answer_by } => (Some(answer_by), None, None),
        Formula::MeanTime => (None, None, None),
        Formula::Within { limit, latest } => (None, Some(limit), latest),
    };
    let found = [
        (!name, "is no name of a figure: 1–64 characters of a–z, 0–9 and '_'"),
        (Channel::new(&row.channel).is_err(), "is no figure of a channel"),
        (!region, "has a region that is no ISO 3166-1 alpha-2 code"),
        (row.valid_until.is_some_and(|until| until <= row.valid_from), "ends before it begins"),
        (!(1..=366).contains(&row.window_days), "must look at 1–366 days"),
        (answer_by.is_some_and(|by| by <= row.cut_off), "must allow answers after its cut-off"),
        (limit.is_some_and(|limit| limit <= Span::ZERO), "must allow an answer to take some time"),
        (
            latest.is_some_and(|l| !(1..=100).contains(&l.share) || !(1..=99).contains(&l.weight)),
            "must weigh 1–100 % of conversations by 1–99 %",
        ),
        (row.conversations_min == 0, "has no value of no conversation"),
        (
            matches!(row.target, Target::Time(_)) != matches!(row.formula, Formula::MeanTime),
            "has a target of another kind than its formula",
        ),
        (
            matches!(row.target, Target::Time(_)) != (row.comparator == Comparator::AtMost),
            "must want a rate to be at least, and a time to be at most its target",
        ),
        (
            matches!(row.target, Target::Percent(percent) if !(1..=100).contains(&percent)),
            "must aim at 1–100 %",
        ),
        (matches!(row.target, Target::Time(time) if time <= Span::ZERO), "must aim at some time"),
        (row.source.is_empty(), "needs a source"),
        (row.known_at <= Time::MIN, "needs the day it was read"),
    ];
    found.into_iter().filter(|(wrong, _)| *wrong).map(|(_, why)| why)
}
