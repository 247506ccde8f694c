//! What a suggestion is about: a case, or a return that nobody asked for yet.

use amends_domain::case::Case;
use amends_domain::detection::{Flag, Reason};
use amends_domain::subject::Anchor;
use amends_domain::{BuyerKey, CaseId, LineId, OrderId, Time};
use amends_store::case;

use super::{Bought, Hypothetical, SuggestRemedies, Target};
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;
use crate::work::Work;

/// What a suggestion is about.
pub(super) struct Subject {
    pub(super) case: Option<CaseId>,
    pub(super) of: Option<(OrderId, Option<LineId>)>,
    pub(super) bought: Option<Bought>,
    pub(super) reason: Reason,
    pub(super) flags: Vec<Flag>,
    pub(super) buyer: Option<BuyerKey>,
    pub(super) language: String,
    pub(super) deadline: Option<Time>,
    /// What an order is drawn by that has neither a case nor an order line.
    pub(super) drawn_by: String,
}

/// From the case, which must not have changed by the end, and the anchor it hangs on; or from what the
/// caller said.
///
/// Nobody waits for a lock to read: who looked while somebody wrote looks again.
pub(super) async fn of(
    work: &mut Work,
    info: &ShopInfo,
    command: &SuggestRemedies,
) -> Result<(Subject, Option<Anchor>)> {
    let id = match &command.target {
        Target::Case(id) => *id,
        Target::Hypothetical(asked) => return Ok((hypothetical(work, info, asked)?, None)),
    };
    let gone = || AppError::not_found("case", id);
    let seen = case::get(&work.tx, &command.shop, &id).await?.ok_or_else(gone)?;
    if !seen.is_open() {
        return Err(AppError::Precondition("the case is over"));
    }
    work.write([case::unchanged(&[&seen])]);
    let anchor = seen.subject.anchor();
    Ok((Subject::of(seen), Some(anchor)))
}

fn hypothetical(work: &Work, info: &ShopInfo, asked: &Hypothetical) -> Result<Subject> {
    if asked.bought.as_ref().is_some_and(|bought| bought.unit_price.currency != info.shop.currency) {
        return Err(AppError::field("hypothetical.bought.unit_price", "must be in the currency of the shop"));
    }
    Ok(Subject {
        case: None,
        of: asked.line.clone().map(|(order, line)| (order, Some(line))),
        bought: asked.bought.clone(),
        reason: asked.reason,
        flags: asked.flags.clone(),
        buyer: asked.buyer.as_ref().map(|buyer| info.buyer_key(buyer)),
        language: asked.language.clone(),
        deadline: None,
        drawn_by: format!("{:032x}", work.id()),
    })
}

impl Subject {
    pub(super) fn of(case: Case) -> Self {
        Self {
            case: Some(case.id),
            of: case.subject.order().map(|order| (order.clone(), case.subject.line().cloned())),
            bought: None,
            reason: case.leading_reason(),
            flags: case.flags,
            buyer: case.buyer,
            language: case.language,
            deadline: case.hard_deadline,
            drawn_by: String::new(),
        }
    }
}
