//! Whether an offer may go out. Nothing here knows of a review.

use amends_domain::DecisionId;
use amends_domain::case::{Case, CaseKind};
use amends_domain::counter::is_countered;
use amends_domain::detection::Flag;
use amends_domain::guardrail::{Eyes, Kind, OfferFacts, Outgoing};
use amends_domain::remedy::Remedy;
use amends_domain::suggestion::Permit;
use amends_store::remedy;

use super::reply::{answers, delivered_at};
use super::{Budget, Decision, settle};
use crate::error::Result;
use crate::lint::{self, Reader, Setting};
use crate::remedy::Inputs;
use crate::template;
use crate::work::Work;

/// An offer as it is to go out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offered<'a> {
    /// What is given.
    pub(crate) remedy: &'a Remedy,
    /// Its case.
    pub(crate) case: &'a Case,
    /// What the buyer reads.
    pub(crate) text: &'a str,
    /// What the shop's rules ask of it; none where another person agreed to it already.
    pub(crate) permit: Option<&'a Permit>,
    /// What its terms were worked out from; none where that was done before, and stored then.
    pub(crate) judged: Option<&'a Inputs>,
}

/// Lets an offer pass, and leaves the decision to be written with it.
///
/// # Errors
/// When a rule refuses: that is written down, and nothing else is.
pub(crate) async fn offer_may_go(work: &mut Work, offered: Offered<'_>) -> Result<DecisionId> {
    let Offered { remedy, case, text, permit, judged } = offered;
    let info = work.app.shops().get(&work.tx, &case.shop, work.now).await?;
    let mut others = remedy::of_cases(&work.tx, &[(case.shop.clone(), case.id)]).await?;
    others.retain(|other| other.id != remedy.id);
    let facts = OfferFacts {
        return_shown: template::shows_return(text),
        alternative: remedy.kind.is_alternative(),
        countered: is_countered(&others),
        beyond_policy: permit.is_some_and(|permit| !permit.overridden.is_empty()),
        needs_approval: permit.is_none_or(|permit| permit.approval),
    };
    let eyes = match permit {
        None => Eyes::Four,
        Some(permit) if permit.approval => Eyes::Asked,
        Some(_) => Eyes::Two,
    };
    // Every case begins with the buyer's own word about what was bought, unless a parcel began it.
    let answers = case.kind != CaseKind::Delivery || answers(&work.tx, case, work.now).await?;
    if !answers {
        work.lock_budget(&case.shop, case.buyer, false).await?;
    }
    let id = remedy.id.to_string();
    let budget = Budget::of_offer(&work.tx, &info, case.buyer, &id, work.now).await?;
    let policy = info.channel_policy(work.now);
    let setting =
        Setting { reader: Reader::Offered, language: &case.language, channel: &policy.channel, orders: &[] };
    let found = lint::look(text, setting)?;
    let out = Outgoing {
        kind: Kind::Offer(facts),
        policy: &policy,
        text: found.text(),
        buyer: budget.buyer(answers, delivered_at(&work.tx, case).await?),
        extortion: case.flags.contains(&Flag::Extortion),
        eyes,
        now: work.now,
    };
    let named = vec![
        ("remedy", id.clone()),
        ("kind", remedy.kind.to_string()),
        ("answers", answers.to_string()),
        ("return_shown", facts.return_shown.to_string()),
        ("countered", facts.countered.to_string()),
        ("beyond_policy", facts.beyond_policy.to_string()),
        ("needs_approval", facts.needs_approval.to_string()),
        ("approved", (eyes == Eyes::Four).to_string()),
        ("remedy_policy_version", info.remedy_version.to_string()),
    ];
    let mut decision = Decision::make("offer", &info, &out, named);
    decision.case = Some(case.id);
    decision.judged = judged.map(Inputs::record);
    let goes = out.is_unasked() && eyes != Eyes::Asked;
    let contact = case.buyer.filter(|_| goes).map(|buyer| (buyer, id));
    settle(work, decision, contact)
}
