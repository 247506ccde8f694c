//! Hours, promises and logs for the tests of the clocks, plain and random.

use amends_domain::case::CaseKind;
use amends_domain::shop::Channel;
use amends_domain::sla::{
    About, Calendar, Exception, Happening, Hours, Instance, Log, Metric, Moment, OpeningHours, Policies,
    Policy, Shift, Target,
};
use amends_domain::{Day, Span, Time};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

/// An instant by its RFC 3339 name.
pub(crate) fn utc(text: &str) -> Time {
    Time::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
}

pub(crate) fn date(text: &str) -> Day {
    let date: jiff::civil::Date = text.parse().unwrap();
    let days = date.since(jiff::civil::date(1970, 1, 1)).unwrap().get_days();
    Day::from_number(days)
}

/// Shifts such as `"9-12 13:30-17"`.
pub(crate) fn shifts(text: &str) -> Vec<Shift> {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':').unwrap_or((text, "0"));
        hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
    };
    let shift = |text: &str| {
        let (from, to) = text.split_once('-').unwrap();
        Shift { from: minute(from), to: minute(to) }
    };
    text.split_whitespace().map(shift).collect()
}

/// The same shifts on every day of the week.
pub(crate) fn daily(zone: &str, text: &str) -> OpeningHours {
    OpeningHours {
        zone: zone.to_owned(),
        week: std::array::from_fn(|_| shifts(text)),
        exceptions: Vec::new(),
    }
}

/// Monday to Friday.
pub(crate) fn weekdays(zone: &str, text: &str) -> OpeningHours {
    let mut hours = daily(zone, text);
    hours.week[5].clear();
    hours.week[6].clear();
    hours
}

pub(crate) fn calendar(hours: OpeningHours) -> Calendar {
    Calendar::new(hours).unwrap()
}

pub(crate) fn about() -> About {
    About { kind: CaseKind::Review, channel: Channel::new("shopee").unwrap(), priority: 50 }
}

/// A log that begins at the instant, with seconds after it.
pub(crate) fn log(start: Time, moments: &[(i64, Happening)]) -> Log {
    let moments =
        moments.iter().map(|(secs, what)| Moment { at: start + Span::from_secs(*secs), what: *what });
    Log { about: about(), moments: moments.collect() }
}

/// Everything of one metric.
pub(crate) fn only(metric: Metric, instances: &[Instance]) -> Vec<Instance> {
    instances.iter().copied().filter(|instance| instance.metric == metric).collect()
}

/// Zones, each with a UTC date on or near which its clocks do something odd.
const ODD_DAYS: &[(&str, &str)] = &[
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("Europe/Berlin", "2041-03-31"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Asia/Kolkata", "2024-02-29"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Asia/Jakarta", "2024-02-28"),
    // At midnight: the gap takes the first hour of a day, the fold brings the last of one twice.
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2019-02-17"),
    // A whole date that never was.
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Apia", "2012-04-01"),
    // A minute after midnight.
    ("America/St_Johns", "2010-11-07"),
    ("UTC", "2028-02-29"),
];

fn some_shifts() -> impl Strategy<Value = Vec<Shift>> {
    let minute = prop_oneof![
        1 => Just(0_u16),
        1 => Just(1440),
        2 => (0_u16..=48).prop_map(|half| half * 30),
        2 => 0_u16..=1440,
    ];
    (btree_set(minute, 0..7), any::<bool>()).prop_map(|(minutes, touching)| {
        let minutes: Vec<u16> = minutes.into_iter().collect();
        let step = if touching { 1 } else { 2 };
        let pairs = minutes.windows(2).step_by(step);
        pairs.map(|pair| Shift { from: pair[0], to: pair[1] }).collect()
    })
}

