//! Solving a case, and opening it again.

use amends_domain::case::{Case, Outcome, Verb};
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::order::{Help, HelpKind, Line};
use amends_domain::remedy::RemedyStage;
use amends_domain::{CaseId, ShopId};
use amends_store::{Conn, buyer, order, remedy};

use super::contact::stamp;
use super::desk::check_text;
use super::summary::{CaseSummary, summary};
use super::{DESK, NOTE_CHARS_MAX, Target, keep, open, tell};
use crate::buyer::is_erased;
use crate::error::Result;
use crate::restate;
use crate::runner::Command;
use crate::work::Work;

/// Marks a case solved.
#[derive(Debug, Clone)]
pub struct SolveCase {
    /// Which case, under which hold.
    pub target: Target,
    /// How.
    pub outcome: Outcome,
    /// A note for colleagues; required for `OTHER`.
    pub note: String,
    /// The root cause as the agent found it; none leaves what was detected.
    pub reason: Option<Reason>,
}

/// Opens a solved case again.
#[derive(Debug, Clone)]
pub struct ReopenCase {
    /// The tenant.
    pub shop: ShopId,
    /// Which case.
    pub case: CaseId,
    /// The version the caller saw.
    pub version: i64,
    /// A note for colleagues; may be empty.
    pub note: String,
}

impl Command for SolveCase {
    type Output = CaseSummary;

    const NAME: &'static str = "SolveCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<CaseSummary> {
        work.call.principal.require(DESK)?;
        check_text("note", &self.note, NOTE_CHARS_MAX, self.outcome == Outcome::Other)?;
        let info = work.app.shops().get(&work.tx, &self.target.shop, work.now).await?;
        let before = open(work, &self.target.shop, self.target.case).await?;
        let close_at = work.now + info.policy.close_after;
        let verb = Verb::Solve {
            hold: self.target.hold(&work.call.principal.name),
            outcome: self.outcome,
            close_at,
            remedy_in_flight: remedy_in_flight(&work.tx, &before).await?,
        };
        let mut after = before.clone().apply(verb, work.now)?;
        if let Some(found) = self.reason {
            after.reasons.retain(|reason| *reason != found);
            after.reasons.insert(0, found);
        }
        keep(work, &before, &after).await?;
        tell(work, &after, Event::CaseSolved { outcome: self.outcome, close_at }, &self.note).await?;
        after_solved(work, &after, self.outcome).await?;
        summary(&work.tx, after).await
    }
}

impl Command for ReopenCase {
    type Output = CaseSummary;

    const NAME: &'static str = "ReopenCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    /// The reviews keep when their case was first solved: they are followed from then on, and a
    /// reversal that came before the next solution must not drop out of the curve.
    async fn run(self, work: &mut Work) -> Result<CaseSummary> {
        work.call.principal.require(DESK)?;
        check_text("note", &self.note, NOTE_CHARS_MAX, false)?;
        let before = open(work, &self.shop, self.case).await?;
        let after = before.clone().apply(Verb::Reopen { version: self.version }, work.now)?;
        keep(work, &before, &after).await?;
        let event = Event::CaseReopened { reopen_count: after.reopen_count, cause: "AGENT".to_owned() };
        tell(work, &after, event, &self.note).await?;
        summary(&work.tx, after).await
    }
}

/// Whether an offer or promise is still open.
pub(super) async fn remedy_in_flight(conn: &Conn, case: &Case) -> Result<bool> {
    let remedies = remedy::of_cases(conn, &[(case.shop.clone(), case.id)]).await?;
    Ok(remedies.iter().map(|remedy| remedy.state.stage()).any(RemedyStage::in_flight))
}

/// What follows for reviews and the order line when a case is solved.
pub(crate) async fn after_solved(work: &mut Work, case: &Case, outcome: Outcome) -> Result<()> {
    let now = work.now;
    stamp(work, case, move |handling| {
        handling.solved_at.get_or_insert(now);
    })
    .await?;
    offer_survey(work, case, outcome).await?;
    if outcome == Outcome::TalkedThrough { talked_through(work, case).await } else { Ok(()) }
}

/// Whoever sends surveys is told that this solution may be judged, unless the buyer was not
/// helped or wants no contact.
async fn offer_survey(work: &mut Work, case: &Case, outcome: Outcome) -> Result<()> {
    let buyer: Vec<_> = case.buyer.map(|buyer| (case.shop.clone(), buyer)).into_iter().collect();
    let known = buyer::get(&work.tx, &buyer).await?;
    let left_alone = known.iter().any(|one| one.opted_out_at.is_some());
    if !outcome.may_ask_satisfaction() || left_alone || is_erased(&work.tx, case).await? {
        return Ok(());
    }
    let (solution, order) = (case.solutions, case.subject.order().cloned());
    tell(work, case, Event::SatisfactionDue { solution, outcome, order }, "").await
}

/// A buyer who was talked to keeps the article: the help against a return, if none was given since
/// they wanted to return it.
async fn talked_through(work: &mut Work, case: &Case) -> Result<()> {
    let (Some(order), Some(line)) = (case.subject.order(), case.subject.line()) else { return Ok(()) };
    let lines = order::get(&work.tx, &case.shop, order).await?;
    let open = |l: &Line| l.helped.is_none() || l.is_helped_too_early();
    let Some(before) = lines.into_iter().find(|l| l.line == *line && open(l)) else {
        return Ok(());
    };
    // Nothing is avoided that nobody asked to return.
    let bought = before.purchase.as_ref().map(|purchase| purchase.quantity);
    let asked = before.requested.map(|units| units.units);
    let units = match (asked, bought) {
        (Some(asked), Some(bought)) => asked.min(bought),
        (Some(units), None) | (None, Some(units)) => units,
        (None, None) => before.delivered.map_or(1, |units| units.units),
    };
    let mut after = before.clone();
    after.helped = Some(Help { kind: HelpKind::TalkedThrough, at: work.now, units });
    // Another help opens another window.
    after.confirmed_at = None;
    let info = work.app.shops().get(&work.tx, &case.shop, work.now).await?;
    restate::line(work, &info, Some(case.id), &before, &after).await
}
