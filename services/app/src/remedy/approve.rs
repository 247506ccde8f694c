//! Four eyes: another person agrees to a remedy, and it goes to the buyer.

use std::collections::HashSet;

use amends_domain::case::Verb;
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::guardrail::Eyes;
use amends_domain::remedy::{Remedy, RemedyState, RemedyVerb};
use amends_domain::{DecisionId, RemedyId, ShopId, Time};
use amends_store::{Conn, decision, event, remedy};

use super::offer::{check_note, expiry};
use super::step::{Right, open_remedy, text_of};
use super::{RemedyOfCase, ledger};
use crate::call::Role;
use crate::case::tell;
use crate::error::Result;
use crate::guard::{Asked, Offered, input_of, offer_may_go};
use crate::runner::Command;
use crate::work::Work;

/// Cases that became part of one, that are looked through at most.
const CASES_MAX: usize = 50;

/// Approves a remedy that waits for it.
#[derive(Debug, Clone)]
pub struct ApproveRemedy {
    /// The tenant.
    pub shop: ShopId,
    /// The remedy.
    pub remedy: RemedyId,
    /// The version of its case that the supervisor saw.
    pub version: i64,
    /// Why; may be empty.
    pub note: String,
}

impl Command for ApproveRemedy {
    type Output = RemedyOfCase;
    const NAME: &'static str = "ApproveRemedy";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<RemedyOfCase> {
        work.call.principal.require(&[Role::Supervisor])?;
        check_note(&self.note)?;
        let (remedy, mut opened) = open_remedy(work, &self.shop, self.remedy).await?;
        let by = work.call.principal.name.clone();
        opened.check(work, &Right::Seen(self.version), |hold| Verb::Act { hold })?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let life = match remedy.state {
            RemedyState::AwaitingApproval { life, .. } => life,
            _ => info.remedy.offer_life,
        };
        let expires_at = expiry(work.now, life, &opened.case)?;
        let before = remedy.version;
        let remedy = remedy.apply(RemedyVerb::Approve { by: by.clone(), expires_at }, work.now)?;
        ledger::still_stands(work, &remedy).await?;
        let text = text_of(work, &remedy).await?;
        let asked = asked_of(&work.tx, &remedy).await?;
        let again = Offered {
            remedy: &remedy,
            case: &opened.case,
            text: &text,
            asked,
            eyes: Eyes::Four,
            judged: None,
        };
        let decision = offer_may_go(work, again).await?;
        remedy::update(&work.tx, &remedy, before).await?;
        let event = Event::RemedyApproved { remedy: remedy.id, by };
        tell(work, &opened.case, event, &self.note).await?;
        offered(work, &remedy, expires_at, decision);
        opened.store(work).await?;
        Ok(RemedyOfCase { remedy, case: opened.case })
    }
}

/// What the shop's rules asked of it when it was made, by the decision of that time. An offer from before
/// its decision was named counts as one that goes beyond them: why else did it have to wait?
pub(crate) async fn asked_of(conn: &Conn, remedy: &Remedy) -> Result<Asked> {
    let row = match asked_by(conn, remedy).await? {
        Some(id) => decision::get(conn, &remedy.shop, &id).await?,
        None => None,
    };
    let beyond = row.and_then(|row| input_of(&row, "beyond_policy"));
    let granted = beyond.is_some_and(|beyond| beyond == "false");
    Ok(Asked { beyond_policy: !granted, approval: true })
}

/// The decision that took it before another person, on its case or on one that became part of that.
async fn asked_by(conn: &Conn, remedy: &Remedy) -> Result<Option<DecisionId>> {
    let (mut seen, mut next) = (HashSet::new(), vec![remedy.case]);
    while let Some(case) = next.pop().filter(|_| seen.len() < CASES_MAX) {
        if !seen.insert(case) {
            continue;
        }
        let key = [(remedy.shop.clone(), case)];
        for stored in event::by_cases(&key, &[&["remedy.approval_asked", "case.absorbed"]]).all(conn).await? {
            match stored.row.event {
                Event::ApprovalAsked { remedy: id, decision } if id == remedy.id => return Ok(decision),
                Event::CaseAbsorbed { from } => next.push(from),
                _ => {}
            }
        }
    }
    Ok(None)
}

/// The offer lies with the buyer from now on, until it ends.
pub(super) fn offered(work: &mut Work, remedy: &Remedy, expires_at: Time, decision: DecisionId) {
    let decision = Some(decision);
    let event = Event::RemedyOffered { remedy: remedy.id, kind: remedy.kind, expires_at, decision };
    work.happened(&remedy.shop, Some(remedy.case), event);
    work.due(&remedy.shop, DeadlineKind::OfferExpiry, remedy.id, expires_at);
}
