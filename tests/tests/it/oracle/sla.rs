//! Promises and hours of work that a shop sets, now and then anew.

use amends_app::Role;
use amends_app::policy::{PolicyChange, UpdatePolicy};
use amends_domain::case::CaseKind;
use amends_domain::sla::{Exception, Hours, Metric, OpeningHours, Shift, Target};
use amends_domain::{Day, Span};
use amends_tests::oracle::DAY;
use amends_tests::oracle::hours::{Table, Week};
use amends_tests::oracle::sla::{Clock, Promise, usual};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::house::{House, call, principal};
use super::served::Book;

const CLOCKS: [(Clock, Metric); 5] = [
    (Clock::First, Metric::FirstResponse),
    (Clock::Next, Metric::NextResponse),
    (Clock::Update, Metric::Update),
    (Clock::Agreement, Metric::Agreement),
    (Clock::Resolution, Metric::Resolution),
];

/// A shop promises something else, or is at work at other hours.
pub(super) async fn change(house: &House, rng: &mut ChaCha8Rng, book: &mut Book) {
    let promises = rng.random_bool(0.6).then(|| promises(rng));
    let week = (promises.is_none() || rng.random_bool(0.5)).then(|| rng.random_bool(0.8).then(|| week(rng)));
    let zone = book.record.zone.clone();
    let change = PolicyChange {
        targets: promises.as_ref().map(|all| all.iter().map(target).collect()),
        hours: week.as_ref().map(|week| week.as_ref().map(|week| hours(&zone, week))),
        ..PolicyChange::default()
    };
    let update = UpdatePolicy { shop: book.shop.clone(), version: book.version, change };
    let from = (house.app.now() + Span::from_secs(10)).micros();
    house.app.change_shop(call(&principal("root", &Role::ALL)), update, |_| Vec::new()).await.unwrap();
    book.version += 1;
    // None of its own are those that every shop has.
    let own = promises.map(|all| if all.is_empty() { usual() } else { all });
    book.record.promises.extend(own.map(|all| (from, all)));
    book.record.hours.extend(week.map(|week| (from, week.map(|week| Table::of(&zone, &week)))));
}

/// For most clocks one promise, and before it maybe one for some cases alone.
fn promises(rng: &mut ChaCha8Rng) -> Vec<Promise> {
    let mut all = Vec::new();
    for (clock, _) in CLOCKS {
        let minutes = [20, 60, 240, 1_440, 4_320, 14_400];
        let mut one = |kind, least| {
            let minutes = *minutes.choose(rng).unwrap();
            Promise { clock, kind, least, minutes, business: rng.random_bool(0.5) }
        };
        let (narrow, wide) = (one(Some("REVIEW".to_owned()), None), one(None, None));
        let urgent = one(None, Some(50));
        for (promise, p) in [(narrow, 0.3), (urgent, 0.3), (wide, 0.8)] {
            if rng.random_bool(p) {
                all.push(promise);
            }
        }
    }
    all
}

fn target(promise: &Promise) -> Target {
    let metric = CLOCKS.iter().find(|(clock, _)| *clock == promise.clock).unwrap().1;
    let hours = if promise.business { Hours::Business } else { Hours::Always };
    let kind = promise.kind.as_ref().map(|kind| kind.parse::<CaseKind>().unwrap());
    let least_priority = promise.least.map(|least| u8::try_from(least).unwrap());
    Target { kind, least_priority, ..Target::of(metric, Span::from_minutes(promise.minutes), hours) }
}

/// Some days of work, one night among them, and some dates on which it is otherwise.
fn week(rng: &mut ChaCha8Rng) -> Week {
    let shifts: [&[(i64, i64)]; 5] =
        [&[(540, 1_020)], &[(480, 720), (765, 1_095)], &[(0, 130), (1_320, 1_440)], &[(0, 1_440)], &[]];
    let mut one = || shifts.choose(rng).unwrap().to_vec();
    let mut days: [Vec<(i64, i64)>; 7] = std::array::from_fn(|_| one());
    let otherwise = (0..3).map(|n| (date(2026, 3, 7) + (n * 11).days(), one())).collect();
    // Somebody is there once a week.
    days[0] = vec![(540, 1_020)];
    Week { days, otherwise }
}

fn hours(zone: &str, week: &Week) -> OpeningHours {
    let shift = |(from, to): &(i64, i64)| Shift {
        from: u16::try_from(*from).unwrap(),
        to: u16::try_from(*to).unwrap(),
    };
    let number = |day: Date| {
        let at = jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap().as_microsecond();
        Day::from_number(i32::try_from(at / DAY).unwrap())
    };
    OpeningHours {
        zone: zone.to_owned(),
        week: week.days.clone().map(|shifts| shifts.iter().map(shift).collect()),
        exceptions: week
            .otherwise
            .iter()
            .map(|(day, shifts)| Exception { date: number(*day), shifts: shifts.iter().map(shift).collect() })
            .collect(),
    }
}
