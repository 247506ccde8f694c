//! Suggestions: what to offer, with every number that entered.

use amends_app::remedy::Suggested;
use amends_domain::ShopId;
use amends_domain::remedy::RemedyKind;
use amends_domain::suggestion::{Alternative, Excluded};
use amends_proto::v1 as pb;

use super::{Word as _, money, remedy, time};
use crate::name;

/// The wire form of a stored suggestion.
#[must_use]
pub fn render(shop: &ShopId, suggested: &Suggested) -> pb::Suggestion {
    let ranked = suggested.suggestion.alternatives.iter().zip(1..);
    let excluded = &suggested.suggestion.excluded;
    pb::Suggestion {
        name: name::of(shop, &suggested.id),
        case: name::of(shop, &suggested.case),
        alternatives: ranked.map(|(one, rank)| alternative(one, rank, suggested)).collect(),
        ineligible: excluded.iter().map(|(kind, why)| ineligible(*kind, *why)).collect(),
        holdout: false,
        seed: 0,
        // The order is fixed by expected cost: nothing was drawn.
        propensity: 1.0,
        policy_version: suggested.policy_version.to_string(),
        create_time: Some(time::render(suggested.at)),
    }
}

fn alternative(one: &Alternative, rank: i32, suggested: &Suggested) -> pb::Alternative {
    let currency = one.cost.currency.to_string();
    let explanation = one.explanation.iter().map(|(name, value)| pb::NamedNumber {
        name: (*name).to_owned(),
        value: *value,
        unit: if name.starts_with("p_") { "probability".to_owned() } else { currency.clone() },
    });
    let effect = match (suggested.already_counted, one.kind.is_alternative()) {
        (true, _) => pb::CountingEffect::CountsAlready,
        (false, true) => pb::CountingEffect::StillAvoids,
        (false, false) => pb::CountingEffect::Counts,
    };
    pb::Alternative {
        rank,
        kind: one.kind.number(),
        terms: Some(remedy::terms(one.kind, &one.terms, suggested.units)),
        expected_cost: Some(money::render(one.expected_cost)),
        acceptance_probability: one.accept_probability,
        explanation: explanation.collect(),
        counting_effect: effect.into(),
        deadline: suggested.deadline.map(time::render),
        evidence_needs: Vec::new(),
        customer_text: String::new(),
        approval_required: one.needs_approval,
        propensity: if rank == 1 { 1.0 } else { 0.0 },
    }
}

fn ineligible(kind: RemedyKind, why: Excluded) -> pb::IneligibleAlternative {
    let message = match why {
        Excluded::DoesNotFitReason => "it does not answer this complaint",
        Excluded::OrderUnknown => "the order line is not known yet",
        Excluded::UnitAlreadyRemedied => "another remedy holds the pieces",
        Excluded::ExceedsPaid => "more would be given than was paid",
        Excluded::NoNegotiation => "a danger to health or a fake is refunded at once, never negotiated",
    };
    pb::IneligibleAlternative {
        kind: kind.number(),
        rule: why.as_str().to_ascii_lowercase(),
        message: message.to_owned(),
        facts: Vec::new(),
    }
}
