//! Whether an offer may go out. Nothing here knows of a review.

use amends_domain::DecisionId;
use amends_domain::case::Case;
use amends_domain::counter::is_countered;
use amends_domain::detection::Flag;
use amends_domain::guardrail::{Eyes, Kind, OfferFacts, Outgoing};
use amends_domain::remedy::Remedy;
use amends_domain::suggestion::Permit;
use amends_store::remedy;

use super::reply::delivered_at;
use super::{Budget, Decision, settle, words_of};
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
    /// What the shop's rules ask of it.
    pub(crate) asked: Asked,
    /// How many people stand behind it.
    pub(crate) eyes: Eyes,
    /// What its terms were worked out from; none where that was done before, and stored then.
    pub(crate) judged: Option<&'a Inputs>,
}

/// What the shop's rules ask of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    /// It gives what the policy does not grant by itself.
    pub(crate) beyond_policy: bool,
    /// Another person has to agree.
    pub(crate) approval: bool,
}

impl Asked {
    /// As it was judged when it was made.
    pub(crate) fn by(permit: &Permit) -> Self {
        Self { beyond_policy: !permit.overridden.is_empty(), approval: permit.approval }
    }
}

/// Lets an offer pass, and leaves the decision to be written with it.
///
/// # Errors
/// When a rule refuses: that is written down, and nothing else is.
pub(crate) async fn offer_may_go(work: &mut Work, offered: Offered<'_>) -> Result<DecisionId> {
    let Offered { remedy, case, text, asked, eyes, judged } = offered;
    let info = work.app.shops().get(&work.tx, &case.shop, work.now).await?;
    let mut others = remedy::of_cases(&work.tx, &[(case.shop.clone(), case.id)]).await?;
    others.retain(|other| other.id != remedy.id);
    let facts = OfferFacts {
        return_shown: template::shows_return(text),
        alternative: remedy.kind.is_alternative(),
        countered: is_countered(&others),
        beyond_policy: asked.beyond_policy,
        needs_approval: asked.approval,
    };
    work.lock_budget(&case.shop, case.buyer, false).await?;
    let id = remedy.id.to_string();
    let budget = Budget::of_offer(&work.tx, &info, case.buyer, &id, work.now).await?;
    let budget = budget.and_order(&work.tx, &info, case.buyer, case.subject.order()).await?;
    let answers = words_of(&work.tx, case, &budget).await?.are_answered(work.now);
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
