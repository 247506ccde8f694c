//! What a plan has to know of the review that it is for.

use amends_domain::guardrail::QuotaUse;
use amends_domain::plan::{PublicDraft, Reviewed};
use amends_domain::reply::{Reply, ReplyStage};
use amends_domain::{CaseId, Time};
use amends_store::review::ReviewRow;
use amends_store::{Conn, reply};

use super::facts::{AskFacts, AskInputs, Limits};
use crate::error::Result;
use crate::guard::Budget;
use crate::shops::ShopInfo;

/// The review of a case that a plan is for, with everything that an ask about it depends on.
#[derive(Debug)]
pub(crate) struct ReviewToPlan {
    row: ReviewRow,
    inputs: AskInputs,
    limits: Limits,
    replies: Vec<Reply>,
    is_newest: bool,
    /// How many reviews of the case are bad, or were when they were first seen.
    pub(crate) bad: usize,
}

impl ReviewToPlan {
    /// Of a case's reviews the newest that is bad; else the newest that was; none if none ever was.
    pub(crate) async fn load(
        conn: &Conn,
        info: &ShopInfo,
        case: CaseId,
        mut rows: Vec<ReviewRow>,
        now: Time,
    ) -> Result<Option<Self>> {
        if rows.is_empty() {
            return Ok(None);
        }
        rows.sort_by(|a, b| (b.last_observed_at, &b.review).cmp(&(a.last_observed_at, &a.review)));
        let facts = AskFacts::load(conn, info, &rows).await?;
        let most = info.channel_policy(now).negative_threshold;
        let is_bad = |row: &&ReviewRow| {
            let story = facts.story(&row.review).1;
            story.visible && story.rating.is_some_and(|rating| rating <= most)
        };
        let was_bad = |row: &&ReviewRow| facts.story(&row.review).1.negative;
        let found = rows.iter().find(is_bad).or_else(|| rows.iter().find(was_bad));
        let Some(row) = found.cloned() else { return Ok(None) };
        let replies = reply::of_reviews(&[(row.shop.clone(), row.review.clone())]).all(conn).await?;
        Ok(Some(Self {
            inputs: facts.inputs_besides(&row, Some(case)),
            limits: Limits::load(conn, info, (facts.buyer(&row), row.order.as_ref()), now).await?,
            replies,
            is_newest: rows.first().is_some_and(|first| first.review == row.review),
            bad: rows.iter().filter(|row| is_bad(row) || was_bad(row)).count(),
            row,
        }))
    }

    /// As the planner sees it.
    pub(crate) fn reviewed(&self) -> Reviewed<'_> {
        let quota: QuotaUse = self.limits.quota;
        let budget: &Budget = &self.limits.budget;
        let at = |stages: &'static [ReplyStage]| {
            self.replies.iter().filter(move |reply| stages.contains(&reply.state.stage()))
        };
        let written = at(&[ReplyStage::Draft, ReplyStage::AwaitingApproval]);
        let draft = written.max_by_key(|reply| (reply.state.stage(), reply.drafted_at, reply.id));
        Reviewed {
            id: self.row.review.clone(),
            history: &self.inputs.history,
            delivered_at: self.inputs.delivered_at,
            asked_at: self.inputs.asked_at,
            buyer: budget.buyer(false, self.inputs.delivered_at),
            extortion: self.inputs.extortion,
            promised_elsewhere: self.inputs.remedies_promised,
            fulfilled_elsewhere_at: self.inputs.last_fulfilled_at,
            quota,
            is_newest: self.is_newest,
            replied_at: at(&[ReplyStage::Queued, ReplyStage::Sending, ReplyStage::Sent])
                .map(|reply| reply.state.since().unwrap_or(reply.drafted_at))
                .collect(),
            unsettled: u32::try_from(at(&[ReplyStage::Unknown]).count()).unwrap_or(u32::MAX),
            draft: draft.map(|reply| PublicDraft {
                reply: reply.id,
                asked: reply.state.stage() == ReplyStage::AwaitingApproval,
                override_lock: reply.override_lock,
            }),
        }
    }
}
