//! What a command works with: its transaction, its instant, and the things it
//! wants written at the end.
//!
//! A command collects events, deadlines and counts; the runner sends them
//! together just before it commits.

use std::collections::HashMap;

use amends_domain::case::Case;
use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_domain::event::Event;
use amends_domain::rollup::{Grain, Sealed};
use amends_domain::sla::Row;
use amends_domain::subject::Anchor;
use amends_domain::tally::Counted;
use amends_domain::{AgentId, BuyerKey, CaseId, EventId, ShopId, Time};
use amends_store::bulk::Write;
use amends_store::course::CourseRow;
use amends_store::event::EventRow;
use amends_store::{Of, Tx, agent_performance, case, deadline, event, lag, lock, rollup};

use crate::agent_performance::made;
use crate::app::App;
use crate::call::Call;
use crate::course::Courses;
use crate::error::Result;
use crate::rolled::Rolled;
use crate::sla;

/// A transaction under way.
#[derive(Debug)]
pub struct Work {
    /// The transaction.
    pub tx: Tx,
    /// The one instant at which everything in it happens.
    pub now: Time,
    /// The service.
    pub app: App,
    /// The call that caused it.
    pub call: Call,
    changes: Changes,
    /// Whether the clocks have heard what happened.
    heard: bool,
}

/// What is to be written at the end.
#[derive(Debug, Default)]
pub struct Changes {
    writes: Vec<Write>,
    events: Vec<EventRow>,
    deadlines: Vec<DeadlineChange>,
    rolled: Rolled,
    courses: Courses,
}

/// What was written, for the metrics and for whoever waits for it.
#[derive(Debug, Default)]
pub struct Written {
    /// The events, in order.
    pub events: Vec<EventRow>,
    /// Whether a deadline was set.
    pub deadlines_set: bool,
}

impl Work {
    pub(crate) fn new(tx: Tx, now: Time, app: App, call: Call) -> Self {
        Self { tx, now, app, call, changes: Changes::default(), heard: false }
    }

    /// The bits of a new identifier.
    #[must_use]
    pub fn id(&self) -> u128 {
        self.app.ids().next(self.now)
    }

