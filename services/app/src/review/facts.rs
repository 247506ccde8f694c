//! Everything that the decision about an ask depends on, loaded for many reviews at once.

use std::collections::HashMap;

use amends_domain::case::Case;
use amends_domain::detection::Flag;
use amends_domain::guardrail::{self, Eyes, Kind, Outgoing, QuotaUse, Rule, Text, check, year_of};
use amends_domain::policy::{AskPermission, ChannelPolicy};
use amends_domain::remedy::{Remedy, RemedyState};
use amends_domain::review::{ReviewHistory, ReviewVersion};
use amends_domain::subject::Anchor;
use amends_domain::{BuyerKey, CaseId, OrderId, ReviewId, ShopId, Time};
use amends_store::buyer::{self, BuyerState};
use amends_store::review::ReviewRow;
use amends_store::{Conn, case, remedy};

use super::story;
use crate::error::Result;
use crate::guard::{Budget, of_review, quota_use, time};
pub(super) use crate::restate::home as anchor;
use crate::restate::versions_of;
use crate::shops::ShopInfo;

/// Whether the buyer may be told that a review can be updated: computed, never set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskState {
    /// There is nothing to ask about.
    Observed,
    /// A rule forbids it; the first one.
    Blocked(Rule),
    /// Allowed now.
    Eligible,
    /// Sent; it is never sent twice.
    Asked,
}

/// What is known about some reviews of one shop.
#[derive(Debug)]
pub(super) struct AskFacts {
    stories: HashMap<ReviewId, (Vec<ReviewVersion>, ReviewHistory)>,
    cases: Vec<Case>,
    remedies: Vec<Remedy>,
    buyers: Vec<BuyerState>,
}

/// The owned part of the input of the rules.
#[derive(Debug)]
pub(super) struct AskInputs {
    pub(super) history: ReviewHistory,
    pub(super) remedies_promised: u32,
    pub(super) last_fulfilled_at: Option<Time>,
    pub(super) delivered_at: Option<Time>,
    pub(super) asked_at: Option<Time>,
    pub(super) opted_out_at: Option<Time>,
    pub(super) erased: bool,
    pub(super) extortion: bool,
}

impl AskFacts {
    pub(super) async fn load(conn: &Conn, info: &ShopInfo, rows: &[ReviewRow]) -> Result<Self> {
        let shop = &info.shop.id;
        let versions = versions_of(conn, rows).await?;
        let stories = versions.into_iter().map(|(id, versions)| (id, story(info, versions))).collect();
        let mut anchors: Vec<(ShopId, Anchor)> = rows.iter().map(|row| (shop.clone(), anchor(row))).collect();
        anchors.sort();
        anchors.dedup();
        let mut cases = case::of_anchors(&anchors).all(conn).await?;
        let mut others: Vec<_> = rows.iter().filter_map(|row| Some((shop.clone(), row.case?))).collect();
        others.retain(|(_, id)| cases.iter().all(|c| c.id != *id));
        others.sort();
        others.dedup();
        cases.extend(case::by_ids(&others).all(conn).await?);
        let ids: Vec<_> = cases.iter().map(|c| (shop.clone(), c.id)).collect();
        let remedies = remedy::of_cases(conn, &ids).await?;
        let mut keys: Vec<_> = rows.iter().filter_map(|row| Some((shop.clone(), row.buyer?))).collect();
        keys.extend(cases.iter().filter_map(|c| Some((shop.clone(), c.buyer?))));
        keys.sort();
        keys.dedup();
        let buyers = buyer::get(conn, &keys).await?;
        Ok(Self { stories, cases, remedies, buyers })
    }

    /// Versions in order, and the story they tell.
    pub(super) fn story(&self, review: &ReviewId) -> (Vec<ReviewVersion>, ReviewHistory) {
        self.stories.get(review).cloned().unwrap_or_else(|| amends_domain::review::replay(Vec::new(), 0))
    }

    /// The latest version that said something itself.
    pub(super) fn last_words(&self, review: &ReviewId) -> Option<&ReviewVersion> {
        let (versions, _) = self.stories.get(review)?;
        versions.iter().rev().find(|v| v.visible && !v.follow_up).or_else(|| versions.last())
    }

    /// All cases about whatever the review is about.
    fn cases_of<'a>(&'a self, row: &'a ReviewRow) -> impl Iterator<Item = &'a Case> {
        let anchor = anchor(row);
        self.cases.iter().filter(move |c| Some(c.id) == row.case || c.subject.anchor() == anchor)
    }

    /// Whoever wrote the review, or whose case it is.
    pub(super) fn buyer(&self, row: &ReviewRow) -> Option<BuyerKey> {
        row.buyer.or_else(|| self.cases_of(row).find_map(|case| case.buyer))
    }

