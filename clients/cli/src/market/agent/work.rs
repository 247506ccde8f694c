//! Working a case: look, answer, offer, and leave it to whoever's turn it is.

use amends_proto::v1::{self, CaseOutcome, RemedyKind, RemedyState, WaitReason};
use anyhow::anyhow;

use super::{
    Agent, Deed, Legit, Snag,
    decide::{Move, decide, without_remedy},
    hold::{Hold, read},
};
use crate::market::time::{DAY, TICK};

/// How often an agent looks again before leaving the case to itself.
const LOOKS: u32 = 6;

/// How long a case waits for the warehouse before the agent looks after it.
const WAREHOUSE: i64 = 4 * DAY;

impl Agent {
    /// Works a case until it is somebody else's turn.
    ///
    /// # Errors
    /// When the service answers what no agent should ever see.
    pub(super) async fn work(
        &self,
        case: &str,
        fence: i64,
        now: i64,
        deeds: &mut Vec<Deed>,
    ) -> anyhow::Result<()> {
        let mut answered = false;
        for _ in 0..LOOKS {
            match self.try_once(case, fence, now, &mut answered, deeds).await {
                Ok(()) => return Ok(()),
                Err(Snag::Stale) => deeds.push(Deed::Conflict),
                Err(Snag::Refused(legit)) => return Err(anyhow!("{case}: refused by {legit:?}")),
                Err(Snag::Fault(error)) => return Err(error.context(format!("{} works {case}", self.name))),
            }
        }
        // The lease runs out, and the case goes back into the queue.
        deeds.push(Deed::Lapsed);
        Ok(())
    }

    async fn try_once(
        &self,
        case: &str,
        fence: i64,
        now: i64,
        answered: &mut bool,
        deeds: &mut Vec<Deed>,
    ) -> Result<(), Snag> {
        let view = read(&self.client, case).await?;
        let mut hold = Hold::new(&self.client, view.case.clone().unwrap_or_default(), fence);
        if !hold.lives() {
            deeds.push(Deed::Lost);
            return Ok(());
        }
        if !*answered {
            if self.strays(&mut hold, now, deeds).await? {
                return Ok(());
            }
            hold.contact("Thank you for telling us. I am looking into it right now.").await?;
            *answered = true;
        }
        let counters = self.chance(&hold.case, "counter").percent(60);
        match decide(&view, counters) {
            Move::WaitForBuyer => hold.wait(WaitReason::Buyer, None).await?,
            Move::WaitForWarehouse => hold.wait(WaitReason::ThirdParty, Some(now + WAREHOUSE)).await?,
            Move::Solve(outcome) => return solve(hold, outcome, deeds).await,
            Move::Offer { counter } => {
                let offered = self.offer(&mut hold, counter, deeds).await?;
                if !self.leave(&mut hold, offered, now).await? {
                    return solve(hold, self.words_or_nothing(&view), deeds).await;
                }
            }
        }
        deeds.push(Deed::Left { case: hold.case.name.clone(), agent: self.number, fence });
        Ok(())
    }

