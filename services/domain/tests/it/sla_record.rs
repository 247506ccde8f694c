//! From the timeline to the clocks: heard live, recounted from the log, and explained, they are the same.

use amends_domain::case::{CaseKind, Outcome};
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::shop::Channel;
use amends_domain::signal::{Author, Direction};
use amends_domain::sla::record::{Entry, TOLD, WORDS, about, happening, matters};
use amends_domain::sla::{
    Calendar, Clocks, Due, DueKind, Happening, Instance, Log, Metric, Policies, Standing, evaluate, explain,
};
use amends_domain::subject::Subject;
use amends_domain::{MessageId, Span, Time};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::make::{agent, at, order};
use crate::sla_make::{calendar, some_hours, some_policies};

fn opened(waiting_since: Option<Time>) -> Event {
    Event::CaseOpened {
        kind: CaseKind::Return,
        subject: Subject::Order { order: order() },
        reason: Reason::Late,
        follow_up_of: None,
        priority: Some(50),
        waiting_since,
    }
}

fn seen(direction: Direction, author: Author) -> Event {
    Event::MessageSeen { message: MessageId::new("m").unwrap(), direction, author }
}

/// An event that moves clocks, or may not.
fn some_event() -> impl Strategy<Value = Event> {
    let ann = || agent("ann");
    prop_oneof![
        5 => Just(seen(Direction::FromBuyer, Author::Human)),
        3 => Just(seen(Direction::ToBuyer, Author::QuickReply)),
        1 => Just(seen(Direction::ToBuyer, Author::Bot)),
        3 => any::<bool>().prop_map(move |reached| Event::ContactRecorded {
            agent: ann(), means: "CHAT".to_owned(), reached,
        }),
        1 => Just(Event::WorkStarted { agent: ann() }),
        2 => Just(Event::WaitingForBuyer { agent: ann(), give_up_at: at(0) }),
        1 => Just(Event::WaitingForThirdParty { agent: ann(), until: at(0) }),
        1 => Just(Event::CaseSnoozed { agent: ann(), until: at(0) }),
        2 => Just(Event::CaseWoken { cause: "TIME".to_owned() }),
        1 => Just(Event::CaseReleased { agent: ann(), cause: None }),
        1 => Just(Event::CaseHandedBack { agent: ann(), fence: 2 }),
        1 => Just(Event::CaseSolved { outcome: Outcome::Other, close_at: at(0) }),
        1 => Just(Event::CaseReopened { reopen_count: 1, cause: "AGENT".to_owned() }),
        1 => (0_u8..=100).prop_map(|to| Event::CasePriorityChanged { from: 0, to }),
        1 => Just(Event::CaseEscalated { level: 1, reason: String::new() }),
    ]
}

/// One thing that is written: after how many ticks, how late it is known, what, and whether a timer comes before.
type Written = (i64, i64, Event, bool);

fn some_history() -> impl Strategy<Value = Vec<Written>> {
    vec((0_i64..400, prop_oneof![3 => Just(0_i64), 1 => 0_i64..500], some_event(), any::<bool>()), 0..24)
}

/// A row of the log.
struct Told {
    event: Event,
    occurred_at: Time,
    recorded_at: Time,
}

impl Told {
    fn entry(&self) -> Entry<'_> {
        Entry { event: &self.event, occurred_at: self.occurred_at, recorded_at: self.recorded_at }
    }
}

/// The service: it hears what it writes, and writes what is due.
struct House<'a> {
    clocks: Clocks,
    log: Vec<Told>,
    policies: &'a Policies,
    calendar: &'a Calendar,
}

impl House<'_> {
    fn write(&mut self, event: Event, occurred_at: Time, now: Time) {
        let told = Told { event, occurred_at, recorded_at: now };
        let due = self.clocks.hear(told.entry(), self.policies, self.calendar);
        self.log.push(told);
        self.tell(due, now);
    }

    fn timer(&mut self, now: Time) {
        let due = self.clocks.tell(now, self.calendar);
        self.tell(due, now);
    }

    fn tell(&mut self, due: Vec<Due>, now: Time) {
        for due in due {
            let (metric, instance, due_at) = (due.metric, due.number, due.at);
            let target = Span::ZERO;
            let event = match due.kind {
                DueKind::Warning => Event::SlaWarned { metric, instance, target, due_at },
                DueKind::Breach => Event::SlaBreached { metric, instance, target, due_at },
            };
            self.log.push(Told { event, occurred_at: due_at, recorded_at: now });
        }
    }
}