    pub(super) fn inputs(&self, row: &ReviewRow) -> AskInputs {
        self.inputs_besides(row, None)
    }

    /// The same, without the remedies of one case.
    pub(super) fn inputs_besides(&self, row: &ReviewRow, besides: Option<CaseId>) -> AskInputs {
        let mine: Vec<&Case> = self.cases_of(row).collect();
        // A promise on the same order that another case made is a promise all the same.
        let counts = |r: &&Remedy| Some(r.case) != besides && mine.iter().any(|c| c.id == r.case);
        let remedies: Vec<&Remedy> = self.remedies.iter().filter(counts).collect();
        let promised = remedies.iter().filter(|r| r.state.stage().is_promised()).count();
        let fulfilled = remedies.iter().filter_map(|r| match r.state {
            RemedyState::Fulfilled { at, .. } => Some(at),
            _ => None,
        });
        let buyer = self.buyer(row);
        let buyer = buyer.and_then(|key| self.buyers.iter().find(|b| b.key == key));
        AskInputs {
            history: self.story(&row.review).1,
            remedies_promised: u32::try_from(promised).unwrap_or(u32::MAX),
            last_fulfilled_at: fulfilled.max(),
            delivered_at: row.handling.delivered_at,
            asked_at: row.handling.asked_at,
            opted_out_at: buyer.and_then(|b| b.opted_out_at),
            erased: buyer.is_some_and(|b| b.erased_at.is_some()),
            extortion: mine.iter().any(|c| c.flags.contains(&Flag::Extortion)),
        }
    }
}

/// What limits asks beyond the review itself: what the buyer was written to, and the quota.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) budget: Budget,
    pub(super) quota: QuotaUse,
}

impl Limits {
    pub(super) async fn load(
        conn: &Conn,
        info: &ShopInfo,
        (buyer, order): (Option<BuyerKey>, Option<&OrderId>),
        now: Time,
    ) -> Result<Self> {
        let budget = Budget::load(conn, info, buyer, "", now).await?;
        let budget = budget.and_order(conn, info, buyer, order).await?;
        let quota = match info.channel_policy(now).ask_quota {
            Some(_) => quota_use(conn, &info.shop.id, now).await?,
            None => QuotaUse { year_ends_at: year_of(now).1, used: 0, reviews: 0 },
        };
        Ok(Self { budget, quota })
    }
}

impl AskInputs {
    pub(super) fn outgoing<'a>(
        &'a self,
        policy: &'a ChannelPolicy,
        limits: &'a Limits,
        by_request: bool,
        now: Time,
    ) -> Outgoing<'a> {
        let ask = guardrail::AskFacts {
            review: &self.history,
            delivered_at: self.delivered_at,
            remedies_promised: self.remedies_promised,
            last_fulfilled_at: self.last_fulfilled_at,
            asked_at: self.asked_at,
            // Whoever asks names a template, and every template of an ask is an approved one.
            approved_words: true,
            by_request,
            quota: limits.quota,
        };
        Outgoing {
            kind: Kind::Ask(ask),
            policy,
            text: Text::default(),
            buyer: limits.budget.buyer(false, self.delivered_at),
            extortion: self.extortion,
            eyes: Eyes::Two,
            now,
        }
    }

    /// The inputs by name, as they are stored with a decision.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = of_review(&self.history);
        facts.extend([
            ("remedies_promised", self.remedies_promised.to_string()),
            ("last_fulfilled_at", time(self.last_fulfilled_at)),
            ("asked_at", time(self.asked_at)),
        ]);
        facts
    }
}

/// Where the ask of a review stands. What passes by itself (the night, what the buyer was written to,
/// the year's quota) does not show: a check of one ask says that, and until when.
pub(super) fn judge(facts: &AskFacts, row: &ReviewRow, info: &ShopInfo, now: Time) -> AskState {
    if row.handling.asked_at.is_some() {
        return AskState::Asked;
    }
    if row.case.is_none() {
        return AskState::Observed;
    }
    let inputs = facts.inputs(row);
    let quota = QuotaUse { year_ends_at: Time::MAX, used: 0, reviews: 0 };
    let limits = Limits { budget: Budget::open(inputs.opted_out_at, inputs.erased), quota };
    let policy = info.channel_policy(now);
    // Where only the channel's own request is open, that is how the ask would go out.
    let by_request = policy.ask == AskPermission::RequestOnly;
    let refusals = check(&inputs.outgoing(&policy, &limits, by_request, now));
    refusals.first().map_or(AskState::Eligible, |refusal| AskState::Blocked(refusal.rule))
}
