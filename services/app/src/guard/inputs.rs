//! Everything a decision depended on, by name, so that it can be looked into and made again.
//!
//! What an offer depends on has no name of a review (G08): those of a channel's asks and replies are
//! kept for asks and replies alone.

use amends_domain::guardrail::{CAP_LONG, CAP_SHORT, Eyes, Kind, Outgoing};
use amends_domain::policy::ChannelPolicy;
use amends_domain::review::ReviewHistory;
use amends_domain::{Span, Time};

pub(crate) type Facts = Vec<(&'static str, String)>;

/// What every decision depends on.
pub(super) fn common(out: &Outgoing<'_>) -> Facts {
    let (buyer, policy) = (&out.buyer, out.policy);
    let within = |span: Span| buyer.contacts.iter().filter(|at| **at + span > out.now).count().to_string();
    let mut facts = vec![
        ("channel", policy.channel.clone()),
        ("region", policy.region.clone()),
        ("row_from_at", policy.effective_from.micros().to_string()),
        ("row_signed_by", policy.signed_off.as_ref().map(|it| it.by.clone()).unwrap_or_default()),
        ("contact_days", days(policy.contact_window)),
        ("unasked", out.is_unasked().to_string()),
        ("contacts_in_3_days", within(CAP_SHORT)),
        ("contacts_in_30_days", within(CAP_LONG)),
        ("last_contact_at", time(buyer.contacts.iter().max().copied())),
        ("hours", buyer.hours.printed()),
        ("zones", buyer.hours.zones()),
        ("opted_out", buyer.opted_out.to_string()),
        ("erased", buyer.erased.to_string()),
        ("extortion", out.extortion.to_string()),
        ("eyes", eyes(out.eyes).to_owned()),
        ("delivered_at", time(buyer.delivered_at)),
        ("words_version", crate::lint::version().to_owned()),
    ];
    if matches!(out.kind, Kind::Ask(_) | Kind::PublicReply(_)) {
        facts.extend(of_reviews(policy));
    }
    facts
}

/// What the channel allows about reviews.
fn of_reviews(policy: &ChannelPolicy) -> Facts {
    let number = |most: Option<u32>| most.map_or_else(String::new, |most| most.to_string());
    vec![
        ("ask_permission", policy.ask.to_string()),
        ("negative_threshold", policy.negative_threshold.to_string()),
        ("edit_window", format!("{:?}", policy.edit_window)),
        ("edits_allowed", number(policy.edits_allowed.map(u32::from))),
        ("reply_locks_edit", policy.reply_locks_edit.to_string()),
        ("reply_count", number(policy.reply_count.map(u32::from))),
        ("reply_length", number(policy.reply_length)),
        ("quota_per_year", number(policy.ask_quota.map(|quota| quota.per_year))),
        ("quota_per_thousand", number(policy.ask_quota.map(|quota| quota.per_thousand))),
    ]
}

/// What is known of a review, for asks and public replies.
pub(crate) fn of_review(story: &ReviewHistory) -> Facts {
    vec![
        ("rating", story.rating.map_or_else(String::new, |rating| rating.to_string())),
        ("visible", story.visible.to_string()),
        ("first_observed_at", time(story.first_observed_at)),
        ("written_at", time(story.written_at)),
        ("edit_state", story.edit_state.map_or_else(String::new, |state| state.to_string())),
        ("edits_seen", story.diffs.iter().filter(|diff| diff.is_edit()).count().to_string()),
    ]
}

fn days(span: Option<Span>) -> String {
    span.map_or_else(String::new, |span| (span.micros() / Span::from_days(1).micros()).to_string())
}

/// A time as it is stored; empty for none.
pub(crate) fn time(at: Option<Time>) -> String {
    at.map_or_else(String::new, |at| at.micros().to_string())
}

const fn eyes(eyes: Eyes) -> &'static str {
    match eyes {
        Eyes::Two => "TWO",
        Eyes::Asked => "ASKED",
        Eyes::Four => "FOUR",
    }
}
