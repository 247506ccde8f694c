//! A shop's own row of channel policy as JSON.

use amends_domain::policy::{self, AskQuota, ChannelPolicy, EditFrom, EditWindow, SignOff};
use amends_domain::{Span, Time};
use serde::{Deserialize, Serialize};

use super::word;

#[derive(Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ChannelBody {
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
    limits: Option<LimitsBody>,
    signed_off: Option<SignOffBody>,
}

/// What rows have said since the catalogue says it. A row that was stored
/// before says of these what the catalogue does, never that there is no limit.
#[derive(Serialize, Deserialize)]
struct LimitsBody {
    opt_in: String,
    reply_count: Option<u16>,
    reply_length: Option<u32>,
    contact_window: Option<i64>,
    ask_quota: Option<QuotaBody>,
    kpi: String,
    note: String,
}

#[derive(Serialize, Deserialize)]
struct QuotaBody {
    per_year: u32,
    per_thousand: u32,
    answer_within: Option<i64>,
    ignored_count: bool,
}

#[derive(Serialize, Deserialize)]
struct SignOffBody {
    by: String,
    at: i64,
    reason: String,
}

impl Default for ChannelBody {
    fn default() -> Self {
        // The row of a channel nobody knows: it allows nothing.
        Self { limits: None, ..Self::of(&policy::in_force(&[], "", "", Time::MIN)) }
    }
}

impl ChannelBody {
    pub(super) fn of(p: &ChannelPolicy) -> Self {
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
            limits: Some(LimitsBody::of(p)),
            signed_off: p.signed_off.as_ref().map(SignOffBody::of),
        }
    }

    pub(super) fn policy(self) -> Result<ChannelPolicy, String> {
        let edit_window = match self.edit_window.as_str() {
            "NONE" => EditWindow::None,
            "ALWAYS" => EditWindow::Always,
            "DAYS" => EditWindow::Days { days: self.edit_days, from: word(&self.edit_from)? },
            other => return Err(format!("{other:?} is not an edit window")),
        };
        let effective_from = Time::from_micros(self.effective_from);
        let known = policy::in_force(&[], &self.channel, &self.region, effective_from);
        let limits = self.limits.unwrap_or_else(|| LimitsBody::of(&known));
        Ok(ChannelPolicy {
            channel: self.channel,
            region: self.region,
            effective_from,
            negative_threshold: self.negative_threshold,
            ask: word(&self.ask)?,
            opt_in: word(&limits.opt_in)?,
            edit_window,
            edits_allowed: self.edits_allowed,
            reply_locks_edit: self.reply_locks_edit,
            reply_count: limits.reply_count,
            reply_length: limits.reply_length,
            contact_window: limits.contact_window.map(Span::from_micros),
            ask_quota: limits.ask_quota.map(QuotaBody::quota),
            counting: word(&self.counting)?,
            return_window: Span::from_micros(self.return_window),
            avoid_window: Span::from_micros(self.avoid_window),
            auto_approval: self.auto_approval.map(Span::from_micros),
            kpi: limits.kpi,
            note: limits.note,
            source: self.source,
            known_at: Time::from_micros(self.known_at),
            certainty: word(&self.certainty)?,
            signed_off: self.signed_off.map(SignOffBody::signed),
        })
    }
}

impl LimitsBody {
    fn of(p: &ChannelPolicy) -> Self {
        Self {
            opt_in: p.opt_in.to_string(),
            reply_count: p.reply_count,
            reply_length: p.reply_length,
            contact_window: p.contact_window.map(Span::micros),
            ask_quota: p.ask_quota.map(QuotaBody::of),
            kpi: p.kpi.clone(),
            note: p.note.clone(),
        }
    }
}

impl QuotaBody {
    fn of(quota: AskQuota) -> Self {
        let answer_within = quota.answer_within.map(Span::micros);
        let AskQuota { per_year, per_thousand, ignored_count, .. } = quota;
        Self { per_year, per_thousand, answer_within, ignored_count }
    }

    fn quota(self) -> AskQuota {
        let answer_within = self.answer_within.map(Span::from_micros);
        let Self { per_year, per_thousand, ignored_count, .. } = self;
        AskQuota { per_year, per_thousand, answer_within, ignored_count }
    }
}

impl SignOffBody {
    fn of(signed: &SignOff) -> Self {
        Self { by: signed.by.clone(), at: signed.at.micros(), reason: signed.reason.clone() }
    }

    fn signed(self) -> SignOff {
        SignOff { by: self.by, at: Time::from_micros(self.at), reason: self.reason }
    }
}
