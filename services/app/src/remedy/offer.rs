//! Puts a remedy to the buyer, or before another person where it is worth more than the limit.

use amends_domain::case::Case;
use amends_domain::deadline::DeadlineKind;
use amends_domain::detection::{Flag, Reason};
use amends_domain::event::Event;
use amends_domain::learning::trial::Stake;
use amends_domain::order::Purchase;
use amends_domain::remedy::{
    Remedy, RemedyKind, RemedyStage, RemedyState, RemedyVerb, Takes, Terms, offer_end,
};
use amends_domain::returns::open_until;
use amends_domain::suggestion::{Permit, cost, default_amount, disposal, worth};
use amends_domain::{
    CaseId, DecisionId, LineId, Money, OrderId, RemedyId, ShopId, Sku, Span, SuggestionId, Time,
};
use amends_store::remedy;

use super::check::{against, permit};
use super::step::{Right, act_on, keep_text, open_case};
use super::suggest::judged_by;
use super::{RemedyOfCase, approve, ledger, stock, trial};
use crate::call::Role;
use crate::case::tell;
use crate::error::{AppError, Result, Violation, Why};
use crate::guard::{Offered, offer_may_go};
use crate::runner::Command;
use crate::shops::ShopInfo;
use crate::template;
use crate::work::Work;

/// The longest text to a buyer, the longest note, in characters.
const TEXT_CHARS_MAX: usize = 2_000;

/// The longest name of an article, in characters.
const ARTICLE_CHARS_MAX: usize = 128;

/// How long an offer may stand.
const LIFE_MIN: Span = Span::from_hours(1);
const LIFE_MAX: Span = Span::from_days(60);

/// Offers a remedy to the buyer of a case.
#[derive(Debug, Clone)]
pub struct OfferRemedy {
    /// The tenant.
    pub shop: ShopId,
    /// The case.
    pub case: CaseId,
    /// The version of the case that the agent saw.
    pub version: i64,
    /// The fence of the agent's lease.
    pub fence: i64,
    /// The suggestion it was taken from.
    pub suggestion: Option<SuggestionId>,
    /// What is given.
    pub kind: RemedyKind,
    /// For how many units; 0 stands for one.
    pub units: u32,
    /// The particulars; without an amount, the policy's share is given.
    pub terms: Terms,
    /// The earlier remedy of the same units, when that one did not hold.
    pub after: Option<RemedyId>,
    /// How long the offer stands; none for the policy's.
    pub life: Option<Span>,
    /// What the buyer is told; empty takes the template. That the return stays
    /// open to the buyer is added in any case.
    pub text: String,
}

impl Command for OfferRemedy {
    type Output = RemedyOfCase;
    const NAME: &'static str = "OfferRemedy";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<RemedyOfCase> {
        let principal = work.call.principal.clone();
        principal.require(&[Role::Agent, Role::Supervisor])?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        self.check_form(&info)?;
        let right = Right::of(&principal, Some(self.version), self.fence, &[], &[])?;
        let mut opened = open_case(work, &self.shop, self.case).await?;
        act_on(work, &mut opened, &right).await?;
        self.check_suggestion(work).await?;
        let judged = judged_by(work, &info, &opened.case, None, self.units()).await?;
        let bought = judged.account.as_ref().map(Bought::of);
        self.check_fit(&opened.case, bought.as_ref())?;
        self.check_follows(work, bought.as_ref().map(|b| &b.line)).await?;
        let mut remedy = self.proposed(work, &info, &opened.case, bought.as_ref());
        self.keep_in_bounds(judged.account.as_ref(), &mut remedy)?;
        self.price(&info, bought.as_ref(), &mut remedy);
        let life = self.life.unwrap_or(info.remedy.offer_life);
        let expires_at = expiry(work.now, life, &opened.case)?;
        let permit = permit(&judged.inputs, &remedy, &info)?;
        ledger::reserve(work, judged.account.as_ref(), &remedy).await?;
        let language = language(&opened.case, bought.as_ref());
        let text = template::offer_of(language, &self.text, remedy.kind, &remedy.terms);
        let judged = Some(&judged.inputs);
        let offered =
            Offered { remedy: &remedy, case: &opened.case, text: &text, permit: Some(&permit), judged };
        let by = Grounds { decision: offer_may_go(work, offered).await?, suggestion: self.suggestion };
        let remedy = put(work, &opened.case, remedy, (life, expires_at), &permit, by).await?;
        remedy::insert(&work.tx, std::slice::from_ref(&remedy)).await?;
        trial::follow(work, &remedy);
        keep_text(work, &self.shop, remedy.id.to_string(), opened.case.buyer, &text).await?;
        stock::hold(work, &remedy).await?;
        opened.store(work).await?;
        Ok(RemedyOfCase { remedy, case: opened.case })
    }
}