    /// Makes this transaction the only one that writes about these anchors.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn lock(&self, anchors: impl IntoIterator<Item = (&ShopId, &Anchor)>) -> Result<()> {
        let buckets: Vec<i64> =
            anchors.into_iter().map(|(shop, anchor)| lock::bucket(shop, anchor)).collect();
        lock::anchors(&self.tx, &buckets).await?;
        Ok(())
    }

    /// The same, while none of these buyers is being erased.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn lock_named(
        &self,
        anchors: impl IntoIterator<Item = (&ShopId, &Anchor)>,
        buyers: &[Of<BuyerKey>],
    ) -> Result<()> {
        let buckets: Vec<i64> =
            anchors.into_iter().map(|(shop, anchor)| lock::bucket(shop, anchor)).collect();
        Ok(lock::named(&self.tx, &buckets, buyers).await?)
    }

    /// Makes this transaction the only one that gives cases to these agents.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn lock_agents(&self, shop: &ShopId, agents: &[AgentId]) -> Result<()> {
        Ok(lock::agents(&self.tx, shop, agents, &[]).await?)
    }

    /// The same, and the only one that writes about these anchors: all of it in one go and in one
    /// order for everyone, so that two never wait for each other.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn lock_agent_and(&self, shop: &ShopId, agent: &AgentId, anchors: &[Anchor]) -> Result<()> {
        let buckets: Vec<i64> = anchors.iter().map(|anchor| lock::bucket(shop, anchor)).collect();
        Ok(lock::agents(&self.tx, shop, std::slice::from_ref(agent), &buckets).await?)
    }

    /// Makes this transaction the only one that writes about the incidents of a shop.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn lock_incidents(&self, shop: &ShopId) -> Result<()> {
        Ok(lock::anchors(&self.tx, &[lock::incidents(shop)]).await?)
    }

    /// Makes this transaction the only one that sets a form or draws samples of a shop.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn lock_quality(&self, shop: &ShopId) -> Result<()> {
        Ok(lock::anchors(&self.tx, &[lock::quality(shop)]).await?)
    }

    /// Notes that something happened, now and by this call.
    pub fn happened(&mut self, shop: &ShopId, case: Option<CaseId>, event: Event) {
        let (actor, cause, now) = (self.call.actor(), self.call.cause.clone(), self.now);
        let row = EventRow {
            shop: shop.clone(),
            id: EventId::from_bits(self.id()),
            case,
            event,
            actor,
            cause,
            trace: self.call.trace.clone(),
            occurred_at: now,
            recorded_at: now,
        };
        self.changes.events.push(row);
    }

    /// Notes something that happened at another time or by another cause.
    pub fn happened_as(&mut self, row: EventRow) {
        self.changes.events.push(row);
    }

    /// Sets or moves a deadline.
    pub fn due(&mut self, shop: &ShopId, kind: DeadlineKind, subject: impl ToString, due_at: Time) {
        let deadline = Deadline { shop: shop.clone(), kind, subject: subject.to_string(), due_at };
        self.changes.deadlines.push(DeadlineChange::Set(deadline));
    }

    /// Sets or forgets a deadline that was decided elsewhere.
    pub fn change_deadline(&mut self, change: DeadlineChange) {
        self.changes.deadlines.push(change);
    }

    /// Forgets a deadline.
    pub fn not_due(&mut self, shop: &ShopId, kind: DeadlineKind, subject: impl ToString) {
        let subject = subject.to_string();
        self.changes.deadlines.push(DeadlineChange::Clear { shop: shop.clone(), kind, subject });
    }

    /// Leaves a write for the end, when nothing reads what it changes before.
    pub fn write(&mut self, writes: impl IntoIterator<Item = Write>) {
        self.changes.writes.extend(writes);
    }

    /// Counts what a fact gives now instead of what it gave before.
    pub fn count(&mut self, shop: &ShopId, before: &Counted, after: &Counted) {
        if before != after {
            self.changes.rolled.add(shop, before, -1);
            self.changes.rolled.add(shop, after, 1);
        }
    }

    /// The same of several facts at once.
    pub(crate) fn recount(&mut self, shop: &ShopId, before: &[Counted], after: &[Counted]) {
        before.iter().for_each(|counted| self.changes.rolled.add(shop, counted, -1));
        after.iter().for_each(|counted| self.changes.rolled.add(shop, counted, 1));
    }

    /// A case as it will be stored at the end; `changed` counts it anew.
    pub(crate) fn know(&mut self, case: &Case, changed: bool) {
        self.changes.courses.know(case, changed);
    }

    /// A case is counted anew, as it will be stored by the end.
    pub(crate) fn touch(&mut self, shop: &ShopId, case: CaseId) {
        self.changes.courses.touch(shop, case);
    }

    /// Courses and clocks as they are stored.
    pub(crate) fn know_courses(&mut self, courses: Vec<CourseRow>, clocks: &sla::Known) {
        self.changes.courses.know_stored(courses, clocks);
    }

    /// The clocks of a case went on.
    pub(crate) fn turned(&mut self, case: &Of<CaseId>, before: Option<&[Row]>, after: &[Row]) {
        self.changes.courses.turn(case, before.unwrap_or_default(), after);
    }

    /// The case that it all is about, as far as one is told of.
    pub(crate) fn case(&self) -> Option<CaseId> {
        self.changes.events.iter().find_map(|row| row.case)
    }

    /// Counts what cases add now.
    async fn follow(&mut self) -> Result<()> {
        let courses = std::mem::take(&mut self.changes.courses);
        let events = std::mem::take(&mut self.changes.events);
        let followed = courses.follow(self, &events).await;
        self.changes.events = events;
        followed
    }

    /// Everything that follows from what was collected; with how far the shops are sealed of which old days
    /// change, which they stay until the end.
    async fn gather(&mut self) -> Result<HashMap<ShopId, Sealed>> {
        if !self.heard {
            self.hear().await?;
        }
        if !self.app.settings().rollups {
            return Ok(HashMap::new());
        }
        self.follow().await?;
        // Wherever the shop is, its day is at most one ahead.
        let tomorrow = Grain::Day.end(self.now.day());
        let shops: Vec<&ShopId> = self.changes.rolled.shops_of_past(tomorrow).into_iter().collect();
        Ok(rollup::sealed_until_end(&self.tx, &shops).await?)
    }

    /// Says that the clocks have heard all that happened and happens from here on.
    pub(crate) fn clocks_have_heard(&mut self) {
        self.heard = true;
    }

    /// Lets the clocks hear what happened.
    async fn hear(&mut self) -> Result<()> {
        let mut events = std::mem::take(&mut self.changes.events);
        let heard = sla::hear(self, &events, None).await?;
        events.extend(heard.told);
        self.changes.events = events;
        self.write([case::promise(&heard.due)]);
        Ok(())
    }

    /// Writes what was collected and commits.
    pub(crate) async fn finish(mut self, shard: i64) -> Result<Written> {
        let sealed = match self.gather().await {
            Ok(sealed) => sealed,
            Err(error) => {
                self.abandon().await;
                return Err(error);
            }
        };
        let counts = self.app.settings().rollups;
        let Changes { mut writes, events, deadlines, rolled, .. } = std::mem::take(&mut self.changes);
        writes.push(event::append(&events));
        writes.extend(agent_performance::keep(&made(&events)));
        writes.extend(deadline::apply(&deadlines));
        if counts {
            writes.extend(rollup::add(shard, &sealed, &rolled.cells(&sealed)));
            writes.push(lag::add(shard, &rolled.lags()));
        }
        if let Err(error) = self.tx.send(writes).await {
            self.abandon().await;
            return Err(error.into());
        }
        self.tx.commit().await?;
        let deadlines_set = deadlines.iter().any(|d| matches!(d, DeadlineChange::Set(_)));
        Ok(Written { events, deadlines_set })
    }

    /// Gives everything up.
    pub(crate) async fn abandon(self) {
        // The connection goes back clean; when that fails, the database undoes
        // the transaction by itself as soon as the connection ends.
        if let Err(error) = self.tx.rollback().await {
            tracing::debug!(%error, "a transaction could not be rolled back");
        }
    }
}
