//! Telling a buyer, once and in neutral words, that a review can be updated.

use amends_domain::case::State;
use amends_domain::event::Event;
use amends_domain::guardrail::Outgoing;
use amends_domain::{DecisionId, ReviewId, ShopId, Time};
use amends_store::review::{self, ReviewRow};
use amends_store::{StoreError, contact, decision, order};

use super::facts::{AskFacts, Limits, anchor};
use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::guard::{Decision, contacted};
use crate::lint::{self, Reader, Setting};
use crate::remedy::{Opened, Right, act_on, follow_case, keep_text};
use crate::restate;
use crate::runner::Command;
use crate::shops::ShopInfo;
use crate::template;
use crate::work::Work;

/// Who may ask, and ask whether asking is allowed.
const ASKERS: &[Role] = &[Role::Agent, Role::Supervisor];

/// What came of an ask.
#[derive(Debug, Clone, PartialEq)]
pub enum AskOutcome {
    /// It went out.
    Sent {
        /// The decision that let it pass, with the text.
        decision: Decision,
        /// The review, asked about.
        review: Box<ReviewRow>,
        /// The version of its case after it.
        case_version: i64,
    },
    /// A rule refused; the refusal stands on the timeline.
    Refused(Decision),
}

/// Sends the ask, if every rule lets it pass.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The tenant.
    pub shop: ShopId,
    /// The review.
    pub review: ReviewId,
    /// The version of its case that was seen.
    pub version: i64,
    /// The fence of the agent's lease; 0 for a supervisor without one, and for
    /// a case that nobody can hold because it is solved.
    pub fence: i64,
    /// The template's id; empty takes the one in the buyer's language.
    pub template: String,
    /// Whether it goes out as the channel's own revision request.
    pub by_request: bool,
}

impl Command for Ask {
    type Output = AskOutcome;
    const NAME: &'static str = "Ask";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<AskOutcome> {
        work.call.principal.require(ASKERS)?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let row = self.lock(work).await?;
        let case = row.case.ok_or(AppError::Precondition("the review has no case that was worked on"))?;
        let mut opened = follow_case(work, &self.shop, case).await?;
        let right = self.right(&work.call.principal, &opened)?;
        let buyer = row.buyer.or(opened.case.buyer);
        // Whatever else will be locked is locked before what the buyer was written to.
        restate::reviews_held(work, &opened.case).await?;
        work.lock_budget(&self.shop, buyer, true).await?;
        let facts = AskFacts::load(&work.tx, &info, std::slice::from_ref(&row)).await?;
        let language = language(&work.tx, &row, &opened.case.language).await?;
        let limits = Limits::load(&work.tx, &info, (buyer, row.order.as_ref()), work.now).await?;
        let wish = Wish { template: &self.template, by_request: self.by_request, language: &language };
        let mut decision = decide(&facts, &row, &info, &limits, &wish, work.now)?;
        decision.id = Some(DecisionId::from_bits(work.id()));
        decision.case = Some(opened.case.id);
        if !decision.allowed() {
            // A refusal changes nothing about the case, but a stale caller is told first.
            opened.check_seen(self.version)?;
            return self.refuse(work, decision).await;
        }
        act_on(work, &mut opened, &right).await?;
        self.send(work, &info, row, opened, decision).await
    }
}

impl Ask {
    /// Reads the review as the only transaction that writes about it.
    async fn lock(&self, work: &Work) -> Result<ReviewRow> {
        let gone = || AppError::not_found("review", &self.review);
        let key = [(self.shop.clone(), self.review.clone())];
        let seen = review::by_ids(&key).all(&work.tx).await?.pop().ok_or_else(gone)?;
        work.lock([(&self.shop, &anchor(&seen))]).await?;
        let row = review::by_ids(&key).all(&work.tx).await?.pop().ok_or_else(gone)?;
        // What it is about became known meanwhile: that is not locked.
        if anchor(&row) == anchor(&seen) {
            Ok(row)
        } else {
            Err(StoreError::Contended(format!("{} moved to another order", self.review)).into())
        }
    }

    /// A solved case has no holder any more: whoever saw its latest version may ask.
    fn right(&self, principal: &Principal, opened: &Opened) -> Result<Right> {
        match opened.case.handling.state() {
            State::Solved | State::Closed => Ok(Right::Seen(self.version)),
            _ => {
                // Whoever saw it solved is told that it is not any more, not that a fence is missing.
                if self.fence == 0 {
                    opened.check_seen(self.version)?;
                }
                Right::of(principal, Some(self.version), self.fence, &[Role::Supervisor], &[])
            }
        }
    }

