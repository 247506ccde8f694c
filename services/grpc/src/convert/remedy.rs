//! Remedies.

use amends_app::remedy::{RemedyOfCase, RemedyView, Report};
use amends_domain::counter::NextOffer;
use amends_domain::remedy::{Remedy, RemedyState, Terms};
use amends_domain::{Money, RemedyId, Time};
use amends_proto::v1 as pb;

use super::case::{Tracks, render_with};
use super::{Word as _, money, time};
use crate::fields::{Fields, NOTE_CHARACTERS_MAX};
use crate::name;

/// The wire form of a remedy; one version guards it and its case.
#[must_use]
pub fn render(remedy: &Remedy, case_version: i64) -> pb::Remedy {
    let shop = &remedy.shop;
    let (order, line) = remedy.line.as_ref().map(|(o, l)| (o.to_string(), l.to_string())).unwrap_or_default();
    let times = times(&remedy.state);
    pb::Remedy {
        name: name::of(shop, &remedy.id),
        case: name::of(shop, &remedy.case),
        kind: remedy.kind.number(),
        state: remedy.state.stage().number(),
        order_id: order,
        line_id: line,
        terms: Some(terms(&remedy.terms, remedy.units)),
        granted_value: remedy.terms.amount.map(money::render),
        customer_text: String::new(),
        return_available_until_time: remedy.terms.return_until.map(time::render),
        suggestion: String::new(),
        follows: name::of_any::<RemedyId>(shop, remedy.after.as_ref()),
        agent: remedy.proposed_by.to_string(),
        approver: String::new(),
        propose_time: Some(time::render(remedy.proposed_at)),
        offer_time: times.offered.map(time::render),
        expire_time: times.expires.map(time::render),
        answer_time: times.answered.map(time::render),
        fulfilment_due_time: remedy.due_at().map(time::render),
        fulfil_time: times.fulfilled.map(time::render),
        fulfilment: fulfilment(&remedy.state),
        update_time: Some(time::render(times.changed.unwrap_or(remedy.proposed_at))),
        etag: case_version.to_string(),
        counter_amount: wish(&remedy.state).map(money::render),
        refunded_by: name::of_any(shop, remedy.stopped_by.as_ref()),
    }
}

/// The wire form of a remedy with what stands beside it.
#[must_use]
pub fn render_view(view: &RemedyView) -> pb::Remedy {
    pb::Remedy {
        customer_text: view.text.clone(),
        approver: view.approved_by.clone().unwrap_or_default(),
        ..render(&view.remedy, view.case_version)
    }
}

/// The wire forms of a remedy and its case after a step.
#[must_use]
pub fn render_both(both: &RemedyOfCase) -> (Option<pb::Remedy>, Option<pb::Case>) {
    let tracks = Tracks { remedies: std::slice::from_ref(&both.remedy), ..Tracks::default() };
    (Some(render(&both.remedy, both.case.version)), Some(render_with(&both.case, tracks)))
}

/// The wire form of what may be offered next.
#[must_use]
pub fn next_offer(next: &NextOffer) -> pb::NextOffer {
    pb::NextOffer { amount: next.amount.map(money::render), allowed: next.allowed }
}

fn wish(state: &RemedyState) -> Option<Money> {
    match state {
        RemedyState::Declined { wish, .. } => *wish,
        _ => None,
    }
}

#[derive(Default)]
struct Times {
    offered: Option<Time>,
    expires: Option<Time>,
    answered: Option<Time>,
    fulfilled: Option<Time>,
    changed: Option<Time>,
}

fn times(state: &RemedyState) -> Times {
    let changed = |at: Time| Times { changed: Some(at), ..Times::default() };
    match state {
        RemedyState::Proposed => Times::default(),
        RemedyState::AwaitingApproval { expires_at, .. } => {
            Times { expires: Some(*expires_at), ..Times::default() }
        }
        RemedyState::Offered { at, expires_at } => {
            Times { offered: Some(*at), expires: Some(*expires_at), ..changed(*at) }
        }
        RemedyState::Accepted { at, .. } | RemedyState::Declined { at, .. } => {
            Times { answered: Some(*at), ..changed(*at) }
        }
        RemedyState::Fulfilled { at, .. } => Times { fulfilled: Some(*at), ..changed(*at) },
        RemedyState::Executing { at, .. }
        | RemedyState::Expired { at }
        | RemedyState::Withdrawn { at }
        | RemedyState::Failed { at, .. } => changed(*at),
    }
}

