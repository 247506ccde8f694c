//! A no that is written down: in a transaction of its own, in which nothing of the command is left.

use amends_domain::event::Event;
use amends_domain::{CaseId, DecisionId, Time};
use amends_store::decision::{self, DecisionRow};
use amends_store::event;
use serde_json::Value;

use super::Decision;
use crate::error::Result;
use crate::remedy::follow_case;
use crate::work::Work;

/// Writes down that a command was refused, on the case that goes on should it have been merged meanwhile.
/// The same no about the same thing, again before anything can have changed, stands there once: a
/// connector that tries all night was refused once. Answers under which id it stands.
pub(crate) async fn note_refusal(work: &mut Work, decision: &mut Decision) -> Result<()> {
    if let Some(case) = decision.case {
        let case = follow_case(work, &decision.shop, case).await?.case.id;
        decision.case = Some(case);
        if let Some(earlier) = said_before(work, decision, case).await? {
            decision.id = Some(earlier);
            return Ok(());
        }
    }
    work.write([decision::keep(decision.row().as_slice())]);
    if let Some(event) = decision.refused() {
        work.happened(&decision.shop, decision.case, event);
    }
    Ok(())
}

/// The latest refusal of this on the case, if it says the same and still holds.
async fn said_before(work: &Work, decision: &Decision, case: CaseId) -> Result<Option<DecisionId>> {
    let key = [(decision.shop.clone(), case)];
    let told = event::by_cases(&key, &[&[REFUSED]]).all(&work.tx).await?;
    let ids = told.iter().rev().filter_map(|stored| match &stored.row.event {
        Event::ActionRefused { action, decision: id, .. } if *action == decision.action => Some(*id),
        _ => None,
    });
    let latest: Vec<_> = ids.take(LOOKED_THROUGH).map(|id| (decision.shop.clone(), id)).collect();
    let mut found = decision::by_ids(&latest).all(&work.tx).await?;
    found.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
    // What was said last about this very thing: another one in between changes nothing about it.
    let last = found.iter().find(|row| is_about(row, decision));
    Ok(last.filter(|earlier| is_same(earlier, decision)).map(|earlier| earlier.id))
}

/// The word of a refusal.
const REFUSED: &str = "guardrail.refused";

/// Refusals of a case that are looked through.
const LOOKED_THROUGH: usize = 20;

fn body(row: &DecisionRow) -> Value {
    serde_json::from_str(&row.body).unwrap_or_default()
}

/// What a stored decision says of one of its inputs.
pub(crate) fn input_of(row: &DecisionRow, name: &str) -> Option<String> {
    body(row).pointer(&format!("/inputs/{name}"))?.as_str().map(str::to_owned)
}

/// Whether it was about the same reply; an offer that was refused never got an id that anybody kept.
fn is_about(earlier: &DecisionRow, now: &Decision) -> bool {
    let about = now.facts.iter().find(|(name, _)| name == "reply");
    about.is_some_and(|(name, id)| input_of(earlier, name).as_ref() == Some(id))
}

/// Whether it says the same: the rules, and when they let it pass.
fn is_same(earlier: &DecisionRow, now: &Decision) -> bool {
    let body = body(earlier);
    let rules = body.get("rules").and_then(Value::as_array).into_iter().flatten();
    let rules: Vec<&str> = rules.filter_map(|rule| rule.get("rule")?.as_str()).collect();
    let ours: Vec<&str> = now.refusals.iter().map(|refusal| refusal.rule.as_str()).collect();
    let until = now.not_before.map(Time::micros);
    body.get("not_before").and_then(Value::as_i64) == until && rules == ours
}