    async fn refuse(&self, work: &mut Work, decision: Decision) -> Result<AskOutcome> {
        store(work, &decision).await?;
        if let Some(event) = decision.refused() {
            work.happened(&self.shop, decision.case, event);
        }
        Ok(AskOutcome::Refused(decision))
    }

    async fn send(
        &self,
        work: &mut Work,
        info: &ShopInfo,
        row: ReviewRow,
        opened: Opened,
        decision: Decision,
    ) -> Result<AskOutcome> {
        store(work, &decision).await?;
        let now = work.now;
        let buyer = row.buyer.or(opened.case.buyer);
        let mut rows =
            restate::reviews(work, info, vec![row], |row| row.handling.asked_at = Some(now)).await?;
        let review = rows.pop().ok_or_else(|| AppError::not_found("review", &self.review))?;
        if let Some(id) = decision.id {
            keep_text(work, &self.shop, id.to_string(), buyer, &decision.text).await?;
            let (review, template) = (self.review.clone(), decision.template.clone());
            work.happened(&self.shop, decision.case, Event::AskSent { review, template, decision: id });
            let contact = buyer.map(|buyer| contacted(work, &self.shop, buyer, id.to_string(), "ask"));
            work.write([contact::put(contact.as_slice())]);
        }
        opened.store(work).await?;
        let case_version = opened.case.version;
        Ok(AskOutcome::Sent { decision, review: Box::new(review), case_version })
    }
}

impl App {
    /// Tells whether an ask would be allowed, and which rules refuse. Nothing is stored.
    ///
    /// # Errors
    /// When there is no such review or template, the principal may not ask, or storage fails.
    pub async fn check_ask(
        &self,
        principal: &Principal,
        shop: &ShopId,
        id: &ReviewId,
        template: &str,
        by_request: bool,
    ) -> Result<Decision> {
        principal.require(ASKERS)?;
        principal.enter(shop)?;
        let conn = self.store().reader();
        let info = self.shops().get(&conn, shop, self.now()).await?;
        let found = review::by_ids(&[(shop.clone(), id.clone())]).all(&conn).await?.pop();
        let row = found.ok_or_else(|| AppError::not_found("review", id))?;
        let facts = AskFacts::load(&conn, &info, std::slice::from_ref(&row)).await?;
        let language = language(&conn, &row, "").await?;
        let now = self.now();
        let limits = Limits::load(&conn, &info, (facts.buyer(&row), row.order.as_ref()), now).await?;
        let wish = Wish { template, by_request, language: &language };
        decide(&facts, &row, &info, &limits, &wish, now)
    }
}

/// How an ask is to be made.
struct Wish<'a> {
    template: &'a str,
    by_request: bool,
    language: &'a str,
}

fn decide(
    facts: &AskFacts,
    row: &ReviewRow,
    info: &ShopInfo,
    limits: &Limits,
    wish: &Wish<'_>,
    now: Time,
) -> Result<Decision> {
    let words = match wish.template {
        "" => template::ask_in(wish.language),
        id => template::ask_by_id(id),
    };
    let (template, text) = words.ok_or_else(|| AppError::not_found("template", wish.template))?;
    let inputs = facts.inputs(row);
    let policy = info.channel_policy(now);
    let tag = template.strip_prefix("ask.").unwrap_or_default();
    let setting = Setting { reader: Reader::Asked, language: tag, channel: &policy.channel, orders: &[] };
    let found = lint::look(&text, setting)?;
    let words = inputs.outgoing(&policy, limits, wish.by_request, now);
    let out = Outgoing { text: found.text(), ..words };
    let mut named = inputs.facts();
    named.push(("by_request", wish.by_request.to_string()));
    named.push(("asks_this_year", limits.quota.used.to_string()));
    named.push(("reviews_this_year", limits.quota.reviews.to_string()));
    let made = Decision::make("ask", info, &out, named);
    let asks_left = policy.ask_quota.map(|quota| limits.quota.left(&quota));
    Ok(Decision { review: Some(row.review.clone()), case: row.case, asks_left, text, template, ..made })
}

/// The language of the order, of the case, or of the review itself.
async fn language(conn: &amends_store::Conn, row: &ReviewRow, of_case: &str) -> Result<String> {
    let lines = match &row.order {
        Some(order) => order::get(conn, &row.shop, order).await?,
        None => Vec::new(),
    };
    let of_order = lines.iter().filter_map(|line| line.purchase.as_ref()).map(|p| p.language.as_str());
    let mut known = of_order.chain([of_case, row.language.as_str()]).filter(|tag| !tag.is_empty());
    Ok(known.next().unwrap_or_default().to_owned())
}

async fn store(work: &Work, decision: &Decision) -> Result<()> {
    if let Some(row) = decision.row() {
        decision::insert(&work.tx, &row).await?;
    }
    Ok(())
}
