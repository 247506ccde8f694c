//! A suggestion as JSON: what it was made from, and what came out. A field that an
//! older version did not write has the value of one that knew nothing about it.

use amends_domain::counter::OfferBounds;
use amends_domain::counting::{ReturnSoFar, Standing};
use amends_domain::learning::{Evidence, Tried};
use amends_domain::ledger::Grant;
use amends_domain::refund::Refunded;
use amends_domain::scrutiny::Claims;
use amends_domain::suggestion::{Buyer, Channel, Draw, LineTerms};
use amends_domain::{Money, Span, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Inputs, Suggested};

#[derive(Serialize, Deserialize)]
struct Body {
    now: i64,
    reason: String,
    #[serde(default)]
    flags: Vec<String>,
    line: Option<LineBody>,
    units: u32,
    currency: String,
    counting: String,
    #[serde(default)]
    auto_approval: Option<i64>,
    #[serde(default)]
    requested_at: Option<i64>,
    #[serde(default)]
    counted_at: Option<i64>,
    #[serde(default)]
    deadline: Option<i64>,
    #[serde(default)]
    amount_least: Option<i64>,
    #[serde(default)]
    amount_most: Option<i64>,
    #[serde(default)]
    offers_left: Option<u32>,
    #[serde(default)]
    delivered: i64,
    #[serde(default)]
    counted: i64,
    #[serde(default)]
    stock: Vec<(String, i64)>,
    #[serde(default)]
    orders: u32,
    #[serde(default)]
    claims: [u32; 3],
    #[serde(default)]
    evidence: Vec<(String, [u32; 8])>,
    #[serde(default)]
    holdout: bool,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    first: Option<(String, f64)>,
}

#[derive(Serialize, Deserialize)]
struct LineBody {
    purchased: u32,
    unit_price: i64,
    sku: Option<String>,
    category: String,
    delivered_at: Option<i64>,
    /// Remedy, unit, whether goods, value, state.
    grants: Vec<(String, u32, bool, i64, String)>,
    /// Units, amount, and units that it only agreed to refund.
    #[serde(default)]
    refunded: (u32, i64, u32),
}

/// What a suggestion, or an offer, is made from.
pub(super) fn inputs(of: &Inputs) -> Value {
    serde_json::to_value(Body::of(of)).unwrap_or_default()
}

/// The suggestion as it is stored.
pub(super) fn write(suggested: &Suggested) -> String {
    let inputs = inputs(&suggested.inputs);
    let alternatives = suggested.suggestion.alternatives.iter().map(|a| {
        let numbers: serde_json::Map<String, Value> =
            a.explanation.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({
            "kind": a.kind.as_str(),
            "amount": a.terms.amount.map(|m| m.minor_units),
            "gift": a.terms.gift.map(|m| m.minor_units),
            "disposal": a.terms.disposal.map(|d| d.as_str()),
            "cost": a.cost.minor_units,
            "expected_cost": a.expected_cost.minor_units,
            "effect": a.effect.as_str(),
            "propensity": a.propensity,
            "needs_approval": a.needs_approval,
            "numbers": numbers,
        })
    });
    let excluded = suggested.suggestion.excluded.iter();
    json!({
        "policy_version": suggested.policy_version,
        "order": suggested.line.as_ref().map(|(order, _)| order.as_str()),
        "line_id": suggested.line.as_ref().map(|(_, line)| line.as_str()),
        "inputs": inputs,
        "alternatives": alternatives.collect::<Vec<_>>(),
        "excluded": excluded.map(|not| json!([not.kind.as_str(), not.why.as_str()])).collect::<Vec<_>>(),
        "propensity": suggested.suggestion.propensity,
    })
    .to_string()
}

/// What it was made from.
pub(super) fn read(stored: &str) -> Result<Inputs, String> {
    #[derive(Deserialize)]
    struct Stored {
        inputs: Body,
    }
    let Stored { inputs } = serde_json::from_str(stored).map_err(|e| e.to_string())?;
    inputs.inputs()
}

