//! What could be offered, with every number that entered; stored, so that it can be redone.

use amends_domain::case::Case;
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::order::Line;
use amends_domain::suggestion::{Input, LineTerms, Suggestion, suggest};
use amends_domain::{CaseId, LineId, OrderId, ShopId, SuggestionId, Time};
use amends_store::suggestion::{self, SuggestionRow};
use serde_json::{Value, json};

use super::ledger;
use super::step::open_case;
use crate::call::Role;
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::shops::ShopInfo;
use crate::work::Work;

/// Suggests what to offer on a case.
#[derive(Debug, Clone)]
pub struct SuggestRemedies {
    /// The tenant.
    pub shop: ShopId,
    /// The case.
    pub case: CaseId,
    /// For how many units; 0 stands for one.
    pub units: u32,
}

/// A stored suggestion.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggested {
    /// Where it is stored.
    pub id: SuggestionId,
    /// The case.
    pub case: CaseId,
    /// The order line, if it is known.
    pub line: Option<(OrderId, LineId)>,
    /// For how many units.
    pub units: u32,
    /// What can be offered, and what cannot.
    pub suggestion: Suggestion,
    /// Whether a return of the line is counted already, so that avoiding it helps no metric.
    pub already_counted: bool,
    /// Until when offers can run; none if the channel sets no deadline.
    pub deadline: Option<Time>,
    /// The policy it was made under.
    pub policy_version: i64,
    /// When it was made.
    pub at: Time,
}

impl Command for SuggestRemedies {
    type Output = Suggested;
    const NAME: &'static str = "SuggestRemedies";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Suggested> {
        work.call.principal.require(&[Role::Agent, Role::Supervisor, Role::Ingest])?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        // Looking changes nothing about the case, so no version moves.
        let case = open_case(work, &self.shop, self.case).await?.case;
        if !case.is_open() {
            return Err(AppError::Precondition("the case is over"));
        }
        let facts = Facts::load(work, &info, &case, self.units.max(1)).await?;
        let suggested = Suggested {
            id: SuggestionId::from_bits(work.id()),
            case: case.id,
            line: facts.line.as_ref().map(|line| (line.order.clone(), line.line.clone())),
            units: facts.units,
            suggestion: suggest(&facts.input(&info, &case)),
            already_counted: facts.already_counted(),
            deadline: case.hard_deadline,
            policy_version: info.policy_version,
            at: work.now,
        };
        let row = SuggestionRow {
            shop: self.shop.clone(),
            id: suggested.id,
            case: case.id,
            at: work.now,
            body: facts.body(&case, &suggested).to_string(),
        };
        suggestion::insert(&work.tx, &row).await?;
        let first = suggested.suggestion.alternatives.first().map(|a| a.kind);
        let event = Event::RemedySuggested { suggestion: suggested.id.to_string(), first };
        work.happened(&self.shop, Some(case.id), event);
        Ok(suggested)
    }
}

/// What a suggestion depends on besides the case and the policy.
struct Facts {
    line: Option<Line>,
    terms: Option<LineTerms>,
    units: u32,
}

impl Facts {
    async fn load(work: &Work, info: &ShopInfo, case: &Case, units: u32) -> Result<Self> {
        let shop = &info.shop.id;
        let line = match (case.subject.order(), case.subject.line()) {
            (Some(order), Some(line)) => ledger::line(&work.tx, shop, &(order.clone(), line.clone())).await?,
            _ => None,
        };
        let Some(line) = line.filter(|line| line.purchase.is_some()) else {
            return Ok(Self { line: None, terms: None, units });
        };
        let grants = ledger::grants(&work.tx, shop, &line.order, &line.line).await?;
        let terms = line.purchase.as_ref().map(|p| LineTerms {
            purchased: p.quantity,
            unit_price: p.unit_price,
            grants,
        });
        if terms.as_ref().is_some_and(|t| units > t.purchased) {
            return Err(AppError::field("quantity", "must be at most as many as were bought"));
        }
        Ok(Self { line: Some(line), terms, units })
    }

    fn input<'a>(&'a self, info: &'a ShopInfo, case: &'a Case) -> Input<'a> {
        Input {
            reason: reason(case),
            flags: &case.flags,
            line: self.terms.as_ref(),
            units: self.units,
            currency: info.shop.currency,
            policy: &info.remedy,
            already_counted: self.already_counted(),
        }
    }

    fn already_counted(&self) -> bool {
        self.line.as_ref().is_some_and(|line| line.counted.is_some())
    }

    /// Inputs and outcome as they are stored.
    fn body(&self, case: &Case, suggested: &Suggested) -> Value {
        let alternatives = suggested.suggestion.alternatives.iter().map(|a| {
            let numbers: serde_json::Map<String, Value> =
                a.explanation.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            json!({
                "kind": a.kind.as_str(),
                "amount": a.terms.amount.map(|m| m.minor_units),
                "cost": a.cost.minor_units,
                "expected_cost": a.expected_cost.minor_units,
                "accept_probability": a.accept_probability,
                "needs_approval": a.needs_approval,
                "numbers": numbers,
            })
        });
        let excluded =
            suggested.suggestion.excluded.iter().map(|(kind, why)| json!([kind.as_str(), why.as_str()]));
        json!({
            "reason": reason(case).as_str(),
            "flags": case.flags.iter().map(|f| f.as_str()).collect::<Vec<_>>(),
            "order": suggested.line.as_ref().map(|(order, _)| order.as_str()),
            "line": suggested.line.as_ref().map(|(_, line)| line.as_str()),
            "units": suggested.units,
            "purchased": self.terms.as_ref().map(|t| t.purchased),
            "unit_price": self.terms.as_ref().map(|t| t.unit_price.minor_units),
            "currency": self.terms.as_ref().map(|t| t.unit_price.currency.to_string()),
            "already_counted": suggested.already_counted,
            "policy_version": suggested.policy_version,
            "alternatives": alternatives.collect::<Vec<_>>(),
            "excluded": excluded.collect::<Vec<_>>(),
        })
    }
}

fn reason(case: &Case) -> Reason {
    case.reasons.first().copied().unwrap_or(Reason::Other)
}
