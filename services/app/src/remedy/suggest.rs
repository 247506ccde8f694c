//! What could be offered, with every number that entered; stored with its
//! inputs, so that it can be redone.

mod body;
mod facts;
mod inputs;
mod line;
mod subject;

use amends_domain::case::Case;
use amends_domain::detection::{Flag, Reason};
use amends_domain::event::Event;
use amends_domain::learning::trial::{CERTAIN, Trial};
use amends_domain::remedy::RemedyKind;
use amends_domain::suggestion::Suggestion;
use amends_domain::{BuyerRef, CaseId, LineId, Money, OrderId, ShopId, Sku, SuggestionId, Time};
use amends_store::suggestion::{self, SuggestionRow};

use super::ledger::Account;
use super::trial;
use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::shops::ShopInfo;
use crate::work::Work;

pub(crate) use inputs::Inputs;
use subject::Subject;

const ASKERS: &[Role] = &[Role::Agent, Role::Supervisor, Role::Ingest];

/// Suggests what to offer.
#[derive(Debug, Clone)]
pub struct SuggestRemedies {
    /// The tenant.
    pub shop: ShopId,
    /// What for.
    pub target: Target,
    /// For how many units; 0 stands for one.
    pub units: u32,
    /// What the caller knows about stock, by way of a remedy; it goes before what is stored.
    pub stock: Vec<(RemedyKind, i64)>,
}

/// What suggestions are wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A case.
    Case(CaseId),
    /// A return that nobody asked for yet.
    Hypothetical(Box<Hypothetical>),
}

/// A return that nobody asked for yet, so that a back end can ask before it shows a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hypothetical {
    /// The order line, if the buyer named one.
    pub line: Option<(OrderId, LineId)>,
    /// What was bought, where the service does not know the order.
    pub bought: Option<Bought>,
    /// Why it would be returned.
    pub reason: Reason,
    /// What makes it delicate.
    pub flags: Vec<Flag>,
    /// Who asks, where the order does not tell.
    pub buyer: Option<BuyerRef>,
    /// The buyer's language, where the order does not tell; may be empty.
    pub language: String,
}

/// What was bought, as a caller describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    /// Units purchased.
    pub quantity: u32,
    /// Paid per unit.
    pub unit_price: Money,
    /// The article.
    pub sku: Option<Sku>,
    /// Its category.
    pub category: String,
    /// When it was delivered.
    pub delivered_at: Option<Time>,
}

/// A stored suggestion.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggested {
    /// Where it is stored.
    pub id: SuggestionId,
    /// The case; none for a hypothetical return.
    pub case: Option<CaseId>,
    /// The order line, if it is known.
    pub line: Option<(OrderId, LineId)>,
    /// What it was made from.
    pub(crate) inputs: Inputs,
    /// What can be offered, and what cannot.
    pub suggestion: Suggestion,
    /// The buyer's language; empty if it is not known.
    pub language: String,
    /// The version of the remedy policy it was made under.
    pub policy_version: i64,
    /// When it was made.
    pub at: Time,
}

impl Suggested {
    /// For how many units.
    #[must_use]
    pub const fn units(&self) -> u32 {
        self.inputs.units
    }

    /// The shop's currency.
    #[must_use]
    pub const fn currency(&self) -> amends_domain::Currency {
        self.inputs.currency
    }

    /// What went wrong.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.inputs.reason
    }

    /// Whether the fixed order was kept because the buyer is in the holdout.
    #[must_use]
    pub const fn holdout(&self) -> bool {
        self.inputs.draw.holdout
    }

    /// The seed of the draw.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.inputs.draw.seed
    }

    /// Until when offers can run; none if the channel sets no deadline.
    #[must_use]
    pub const fn deadline(&self) -> Option<Time> {
        self.inputs.channel.so_far.deadline
    }

    /// The channel as the suggestion saw it.
    #[must_use]
    pub const fn channel(&self) -> &amends_domain::suggestion::Channel {
        &self.inputs.channel
    }

    /// The buyer as the suggestion saw them.
    #[must_use]
    pub const fn buyer(&self) -> &amends_domain::suggestion::Buyer {
        &self.inputs.buyer
    }
}

/// What was stored of a suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSuggestion {
    /// The tenant.
    pub shop: ShopId,
    /// Which.
    pub id: SuggestionId,
    /// The case; none for a hypothetical return.
    pub case: Option<CaseId>,
    /// When it was made.
    pub at: Time,
    /// Inputs and outcome as JSON.
    pub record: String,
}

