//! What falls due: a timer does what anyone could have done, by the same steps.
//!
//! Each deadline is one command in one transaction, which reads the deadline
//! again under the lock of its subject and deletes it. So it fires once in
//! effect, however many sweepers run and whatever crashes between.

use amends_domain::deadline::{Deadline, DeadlineKind};
use amends_domain::{AgentId, BuyerKey, CaseId, Day, LineId, OrderId, RemedyId, ReplyId, ShopId, Span};
use amends_store::{StoreError, deadline};

use crate::agent::PresenceOver;
use crate::app::App;
use crate::buyer::EraseStep;
use crate::call::Call;
use crate::error::{AppError, Result};
use crate::remedy::{ExpireOffer, FulfilmentOverdue};
use crate::reply::DeliveryOverdue;
use crate::runner::Command;
use crate::telemetry;
use crate::work::Work;

mod confirm;
mod delivery;
mod timer;

/// After how long a deadline is tried again that could not be done.
const TRY_AGAIN_AFTER: Span = Span::from_minutes(5);

/// The name that the service's own timers act under.
const TIMER: &str = "timer";

/// Does what one deadline says; answers whether it was still due.
#[derive(Debug, Clone)]
pub struct FireDeadline {
    /// The deadline as it was found.
    pub deadline: Deadline,
}

/// Moves a deadline that could not be done, so that it does not block the others.
#[derive(Debug, Clone)]
struct PostponeDeadline {
    deadline: Deadline,
}

/// Forgets a deadline whose subject refuses what it wants.
#[derive(Debug, Clone)]
struct ForgetDeadline {
    deadline: Deadline,
}

impl App {
    /// Does what is due by now, the longest overdue first; says how many deadlines that were.
    ///
    /// One that fails is said once, tried again later, and holds up no other.
    ///
    /// # Errors
    /// When storage cannot be reached.
    pub async fn run_due(&self, limit: u32) -> Result<usize> {
        let (conn, now) = (self.store().reader(), self.now());
        let name = AgentId::new(TIMER).map_err(|e| AppError::Internal(e.to_string()))?;
        // Apart, because a lane that is full makes parcels wait, and parcels only.
        let parcels = deadline::due_of(&conn, DeadlineKind::DeliveryDue, true, now, limit).await?;
        let others = deadline::due_of(&conn, DeadlineKind::DeliveryDue, false, now, limit).await?;
        let found = others.len() + parcels.len();
        for deadline in &others {
            let call = Call::by_timer(&name, format!("timer.{}", deadline.kind));
            let fired = self.perform(call.clone(), FireDeadline { deadline: deadline.clone() }).await;
            match fired {
                Ok(true) => telemetry::deadline_came(deadline.kind.as_str()),
                Ok(false) => {}
                Err(error @ AppError::Store(StoreError::Unavailable(_))) => return Err(error),
                // Whoever is in the way will be gone by the next look.
                Err(error) if error.is_contention() => tracing::debug!(%error, "a deadline waits its turn"),
                // An agent who is gone is still gone, whatever one of their cases refused.
                Err(
                    AppError::Case(_) | AppError::Remedy(_) | AppError::Reply(_) | AppError::NotFound { .. },
                ) if deadline.kind != DeadlineKind::PresenceExpiry => {
                    // What it was set for has gone another way.
                    self.put_aside(call, ForgetDeadline { deadline: deadline.clone() }).await?;
                }
                Err(error) => {
                    let (kind, subject) = (deadline.kind, &deadline.subject);
                    tracing::error!(%error, %kind, subject, "a deadline failed; it is tried again later");
                    self.put_aside(call, PostponeDeadline { deadline: deadline.clone() }).await?;
                }
            }
        }
        // What waits is no reason to look again at once.
        let waiting = self.deliveries_due(&name, &parcels).await?;
        Ok(found - waiting)
    }

    /// Forgets or moves a deadline. If somebody is in the way for long it stays due, and the others
    /// do not wait for that.
    async fn put_aside<C: Command<Output = ()>>(&self, call: Call, command: C) -> Result<()> {
        match self.perform(call, command).await {
            Err(error) if error.is_contention() => {
                tracing::debug!(%error, "a deadline that could not be done waits its turn");
                Ok(())
            }
            other => other,
        }
    }
}

impl Command for FireDeadline {
    type Output = bool;

