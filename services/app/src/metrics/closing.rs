//! Whether the window of every member of a cohort has closed.
//!
//! Which window a member has follows from the row of policy on its day, so the latest end of all windows
//! is known from the rows that were in force on the days of the cohort, whoever its members are. Only the
//! window of a review whose order was delivered after it was first seen ends later than that: those are
//! few, and are looked up.

use std::collections::HashMap;
use std::sync::Arc;

use amends_domain::policy::{ChannelPolicy, EditFrom, EditWindow};
use amends_domain::{ShopId, Span, Time};
use amends_store::Conn;
use amends_store::review::{self, Open};

use super::Days;
use crate::error::Result;
use crate::shops::ShopInfo;

/// Shops whose members are summed together.
pub(super) type Group = Vec<Arc<ShopInfo>>;

/// What can no longer change for the lines of a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closed {
    /// Requests and counting events come too late for every member.
    pub(super) returns: bool,
    /// So does a counting event after help that was given by now.
    pub(super) help: bool,
}

/// What is needed to say so.
#[derive(Debug)]
pub(super) struct Closing {
    now: Time,
    groups: Vec<Group>,
    /// When reviews were first seen whose window is open because of a later delivery.
    open: HashMap<ShopId, Vec<Time>>,
}

impl Closing {
    pub(super) fn new(now: Time, groups: Vec<Group>) -> Self {
        Self { now, groups, open: HashMap::new() }
    }

    /// The instant for which it holds.
    pub(super) const fn now(&self) -> Time {
        self.now
    }

    /// Looks up the reviews of these days that were delivered late.
    pub(super) async fn look(&mut self, conn: &Conn, days: Days) -> Result<()> {
        let mut asked = Vec::new();
        for info in self.groups.iter().flatten() {
            let (from, until) = (info.zone.start(days.from), info.zone.start(days.until));
            let from_delivery =
                info.in_force(from, until).filter_map(|(policy, _)| match policy.edit_window {
                    EditWindow::Days { days, from: EditFrom::Delivered } => {
                        Some(Span::from_days(i64::from(days)))
                    }
                    _ => None,
                });
            let longest = from_delivery.max();
            asked.extend(longest.map(|window| Open {
                shop: info.shop.id.clone(),
                from,
                until,
                delivered_after: self.now - window,
            }));
        }
        for (shop, first_seen) in review::open_since_delivery(conn, asked).await? {
            self.open.entry(shop).or_default().push(first_seen);
        }
        Ok(())
    }

    /// Whether no review first seen on these days can be edited any more; where it can be for ever, never.
    pub(super) fn of_reviews(&self, group: usize, days: Days) -> bool {
        let closed = |info: &Arc<ShopInfo>| {
            let (from, until) = (info.zone.start(days.from), info.zone.start(days.until));
            let inside = |at: &Time| (from..until).contains(at);
            let delivered_late = self.open.get(&info.shop.id).is_some_and(|all| all.iter().any(inside));
            !delivered_late && self.is_over(info, days, |policy| edit_window(policy.edit_window))
        };
        self.shops(group).all(closed)
    }

    /// What can no longer change for lines that were delivered, or wanted back, on these days.
    pub(super) fn of_lines(&self, group: usize, days: Days) -> Closed {
        let returns = |info: &Arc<ShopInfo>| self.is_over(info, days, |policy| Some(policy.return_window));
        // Help may come at any time from the wish on, and has the window of its own day.
        let help = |info: &Arc<ShopInfo>| {
            let (from, until) = (info.zone.start(days.from), info.zone.start(days.until));
            let windows = info.in_force(from, self.now.max(until)).map(|(policy, _)| policy.avoid_window);
            until + windows.max().unwrap_or(Span::ZERO) <= self.now
        };
        Closed { returns: self.shops(group).all(returns), help: self.shops(group).all(help) }
    }

    /// Whether so much time has passed since the end of these days.
    pub(super) fn is_past(&self, group: usize, days: Days, since: Span) -> bool {
        self.shops(group).all(|info| info.zone.start(days.until) + since <= self.now)
    }

    /// Whether there is a shop that the filters leave.
    pub(super) fn is_of_any(&self) -> bool {
        self.groups.iter().any(|group| !group.is_empty())
    }

    fn shops(&self, group: usize) -> impl Iterator<Item = &Arc<ShopInfo>> {
        self.groups.get(group).into_iter().flatten()
    }

    /// Whether every window is over that began on these days; none of the window for one without an end.
    fn is_over(&self, info: &ShopInfo, days: Days, window: fn(&ChannelPolicy) -> Option<Span>) -> bool {
        let (from, until) = (info.zone.start(days.from), info.zone.start(days.until));
        until <= self.now
            && info
                .in_force(from, until)
                .all(|(policy, end)| window(policy).is_some_and(|window| end + window <= self.now))
    }
}

const fn edit_window(window: EditWindow) -> Option<Span> {
    match window {
        EditWindow::None => Some(Span::ZERO),
        EditWindow::Always => None,
        EditWindow::Days { days, .. } => Some(Span::from_days(days as i64)),
    }
}
