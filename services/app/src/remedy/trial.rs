//! The trial of a case: what its first suggestion began with and by which
//! chance, kept so that what the order causes can be measured.

use amends_domain::learning::trial::{Outcome, Trial};
use amends_domain::order::Line;
use amends_domain::remedy::Remedy;
use amends_domain::{CaseId, ShopId};
use amends_store::{Conn, trial};

use crate::error::Result;
use crate::work::Work;

/// Begins the trial of a case with its first suggestion. Later suggestions keep it.
pub(super) fn begin(work: &mut Work, shop: &ShopId, trial: Trial, line: Option<&Line>) {
    let returned = trial.returned(line.and_then(|line| line.counted));
    let outcome = Outcome { returned, ..Outcome::default() };
    work.write(trial::begin(&[(shop.clone(), trial, outcome)]));
}

/// The trial of a case, if it has one; of the chances only that of what came first.
pub(super) async fn of(conn: &Conn, shop: &ShopId, case: CaseId) -> Result<Option<Trial>> {
    let found = trial::of_cases(&[(shop.clone(), case)]).all(conn).await?;
    Ok(found.into_iter().next().map(|(trial, _)| trial))
}

/// Lets the trial follow a remedy that took a step and is written. It stays that of the case on
/// which the remedy was proposed, whatever that was merged into.
pub(super) fn follow(work: &mut Work, remedy: &Remedy) {
    if let Some(stake) = remedy.stake {
        work.write([trial::follow_remedies(&[(remedy.shop.clone(), stake.case)])]);
    }
}
