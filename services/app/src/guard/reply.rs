//! Whether a reply may go out: when it is queued or approved, and again when a connector takes it.

use amends_domain::case::Case;
use amends_domain::detection::Flag;
use amends_domain::guardrail::{Eyes, Kind, Outgoing, PublicReply};
use amends_domain::order::Line;
use amends_domain::reply::{Reply, ReplyStage};
use amends_domain::review::ReviewHistory;
use amends_domain::{DecisionId, ReplyId, ReviewId, ShopId, Time};
use amends_store::text::{self, TextOwner};
use amends_store::{Conn, order, reply, review};

use super::of_review;
use super::{Budget, Decision, settle, words_of};
use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::lint::{self, Found, Reader, Setting};
use crate::restate::{review_story, versions_of};
use crate::shops::ShopInfo;
use crate::work::Work;

/// How far a reply is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
    /// Before another person, who decides.
    Submitted,
    /// To the connectors.
    Queued,
    /// To the channel.
    Delivered,
}

/// The review that a public reply answers.
struct Answered {
    story: ReviewHistory,
    delivered_at: Option<Time>,
    replies: u32,
    unsettled: u32,
}

/// Everything that is read for it.
struct Facts {
    found: Found,
    budget: Budget,
    answered: Option<Answered>,
    answers: bool,
    delivered_at: Option<Time>,
}

/// Lets a reply pass, and leaves the decision to be written with it.
///
/// # Errors
/// When a rule refuses: that is written down, and nothing else is.
pub(crate) async fn reply_may_go(
    work: &mut Work,
    reply: &Reply,
    case: &Case,
    passing: Passing,
) -> Result<DecisionId> {
    let info = work.app.shops().get(&work.tx, &case.shop, work.now).await?;
    if passing != Passing::Submitted {
        work.lock_budget(&case.shop, case.buyer, false).await?;
    }
    let facts = Facts::load(&work.tx, &info, reply, case, work.now).await?;
    let (decision, unasked) = facts.decide(&info, reply, case, passing, work.now);
    // What waits for another person is said to nobody yet.
    let goes = unasked && passing != Passing::Submitted;
    let contact = case.buyer.filter(|_| goes).map(|buyer| (buyer, reply.id.to_string()));
    settle(work, decision, contact)
}

impl App {
    /// Whether a reply could be queued now, and which rules refuse. Nothing is stored.
    ///
    /// # Errors
    /// When there is no such reply, the principal may not reply, or storage fails.
    pub async fn check_reply(
        &self,
        principal: &Principal,
        shop: &ShopId,
        id: ReplyId,
        override_lock: bool,
    ) -> Result<Decision> {
        principal.require(&[Role::Agent, Role::Supervisor])?;
        principal.enter(shop)?;
        let (conn, now) = (self.store().reader(), self.now());
        let info = self.shops().get(&conn, shop, now).await?;
        let found = reply::get(&conn, shop, &id).await?;
        let mut reply = found.ok_or_else(|| AppError::not_found("reply", id))?;
        reply.override_lock |= override_lock;
        let case = amends_store::case::get(&conn, shop, &reply.case).await?;
        let case = case.ok_or_else(|| AppError::not_found("case", reply.case))?;
        let asks = (info.policy.reply_approval || reply.override_lock) && reply.approved_by.is_none();
        let passing = if asks { Passing::Submitted } else { Passing::Queued };
        let facts = Facts::load(&conn, &info, &reply, &case, now).await?;
        Ok(facts.decide(&info, &reply, &case, passing, now).0)
    }
}

impl Facts {
    async fn load(conn: &Conn, info: &ShopInfo, reply: &Reply, case: &Case, now: Time) -> Result<Self> {
        let key = [(TextOwner::Reply, reply.id.to_string())];
        let said = text::get(conn, &case.shop, &key).await?.pop().map(|(_, _, body)| body);
        let budget = Budget::load(conn, info, case.buyer, &reply.id.to_string(), now).await?;
        let budget = budget.and_order(conn, info, case.buyer, case.subject.order()).await?;
        let answers = words_of(conn, case, &budget).await?.are_answered(now);
        let answered = match &reply.destination.review {
            Some(id) => answered(conn, info, reply, id).await?,
            None => None,
        };
        Ok(Self {
            found: look(info, reply, case, &said.unwrap_or_default(), now)?,
            budget,
            answered,
            answers,
            delivered_at: delivered_at(conn, case).await?,
        })
    }

