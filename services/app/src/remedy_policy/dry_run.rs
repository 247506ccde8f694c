//! What suggestions of the past would have been under a document.
//!
//! Everything but the policy is taken as it was stored with the suggestion:
//! what was learned, counted and in stock then.

use std::collections::BTreeMap;
use std::sync::Arc;

use amends_domain::remedy::RemedyKind;
use amends_domain::remedy_policy::RemedyPolicy;
use amends_domain::shop::Shop;
use amends_domain::suggestion::{Draw, Suggestion};
use amends_domain::{CaseId, Time};
use amends_store::Conn;
use amends_store::suggestion::{self, SuggestionRow};
use serde::Deserialize;

use crate::error::{AppError, Result};
use crate::remedy::Inputs;

/// The policies that are compared.
pub(super) struct Policies {
    pub(super) in_force: Arc<RemedyPolicy>,
    pub(super) document: Arc<RemedyPolicy>,
}

/// What a document would have changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DryRun {
    /// The cases that could be compared, the newest first.
    pub cases: Vec<DryRunCase>,
    /// How many could not, because an earlier version of the service stored their suggestion.
    pub incomparable: usize,
}

/// One case of a dry run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DryRunCase {
    /// Which.
    pub case: CaseId,
    /// When its latest suggestion was made.
    pub at: Time,
    /// What came first then, and its expected cost in minor units; none if nothing could be offered.
    pub then: Option<(RemedyKind, i64)>,
    /// What would come first, likewise.
    pub now: Option<(RemedyKind, i64)>,
    /// What would no longer be offered.
    pub newly_excluded: Vec<RemedyKind>,
    /// What would be offered and was not.
    pub newly_offered: Vec<RemedyKind>,
}

/// What a dry run changes for one kind of remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DryRunKind {
    /// Which.
    pub kind: RemedyKind,
    /// On how many cases it came first then.
    pub first_then: i32,
    /// On how many it would come first.
    pub first_now: i32,
    /// On how many it would no longer be offered.
    pub newly_excluded: i32,
    /// On how many it would be offered and was not.
    pub newly_offered: i32,
}

impl DryRunCase {
    /// Whether anything about it would differ.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.then != self.now || !self.newly_excluded.is_empty() || !self.newly_offered.is_empty()
    }
}

impl DryRun {
    /// Expected cost of what came first, over all cases.
    #[must_use]
    pub fn cost_then(&self) -> i64 {
        self.cases.iter().filter_map(|case| case.then).map(|(_, cost)| cost).fold(0, i64::saturating_add)
    }

    /// The same of what would come first.
    #[must_use]
    pub fn cost_now(&self) -> i64 {
        self.cases.iter().filter_map(|case| case.now).map(|(_, cost)| cost).fold(0, i64::saturating_add)
    }

    /// What changes by kind, for those that are concerned.
    #[must_use]
    pub fn kinds(&self) -> Vec<DryRunKind> {
        let mut counts: BTreeMap<RemedyKind, [i32; 4]> = BTreeMap::new();
        for case in &self.cases {
            let (then, now) = (case.then.map(|(kind, _)| kind), case.now.map(|(kind, _)| kind));
            let all = [
                then.as_slice(),
                now.as_slice(),
                case.newly_excluded.as_slice(),
                case.newly_offered.as_slice(),
            ];
            for (place, kinds) in all.into_iter().enumerate() {
                for kind in kinds {
                    let counts = counts.entry(*kind).or_default();
                    counts.iter_mut().skip(place).take(1).for_each(|count| *count += 1);
                }
            }
        }
        let kind = |(kind, counts): (RemedyKind, [i32; 4])| {
            let [first_then, first_now, newly_excluded, newly_offered] = counts;
            DryRunKind { kind, first_then, first_now, newly_excluded, newly_offered }
        };
        counts.into_iter().map(kind).collect()
    }
}

/// What came out of a stored suggestion.
#[derive(Deserialize)]
struct Outcome {
    alternatives: Vec<Offered>,
}

#[derive(Deserialize)]
struct Offered {
    kind: String,
    expected_cost: i64,
}

/// Compares the latest suggestions of so many cases.
pub(super) async fn run(conn: &Conn, shop: &Shop, policies: Policies, cases: u32) -> Result<DryRun> {
    let rows = suggestion::latest_of_cases(conn, &shop.id, cases).await?;
    // A thousand suggestions with their draws are work for a moment that no other call should wait for.
    let compared = tokio::task::spawn_blocking(move || {
        rows.iter().map(|row| compare(row, &policies)).collect::<Vec<Option<DryRunCase>>>()
    });
    let compared =
        compared.await.map_err(|error| AppError::Internal(format!("a dry run did not end: {error}")))?;
    let incomparable = compared.iter().filter(|case| case.is_none()).count();
    Ok(DryRun { cases: compared.into_iter().flatten().collect(), incomparable })
}

fn compare(row: &SuggestionRow, policies: &Policies) -> Option<DryRunCase> {
    let inputs = Inputs::read(&row.body).ok()?;
    let outcome: Outcome = serde_json::from_str(&row.body).ok()?;
    let offered = |one: &Offered| Some((one.kind.parse().ok()?, one.expected_cost));
    let then: Vec<(RemedyKind, i64)> = outcome.alternatives.iter().map(offered).collect::<Option<_>>()?;
    let now = under(&inputs, policies);
    let now: Vec<(RemedyKind, i64)> =
        now.alternatives.iter().map(|a| (a.kind, a.expected_cost.minor_units)).collect();
    let without = |some: &[(RemedyKind, i64)], others: &[(RemedyKind, i64)]| {
        let gone = |(kind, _): &&(RemedyKind, i64)| !others.iter().any(|(other, _)| other == kind);
        some.iter().filter(gone).map(|(kind, _)| *kind).collect()
    };
    Some(DryRunCase {
        case: row.case?,
        at: row.at,
        then: then.first().copied(),
        now: now.first().copied(),
        newly_excluded: without(&then, &now),
        newly_offered: without(&now, &then),
    })
}

/// What would be suggested under the document. A case is drawn for once, and what came first stays
/// first; here that would hide what the document changes, so it is drawn for anew where the draw under
/// the document is another than under the policy in force.
fn under(inputs: &Inputs, policies: &Policies) -> Suggestion {
    let again = Inputs { draw: Draw { first: None, ..inputs.draw }, ..inputs.clone() };
    let first = |suggestion: &Suggestion| suggestion.alternatives.first().map(|a| a.kind);
    let drawn = again.suggest(&policies.document);
    if first(&drawn) == first(&again.suggest(&policies.in_force)) {
        inputs.suggest(&policies.document)
    } else {
        drawn
    }
}
