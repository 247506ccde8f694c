//! A case told a second time, without the engine.
//!
//! It knows no table and no due times: it goes through the history tick by
//! tick, counts on fingers, and writes out in words what each happening does.

use amends_domain::sla::{Happening, Hours, Metric, Policies, Verdict};

use crate::sla_make::about;
use crate::sla_wall::Wall;

/// One instance, in ticks.
pub(crate) struct Seen {
    pub(crate) metric: Metric,
    pub(crate) number: u32,
    pub(crate) started: i64,
    pub(crate) stopped: Option<i64>,
    cancelled: bool,
    promised: Option<(i64, Hours)>,
    pub(crate) counted: i64,
    breached: Option<i64>,
}

#[derive(PartialEq)]
enum Turn {
    Nobody,
    Seller,
    Buyer,
    Other,
    Solved,
    Over,
}

/// Where the story stands.
pub(crate) struct Story<'a> {
    wall: &'a Wall,
    policies: &'a Policies,
    priority: u8,
    turn: Turn,
    waits: bool,
    answered: bool,
    pub(crate) seen: Vec<Seen>,
}

impl Story<'_> {
    fn running(&self, metric: Metric) -> Option<usize> {
        self.seen.iter().position(|seen| seen.metric == metric && seen.stopped.is_none())
    }

    fn start(&mut self, metric: Metric, tick: i64) {
        if self.running(metric).is_some() {
            return;
        }
        let now = self.wall.at(tick);
        let policy = self.policies.all().iter().rfind(|policy| policy.effective_from <= now);
        let about = about();
        let mut promised = None;
        for row in policy.map_or(&[][..], |policy| &policy.targets).iter().rev() {
            let kind = row.kind.is_none() || row.kind == Some(about.kind);
            let urgent = row.least_priority.is_none() || row.least_priority <= Some(self.priority);
            if row.metric == metric && kind && urgent {
                promised = Some((row.span.micros() / 1_000_000 / self.wall.tick, row.hours));
            }
        }
        let number = 1 + self.seen.iter().filter(|seen| seen.metric == metric).count() as u32;
        let (stopped, cancelled, counted, breached) = (None, false, 0, None);
        self.seen.push(Seen {
            metric,
            number,
            started: tick,
            stopped,
            cancelled,
            promised,
            counted,
            breached,
        });
    }

    fn stop(&mut self, metric: Metric, tick: i64, cancelled: bool) {
        if let Some(place) = self.running(metric) {
            self.seen[place].stopped = Some(tick);
            self.seen[place].cancelled = cancelled;
        }
    }

    /// The buyer has asked something: one of the two answers is owed.
    fn ask(&mut self, tick: i64) {
        self.waits = true;
        let owed = if self.answered { Metric::NextResponse } else { Metric::FirstResponse };
        self.start(owed, tick);
        self.start(Metric::RequesterWait, tick);
    }

    fn turn(&mut self, turn: Turn) {
        if self.turn != Turn::Solved {
            self.turn = turn;
        }
    }

    fn hear(&mut self, what: Happening, tick: i64) {
        match what {
            _ if self.turn == Turn::Over => {}
            Happening::PriorityChanged(priority) => self.priority = priority,
            Happening::Opened { buyer_waits } if self.turn == Turn::Nobody => {
                self.turn = Turn::Seller;
                self.start(Metric::Agreement, tick);
                self.start(Metric::Resolution, tick);
                if buyer_waits {
                    self.ask(tick);
                }
            }
            _ if self.turn == Turn::Nobody => {}
            Happening::Reopened if self.turn == Turn::Solved => {
                self.turn = Turn::Seller;
                self.start(Metric::Agreement, tick);
                self.start(Metric::Resolution, tick);
                if self.waits {
                    self.ask(tick);
                }
            }
            Happening::Opened { .. } | Happening::Reopened | Happening::AutomaticReply => {}
            Happening::BuyerMessage => {
                self.turn(Turn::Seller);
                self.ask(tick);
            }
            Happening::HumanReply => {
                (self.waits, self.answered) = (false, true);
                use Metric::{FirstResponse, NextResponse, RequesterWait, Update};
                for metric in [FirstResponse, NextResponse, RequesterWait, Update] {
                    self.stop(metric, tick, false);
                }
                if self.turn != Turn::Solved {
                    self.start(Metric::Update, tick);
                }
            }
            Happening::RemedyAccepted => self.stop(Metric::Agreement, tick, false),
            other => self.move_on(other, tick),
        }
    }

    fn move_on(&mut self, what: Happening, tick: i64) {
        match what {
            Happening::WorkStarted => {
                self.turn(Turn::Seller);
                return self.start(Metric::AgentWork, tick);
            }
            Happening::Resumed => return self.turn(Turn::Seller),
            Happening::Queued | Happening::Snoozed => self.turn(Turn::Seller),
            Happening::WaitingForBuyer => {
                self.turn(Turn::Buyer);
                self.waits = false;
                self.stop(Metric::RequesterWait, tick, false);
            }
            Happening::WaitingForThirdParty => self.turn(Turn::Other),
            Happening::Solved => {
                self.turn(Turn::Solved);
                self.stop(Metric::FirstResponse, tick, true);
                self.stop(Metric::NextResponse, tick, true);
                for metric in [Metric::Update, Metric::Agreement, Metric::Resolution, Metric::RequesterWait] {
                    self.stop(metric, tick, false);
                }
            }
            Happening::Ended => {
                self.turn = Turn::Over;
                for metric in &Metric::ALL[..6] {
                    self.stop(*metric, tick, true);
                }
            }
            other => panic!("{other:?} was heard before"),
        }
        self.stop(Metric::AgentWork, tick, false);
    }

    /// Whether an instance is paused as things stand.
    fn paused(&self, metric: Metric) -> bool {
        match metric {
            Metric::Update | Metric::Agreement => self.turn == Turn::Buyer,
            Metric::Resolution => self.turn == Turn::Buyer || self.turn == Turn::Other,
            _ => false,
        }
    }

    fn look(&mut self, tick: i64) {
        for seen in self.seen.iter_mut().filter(|seen| seen.stopped.is_none()) {
            if seen.promised.is_some_and(|(ticks, _)| seen.counted >= ticks) {
                seen.breached = seen.breached.or(Some(tick));
            }
        }
    }

    fn pass(&mut self, tick: i64) {
        for place in 0..self.seen.len() {
            let paused = self.paused(self.seen[place].metric);
            let seen = &mut self.seen[place];
            let business = seen.promised.is_some_and(|(_, hours)| hours == Hours::Business);
            if seen.stopped.is_none() && !paused && (!business || self.wall.open[tick as usize]) {
                seen.counted += 1;
            }
        }
    }

    /// What an instance comes to.
    pub(crate) fn verdict(&self, seen: &Seen, now: i64) -> Verdict {
        match (seen.cancelled, seen.breached, seen.stopped, seen.promised) {
            (true, ..) => Verdict::Cancelled,
            (_, Some(tick), ..) => Verdict::Breached { at: self.wall.at(tick) },
            (_, _, Some(_), Some(_)) => Verdict::Met,
            (_, _, Some(_), None) => Verdict::Measured,
            (.., None, None) => Verdict::Running { due_at: None },
            (.., Some(_)) if self.paused(seen.metric) => Verdict::Running { due_at: None },
            (.., Some((ticks, hours))) => {
                let rest = ticks - seen.counted;
                let due = match hours {
                    Hours::Always => Some(now + rest),
                    Hours::Business => self.wall.after(now, rest),
                };
                Verdict::Running { due_at: due.map(|tick| self.wall.at(tick)) }
            }
        }
    }
}

/// The story up to a tick.
pub(crate) fn tell<'a>(
    wall: &'a Wall,
    policies: &'a Policies,
    events: &[(i64, Happening)],
    now: i64,
) -> Story<'a> {
    let (priority, turn, waits, answered) = (about().priority, Turn::Nobody, false, false);
    let mut story = Story { wall, policies, priority, turn, waits, answered, seen: Vec::new() };
    for tick in 0..=now {
        story.look(tick);
        for (_, what) in events.iter().filter(|(at, _)| *at == tick) {
            story.hear(*what, tick);
        }
        if tick < now {
            story.pass(tick);
        }
    }
    story
}