fn fulfilment(state: &RemedyState) -> Option<pb::Fulfilment> {
    let report = |state: pb::FulfilmentState, at: &Time| pb::Fulfilment {
        state: state.into(),
        carrier: String::new(),
        tracking: String::new(),
        failure: String::new(),
        occur_time: Some(time::render(*at)),
    };
    match state {
        RemedyState::Executing { at, .. } => Some(report(pb::FulfilmentState::Executing, at)),
        RemedyState::Fulfilled { at, tracking } => {
            Some(pb::Fulfilment { tracking: tracking.clone(), ..report(pb::FulfilmentState::Fulfilled, at) })
        }
        RemedyState::Failed { at, why, .. } => {
            Some(pb::Fulfilment { failure: why.clone(), ..report(pb::FulfilmentState::Failed, at) })
        }
        _ => None,
    }
}

/// The wire form of what exactly is given.
#[must_use]
pub fn terms(terms: &Terms, units: u32) -> pb::RemedyTerms {
    pb::RemedyTerms {
        quantity: i32::try_from(units).unwrap_or(i32::MAX),
        amount: terms.amount.map(money::render),
        sku: terms.article.clone(),
        item_disposal: terms.disposal.map(|disposal| disposal.number()),
        description: terms.note.clone(),
        coupon_code: terms.coupon_code.clone(),
        gift: terms.gift.map(money::render),
    }
}

/// The domain form of what exactly is given, and for how many pieces.
pub fn parse_terms(fields: &mut Fields, terms: Option<pb::RemedyTerms>) -> Option<(Terms, u32)> {
    let terms = fields.required("terms", terms)?;
    fields.inside("terms", |f| {
        let quantity = f.pieces("quantity", terms.quantity);
        let amount = f.money_or_none("amount", terms.amount);
        let article = f.text("sku", terms.sku, 128);
        let note = f.text("description", terms.description, NOTE_CHARACTERS_MAX);
        let disposal = f.word_or_none("item_disposal", terms.item_disposal);
        let coupon_code = f.text("coupon_code", terms.coupon_code, 100);
        let gift = f.money_or_none("gift", terms.gift);
        let terms = Terms {
            amount: amount?,
            article: article?,
            note: note?,
            disposal: disposal?,
            gift: gift?,
            coupon_code: coupon_code?,
            return_until: None,
        };
        Some((terms, quantity?))
    })
}

/// The domain form of a report, and when it happened.
pub fn parse_report(
    fields: &mut Fields,
    report: Option<pb::Fulfilment>,
    latest: Time,
) -> Option<(Report, Option<Time>)> {
    let report = fields.required("fulfilment", report)?;
    fields.inside("fulfilment", |f| {
        let at = f.past_or_none("occur_time", report.occur_time, latest);
        f.text("carrier", report.carrier, 100);
        let tracking = f.text("tracking", report.tracking, 200);
        let failure = f.text("failure", report.failure, 500);
        let report = match pb::FulfilmentState::try_from(report.state) {
            Ok(pb::FulfilmentState::Executing) => Some(Report::Executing),
            Ok(pb::FulfilmentState::Fulfilled) => Some(Report::Fulfilled { tracking: tracking? }),
            Ok(pb::FulfilmentState::Failed) => match failure? {
                why if why.trim().is_empty() => f.refuse("failure", "must say why it failed"),
                why => Some(Report::Failed { why }),
            },
            Ok(pb::FulfilmentState::Unspecified) => f.refuse("state", "must be set"),
            Err(_) => f.refuse("state", "is no value that can be sent here"),
        };
        Some((report?, at?))
    })
}