/// Hours, and an instant a few days at most before something odd happens to the wall clock there.
pub(crate) fn some_hours() -> impl Strategy<Value = (OpeningHours, Time)> {
    let exceptions = vec((-3_i32..12, some_shifts()), 0..4);
    let week = proptest::array::uniform7(some_shifts());
    let back = prop_oneof![0_i64..180, 0_i64..6_000];
    (proptest::sample::select(ODD_DAYS), week, exceptions, back).prop_map(
        |((zone, odd), week, days, back)| {
            let odd = date(odd);
            let mut exceptions: Vec<Exception> = Vec::new();
            for (away, shifts) in days {
                let date = Day::from_number(odd.number() + away);
                if exceptions.iter().all(|exception| exception.date != date) {
                    exceptions.push(Exception { date, shifts });
                }
            }
            let start = odd.start() - Span::from_minutes(back);
            (OpeningHours { zone: zone.to_owned(), week, exceptions }, start)
        },
    )
}

/// What may happen; words and answers more often than the rest.
pub(crate) fn some_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        1 => any::<bool>().prop_map(|buyer_waits| Happening::Opened { buyer_waits }),
        4 => Just(Happening::BuyerMessage),
        4 => Just(Happening::HumanReply),
        1 => Just(Happening::AutomaticReply),
        2 => Just(Happening::WorkStarted),
        2 => Just(Happening::WaitingForBuyer),
        1 => Just(Happening::WaitingForThirdParty),
        1 => Just(Happening::Snoozed),
        1 => Just(Happening::Resumed),
        1 => Just(Happening::Queued),
        1 => Just(Happening::RemedyAccepted),
        2 => Just(Happening::Solved),
        2 => Just(Happening::Reopened),
        1 => (0_u8..=100).prop_map(Happening::PriorityChanged),
        1 => Just(Happening::Ended),
    ]
}

/// What happens at which tick, in order; nearly always opened first, and often two things at once.
pub(crate) fn some_events(ticks: i64) -> impl Strategy<Value = Vec<(i64, Happening)>> {
    let first = prop_oneof![
        8 => (0..ticks / 4, any::<bool>()).prop_map(|(tick, buyer_waits)| {
            Some((tick, Happening::Opened { buyer_waits }))
        }),
        1 => Just(None),
    ];
    let rest = vec((0..ticks, some_happening()), 0..24);
    (first, rest, any::<u32>(), any::<u32>()).prop_map(|(first, rest, some, others)| {
        let mut events: Vec<_> = first.into_iter().chain(rest).collect();
        events.sort_by_key(|(tick, _)| *tick);
        for place in 1..events.len() {
            if some & others & (1 << place) != 0 {
                events[place].0 = events[place - 1].0;
            }
        }
        events
    })
}

/// Promises of up to so many ticks, the later policy from the middle of the history on.
pub(crate) fn some_policies(start: Time, ticks: i64, tick: Span) -> impl Strategy<Value = Policies> {
    let span = move |fours: i64| Span::from_micros(fours * 4 * tick.micros());
    let target = (
        proptest::sample::select(&Metric::ALL[..5]),
        proptest::option::weighted(0.2, proptest::sample::select(CaseKind::ALL)),
        proptest::option::weighted(0.4, 0_u8..=100),
        (1..=ticks / 8).prop_map(span),
        proptest::sample::select(Hours::ALL),
    );
    let targets = vec(target, 0..12).prop_map(|targets| {
        let row = |(metric, kind, least_priority, span, hours)| Target {
            kind,
            least_priority,
            ..Target::of(metric, span, hours)
        };
        targets.into_iter().map(row).collect::<Vec<_>>()
    });
    let later = start + Span::from_micros(ticks / 2 * tick.micros());
    (targets.clone(), targets).prop_map(move |(first, second)| {
        let policies =
            [(start - Span::from_days(1), first), (later, second)].map(|(effective_from, targets)| Policy {
                effective_from,
                targets: reachable(targets, effective_from),
            });
        Policies::new(policies.into()).unwrap()
    })
}

/// Leaves out targets that could never be used, which are refused.
fn reachable(targets: Vec<Target>, effective_from: Time) -> Vec<Target> {
    let mut kept = Vec::new();
    for target in targets {
        kept.push(target);
        if Policies::new(vec![Policy { effective_from, targets: kept.clone() }]).is_err() {
            kept.pop();
        }
    }
    kept
}
