//! Rows of channel policy as callers see them.

use amends_app::policy::KnownRow;
use amends_domain::policy::{AskPermission, AskQuota, ChannelPolicy, EditWindow, OptIn};
use amends_domain::shop::Channel;
use amends_domain::{ShopId, Span, Time};
use amends_proto::v1 as pb;

use crate::convert::{Word as _, time};
use crate::fields::Fields;

/// The wire form of a row of channel policy.
#[must_use]
pub fn channel(row: &ChannelPolicy) -> pb::ChannelPolicy {
    let (window_days, window_start) = match row.edit_window {
        EditWindow::None => (None, None),
        EditWindow::Always => (Some(0), None),
        EditWindow::Days { days, from } => (Some(i32::from(days)), Some(from.number())),
    };
    let signed = row.signed_off.as_ref();
    pb::ChannelPolicy {
        channel: Some(row.channel.clone()),
        region: Some(row.region.clone()),
        effective_date: Some(time::print_day(row.effective_from.day())),
        negative_threshold: Some(i32::from(row.negative_threshold)),
        ask_permission: Some(row.ask.number()),
        ask_needs_opt_in: Some(row.ask != AskPermission::Yes && row.opt_in != OptIn::Never),
        edit_window_days: window_days,
        edit_window_start: window_start,
        edits_max: Some(row.edits_allowed.map_or(0, i32::from)),
        reply_locks_edit: Some(row.reply_locks_edit),
        replies_max: Some(row.reply_count.map_or(0, i32::from)),
        reply_characters_max: Some(
            row.reply_length.map_or(0, |length| i32::try_from(length).unwrap_or(i32::MAX)),
        ),
        contact_window_days: Some(row.contact_window.map_or(0, days)),
        ask_quota: row.ask_quota.map(quota),
        counting_rule: Some(row.counting.number()),
        return_window_days: Some(days(row.return_window)),
        auto_approval_after: row.auto_approval.map(time::render_span),
        source: Some(row.source.clone()),
        knowledge_date: Some(time::print_day(row.known_at.day())),
        certainty: Some(row.certainty.number()),
        owner_opt_in: Some(row.opt_in.number()),
        kpi: Some(row.kpi.clone()).filter(|text| !text.is_empty()),
        note: Some(row.note.clone()).filter(|text| !text.is_empty()),
        reason: signed.map(|signed| signed.reason.clone()),
        signed_off_by: signed.map(|signed| signed.by.clone()),
        sign_off_time: signed.map(|signed| time::render(signed.at)),
    }
}

fn days(span: Span) -> i32 {
    i32::try_from(span.micros() / Span::from_days(1).micros()).unwrap_or(i32::MAX)
}

fn quota(quota: AskQuota) -> pb::AskQuota {
    let number = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    pb::AskQuota {
        per_year: number(quota.per_year),
        per_thousand_reviews: number(quota.per_thousand),
        answer_days: quota.answer_within.map_or(0, days),
        ignored_asks_count: quota.ignored_count,
    }
}

/// The fields in which a shop's own row differs from the catalogue's, and who signed it off.
pub(super) fn overridden(own: &ChannelPolicy, catalogue: Option<&ChannelPolicy>) -> pb::ChannelPolicy {
    fn unless<T: PartialEq>(value: Option<T>, base: Option<T>) -> Option<T> {
        if value == base { None } else { value }
    }
    let base = catalogue.map(channel).unwrap_or_default();
    let own = channel(own);
    pb::ChannelPolicy {
        negative_threshold: unless(own.negative_threshold, base.negative_threshold),
        ask_permission: unless(own.ask_permission, base.ask_permission),
        edit_window_days: unless(own.edit_window_days, base.edit_window_days),
        edit_window_start: unless(own.edit_window_start, base.edit_window_start),
        edits_max: unless(own.edits_max, base.edits_max),
        reply_locks_edit: unless(own.reply_locks_edit, base.reply_locks_edit),
        replies_max: unless(own.replies_max, base.replies_max),
        reply_characters_max: unless(own.reply_characters_max, base.reply_characters_max),
        contact_window_days: unless(own.contact_window_days, base.contact_window_days),
        ask_quota: unless(own.ask_quota, base.ask_quota),
        counting_rule: unless(own.counting_rule, base.counting_rule),
        return_window_days: unless(own.return_window_days, base.return_window_days),
        auto_approval_after: unless(own.auto_approval_after, base.auto_approval_after),
        source: unless(own.source, base.source),
        certainty: unless(own.certainty, base.certainty),
        reason: own.reason,
        signed_off_by: own.signed_off_by,
        sign_off_time: own.sign_off_time,
        ..pb::ChannelPolicy::default()
    }
}

/// What is asked about channels.
#[derive(Debug)]
pub struct ChannelsAsked {
    /// For which shop.
    pub shop: Option<ShopId>,
    /// Of which channel.
    pub channel: Option<Channel>,
    /// In which region.
    pub region: Option<String>,
    /// At which time.
    pub at: Option<Time>,
}

/// The domain form of a question about channels.
pub fn parse_channels(f: &mut Fields, request: pb::ListChannelsRequest) -> Option<ChannelsAsked> {
    let shop =
        if request.parent.is_empty() { Some(None) } else { f.shop("parent", &request.parent).map(Some) };
    let channel = match Channel::new(&request.channel) {
        _ if request.channel.is_empty() => Some(None),
        Ok(channel) => Some(Some(channel)),
        Err(error) => f.refuse("channel", error.to_string()),
    };
    let known = |region: &str| {
        region.is_empty() || (region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase()))
    };
    let region = match request.region {
        Some(region) if !known(&region) => {
            f.refuse("region", "must be empty or an ISO 3166-1 alpha-2 code such as ID")
        }
        region => Some(region),
    };
    let at = f.time_or_none("at_time", request.at_time);
    Some(ChannelsAsked { shop: shop?, channel: channel?, region: region?, at: at? })
}

/// The wire form of what is known of channels.
#[must_use]
pub fn channels(rows: &[KnownRow]) -> pb::ListChannelsResponse {
    let row = |one: &KnownRow| pb::ChannelRow {
        policy: Some(channel(&one.row)),
        own: one.own,
        in_force_as: one.in_force.map(|origin| origin.number()),
    };
    pb::ListChannelsResponse { rows: rows.iter().map(row).collect() }
}