impl OfferRemedy {
    fn units(&self) -> u32 {
        self.units.max(1)
    }

    /// Everything that is wrong with the request by itself, all at once.
    fn check_form(&self, info: &ShopInfo) -> Result<()> {
        let mut wrong = Vec::new();
        let mut say = |holds: bool, field: &str, problem: &str, why: Why| {
            if holds {
                wrong.push(Violation { field: field.to_owned(), problem: problem.to_owned(), why });
            }
        };
        let takes_amount = !matches!(self.kind.takes(), Takes::Goods)
            && !matches!(self.kind, RemedyKind::Instructions | RemedyKind::ReturnLabel);
        let amount = self.terms.amount;
        let form = Why::Malformed;
        say(amount.is_some() && !takes_amount, "terms.amount", "must be unset for this kind", form);
        say(amount.is_some_and(|a| a.minor_units <= 0), "terms.amount", "must be above zero", form);
        let foreign = amount.is_some_and(|a| a.currency != info.shop.currency);
        say(foreign, "terms.amount", "must be in the currency of the shop", Why::Currency);
        let gift = self.terms.gift;
        say(gift.is_some_and(|gift| gift.minor_units <= 0), "terms.gift", "must be above zero", form);
        let foreign = gift.is_some_and(|gift| gift.currency != info.shop.currency);
        say(foreign, "terms.gift", "must be in the currency of the shop", Why::Currency);
        let no_article = self.kind == RemedyKind::Exchange && self.terms.article.is_empty();
        say(no_article, "terms.sku", "must name the article of the exchange", form);
        let no_sku = !self.terms.article.is_empty() && self.terms.article.parse::<Sku>().is_err();
        say(
            no_sku,
            "terms.sku",
            "must be an article's id without spaces at its ends or control characters",
            form,
        );
        let long_article = self.terms.article.chars().count() > ARTICLE_CHARS_MAX;
        say(long_article, "terms.sku", "must have at most 128 characters", form);
        let no_note = self.kind == RemedyKind::Instructions && self.terms.note.is_empty();
        say(no_note, "terms.description", "must say how to help", form);
        let long = |text: &str| text.chars().count() > TEXT_CHARS_MAX;
        say(long(&self.terms.note), "terms.description", "must have at most 2,000 characters", form);
        say(long(&self.text), "customer_text", "must have at most 2,000 characters", form);
        let bad_life = self.life.is_some_and(|life| life < LIFE_MIN || life > LIFE_MAX);
        say(bad_life, "life", "must be 1 hour to 60 days", form);
        if wrong.is_empty() { Ok(()) } else { Err(AppError::Invalid(wrong)) }
    }

    /// What the case and the order say against it.
    fn check_fit(&self, case: &Case, bought: Option<&Bought>) -> Result<()> {
        let grave = case.reasons.contains(&Reason::Counterfeit) || case.flags.contains(&Flag::Safety);
        let is_refund = matches!(self.kind, RemedyKind::RefundWithoutReturn | RemedyKind::ReturnLabel);
        if grave && !is_refund {
            return Err(AppError::Precondition(
                "a danger to health or a fake is refunded at once, never negotiated",
            ));
        }
        let needs_line = self.kind.takes() != Takes::Nothing || self.kind == RemedyKind::ReturnLabel;
        match bought {
            None if needs_line => {
                Err(AppError::Precondition("the order line is not known yet, and the remedy needs one"))
            }
            None if self.kind == RemedyKind::Coupon && self.terms.amount.is_none() => Err(AppError::field(
                "terms.amount",
                "must say what the coupon is worth while no order is known",
            )),
            Some(bought) if self.units() > bought.purchase.quantity => {
                Err(AppError::Invalid(vec![Violation {
                    field: "terms.quantity".to_owned(),
                    problem: format!("must be at most the {} that were bought", bought.purchase.quantity),
                    why: Why::Quantity,
                }]))
            }
            _ => Ok(()),
        }
    }