    fn decide(
        &self,
        info: &ShopInfo,
        reply: &Reply,
        case: &Case,
        passing: Passing,
        now: Time,
    ) -> (Decision, bool) {
        let eyes = match passing {
            _ if reply.approved_by.is_some() => Eyes::Four,
            Passing::Submitted => Eyes::Asked,
            Passing::Queued | Passing::Delivered => Eyes::Two,
        };
        let kind = self.answered.as_ref().map_or(Kind::PrivateReply, |answered| {
            Kind::PublicReply(PublicReply {
                review: &answered.story,
                delivered_at: answered.delivered_at,
                replies: answered.replies,
                unsettled: answered.unsettled,
                override_lock: reply.override_lock,
            })
        });
        let policy = info.channel_policy(now);
        let out = Outgoing {
            kind,
            policy: &policy,
            text: self.found.text(),
            buyer: self.budget.buyer(self.answers, self.delivered_at),
            extortion: case.flags.contains(&Flag::Extortion),
            eyes,
            now,
        };
        let action = if passing == Passing::Delivered { "delivery" } else { "reply" };
        let mut decision = Decision::make(action, info, &out, self.named(reply));
        decision.case = Some(case.id);
        decision.review = reply.destination.review.clone();
        decision.template = reply.template.as_ref().map(ToString::to_string).unwrap_or_default();
        decision.hints.clone_from(&self.found.hints);
        (decision, out.is_unasked())
    }

    /// The inputs by name, as they are stored with a decision.
    fn named(&self, reply: &Reply) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("reply", reply.id.to_string()),
            ("fence", reply.fence.to_string()),
            ("public", reply.destination.public.to_string()),
            ("characters", self.found.characters.to_string()),
            ("answers", self.answers.to_string()),
            ("override_lock", reply.override_lock.to_string()),
            ("approved_by", reply.approved_by.as_ref().map(ToString::to_string).unwrap_or_default()),
        ];
        if let Some(answered) = &self.answered {
            facts.push(("replies", answered.replies.to_string()));
            facts.push(("unsettled", answered.unsettled.to_string()));
            facts.extend(of_review(&answered.story));
        }
        facts
    }
}

/// Looks over the words for whoever will read them.
fn look(info: &ShopInfo, reply: &Reply, case: &Case, said: &str, now: Time) -> Result<Found> {
    let reader = if reply.destination.public { Reader::Everyone } else { Reader::Buyer };
    let policy = info.channel_policy(now);
    let order = case.subject.order().or(reply.destination.order.as_ref());
    let orders: Vec<&str> = order.map(|order| order.as_str()).into_iter().collect();
    lint::look(said, Setting { reader, language: &reply.language, channel: &policy.channel, orders: &orders })
}

/// When what the case is about was delivered: its line, or the first line of its order.
pub(super) async fn delivered_at(conn: &Conn, case: &Case) -> Result<Option<Time>> {
    let Some(order) = case.subject.order() else { return Ok(None) };
    let lines = order::get(conn, &case.shop, order).await?;
    Ok(delivered_of(case, &lines))
}

/// The same, of lines that are known.
pub(crate) fn delivered_of(case: &Case, lines: &[Line]) -> Option<Time> {
    let mine = lines.iter().filter(|line| case.subject.line().is_none_or(|id| *id == line.line));
    mine.filter_map(|line| line.delivered.map(|units| units.at)).min()
}

async fn answered(conn: &Conn, info: &ShopInfo, reply: &Reply, id: &ReviewId) -> Result<Option<Answered>> {
    let key = [(reply.shop.clone(), id.clone())];
    let Some(row) = review::by_ids(&key).all(conn).await?.pop() else { return Ok(None) };
    let mut versions = versions_of(conn, std::slice::from_ref(&row)).await?;
    let story = review_story(info, versions.remove(id).unwrap_or_default());
    let others = reply::of_reviews(&key).all(conn).await?;
    let count = |stages: &[ReplyStage]| {
        let at = others.iter().filter(|o| o.id != reply.id && stages.contains(&o.state.stage()));
        u32::try_from(at.count()).unwrap_or(u32::MAX)
    };
    Ok(Some(Answered {
        story,
        delivered_at: row.handling.delivered_at,
        replies: count(&[ReplyStage::Queued, ReplyStage::Sending, ReplyStage::Sent]),
        unsettled: count(&[ReplyStage::Unknown]),
    }))
}
