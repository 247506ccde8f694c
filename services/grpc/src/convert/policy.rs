//! What channels allow and what a shop decides for itself.

use amends_app::policy::PolicyView;
use amends_domain::policy::{ChannelPolicy, EditWindow, ShopPolicy};
use amends_domain::shop::Shop;
use amends_domain::{Currency, Money};
use amends_proto::v1 as pb;

use super::{Word as _, money, sla, time};

mod change;

pub use change::{PolicyUpdate, parse_update};

/// The wire form of a version of a shop's policy.
#[must_use]
pub fn render(shop: &Shop, view: &PolicyView) -> pb::Policy {
    let own = view.policy.channel.last().filter(|row| **row == view.effective);
    pb::Policy {
        name: format!("shops/{}/policy", shop.id),
        version: view.version.to_string(),
        effective_time: Some(time::render(view.policy.effective_from)),
        catalogue: view.catalogue.as_ref().map(channel),
        channel_overrides: own.map(|own| overrides(own, view.catalogue.as_ref())),
        channel_effective: Some(channel(&view.effective)),
        shop_rules: Some(rules(&view.policy, shop.currency)),
        author: view.changed_by.clone(),
        etag: view.version.to_string(),
        sla: Some(sla::policy(&view.policy.sla)),
    }
}

fn rules(policy: &ShopPolicy, currency: Currency) -> pb::ShopRules {
    let span = |span| Some(time::render_span(span));
    pb::ShopRules {
        approval_limit: Some(money::render(Money::new(policy.approval_limit, currency))),
        offer_life: span(policy.offer_life),
        buyer_reminder_after: span(policy.remind_after),
        buyer_silence_after: span(policy.give_up_after),
        auto_close_after: span(policy.close_after),
        lease_life: span(policy.lease),
        agent_capacity: policy.agent_capacity.and_then(|cases| i32::try_from(cases).ok()),
        fulfilment_life: span(policy.fulfilment_within),
        reply_approval: Some(policy.reply_approval),
        reply_delivery_life: span(policy.reply_delivery),
        delivery_grace: span(policy.delivery_grace),
        ..pb::ShopRules::default()
    }
}

/// The wire form of a row of channel policy.
#[must_use]
pub fn channel(row: &ChannelPolicy) -> pb::ChannelPolicy {
    let (window_days, window_start) = match row.edit_window {
        EditWindow::None => (None, None),
        EditWindow::Always => (Some(0), None),
        EditWindow::Days { days, from } => (Some(i32::from(days)), Some(from.number())),
    };
    let days = row.return_window.micros() / amends_domain::Span::from_days(1).micros();
    pb::ChannelPolicy {
        channel: Some(row.channel.clone()),
        region: Some(row.region.clone()),
        effective_date: Some(time::print_day(row.effective_from.day())),
        negative_threshold: Some(i32::from(row.negative_threshold)),
        ask_permission: Some(row.ask.number()),
        edit_window_days: window_days,
        edit_window_start: window_start,
        edits_max: Some(row.edits_allowed.map_or(0, i32::from)),
        reply_locks_edit: Some(row.reply_locks_edit),
        counting_rule: Some(row.counting.number()),
        return_window_days: Some(i32::try_from(days).unwrap_or(i32::MAX)),
        auto_approval_after: row.auto_approval.map(time::render_span),
        source: Some(row.source.clone()),
        knowledge_date: Some(time::print_day(row.known_at.day())),
        certainty: Some(row.certainty.number()),
        ..pb::ChannelPolicy::default()
    }
}

/// The fields in which a shop's own row differs from the catalogue's.
fn overrides(own: &ChannelPolicy, catalogue: Option<&ChannelPolicy>) -> pb::ChannelPolicy {
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
        counting_rule: unless(own.counting_rule, base.counting_rule),
        return_window_days: unless(own.return_window_days, base.return_window_days),
        auto_approval_after: unless(own.auto_approval_after, base.auto_approval_after),
        source: unless(own.source, base.source),
        certainty: unless(own.certainty, base.certainty),
        ..pb::ChannelPolicy::default()
    }
}
