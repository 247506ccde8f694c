//! A no that is written down: in a transaction of its own, in which nothing of the command is left.

use amends_domain::event::Event;
use amends_domain::{CaseId, DecisionId};
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
    let latest = told.iter().rev().find_map(|stored| match &stored.row.event {
        Event::ActionRefused { action, decision: id, .. } if *action == decision.action => Some(*id),
        _ => None,
    });
    let Some(latest) = latest else { return Ok(None) };
    let found = decision::get(&work.tx, &decision.shop, &latest).await?;
    Ok(found.filter(|earlier| is_same(earlier, decision, work.now.micros())).map(|earlier| earlier.id))
}

/// The word of a refusal.
const REFUSED: &str = "guardrail.refused";

fn is_same(earlier: &DecisionRow, now: &Decision, micros: i64) -> bool {
    let Ok(body) = serde_json::from_str::<Value>(&earlier.body) else { return false };
    let rules = |body: &Value| -> Vec<String> {
        let rules = body["rules"].as_array().into_iter().flatten();
        rules.filter_map(|rule| rule["rule"].as_str().map(str::to_owned)).collect()
    };
    let ours: Vec<String> = now.refusals.iter().map(|refusal| refusal.rule.to_string()).collect();
    // Which reply, which remedy: an offer that was refused never got an id that anybody kept.
    let about = now.facts.iter().find(|(name, _)| name == "reply");
    let same_thing = about.is_some_and(|(name, id)| body["inputs"][name].as_str() == Some(id));
    let holds = body["not_before"].as_i64().is_none_or(|until| micros < until);
    same_thing && holds && rules(&body) == ours
}
