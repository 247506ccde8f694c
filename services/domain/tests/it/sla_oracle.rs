//! The clocks against a second telling of the same story.
//!
//! It knows no table and no due times: it goes through the history tick by
//! tick, counts on fingers, and writes out in words what each happening does.

use amends_domain::sla::{Happening, Hours, Metric, Policies, SegmentKind, Verdict, evaluate, explain};
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::sla_make::{about, calendar, log, some_events, some_hours, some_policies};
use crate::sla_wall::Wall;

/// One instance, in ticks.
struct Seen {
    metric: Metric,
    number: u32,
    started: i64,
    stopped: Option<i64>,
    cancelled: bool,
    promised: Option<(i64, Hours)>,
    counted: i64,
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

struct Story<'a> {
    wall: &'a Wall,
    policies: &'a Policies,
    priority: u8,
    turn: Turn,
    waits: bool,
    answered: bool,
    seen: Vec<Seen>,
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
        let policy = self.policies.all().iter().filter(|policy| policy.effective_from <= now).next_back();
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

    fn verdict(&self, seen: &Seen, now: i64) -> Verdict {
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

fn tell<'a>(wall: &'a Wall, policies: &'a Policies, events: &[(i64, Happening)], now: i64) -> Story<'a> {
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

/// What was looked at may end before something is due; then it must only be later than that.
fn same_verdict(ours: Verdict, theirs: Verdict, end: Time) -> bool {
    match (ours, theirs) {
        (Verdict::Running { due_at: Some(at) }, Verdict::Running { due_at: None }) => at > end,
        _ => ours == theirs,
    }
}

fn agree(
    hours: amends_domain::sla::OpeningHours,
    policies: &Policies,
    wall: &Wall,
    events: &[(i64, Happening)],
    now: i64,
) -> Result<(), TestCaseError> {
    let calendar = calendar(hours);
    let moments: Vec<_> = events.iter().map(|(tick, what)| (tick * wall.tick, *what)).collect();
    let log = log(wall.start, &moments);
    let mut story = tell(wall, policies, events, now);
    let mut instances = evaluate(&log, policies, &calendar, wall.at(now));
    instances.sort_by_key(|instance| (instance.metric, instance.number));
    story.seen.sort_by_key(|seen| (seen.metric, seen.number));
    prop_assert_eq!(instances.len(), story.seen.len());
    for (ours, seen) in instances.iter().zip(&story.seen) {
        prop_assert_eq!((ours.metric, ours.number), (seen.metric, seen.number));
        prop_assert_eq!(ours.started_at, wall.at(seen.started), "{:?}", ours);
        prop_assert_eq!(ours.stopped_at, seen.stopped.map(|tick| wall.at(tick)), "{:?}", ours);
        prop_assert_eq!(ours.elapsed, Span::from_secs(seen.counted * wall.tick), "{:?}", ours);
        let theirs = story.verdict(seen, now);
        let end = wall.at(wall.open.len() as i64);
        prop_assert!(same_verdict(ours.verdict, theirs, end), "{:?} is not {:?}", ours, theirs);
    }
    for account in explain(&log, policies, &calendar, wall.at(now)) {
        for segment in account.segments {
            let business = account.instance.promise.is_some_and(|promise| promise.hours == Hours::Business);
            let from = (segment.from.since(wall.start).micros() / 1_000_000 / wall.tick) as usize;
            let to = (segment.to.since(wall.start).micros() / 1_000_000 / wall.tick) as usize;
            let as_said = wall.open[from..to].iter().all(|open| match segment.kind {
                SegmentKind::Running => *open || !business,
                SegmentKind::OutsideHours => !*open && business,
                SegmentKind::Paused(_) => true,
            });
            prop_assert!(as_said, "{:?}", segment);
        }
    }
    Ok(())
}

type Case = (amends_domain::sla::OpeningHours, Time, Policies, Vec<(i64, Happening)>);

fn some_case(ticks: i64, tick: Span) -> impl Strategy<Value = Case> {
    let with_start = some_hours().prop_flat_map(move |(hours, start)| {
        (Just(hours), Just(start), some_policies(start, ticks, tick), some_events(ticks))
    });
    with_start.no_shrink()
}

const DAY: i64 = 1_440;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_clocks_are_the_story_minute_by_minute(
        (hours, start, policies, events) in some_case(7 * DAY, Span::from_minutes(1)), now in 0..8 * DAY,
    ) {
        let wall = Wall::look(&hours, start, 60, 20 * DAY);
        agree(hours, &policies, &wall, &events, now)?;
    }

    #[test]
    fn the_clocks_are_the_story_second_by_second(
        (hours, start, policies, events) in some_case(14_400, Span::from_secs(1)), now in 0..16_000_i64,
    ) {
        let wall = Wall::look(&hours, start, 1, 30_000);
        agree(hours, &policies, &wall, &events, now)?;
    }
}
