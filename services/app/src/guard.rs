//! The one place where it is decided whether something may go out to a buyer.
//!
//! Replies (when they are queued, approved, and again when a connector takes them), offers and asks
//! come through here. What the rules need is read under the locks of whoever acts; what a buyer
//! was written to, and a quota, under locks of their own, because two cases share them. A yes is
//! written with what goes out, in the same transaction. A no ends that transaction, and is
//! written in one of its own: what was refused has changed nothing, but is not forgotten.

use amends_domain::event::Event;
use amends_domain::guardrail::{self, Outgoing, Refusal};
use amends_domain::{BuyerKey, CaseId, DecisionId, ReviewId, ShopId, Time};
use amends_store::contact::{self, ContactRow};
use amends_store::decision::{self, DecisionRow};
use serde_json::{Value, json};

use crate::error::{AppError, Result};
use crate::lint::Hint;
use crate::shops::ShopInfo;
use crate::work::Work;

mod budget;
mod inputs;
mod offer;
mod refusal;
mod reminder;
mod reply;
mod said;

pub(crate) use budget::{Budget, quota_use};
pub(crate) use inputs::{of_review, time};
pub(crate) use offer::{Asked, Offered, offer_may_go};
pub(crate) use refusal::{input_of, note_refusal};
pub(crate) use reminder::{Reminder, reminder_may_go};
pub(crate) use reply::{Passing, delivered_of, reply_may_go};
pub(crate) use said::words_of;

/// Whether something may go out, with everything that entered the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Where it is stored; none where the question was only explored.
    pub id: Option<DecisionId>,
    /// The tenant.
    pub shop: ShopId,
    /// What was to be done, as a word: `ask`, `reply`, `delivery`, `offer`.
    pub action: &'static str,
    /// The case of it.
    pub case: Option<CaseId>,
    /// The review it is about.
    pub review: Option<ReviewId>,
    /// Every rule that refuses; none of them means yes.
    pub refusals: Vec<Refusal>,
    /// From when on it may go out, if nothing but time changes; none for never.
    pub not_before: Option<Time>,
    /// Asks left of the channel's quota this year; none where there is no quota, or no ask.
    pub asks_left: Option<u32>,
    /// The inputs the rules saw, by name.
    pub facts: Vec<(String, String)>,
    /// What the terms of an offer were worked out from, as a suggestion stores it; it is stored with the
    /// rest, and shown to whoever wants to know that nothing of it is a review.
    pub(crate) judged: Option<Value>,
    /// The text that would be, or was, sent; empty where it stands elsewhere.
    pub text: String,
    /// What would read better; nothing is refused for it.
    pub hints: Vec<Hint>,
    /// The id of its template.
    pub template: String,
    /// The policy it was decided under.
    pub policy_version: i64,
    /// When it was decided.
    pub at: Time,
}

impl Decision {
    /// Asks the rules.
    pub(crate) fn make(
        action: &'static str,
        info: &ShopInfo,
        out: &Outgoing<'_>,
        facts: Vec<(&'static str, String)>,
    ) -> Self {
        let refusals = guardrail::check(out);
        let not_before = if refusals.is_empty() { Some(out.now) } else { guardrail::not_before(out) };
        let facts =
            facts.into_iter().chain(inputs::common(out)).map(|(name, value)| (name.to_owned(), value));
        Self {
            id: None,
            shop: info.shop.id.clone(),
            action,
            case: None,
            review: None,
            refusals,
            not_before,
            asks_left: None,
            facts: facts.collect(),
            judged: None,
            text: String::new(),
            hints: Vec::new(),
            template: String::new(),
            policy_version: info.policy_version,
            at: out.now,
        }
    }

    /// Whether no rule refuses.
    #[must_use]
    pub fn allowed(&self) -> bool {
        self.refusals.is_empty()
    }

    fn body(&self) -> Value {
        let object = |facts: Vec<(String, String)>| -> serde_json::Map<String, Value> {
            facts.into_iter().map(|(name, value)| (name, json!(value))).collect()
        };
        let rules = self.refusals.iter().map(|r| {
            let seen = r.facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            json!({ "rule": r.rule.as_str(), "facts": object(seen) })
        });
        let mut body = json!({
            "inputs": object(self.facts.clone()),
            "rules": rules.collect::<Vec<_>>(),
            "template": self.template,
            "policy_version": self.policy_version,
            "not_before": self.not_before.map(Time::micros),
        });
        if let (Some(judged), Some(body)) = (&self.judged, body.as_object_mut()) {
            body.insert("judged".to_owned(), judged.clone());
        }
        body
    }

    /// As it is stored; none where it has no id.
    pub(crate) fn row(&self) -> Option<DecisionRow> {
        Some(DecisionRow {
            shop: self.shop.clone(),
            id: self.id?,
            case: self.case,
            review: self.review.clone(),
            action: self.action.to_owned(),
            allowed: self.allowed(),
            at: self.at,
            body: self.body().to_string(),
        })
    }

    /// What the timeline says of a refusal: every rule, and where the facts are.
    pub(crate) fn refused(&self) -> Option<Event> {
        let decision = self.id?;
        let mut rules = self.refusals.iter().map(|refusal| refusal.rule);
        let (action, rule) = (self.action.to_owned(), rules.next()?);
        Some(Event::ActionRefused { action, rule, also: rules.collect(), decision })
    }
}

/// Writes a yes with what goes out, and takes its place in the buyer's budget; a no ends the command.
pub(crate) fn settle(
    work: &mut Work,
    mut decision: Decision,
    contact: Option<(BuyerKey, String)>,
) -> Result<DecisionId> {
    let id = DecisionId::from_bits(work.id());
    decision.id = Some(id);
    if !decision.allowed() {
        return Err(AppError::Guarded(Box::new(decision)));
    }
    work.write([decision::keep(decision.row().as_slice())]);
    let contact = contact.map(|(buyer, id)| contacted(work, &decision.shop, buyer, id, decision.action));
    work.write([contact::put(contact.as_slice())]);
    Ok(id)
}

/// One contact, now.
pub(crate) fn contacted(work: &Work, shop: &ShopId, buyer: BuyerKey, id: String, kind: &str) -> ContactRow {
    ContactRow { shop: shop.clone(), buyer, id, kind: kind.to_uppercase(), at: work.now }
}
