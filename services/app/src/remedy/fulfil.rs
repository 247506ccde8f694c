//! What the back end that carries a remedy out reports.

use amends_domain::case::Verb;
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::ledger::GrantState;
use amends_domain::order::{Help, HelpKind, Line};
use amends_domain::remedy::{NoticeKind, Remedy, RemedyStage, RemedyState, RemedyVerb, Takes};
use amends_domain::{RemedyId, ShopId, Span, Time};
use amends_store::remedy;

use super::step::{Right, open_remedy};
use super::{RemedyOfCase, ledger, stock, trial, twice};
use crate::buyer::is_erased;
use crate::call::Role;
use crate::error::{AppError, Result, Violation, Why};
use crate::restate;
use crate::runner::Command;
use crate::work::Work;

/// The longest tracking number and the longest reason of a failure, in characters.
const TRACKING_CHARS_MAX: usize = 200;
const FAILURE_CHARS_MAX: usize = 500;

/// How far the carrying out of a remedy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// It has begun, or begins again after a failure.
    Executing,
    /// It is done.
    Fulfilled {
        /// The carrier's or payment's number.
        tracking: String,
    },
    /// It could not be done.
    Failed {
        /// Why.
        why: String,
    },
}

/// Reports how far the carrying out of a remedy is.
#[derive(Debug, Clone)]
pub struct ReportFulfilment {
    /// The tenant.
    pub shop: ShopId,
    /// The remedy.
    pub remedy: RemedyId,
    /// How far it is.
    pub report: Report,
    /// When it happened; none for now.
    pub at: Option<Time>,
}

impl Command for ReportFulfilment {
    type Output = RemedyOfCase;
    const NAME: &'static str = "ReportFulfilment";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<RemedyOfCase> {
        work.call.principal.require(&[Role::Ingest, Role::Supervisor])?;
        let (remedy, mut opened) = open_remedy(work, &self.shop, self.remedy).await?;
        self.check(work, &remedy)?;
        opened.check(work, &Right::Free, |hold| Verb::Note { hold })?;
        let (from, before, at) = (remedy.state.stage(), remedy.version, self.when(work, &remedy));
        let verb = self.verb(is_erased(&work.tx, &opened.case).await?);
        let mut remedy = remedy.apply(verb, at)?;
        let mut doubled = None;
        let event = match &remedy.state {
            RemedyState::Fulfilled { tracking, .. } => {
                ledger::settle(work, &remedy, GrantState::Confirmed).await?;
                stock::settle(work, &remedy, at).await?;
                work.not_due(&self.shop, DeadlineKind::FulfilmentDue, remedy.id);
                let fulfilled = (remedy.id, remedy.kind, tracking.clone());
                opened.case.remedied.get_or_insert(remedy.kind);
                doubled = doubled_by(work, &mut remedy).await?;
                let (remedy, kind, tracking) = fulfilled;
                Event::RemedyFulfilled { remedy, kind, tracking, at: Some(at) }
            }
            RemedyState::Failed { why, .. } => {
                ledger::settle(work, &remedy, GrantState::Released).await?;
                stock::settle(work, &remedy, at).await?;
                Event::RemedyFailed { remedy: remedy.id, why: why.clone() }
            }
            _ => {
                ledger::stands(work, &remedy).await?;
                if from == RemedyStage::Failed {
                    // The failure gave the units back; someone else may have them by now.
                    ledger::reserve_again(work, &remedy).await?;
                    stock::hold(work, &remedy).await?;
                }
                Event::RemedyExecuting { remedy: remedy.id }
            }
        };
        remedy::update(&work.tx, &remedy, before).await?;
        trial::follow(work, &remedy);
        work.happened(&self.shop, Some(remedy.case), event);
        if matches!(remedy.state, RemedyState::Fulfilled { .. }) {
            helped(work, &remedy, at).await?;
        }
        if let Some(event) = doubled {
            work.happened(&self.shop, Some(remedy.case), event);
        }
        opened.store(work).await?;
        Ok(RemedyOfCase { remedy, case: opened.case })
    }
}