    fn proposed(&self, work: &Work, info: &ShopInfo, case: &Case, bought: Option<&Bought>) -> Remedy {
        let total = self.total(info, bought);
        let mut terms = self.terms.clone();
        terms.amount = terms.amount.or_else(|| default_amount(self.kind, total, &info.remedy));
        let reason = case.leading_reason();
        if bought.is_some() {
            terms.disposal = terms.disposal.or_else(|| disposal(self.kind, reason, total, &info.remedy));
        }
        let delivered_at = bought.and_then(|b| b.delivered_at);
        terms.return_until = delivered_at
            .and_then(|at| open_until(at, reason, &info.remedy.windows))
            .filter(|until| *until > work.now);
        Remedy {
            id: RemedyId::from_bits(work.id()),
            shop: self.shop.clone(),
            case: self.case,
            line: bought.map(|b| b.line.clone()),
            units: self.units(),
            kind: self.kind,
            cost: None,
            stake: None,
            terms,
            reason,
            proposed_by: work.call.principal.name.clone(),
            proposed_at: work.now,
            after: self.after,
            offered_at: None,
            accepted_at: None,
            stopped_by: None,
            told: Vec::new(),
            state: RemedyState::Proposed,
            version: 1,
        }
    }

    /// What the terms cost and are worth, once the amount is what it will be.
    fn price(&self, info: &ShopInfo, bought: Option<&Bought>, remedy: &mut Remedy) {
        let (total, units, policy) = (self.total(info, bought), remedy.units, &info.remedy);
        remedy.cost = Some(cost(remedy.kind, remedy.reason, total, units, &remedy.terms, policy));
        remedy.stake = Some(Stake {
            case: self.case,
            paid: total.minor_units,
            band: policy.band(total.minor_units),
            worth: worth(remedy.kind, total, units, &remedy.terms, policy),
        });
    }

    /// The price of the units concerned; nothing while no order is known.
    fn total(&self, info: &ShopInfo, bought: Option<&Bought>) -> Money {
        let price = bought.and_then(|b| b.purchase.unit_price.times(self.units()).ok());
        price.unwrap_or(Money::new(0, info.shop.currency))
    }
}

/// What lets an offer go, and what it was taken from.
struct Grounds {
    decision: DecisionId,
    suggestion: Option<SuggestionId>,
}

/// To the buyer, or to another person first, who is told which rules of the shop it goes against.
async fn put(
    work: &mut Work,
    case: &Case,
    remedy: Remedy,
    (life, expires_at): (Span, Time),
    permit: &Permit,
    by: Grounds,
) -> Result<Remedy> {
    let Grounds { decision, suggestion } = by;
    let (id, kind, units) = (remedy.id, remedy.kind, remedy.units);
    let verb = match permit.approval {
        true => RemedyVerb::Submit { expires_at, life },
        false => RemedyVerb::Offer { expires_at },
    };
    let remedy = remedy.apply(verb, work.now)?;
    work.happened(&case.shop, Some(case.id), Event::RemedyProposed { remedy: id, kind, units, suggestion });
    if remedy.state.stage() == RemedyStage::AwaitingApproval {
        let asked = Event::ApprovalAsked { remedy: id, decision: Some(decision) };
        tell(work, case, asked, &against(permit)).await?;
        work.due(&remedy.shop, DeadlineKind::OfferExpiry, remedy.id, expires_at);
    } else {
        approve::offered(work, &remedy, expires_at, decision);
    }
    Ok(remedy)
}

/// What was bought on the line that a case is about.
struct Bought {
    line: (OrderId, LineId),
    purchase: Purchase,
    delivered_at: Option<Time>,
}

/// The buyer's language: that of the order, else that of the case.
fn language<'a>(case: &'a Case, bought: Option<&'a Bought>) -> &'a str {
    let of_order = bought.map(|b| b.purchase.language.as_str()).filter(|tag| !tag.is_empty());
    of_order.unwrap_or(&case.language)
}

impl Bought {
    fn of(account: &ledger::Account) -> Self {
        Self {
            line: (account.line.order.clone(), account.line.line.clone()),
            purchase: account.purchase.clone(),
            delivered_at: account.line.delivered.map(|delivered| delivered.at),
        }
    }
}

/// Refuses a note that is longer than it may be.
pub(super) fn check_note(note: &str) -> Result<()> {
    if note.chars().count() > TEXT_CHARS_MAX {
        return Err(AppError::field("note", "must have at most 2,000 characters"));
    }
    Ok(())
}

/// When an offer made now ends: before the channel decides by itself, whatever was wished.
pub(super) fn expiry(now: Time, life: Span, case: &Case) -> Result<Time> {
    let too_soon = AppError::Precondition("the channel decides too soon for an offer");
    offer_end(now, life, case.hard_deadline).ok_or(too_soon)
}
