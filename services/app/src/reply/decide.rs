//! What lets a reply pass is written down with it: nothing goes out that no rule was asked about.

use amends_domain::DecisionId;
use amends_domain::case::Case;
use amends_domain::guardrail::check_reply;
use amends_domain::reply::Reply;
use amends_store::decision::{self, DecisionRow};
use amends_store::{Of, buyer};
use serde_json::json;

use crate::error::{AppError, Result};
use crate::work::Work;

/// Asks the rules whether a reply may go out, and leaves the yes to be written with it.
pub(super) async fn decide(work: &mut Work, reply: &Reply, case: &Case) -> Result<DecisionId> {
    let key: Vec<Of<_>> = case.buyer.iter().map(|key| (case.shop.clone(), *key)).collect();
    let erased = buyer::get(&work.tx, &key).await?.iter().any(|buyer| buyer.erased_at.is_some());
    if !check_reply(erased).is_empty() {
        return Err(AppError::Precondition("the data of the buyer were erased"));
    }
    let info = work.app.shops().get(&work.tx, &case.shop, work.now).await?;
    let inputs = json!({
        "reply": reply.id.to_string(),
        "fence": reply.fence.to_string(),
        "public": reply.destination.public.to_string(),
        "erased": erased.to_string(),
    });
    let template = reply.template.as_ref().map(ToString::to_string).unwrap_or_default();
    let body = json!({
        "inputs": inputs, "rules": [], "template": template, "policy_version": info.policy_version,
    });
    let id = DecisionId::from_bits(work.id());
    let row = DecisionRow {
        shop: case.shop.clone(),
        id,
        case: Some(case.id),
        review: reply.destination.review.clone(),
        action: "reply".to_owned(),
        allowed: true,
        at: work.now,
        body: body.to_string(),
    };
    work.write([decision::keep(&[row])]);
    Ok(id)
}
