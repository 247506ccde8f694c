//! Suggestions: what to offer, with every number that entered.

mod ask;

use amends_app::remedy::{StoredSuggestion, Suggested};
use amends_app::template;
use amends_domain::counting::CountsOn;
use amends_domain::suggestion::{Alternative, Excluded, Ineligible};
use amends_domain::{Currency, Money, ShopId, Time};
use amends_proto::v1 as pb;

use super::{Word as _, money, remedy, time};
use crate::name;

/// The wire form of a stored suggestion.
#[must_use]
pub fn render(shop: &ShopId, suggested: &Suggested) -> pb::Suggestion {
    let ranked = suggested.suggestion.alternatives.iter().zip(1..);
    let (order, line) = suggested.line.clone().unzip();
    pb::Suggestion {
        name: name::of(shop, &suggested.id),
        case: name::of_any(shop, suggested.case.as_ref()),
        alternatives: ranked.map(|(one, rank)| alternative(one, rank, suggested)).collect(),
        ineligible: suggested.suggestion.excluded.iter().map(ineligible).collect(),
        holdout: suggested.holdout(),
        seed: suggested.seed(),
        propensity: suggested.suggestion.propensity,
        policy_version: suggested.policy_version.to_string(),
        create_time: Some(time::render(suggested.at)),
        order_id: order.map_or_else(String::new, |order| order.to_string()),
        line_id: line.map_or_else(String::new, |line| line.to_string()),
        quantity: i32::try_from(suggested.units()).unwrap_or(i32::MAX),
        reason: suggested.reason().number(),
        counting: Some(counting(suggested)),
        rules: suggested.suggestion.rules.clone(),
        scrutiny: Some(scrutiny(suggested)),
    }
}

/// The wire form of what was stored of a suggestion.
#[must_use]
pub fn render_stored(stored: &StoredSuggestion) -> pb::GetSuggestionResponse {
    pb::GetSuggestionResponse {
        name: name::of(&stored.shop, &stored.id),
        case: name::of_any(&stored.shop, stored.case.as_ref()),
        create_time: Some(time::render(stored.at)),
        record: stored.record.clone(),
    }
}

fn alternative(one: &Alternative, rank: i32, suggested: &Suggested) -> pb::Alternative {
    let explanation = one.explanation.iter().map(|(name, value)| pb::NamedNumber {
        name: (*name).to_owned(),
        value: *value,
        unit: unit(name, one.cost.currency),
    });
    pb::Alternative {
        rank,
        kind: one.kind.number(),
        terms: Some(remedy::terms(&one.terms, suggested.units())),
        expected_cost: Some(money::render(one.expected_cost)),
        acceptance_probability: one.accept_probability,
        explanation: explanation.collect(),
        counting_effect: one.effect.number(),
        deadline: suggested.deadline().map(time::render),
        evidence_needs: one.evidence.iter().map(|need| need.number()).collect(),
        customer_text: template::remedy_in(&suggested.language, one.kind, &one.terms),
        approval_required: one.needs_approval,
        propensity: one.propensity,
    }
}

/// What a number of an explanation counts.
fn unit(name: &str, currency: Currency) -> String {
    let counted =
        ["answered_", "accepted_", "learning_", "counted_if_"].iter().any(|of| name.starts_with(of));
    match name {
        _ if name.starts_with("p_") => "probability".to_owned(),
        _ if counted => "count".to_owned(),
        _ => currency.to_string(),
    }
}

fn counting(suggested: &Suggested) -> pb::Counting {
    let (channel, counts) = (suggested.channel(), suggested.suggestion.counts);
    let already = counts.on == CountsOn::Already;
    let left = counts.at.filter(|_| !already).map(|at: Time| at.max(suggested.at).since(suggested.at));
    let shadow = suggested.suggestion.shadow_price;
    pb::Counting {
        rule: channel.rule.number(),
        counts_on: counts.on.number(),
        count_time: counts.at.map(time::render),
        time_left: left.map(time::render_span),
        shadow_price: shadow.map(|shadow| money::render(Money::new(shadow.price, suggested.currency()))),
        returns_until_penalty: shadow.and_then(|shadow| shadow.until_penalty),
        delivered: channel.standing.delivered,
        counted: channel.standing.counted,
    }
}

fn scrutiny(suggested: &Suggested) -> pb::Scrutiny {
    let (buyer, asked) = (suggested.buyer(), suggested.suggestion.asked);
    let times = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    pb::Scrutiny {
        keep_item_claims: times(buyer.claims.keep_item),
        missing_claims: times(buyer.claims.missing),
        partial_refund_claims: times(buyer.claims.partial_refund),
        other_orders: times(buyer.orders),
        evidence_required: asked.evidence,
        approval_required: asked.approval,
        ceiling_basis_points: asked.ceiling.and_then(|points| i32::try_from(points).ok()),
    }
}

fn ineligible(not: &Ineligible) -> pb::IneligibleAlternative {
    let message = match not.why {
        Excluded::DoesNotFitReason => "it does not answer this complaint",
        Excluded::OrderUnknown => "the order line is not known yet",
        Excluded::UnitAlreadyRemedied => "another remedy holds the pieces",
        Excluded::ExceedsPaid => "more would be given than was paid",
        Excluded::NoNegotiation => "a danger to health or a fake is refunded at once, never negotiated",
        Excluded::PolicyRule => "a rule of the shop excludes it",
        Excluded::FinalSale => "the category is final sale and the shop is not at fault",
        Excluded::OutsideWindow => "too long after delivery",
        Excluded::TooLate => "the channel decides before an offer could end",
        Excluded::OutOfStock => "too few are in stock",
        Excluded::AboveCeiling => "it is worth more than the shop gives here",
        Excluded::OutsideChannelBounds => "the channel takes no amount that the shop would give",
    };
    let facts = not.facts.iter();
    pb::IneligibleAlternative {
        kind: not.kind.number(),
        rule: not.why.as_str().to_ascii_lowercase(),
        message: message.to_owned(),
        facts: facts
            .map(|(name, value)| pb::Fact { name: (*name).to_owned(), value: value.clone() })
            .collect(),
    }
}