    const NAME: &'static str = "FireDeadline";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.deadline.shop)
    }

    async fn run(self, work: &mut Work) -> Result<bool> {
        let Deadline { shop, kind, .. } = &self.deadline;
        match kind {
            DeadlineKind::LeaseExpiry
            | DeadlineKind::BuyerReminder
            | DeadlineKind::BuyerSilence
            | DeadlineKind::Wake
            | DeadlineKind::AutoClose
            | DeadlineKind::ChannelDeadline
            | DeadlineKind::Sla => {
                let id: CaseId = self.subject()?;
                let case = crate::case::open(work, shop, id).await?;
                if !take(work, &self.deadline).await? {
                    return Ok(false);
                }
                timer::fire(work, &self.deadline, case).await?;
            }
            DeadlineKind::AvoidedConfirmation => {
                let (order, line) = self.line()?;
                confirm::lock(work, shop, &order).await?;
                if !take(work, &self.deadline).await? {
                    return Ok(false);
                }
                confirm::fire(work, shop, &order, &line).await?;
            }
            DeadlineKind::IncidentLook => {
                work.lock_incidents(shop).await?;
                if !take(work, &self.deadline).await? {
                    return Ok(false);
                }
                crate::incident::look(work, shop).await?;
            }
            DeadlineKind::QualityDraw => return self.draw(work).await,
            // Parcels are looked at together, where signals are taken in.
            DeadlineKind::DeliveryDue => return Err(self.malformed()),
            // The others lock, look again and clear by themselves.
            DeadlineKind::OfferExpiry => {
                let (shop, remedy): (_, RemedyId) = (shop.clone(), self.subject()?);
                return ExpireOffer { shop, remedy }.run(work).await;
            }
            DeadlineKind::FulfilmentDue => {
                let (shop, remedy): (_, RemedyId) = (shop.clone(), self.subject()?);
                return FulfilmentOverdue { shop, remedy }.run(work).await;
            }
            DeadlineKind::PresenceExpiry => {
                let (shop, agent): (_, AgentId) = (shop.clone(), self.subject()?);
                return PresenceOver { shop, agent }.run(work).await;
            }
            DeadlineKind::Erasure => {
                let (shop, buyer): (_, BuyerKey) = (shop.clone(), self.subject()?);
                return EraseStep { shop, buyer }.run(work).await.map(|_| true);
            }
            DeadlineKind::ReplyDelivery => {
                let (shop, reply): (_, ReplyId) = (shop.clone(), self.subject()?);
                return DeliveryOverdue { shop, reply }.run(work).await;
            }
        }
        Ok(true)
    }
}

impl FireDeadline {
    async fn draw(&self, work: &mut Work) -> Result<bool> {
        let (shop, week): (_, i32) = (&self.deadline.shop, self.subject()?);
        work.lock_quality(shop).await?;
        let still = take(work, &self.deadline).await?;
        if still {
            crate::quality::draw_week(work, shop, Day::from_number(week)).await?;
        }
        Ok(still)
    }

    fn subject<T: std::str::FromStr>(&self) -> Result<T> {
        self.deadline.subject.parse().map_err(|_| self.malformed())
    }

    fn line(&self) -> Result<(OrderId, LineId)> {
        let (order, line) = self.deadline.subject.split_once('/').ok_or_else(|| self.malformed())?;
        let order = order.parse().map_err(|_| self.malformed())?;
        Ok((order, line.parse().map_err(|_| self.malformed())?))
    }

    fn malformed(&self) -> AppError {
        AppError::Internal(format!(
            "a deadline {} cannot be about {}",
            self.deadline.kind, self.deadline.subject
        ))
    }
}

/// Takes a deadline that is still due, under the lock of its subject.
async fn take(work: &mut Work, due: &Deadline) -> Result<bool> {
    let still = is_due(work, due).await?;
    if still {
        work.not_due(&due.shop, due.kind, &due.subject);
    }
    Ok(still)
}

async fn is_due(work: &Work, due: &Deadline) -> Result<bool> {
    let at = deadline::get(&work.tx, &due.shop, due.kind, &due.subject).await?;
    Ok(at.is_some_and(|at| at <= work.now))
}

impl Command for PostponeDeadline {
    type Output = ();

    const NAME: &'static str = "PostponeDeadline";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.deadline.shop)
    }

    async fn run(self, work: &mut Work) -> Result<()> {
        let due = &self.deadline;
        if is_due(work, due).await? {
            work.due(&due.shop, due.kind, &due.subject, work.now + TRY_AGAIN_AFTER);
        }
        Ok(())
    }
}

impl Command for ForgetDeadline {
    type Output = ();

    const NAME: &'static str = "ForgetDeadline";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.deadline.shop)
    }

    async fn run(self, work: &mut Work) -> Result<()> {
        let due = &self.deadline;
        if let Ok(id) = due.subject.parse::<CaseId>() {
            match crate::case::open(work, &due.shop, id).await {
                Ok(_) | Err(AppError::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        take(work, due).await.map(drop)
    }
}