impl App {
    /// What was stored of a suggestion.
    ///
    /// # Errors
    /// When there is no such suggestion, the role is missing, or storage fails.
    pub async fn suggestion(
        &self,
        principal: &Principal,
        shop: &ShopId,
        id: SuggestionId,
    ) -> Result<StoredSuggestion> {
        principal.enter(shop)?;
        principal.require(&[Role::Agent, Role::Supervisor, Role::Analyst, Role::Admin])?;
        let found = suggestion::get(&self.store().reader(), shop, &id).await?;
        let row = found.ok_or_else(|| AppError::not_found("suggestion", id))?;
        Ok(StoredSuggestion { shop: row.shop, id: row.id, case: row.case, at: row.at, record: row.body })
    }
}

impl Command for SuggestRemedies {
    type Output = Suggested;
    const NAME: &'static str = "SuggestRemedies";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Suggested> {
        work.call.principal.require(ASKERS)?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        // Looking changes nothing about the case, so no version moves.
        let (subject, anchor) = subject::of(work, &info, &self).await?;
        let mut facts = facts::load(work, &info, subject, self.units).await?;
        facts.check_units()?;
        facts.inputs.stock = facts::in_stock(facts.inputs.line.as_ref(), &facts.stock, &self.stock);
        let trial = facts.trial.take();
        let account = facts.account.take();
        let mut suggested = Suggested {
            id: SuggestionId::from_bits(work.id()),
            case: facts.case,
            line: account.map(|account| (account.line.order, account.line.line)),
            suggestion: facts.inputs.suggest(&info.remedy),
            inputs: facts.inputs,
            language: facts.language,
            policy_version: info.remedy_version,
            at: work.now,
        };
        if let Some(anchor) = anchor {
            // Nobody waited for whoever only looks; what is written of the case is written in turn.
            work.lock([(&self.shop, &anchor)]).await?;
        }
        let trial = match suggested.case {
            Some(case) if trial.is_none() => {
                let counted = facts::counted_now(work, &self.shop, suggested.line.as_ref()).await?;
                trial::begin(work, &info, case, &suggested, counted)
            }
            _ => trial,
        };
        if let Some(trial) = trial {
            by_trial(&mut suggested.suggestion, &trial);
        }
        store(work, &self.shop, &suggested);
        Ok(suggested)
    }
}

/// How likely each was to come first is what the trial has, before it was known whether the case is
/// held out: one number, however often it is suggested.
fn by_trial(suggestion: &mut Suggestion, trial: &Trial) {
    let chance = |kind: RemedyKind| {
        let found = trial.chances.iter().find(|(of, _)| *of == kind);
        found.map_or(0.0, |(_, chance)| *chance as f64 / CERTAIN as f64)
    };
    suggestion.alternatives.iter_mut().for_each(|a| a.propensity = chance(a.kind));
    suggestion.propensity = suggestion.alternatives.first().map_or(1.0, |first| first.propensity);
}

/// What an offer on a case is judged by.
pub(crate) struct Judged {
    /// What a suggestion would be made from. The stock is asked when it is held.
    pub(crate) inputs: Inputs,
    /// What was bought, granted and refunded on the line; none while it is not known.
    pub(crate) account: Option<Account>,
}

/// What an offer on a case, which is locked, is judged by; on `line`, if it is not that of the case.
pub(crate) async fn judged_by(
    work: &Work,
    info: &ShopInfo,
    case: &Case,
    line: Option<&(OrderId, LineId)>,
    units: u32,
) -> Result<Judged> {
    let mut subject = Subject::of(case.clone());
    if let Some((order, line)) = line {
        subject.of = Some((order.clone(), Some(line.clone())));
    }
    let facts::Facts { inputs, account, .. } = facts::load(work, info, subject, units).await?;
    Ok(Judged { inputs, account })
}

fn store(work: &mut Work, shop: &ShopId, suggested: &Suggested) {
    let row = SuggestionRow {
        shop: shop.clone(),
        id: suggested.id,
        case: suggested.case,
        at: work.now,
        body: body::write(suggested),
    };
    work.write([suggestion::insert(&row)]);
    if let Some(case) = suggested.case {
        let first = suggested.suggestion.alternatives.first().map(|a| a.kind);
        work.happened(
            shop,
            Some(case),
            Event::RemedySuggested { suggestion: suggested.id.to_string(), first },
        );
    }
}
