//! A shop's policy as JSON. A field that an older version did not write has
//! the value it has for a shop that decided nothing.

mod sla;

use std::fmt::Display;
use std::str::FromStr;

use amends_domain::policy::{self, ChannelPolicy, EditFrom, EditWindow, ShopPolicy};
use amends_domain::{Span, Time};
use serde::{Deserialize, Serialize};

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
    channel: Vec<ChannelBody>,
    sla: TermsBody,
}

#[derive(Serialize, Deserialize)]
#[serde(default)]
struct ChannelBody {
    channel: String,
    region: String,
    effective_from: i64,
    negative_threshold: u8,
    ask: String,
    edit_window: String,
    edit_days: u16,
    edit_from: String,
    edits_allowed: Option<u8>,
    reply_locks_edit: bool,
    counting: String,
    return_window: i64,
    avoid_window: i64,
    auto_approval: Option<i64>,
    source: String,
    known_at: i64,
    certainty: String,
}

impl Default for Body {
    fn default() -> Self {
        Self::of(&ShopPolicy::default())
    }
}

impl Default for ChannelBody {
    fn default() -> Self {
        // The row of a channel nobody knows: it allows nothing.
        Self::of(&policy::in_force(&[], "", "", Time::MIN))
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
            channel: self.channel.into_iter().map(ChannelBody::policy).collect::<Result<_, _>>()?,
            sla: self.sla.terms()?,
        })
    }
}

impl ChannelBody {
    fn of(p: &ChannelPolicy) -> Self {
        let (edit_window, edit_days, edit_from) = match p.edit_window {
            EditWindow::None => ("NONE", 0, EditFrom::FirstObserved),
            EditWindow::Always => ("ALWAYS", 0, EditFrom::FirstObserved),
            EditWindow::Days { days, from } => ("DAYS", days, from),
        };
        Self {
            channel: p.channel.clone(),
            region: p.region.clone(),
            effective_from: p.effective_from.micros(),
            negative_threshold: p.negative_threshold,
            ask: p.ask.to_string(),
            edit_window: edit_window.to_owned(),
            edit_days,
            edit_from: edit_from.to_string(),
            edits_allowed: p.edits_allowed,
            reply_locks_edit: p.reply_locks_edit,
            counting: p.counting.to_string(),
            return_window: p.return_window.micros(),
            avoid_window: p.avoid_window.micros(),
            auto_approval: p.auto_approval.map(Span::micros),
            source: p.source.clone(),
            known_at: p.known_at.micros(),
            certainty: p.certainty.to_string(),
        }
    }

    fn policy(self) -> Result<ChannelPolicy, String> {
        let edit_window = match self.edit_window.as_str() {
            "NONE" => EditWindow::None,
            "ALWAYS" => EditWindow::Always,
            "DAYS" => EditWindow::Days { days: self.edit_days, from: word(&self.edit_from)? },
            other => return Err(format!("{other:?} is not an edit window")),
        };
        Ok(ChannelPolicy {
            channel: self.channel,
            region: self.region,
            effective_from: Time::from_micros(self.effective_from),
            negative_threshold: self.negative_threshold,
            ask: word(&self.ask)?,
            edit_window,
            edits_allowed: self.edits_allowed,
            reply_locks_edit: self.reply_locks_edit,
            counting: word(&self.counting)?,
            return_window: Span::from_micros(self.return_window),
            avoid_window: Span::from_micros(self.avoid_window),
            auto_approval: self.auto_approval.map(Span::from_micros),
            source: self.source,
            known_at: Time::from_micros(self.known_at),
            certainty: word(&self.certainty)?,
        })
    }
}

fn word<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e: T::Err| e.to_string())
}