fn channel() -> Channel {
    Channel::new("shopee").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn heard_live_and_recounted_from_the_log_the_clocks_are_the_same(
        ((hours, start), policies) in some_hours().prop_flat_map(|(hours, start)| {
            (Just((hours, start)), some_policies(start, 4_000, Span::from_minutes(1)))
        }),
        history in some_history(),
        rest in 0_i64..4_000,
    ) {
        let calendar = calendar(hours);
        let first = opened(None);
        let about = about(&channel(), [Entry { event: &first, occurred_at: start, recorded_at: start }], 0).unwrap();
        let mut house = House { clocks: Clocks::new(about.clone()), log: Vec::new(), policies: &policies, calendar: &calendar };
        house.write(first, start - Span::from_days(1), start);
        let mut now = start;
        for (ticks, late, event, timer) in history {
            now = now + Span::from_minutes(ticks);
            if timer {
                house.timer(now);
            }
            house.write(event, now - Span::from_minutes(late), now);
        }
        let mut recounted = Clocks::new(about.clone());
        for told in &house.log {
            recounted.hear(told.entry(), &policies, &calendar);
        }
        prop_assert_eq!(&recounted, &house.clocks);
        now = now + Span::from_minutes(rest);
        let log = Log::of(about, house.log.iter().map(Told::entry));
        let judged = house.clocks.instances(&calendar, now);
        prop_assert_eq!(&evaluate(&log, &policies, &calendar, now), &judged);
        let explained: Vec<Instance> =
            explain(&log, &policies, &calendar, now).into_iter().map(|account| account.instance).collect();
        prop_assert_eq!(explained, judged);
        // Told at the end, everything was told once.
        house.timer(now);
        let mut told: Vec<_> = house.log.iter().filter(|t| TOLD.contains(&t.event.word())).map(|t| {
            (t.event.word(), t.event.facts().into_iter().filter(|(name, _)| *name != "due_at").collect::<Vec<_>>())
        }).collect();
        let all = told.len();
        told.sort();
        told.dedup();
        prop_assert_eq!(told.len(), all);
    }
}

#[test]
fn the_words_that_matter_are_those_that_mean_something() {
    for word in WORDS.iter().chain(TOLD) {
        assert!(Event::WORDS.contains(word), "{word}");
    }
    for event in [
        opened(None),
        seen(Direction::FromBuyer, Author::Human),
        Event::CaseWoken { cause: String::new() },
        Event::CaseClosed { outcome: Outcome::Other },
        Event::CaseCancelled { reason: String::new() },
        Event::LeaseExpired { agent: agent("ann"), abandon_count: 1, cause: None, ended_at: None },
        Event::CasePriorityChanged { from: 1, to: 2 },
    ] {
        assert!(matters(&event) && happening(&event, Standing::Active).is_some(), "{}", event.word());
    }
    let claimed = Event::CaseClaimed { agent: agent("ann"), fence: 1 };
    assert!(!matters(&claimed) && happening(&claimed, Standing::Active).is_none());
}

#[test]
fn a_machines_answer_and_a_call_nobody_took_answer_nothing() {
    let said = |event: &Event| happening(event, Standing::Active);
    assert_eq!(said(&seen(Direction::ToBuyer, Author::Bot)), Some(Happening::AutomaticReply));
    assert_eq!(said(&seen(Direction::ToBuyer, Author::QuickReply)), Some(Happening::HumanReply));
    let call = |reached| Event::ContactRecorded { agent: agent("ann"), means: "PHONE".to_owned(), reached };
    assert_eq!(said(&call(true)), Some(Happening::HumanReply));
    assert_eq!(said(&call(false)), None);
}

#[test]
fn a_solved_case_that_wakes_is_open_again() {
    let woken = Event::CaseWoken { cause: "MESSAGE".to_owned() };
    assert_eq!(happening(&woken, Standing::Solved), Some(Happening::Reopened));
    assert_eq!(happening(&woken, Standing::WaitingBuyer), Some(Happening::Resumed));
}

#[test]
fn a_broken_promise_stays_the_most_urgent() {
    let (policies, always) = (Policies::default(), Calendar::always());
    let first = opened(Some(at(0)));
    let entry = Entry { event: &first, occurred_at: at(0), recorded_at: at(0) };
    let mut clocks = Clocks::new(about(&channel(), [entry], 0).unwrap());
    clocks.hear(entry, &policies, &always);
    assert_eq!(clocks.nearest(&always), Some(at(3_600)), "the first response");
    clocks.tell(at(9_000), &always);
    assert_eq!(clocks.nearest(&always), Some(at(3_600)), "it is broken, and still owed");
    let reply = seen(Direction::ToBuyer, Author::Human);
    clocks.hear(Entry { event: &reply, occurred_at: at(9_000), recorded_at: at(9_000) }, &policies, &always);
    assert_eq!(clocks.nearest(&always), Some(at(9_000 + 86_400)), "the next word");
    let rows = clocks.rows();
    assert!(rows.iter().any(|row| row.metric == Metric::Update && row.number == 1));
}
