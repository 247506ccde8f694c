//! The rows that ship with the service: what was known, when, and how surely.
//!
//! They stand in `channels.toml` beside this file, so that whoever knows a
//! channel can review them. The file is read by a reader of its own, because
//! the domain parses nothing else and knows no format.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::channel::{ChannelPolicy, OptIn};
use super::{AskPermission, Certainty, CountingRule, EditWindow};
use crate::shop::Channel;
use crate::{Span, Time};

mod read;

/// 2026-01-01T00:00:00Z: the day since which a channel without a row is refused.
const KNOWN: Time = Time::from_secs(1_767_225_600);

static READ: LazyLock<Result<Vec<ChannelPolicy>, Vec<String>>> =
    LazyLock::new(|| parse(include_str!("channels.toml")));

/// The seed rows; none of them where the file is not sound, so that nothing is allowed by half of it.
#[must_use]
pub fn catalogue() -> &'static [ChannelPolicy] {
    READ.as_deref().unwrap_or_default()
}

/// Everything that is wrong with the file that ships with the service: nothing, or it does not start.
#[must_use]
pub fn catalogue_problems() -> &'static [String] {
    READ.as_ref().err().map_or(&[], Vec::as_slice)
}

/// The rows of a catalogue as it is written, or everything that is wrong with it.
///
/// # Errors
/// When a line cannot be read, a key is unknown, missing or twice, or a row makes no sense.
pub fn parse(text: &str) -> Result<Vec<ChannelPolicy>, Vec<String>> {
    let (rows, mut problems) = read::rows(text);
    let mut seen = BTreeSet::new();
    for (line, row) in &rows {
        if !seen.insert((&row.channel, &row.region, row.effective_from)) {
            problems.push(format!("line {line}: {} has two rows of one day", row.channel));
        }
        problems.extend(unsound(row).map(|why| format!("line {line}: {} {why}", row.channel)));
    }
    if problems.is_empty() { Ok(rows.into_iter().map(|(_, row)| row).collect()) } else { Err(problems) }
}

/// What no row of the catalogue may say.
fn unsound(row: &ChannelPolicy) -> impl Iterator<Item = &'static str> + use<> {
    let region = row.region.is_empty()
        || (row.region.len() == 2 && row.region.bytes().all(|b| b.is_ascii_uppercase()));
    let found = [
        (Channel::new(&row.channel).is_err(), "is no name of a channel"),
        (!region, "has a region that is no ISO 3166-1 alpha-2 code"),
        (!(1..=4).contains(&row.negative_threshold), "must call 1–4 stars negative"),
        (row.source.is_empty(), "needs a source"),
        (
            row.ask != AskPermission::No && row.edit_window == EditWindow::None,
            "lets ask for what cannot be edited",
        ),
        (matches!(row.edit_window, EditWindow::Days { days: 0, .. }), "has an edit window of no days"),
        (row.edits_allowed == Some(0), "allows no edit: then it has no edit window"),
        (row.reply_count == Some(0) || row.reply_length == Some(0), "allows a reply of nothing"),
        (
            row.contact_window.is_some_and(|window| window <= Span::ZERO),
            "must let the buyer be written to for at least a day, or say nothing",
        ),
        (
            row.return_window <= Span::ZERO || row.avoid_window <= Span::ZERO,
            "needs windows of at least a day",
        ),
        (row.known_at <= Time::MIN, "needs the day it was read"),
    ];
    found.into_iter().filter(|(wrong, _)| *wrong).map(|(_, why)| why)
}

/// The row of a channel nobody knows: it allows nothing. Its owner may know better, and sign for it.
pub(super) fn unknown(channel: &str) -> ChannelPolicy {
    ChannelPolicy {
        channel: channel.to_owned(),
        region: String::new(),
        effective_from: Time::MIN,
        negative_threshold: 3,
        ask: AskPermission::No,
        opt_in: OptIn::Anywhere,
        edit_window: EditWindow::None,
        edits_allowed: None,
        reply_locks_edit: false,
        reply_count: None,
        reply_length: None,
        contact_window: None,
        ask_quota: None,
        counting: CountingRule::Approved,
        return_window: Span::from_days(30),
        avoid_window: Span::from_days(30),
        auto_approval: None,
        kpi: String::new(),
        note: String::new(),
        source: "no row for this channel: what is not known to be allowed is forbidden".to_owned(),
        known_at: KNOWN,
        certainty: Certainty::Assumed,
        signed_off: None,
    }
}