impl ReportFulfilment {
    /// Of a buyer who was erased nothing is kept that leads to them.
    fn verb(&self, erased: bool) -> RemedyVerb {
        match &self.report {
            Report::Fulfilled { .. } if erased => RemedyVerb::Fulfil { tracking: String::new() },
            Report::Failed { .. } if erased => RemedyVerb::Fail { why: String::new() },
            Report::Executing => RemedyVerb::Execute,
            Report::Fulfilled { tracking } => RemedyVerb::Fulfil { tracking: tracking.clone() },
            Report::Failed { why } => RemedyVerb::Fail { why: why.clone() },
        }
    }

    /// Not before the step it follows, whatever the other side's clock says, and not ahead of ours.
    fn when(&self, work: &Work, remedy: &Remedy) -> Time {
        let since = match remedy.state {
            RemedyState::Accepted { at, .. }
            | RemedyState::Executing { at, .. }
            | RemedyState::Failed { at, .. } => at,
            _ => work.now,
        };
        self.at.map_or(work.now, |at| at.max(since).min(work.now))
    }

    fn check(&self, work: &Work, remedy: &Remedy) -> Result<()> {
        let mut wrong = Vec::new();
        let mut say = |holds: bool, field: &str, problem: &str, why: Why| {
            if holds {
                wrong.push(Violation { field: field.to_owned(), problem: problem.to_owned(), why });
            }
        };
        let form = Why::Malformed;
        match &self.report {
            Report::Executing => {}
            Report::Fulfilled { tracking } => {
                let long = tracking.chars().count() > TRACKING_CHARS_MAX;
                say(long, "fulfilment.tracking", "must have at most 200 characters", form);
                let missing = tracking.is_empty() && remedy.kind.takes() == Takes::Goods;
                say(missing, "fulfilment.tracking", "must be given for what is shipped", form);
            }
            Report::Failed { why } => {
                let long = why.chars().count() > FAILURE_CHARS_MAX;
                say(long, "fulfilment.failure", "must have at most 500 characters", form);
                say(why.is_empty(), "fulfilment.failure", "must say what went wrong", form);
            }
        }
        let skew = i64::try_from(work.app.settings().clock_skew.as_micros()).unwrap_or(i64::MAX);
        let ahead = self.at.is_some_and(|at| at > work.now + Span::from_micros(skew));
        say(ahead, "fulfilment.occur_time", "must not lie in the future", Why::Future);
        if wrong.is_empty() { Ok(()) } else { Err(AppError::Invalid(wrong)) }
    }
}

/// The buyer was helped: whether that avoids a return shows within the channel's window.
async fn helped(work: &mut Work, remedy: &Remedy, at: Time) -> Result<()> {
    let Some(of) = remedy.line.as_ref().filter(|_| remedy.kind.is_alternative()) else { return Ok(()) };
    let Some(before) = ledger::line(&work.tx, &remedy.shop, of).await? else { return Ok(()) };
    let help = Help { kind: HelpKind::Remedy, at, units: remedy.units };
    if !is_first(&before, help) {
        return Ok(());
    }
    let mut after = before.clone();
    after.helped = Some(help);
    // Another help opens another window.
    after.confirmed_at = None;
    let info = work.app.shops().get(&work.tx, &remedy.shop, work.now).await?;
    restate::line(work, &info, Some(remedy.case), &before, &after).await
}

/// It was given although the channel had refunded: that is never silent.
async fn doubled_by(work: &Work, remedy: &mut Remedy) -> Result<Option<Event>> {
    let Some(refund) = ledger::paid_twice(work, remedy).await? else { return Ok(None) };
    let said = refund.row.refund.map(|money| (money.minor_units, money.currency.to_string())).unzip();
    remedy.tell(refund.row.return_id.clone(), NoticeKind::Twice);
    Ok(Some(twice(remedy, refund.row.return_id, said)))
}

/// The first help against a return stands; the buyer's own withdrawal is none that the seller gave.
fn is_first(line: &Line, help: Help) -> bool {
    line.is_helped_too_early()
        || line.helped.is_none_or(|old| old.kind == HelpKind::Withdrawn || old.at > help.at)
}