    /// What a few agents do before the work begins; says whether it ends there.
    async fn strays(&self, hold: &mut Hold<'_>, now: i64, deeds: &mut Vec<Deed>) -> Result<bool, Snag> {
        // Only at the first hold, so that every case gets its turn.
        if hold.fence > 1 {
            return Ok(false);
        }
        match self.chance(&hold.case, "strays").between(0, 100) {
            0..3 => deeds.push(Deed::Lapsed),
            3..6 => {
                hold.escalate("The buyer asks for a supervisor").await?;
                hold.hand_back(&self.supervisor).await?;
            }
            6..10 => {
                hold.contact("I am asking our supplier and come back to you tomorrow.").await?;
                match hold.snooze(now + DAY).await {
                    // A deadline comes first: work on at once.
                    Err(Snag::Refused(_)) => return Ok(false),
                    snoozed => snoozed?,
                }
            }
            10..20 => {
                hold.note("Checked the order; everything else went well.").await?;
                return Ok(false);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Leaves the case to whom it waits for; says whether it waits for anybody.
    async fn leave(&self, hold: &mut Hold<'_>, offered: Offered, now: i64) -> Result<bool, Snag> {
        match offered {
            Offered::Out => hold.wait(WaitReason::Buyer, None).await?,
            Offered::Night => match hold.snooze(now + TICK).await {
                // A deadline comes first.
                Err(Snag::Refused(_)) => return Ok(false),
                snoozed => snoozed?,
            },
            Offered::Nothing => return Ok(false),
        }
        Ok(true)
    }

    /// Offers the best idea there is; says what came of it.
    async fn offer(
        &self,
        hold: &mut Hold<'_>,
        counter: bool,
        deeds: &mut Vec<Deed>,
    ) -> Result<Offered, Snag> {
        let target = Some(v1::suggest_remedies_request::Target::Case(hold.case.name.clone()));
        let request = v1::SuggestRemediesRequest { target, ..Default::default() };
        let suggestion = match self.client.call(request).await.map_err(Snag::from) {
            Err(Snag::Refused(legit)) => return Ok(refused(legit, deeds)),
            answer => answer?.suggestion.unwrap_or_default(),
        };
        let Some(best) = suggestion.alternatives.get(usize::from(counter)) else {
            return Ok(Offered::Nothing);
        };
        let request = v1::OfferRemedyRequest {
            case: hold.case.name.clone(),
            etag: hold.case.etag.clone(),
            fence: hold.fence,
            suggestion: suggestion.name.clone(),
            kind: best.kind,
            terms: Some(complete(best, &suggestion)),
            ..Default::default()
        };
        let answer = match self.client.call(request).await.map_err(Snag::from) {
            Err(Snag::Refused(legit)) => return Ok(refused(legit, deeds)),
            answer => answer?,
        };
        let missing = || Snag::Fault(anyhow!("the server answered an offer without the remedy"));
        let mut remedy = answer.remedy.ok_or_else(missing)?;
        hold.went(answer.case)?;
        let approved = remedy.state() == RemedyState::AwaitingApproval;
        if approved {
            let etag = hold.case.etag.clone();
            let request = v1::ApproveRemedyRequest { name: remedy.name.clone(), etag, ..Default::default() };
            match self.supervisor.call(request).await.map_err(Snag::from) {
                // The channel decides too soon for an offer; it is left as it is.
                Err(Snag::Refused(legit)) => return Ok(refused(legit, deeds)),
                answer => {
                    let answer = answer?;
                    remedy = answer.remedy.ok_or_else(missing)?;
                    hold.went(answer.case)?;
                }
            }
        }
        deeds.push(Deed::Offered { remedy: Box::new(remedy), case: Box::new(hold.case.clone()), approved });
        Ok(Offered::Out)
    }

    /// Where nothing can be offered, some buyers are content with words.
    fn words_or_nothing(&self, view: &v1::CaseView) -> CaseOutcome {
        let case = view.case.clone().unwrap_or_default();
        let settled = self.chance(&case, "words").percent(50);
        if settled && view.returns.is_empty() { CaseOutcome::TalkedThrough } else { without_remedy(view) }
    }
}

async fn solve(mut hold: Hold<'_>, outcome: CaseOutcome, deeds: &mut Vec<Deed>) -> Result<(), Snag> {
    hold.solve(outcome).await?;
    deeds.push(Deed::Solved { case: Box::new(hold.case) });
    Ok(())
}

/// What came of an offer.
enum Offered {
    /// It lies with the buyer.
    Out,
    /// Nobody is written to unasked at this hour: the next shift tries again.
    Night,
    /// Nothing can be offered.
    Nothing,
}

fn refused(legit: Legit, deeds: &mut Vec<Deed>) -> Offered {
    let name = legit.reason.as_str_name();
    deeds.push(Deed::Refused { reason: name.strip_prefix("REASON_").unwrap_or(name).to_owned() });
    if legit.rules == ["G17"] { Offered::Night } else { Offered::Nothing }
}

/// The suggested terms with what only an agent can add.
fn complete(best: &v1::Alternative, suggestion: &v1::Suggestion) -> v1::RemedyTerms {
    let mut terms = best.terms.clone().unwrap_or_default();
    terms.quantity = terms.quantity.max(1);
    match best.kind() {
        RemedyKind::Exchange if terms.sku.is_empty() => terms.sku = "sku-1-other-size".to_owned(),
        RemedyKind::Instructions if terms.description.is_empty() => {
            terms.description = "Hold the button for ten seconds, then try again.".to_owned();
        }
        RemedyKind::Coupon if terms.amount.is_none() => {
            // Without an order there is no price to take a share of.
            let currency = best.expected_cost.as_ref().map(|cost| cost.currency.clone());
            let others = || suggestion.alternatives.iter().find_map(|other| other.expected_cost.clone());
            let currency = currency.or_else(|| others().map(|cost| cost.currency)).unwrap_or_default();
            terms.amount = Some(v1::Money { minor_units: 500, currency });
        }
        _ => {}
    }
    terms
}
