//! What channels allow and what a shop decides for itself.

use amends_app::policy::PolicyView;
use amends_domain::policy::ShopPolicy;
use amends_domain::shop::Shop;
use amends_domain::{Currency, Money};
use amends_proto::v1 as pb;

use super::{money, sla, time};

mod change;
mod overrides;
mod row;
mod watch;

pub use change::{PolicyUpdate, parse_update};
pub use row::{channel, channels, parse_channels};

use row::overridden;

/// The wire form of a version of a shop's policy.
#[must_use]
pub fn render(shop: &Shop, view: &PolicyView) -> pb::Policy {
    let own = view.policy.channel.last().filter(|row| **row == view.effective);
    pb::Policy {
        name: format!("shops/{}/policy", shop.id),
        version: view.version.to_string(),
        effective_time: Some(time::render(view.policy.effective_from)),
        catalogue: view.catalogue.as_ref().map(channel),
        channel_overrides: own.map(|own| overridden(own, view.catalogue.as_ref())),
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
        incident_signals: Some(policy.incidents.on),
        incident_complaints_min: i32::try_from(policy.incidents.least_complaints).ok(),
        incident_units_min: i32::try_from(policy.incidents.least_units).ok(),
        incident_base_weeks: i32::try_from(policy.incidents.base_weeks).ok(),
        ..pb::ShopRules::default()
    }
}