impl Body {
    fn of(of: &Inputs) -> Self {
        let Channel { rule, auto_approval, so_far, bounds, standing } = of.channel;
        let claims = of.buyer.claims;
        Self {
            now: of.now.micros(),
            reason: of.reason.to_string(),
            flags: of.flags.iter().map(ToString::to_string).collect(),
            line: of.line.as_ref().map(LineBody::of),
            units: of.units,
            currency: of.currency.to_string(),
            counting: rule.to_string(),
            auto_approval: auto_approval.map(Span::micros),
            requested_at: so_far.requested_at.map(Time::micros),
            counted_at: so_far.counted_at.map(Time::micros),
            deadline: so_far.deadline.map(Time::micros),
            amount_least: bounds.min.map(|min| min.minor_units),
            amount_most: bounds.max.map(|max| max.minor_units),
            offers_left: bounds.left,
            delivered: standing.delivered,
            counted: standing.counted,
            stock: of.stock.iter().map(|(kind, free)| (kind.to_string(), *free)).collect(),
            orders: of.buyer.orders,
            claims: [claims.keep_item, claims.missing, claims.partial_refund],
            evidence: of.evidence.iter().map(numbers).collect(),
            holdout: of.draw.holdout,
            seed: of.draw.seed,
            first: of.draw.first.map(|(kind, propensity)| (kind.to_string(), propensity)),
        }
    }

    fn inputs(self) -> Result<Inputs, String> {
        let currency = word(&self.currency)?;
        let money = |minor_units| Money::new(minor_units, currency);
        let time = |micros: Option<i64>| micros.map(Time::from_micros);
        let [keep_item, missing, partial_refund] = self.claims;
        let first = |(kind, propensity): (String, f64)| Ok::<_, String>((word(&kind)?, propensity));
        Ok(Inputs {
            now: Time::from_micros(self.now),
            reason: word(&self.reason)?,
            flags: self.flags.iter().map(|flag| word(flag)).collect::<Result<_, _>>()?,
            line: self.line.map(|line| line.terms(currency)).transpose()?,
            units: self.units,
            currency,
            channel: Channel {
                rule: word(&self.counting)?,
                auto_approval: self.auto_approval.map(Span::from_micros),
                so_far: ReturnSoFar {
                    requested_at: time(self.requested_at),
                    counted_at: time(self.counted_at),
                    deadline: time(self.deadline),
                },
                bounds: OfferBounds {
                    min: self.amount_least.map(money),
                    max: self.amount_most.map(money),
                    left: self.offers_left,
                },
                standing: Standing { delivered: self.delivered, counted: self.counted },
            },
            stock: self
                .stock
                .iter()
                .map(|(kind, free)| Ok((word(kind)?, *free)))
                .collect::<Result<_, String>>()?,
            buyer: Buyer { orders: self.orders, claims: Claims { keep_item, missing, partial_refund } },
            evidence: self.evidence.iter().map(evidence).collect::<Result<_, _>>()?,
            draw: Draw { holdout: self.holdout, seed: self.seed, first: self.first.map(first).transpose()? },
        })
    }
}

impl LineBody {
    fn of(line: &LineTerms) -> Self {
        let grant = |g: &Grant| (g.remedy.to_string(), g.unit, g.goods, g.value, g.state.to_string());
        Self {
            purchased: line.purchased,
            unit_price: line.unit_price.minor_units,
            sku: line.sku.as_ref().map(ToString::to_string),
            category: line.category.clone(),
            delivered_at: line.delivered_at.map(Time::micros),
            grants: line.grants.iter().map(grant).collect(),
            refunded: (line.refunded.units, line.refunded.amount, line.refunded.agreed),
        }
    }

    fn terms(self, currency: amends_domain::Currency) -> Result<LineTerms, String> {
        let grant = |(remedy, unit, goods, value, state): &(String, u32, bool, i64, String)| {
            let (remedy, state) = (word(remedy)?, word(state)?);
            Ok::<_, String>(Grant { remedy, unit: *unit, goods: *goods, value: *value, state })
        };
        Ok(LineTerms {
            purchased: self.purchased,
            unit_price: Money::new(self.unit_price, currency),
            sku: self.sku.as_deref().map(word).transpose()?,
            category: self.category,
            delivered_at: self.delivered_at.map(Time::from_micros),
            grants: self.grants.iter().map(grant).collect::<Result<_, _>>()?,
            refunded: Refunded { units: self.refunded.0, amount: self.refunded.1, agreed: self.refunded.2 },
        })
    }
}

fn numbers(of: &Evidence) -> (String, [u32; 8]) {
    let Evidence { kind, everywhere, reason, band, scored, low } = of;
    let [all, why, cut] = [everywhere, reason, band].map(|tried| [tried.answered, tried.accepted]);
    (kind.to_string(), [all[0], all[1], why[0], why[1], cut[0], cut[1], *scored, *low])
}

fn evidence((kind, numbers): &(String, [u32; 8])) -> Result<Evidence, String> {
    let [a, b, c, d, e, f, scored, low] = *numbers;
    let tried = |answered, accepted| Tried { answered, accepted };
    Ok(Evidence {
        kind: word(kind)?,
        everywhere: tried(a, b),
        reason: tried(c, d),
        band: tried(e, f),
        scored,
        low,
    })
}

fn word<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e: T::Err| e.to_string())
}
