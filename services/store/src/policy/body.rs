//! A shop's policy as JSON. A field that an older version did not write has
//! the value it has for a shop that decided nothing.

mod channel;
mod sla;

use std::fmt::Display;
use std::str::FromStr;

use amends_domain::incident::chart::Watch;
use amends_domain::policy::ShopPolicy;
use amends_domain::{Span, Time};
use serde::{Deserialize, Serialize};

use channel::ChannelBody;
use sla::TermsBody;

#[derive(Serialize, Deserialize)]
#[serde(default)]
struct Body {
    approval_limit: i64,
    offer_life: i64,
    fulfilment_within: i64,
    remind_after: i64,
    give_up_after: i64,
    close_after: i64,
    lease: i64,
    agent_capacity: Option<u32>,
    reply_approval: bool,
    reply_delivery: i64,
    delivery_grace: i64,
    incident_signals: bool,
    incident_least_complaints: u32,
    incident_least_units: u32,
    incident_base_weeks: u32,
    channel: Vec<ChannelBody>,
    sla: TermsBody,
}

impl Default for Body {
    fn default() -> Self {
        Self::of(&ShopPolicy::default())
    }
}

/// The policy as it is stored.
pub(super) fn write(policy: &ShopPolicy) -> String {
    serde_json::to_string(&Body::of(policy)).unwrap_or_default()
}

/// The policy as it was stored.
pub(super) fn read(text: &str) -> Result<ShopPolicy, String> {
    let body: Body = serde_json::from_str(text).map_err(|e| e.to_string())?;
    body.policy()
}

impl Body {
    fn of(p: &ShopPolicy) -> Self {
        Self {
            approval_limit: p.approval_limit,
            offer_life: p.offer_life.micros(),
            fulfilment_within: p.fulfilment_within.micros(),
            remind_after: p.remind_after.micros(),
            give_up_after: p.give_up_after.micros(),
            close_after: p.close_after.micros(),
            lease: p.lease.micros(),
            agent_capacity: p.agent_capacity,
            reply_approval: p.reply_approval,
            reply_delivery: p.reply_delivery.micros(),
            delivery_grace: p.delivery_grace.micros(),
            incident_signals: p.incidents.on,
            incident_least_complaints: p.incidents.least_complaints,
            incident_least_units: p.incidents.least_units,
            incident_base_weeks: p.incidents.base_weeks,
            channel: p.channel.iter().map(ChannelBody::of).collect(),
            sla: TermsBody::of(&p.sla),
        }
    }

    fn policy(self) -> Result<ShopPolicy, String> {
        Ok(ShopPolicy {
            // A column of its own, because versions are looked up by it.
            effective_from: Time::MIN,
            approval_limit: self.approval_limit,
            offer_life: Span::from_micros(self.offer_life),
            fulfilment_within: Span::from_micros(self.fulfilment_within),
            remind_after: Span::from_micros(self.remind_after),
            give_up_after: Span::from_micros(self.give_up_after),
            close_after: Span::from_micros(self.close_after),
            lease: Span::from_micros(self.lease),
            agent_capacity: self.agent_capacity,
            reply_approval: self.reply_approval,
            reply_delivery: Span::from_micros(self.reply_delivery),
            delivery_grace: Span::from_micros(self.delivery_grace),
            incidents: Watch {
                on: self.incident_signals,
                least_complaints: self.incident_least_complaints,
                least_units: self.incident_least_units,
                base_weeks: self.incident_base_weeks,
            },
            channel: self.channel.into_iter().map(ChannelBody::policy).collect::<Result<_, _>>()?,
            sla: self.sla.terms()?,
        })
    }
}

fn word<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e: T::Err| e.to_string())
}
