//! Contact with the buyer: the first one stops the first-response clock.

use amends_domain::case::{Case, State, Verb};
use amends_domain::event::Event;
use amends_domain::tally::ReviewHandling;
use amends_domain::{BuyerKey, EventId, ShopId, Span, Time};
use amends_store::contact::{self, ContactRow};

use super::desk::{check_text, tell_when};
use super::summary::{CaseSummary, summary};
use super::{DESK, TEXT_CHARS_MAX, Target, keep, open};
use crate::error::{AppError, Result, Violation, Why};
use crate::guard::{Budget, words_of};
use crate::restate;
use crate::runner::Command;
use crate::work::Work;

/// Records that a person answered the buyer, or tried to.
#[derive(Debug, Clone)]
pub struct RecordContact {
    /// Which case, under which hold.
    pub target: Target,
    /// By what means, as a short word such as `CHAT`.
    pub means: String,
    /// Whether the buyer was reached.
    pub reached: bool,
    /// What was said; may be empty.
    pub text: String,
    /// When it happened; none means now.
    pub at: Option<Time>,
}

impl Command for RecordContact {
    type Output = CaseSummary;

    const NAME: &'static str = "RecordContact";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<CaseSummary> {
        work.call.principal.require(DESK)?;
        check_text("text", &self.text, TEXT_CHARS_MAX, false)?;
        let at = self.at(work)?;
        let agent = work.call.principal.name.clone();
        let before = open(work, &self.target.shop, self.target.case).await?;
        // What was said before the case was opened was not said about the case.
        let at = at.max(before.opened_at);
        let mut after = before.clone().apply(Verb::Act { hold: self.target.hold(&agent) }, work.now)?;
        after.first_human_action_at = before.first_human_action_at.or(Some(at));
        if self.reached {
            // Whoever has just been answered waits for nothing.
            after.waiting_since = after.waiting_since.filter(|since| *since > at);
        }
        keep(work, &before, &after).await?;
        if before.handling.state() == State::Claimed {
            // Both when they happened: a call that is written down later has been made then.
            let id = EventId::from_bits(work.id());
            tell_when(work, &after, (id, at), Event::WorkStarted { agent: agent.clone() }, "").await?;
        }
        let event = Event::ContactRecorded { agent, means: self.means, reached: self.reached };
        let id = EventId::from_bits(work.id());
        tell_when(work, &after, (id, at), event, &self.text).await?;
        if let Some(buyer) = before.buyer.filter(|_| self.reached) {
            count(work, &before, buyer, at, id).await?;
        }
        let reached = self.reached;
        stamp(work, &after, move |handling| {
            first(&mut handling.first_human_action_at, at);
            if reached {
                first(&mut handling.contacted_at, at);
            }
        })
        .await?;
        summary(&work.tx, after).await
    }
}

/// What was said elsewhere counts like what goes out from here, unless it answered the buyer.
async fn count(work: &mut Work, case: &Case, buyer: BuyerKey, at: Time, id: EventId) -> Result<()> {
    let info = work.app.shops().get(&work.tx, &case.shop, work.now).await?;
    let budget = Budget::load(&work.tx, &info, Some(buyer), "", work.now).await?;
    if !words_of(&work.tx, case, &budget).await?.are_answered(at) {
        let contact =
            ContactRow { shop: case.shop.clone(), buyer, id: id.to_string(), kind: "CONTACT".to_owned(), at };
        work.write([contact::put(&[contact])]);
    }
    Ok(())
}

impl RecordContact {
    fn at(&self, work: &Work) -> Result<Time> {
        let Some(at) = self.at else { return Ok(work.now) };
        let skew = work.app.settings().clock_skew.as_micros();
        let latest = work.now + Span::from_micros(i64::try_from(skew).unwrap_or(i64::MAX));
        if at > latest {
            let (field, problem) = ("contact_time".to_owned(), "must not lie in the future".to_owned());
            return Err(AppError::Invalid(vec![Violation { field, problem, why: Why::Future }]));
        }
        Ok(at.min(work.now))
    }
}

fn first(stamp: &mut Option<Time>, at: Time) {
    *stamp = Some(stamp.map_or(at, |earlier| earlier.min(at)));
}

/// Stamps the reviews of a case with the first human action on it: what changes
/// in a review before that is natural, and nobody's merit.
pub(crate) async fn stamp_first_action(work: &mut Work, case: &Case, at: Time) -> Result<()> {
    stamp(work, case, move |handling| first(&mut handling.first_human_action_at, at)).await
}

/// Stamps the reviews of a case with a contact that reached the buyer.
pub(crate) async fn stamp_contact(work: &mut Work, case: &Case, at: Time) -> Result<()> {
    stamp(work, case, move |handling| {
        first(&mut handling.first_human_action_at, at);
        first(&mut handling.contacted_at, at);
    })
    .await
}

/// Changes what was done about the reviews of a case, and restates their figures.
pub(super) async fn stamp(
    work: &mut Work,
    case: &Case,
    change: impl Fn(&mut ReviewHandling) + Send,
) -> Result<()> {
    let rows = restate::reviews_held(work, case).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let info = work.app.shops().get(&work.tx, &case.shop, work.now).await?;
    restate::reviews(work, &info, rows, move |row| change(&mut row.handling)).await?;
    Ok(())
}
