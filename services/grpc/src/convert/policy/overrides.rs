//! The fields of a channel's row that a shop puts in its place, one by one.

use amends_domain::Span;
use amends_domain::policy::{AskQuota, ChannelPolicy, EditFrom, EditWindow};
use amends_proto::v1 as pb;

use super::change::at_least_zero;
use crate::fields::Fields;

/// Sets one field, or gives it back to the catalogue where the caller left it unset; says whether
/// there is such a field.
pub(super) fn set(
    f: &mut Fields,
    field: &str,
    wire: &pb::ChannelPolicy,
    row: &mut ChannelPolicy,
    base: &ChannelPolicy,
) -> bool {
    f.inside("policy", |f| {
        f.inside("channel_overrides", |f| {
            set_rule(f, field, wire, row, base) || set_limit(f, field, wire, row, base)
        })
    })
}

fn set_rule(
    f: &mut Fields,
    field: &str,
    wire: &pb::ChannelPolicy,
    row: &mut ChannelPolicy,
    base: &ChannelPolicy,
) -> bool {
    match field {
        "negative_threshold" => {
            let stars = number(f, "negative_threshold", wire.negative_threshold, base.negative_threshold);
            row.negative_threshold = stars.unwrap_or(row.negative_threshold);
        }
        "ask_permission" => word(f, "ask_permission", wire.ask_permission, &mut row.ask, base.ask),
        "counting_rule" => word(f, "counting_rule", wire.counting_rule, &mut row.counting, base.counting),
        "certainty" => word(f, "certainty", wire.certainty, &mut row.certainty, base.certainty),
        "return_window_days" => {
            if let Some(days) = days(f, wire.return_window_days) {
                row.return_window = days.unwrap_or(base.return_window);
                row.avoid_window = days.unwrap_or(base.avoid_window);
            }
        }
        "auto_approval_after" => {
            if let Some(after) = at_least_zero(f, "auto_approval_after", wire.auto_approval_after) {
                row.auto_approval = after.or(base.auto_approval);
            }
        }
        "source" => {
            let source = wire.source.clone().unwrap_or_else(|| base.source.clone());
            row.source = f.text("source", source, 500).unwrap_or_default();
        }
        _ => return false,
    }
    true
}

/// What the channel limits: how long, how often, how much.
fn set_limit(
    f: &mut Fields,
    field: &str,
    wire: &pb::ChannelPolicy,
    row: &mut ChannelPolicy,
    base: &ChannelPolicy,
) -> bool {
    match field {
        "edit_window_days" | "edit_window_start" => {
            if let Some(window) = window(f, wire) {
                row.edit_window = window.unwrap_or(base.edit_window);
            }
        }
        "edits_max" => {
            let edits = number(f, "edits_max", wire.edits_max, base.edits_allowed.unwrap_or(0));
            row.edits_allowed = edits.filter(|edits| *edits > 0);
        }
        "reply_locks_edit" => row.reply_locks_edit = wire.reply_locks_edit.unwrap_or(base.reply_locks_edit),
        "replies_max" => {
            let replies = bounded(f, "replies_max", wire.replies_max, 1_000, base.reply_count.map(u32::from));
            row.reply_count = replies.and_then(|count| u16::try_from(count).ok());
        }
        "reply_characters_max" => {
            row.reply_length =
                bounded(f, "reply_characters_max", wire.reply_characters_max, 10_000, base.reply_length);
        }
        "contact_window_days" => match wire.contact_window_days {
            None => row.contact_window = base.contact_window,
            days => {
                let days = bounded(f, "contact_window_days", days, 3_650, None);
                row.contact_window = days.map(|days| Span::from_days(i64::from(days)));
            }
        },
        "ask_quota" => match &wire.ask_quota {
            None => row.ask_quota = base.ask_quota,
            Some(wire) => row.ask_quota = f.inside("ask_quota", |f| quota(f, wire)),
        },
        _ => return false,
    }
    true
}

fn word<W: crate::convert::Word>(f: &mut Fields, name: &'static str, wire: Option<i32>, to: &mut W, base: W) {
    if let Some(read) = f.word_or_none(name, wire) {
        *to = read.unwrap_or(base);
    }
}

fn number(f: &mut Fields, name: &'static str, wire: Option<i32>, base: u8) -> Option<u8> {
    match wire.map(u8::try_from) {
        None => Some(base),
        Some(Ok(number)) => Some(number),
        Some(Err(_)) => f.refuse(name, "must be 0–255"),
    }
}

/// A limit; none where it is 0, or cannot be read, which is told.
fn bounded(
    f: &mut Fields,
    name: &'static str,
    wire: Option<i32>,
    max: u32,
    base: Option<u32>,
) -> Option<u32> {
    match wire.map(u32::try_from) {
        None => base,
        Some(Ok(limit)) if limit <= max => (limit > 0).then_some(limit),
        Some(_) => f.refuse(name, format!("must be 0–{max}")),
    }
}

fn quota(f: &mut Fields, wire: &pb::AskQuota) -> Option<AskQuota> {
    let mut count = |name: &'static str, asks: i32, max: u32| match u32::try_from(asks) {
        Ok(asks) if asks <= max => Some(asks),
        _ => f.refuse(name, format!("must be 0–{max}")),
    };
    let per_year = count("per_year", wire.per_year, 1_000_000);
    let per_thousand = count("per_thousand_reviews", wire.per_thousand_reviews, 1_000);
    let days = count("answer_days", wire.answer_days, 365);
    Some(AskQuota {
        per_year: per_year?,
        per_thousand: per_thousand?,
        answer_within: days.filter(|days| *days > 0).map(|days| Span::from_days(i64::from(days))),
        ignored_count: wire.ignored_asks_count,
    })
}

/// The window that both of its fields make; the inner option is none where both are unset.
fn window(f: &mut Fields, wire: &pb::ChannelPolicy) -> Option<Option<EditWindow>> {
    let from = f.word_or_none::<EditFrom>("edit_window_start", wire.edit_window_start)?;
    match wire.edit_window_days.map(u16::try_from) {
        None => Some(None),
        Some(Ok(0)) => Some(Some(EditWindow::Always)),
        Some(Ok(days)) => {
            Some(Some(EditWindow::Days { days, from: from.unwrap_or(EditFrom::FirstObserved) }))
        }
        Some(Err(_)) => f.refuse("edit_window_days", "must be 0–65,535"),
    }
}

fn days(f: &mut Fields, wire: Option<i32>) -> Option<Option<Span>> {
    match wire {
        None => Some(None),
        Some(days @ 1..=365) => Some(Some(Span::from_days(i64::from(days)))),
        Some(_) => f.refuse("return_window_days", "must be 1–365"),
    }
}
