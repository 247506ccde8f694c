//! Roll-ups: which sums a member is part of, and which day it is in a shop.

use amends_domain::rollup::{About, Cell, Facets, Grain, Sealed, Split};
use amends_domain::tally::Family;
use amends_domain::zone::Zone;
use amends_domain::{Day, Sku, Span, Time};
use proptest::prelude::*;

use crate::make::{on_day, queued};

/// A moment of UTC.
fn utc(text: &str) -> Time {
    let at: jiff::Timestamp = text.parse().unwrap();
    Time::from_micros(at.as_microsecond())
}

#[test]
fn every_split_has_a_number_of_its_own() {
    for &family in Family::ALL {
        let all = Split::all_of(family);
        let expected = match family {
            Family::Review | Family::Promise => 22,
            Family::Line => 16,
            Family::Handling | Family::Time => 5,
            Family::Answer => 11,
        };
        assert_eq!(all.len(), expected);
        for &split in &all {
            assert_eq!(Split::of_number(split.number()), Some(split));
        }
    }
    for number in [-1, 10, 11, 21, 66, 70, 87, 123] {
        assert_eq!(Split::of_number(number), None, "{number}");
    }
}

#[test]
fn a_member_of_which_nothing_is_known_is_part_of_one_sum() {
    let places = Facets::default().places(Family::Review);
    assert_eq!(places.iter().map(|place| place.split).collect::<Vec<_>>(), [Split::NONE]);
}

#[test]
fn a_member_is_part_of_the_sums_of_what_is_known_of_it() {
    let about = About { language: "de".to_owned(), ..About::default() };
    let facets = Facets::new(Some(&Sku::new("lamp").unwrap()), &about, Some(2));
    let told = |family| {
        let places = facets.places(family);
        places.iter().map(|p| format!("{} {}/{}", p.split.number(), p.a, p.b)).collect::<Vec<_>>()
    };
    assert_eq!(
        told(Family::Review),
        ["0 /", "1 lamp/", "15 lamp/de", "16 lamp/2", "5 de/", "56 de/2", "6 2/"]
    );
    assert_eq!(told(Family::Line), ["0 /", "1 lamp/", "15 lamp/de", "5 de/"], "lines have no stars");
    let on = |sealed| {
        let cells = Cell::all_on(Family::Line, Day::from_number(40), &facets.places(Family::Line), sealed);
        cells.iter().map(|cell| (cell.grain, cell.period)).collect::<std::collections::BTreeMap<_, _>>()
    };
    // 10 February 1970, a Tuesday.
    let day = Day::from_number(40);
    assert_eq!(on(Sealed::NONE), [(Grain::Day, day)].into());
    let (monday, first) = (Day::from_number(39), Day::from_number(31));
    assert_eq!(
        on(Sealed::until(Day::from_number(45))),
        [(Grain::Day, day)].into(),
        "the week lasts one day more"
    );
    assert_eq!(on(Sealed::until(Day::from_number(46))), [(Grain::Day, day), (Grain::Week, monday)].into());
    assert_eq!(
        on(Sealed::until(Day::from_number(59))),
        [(Grain::Day, day), (Grain::Week, monday), (Grain::Month, first)].into()
    );
}

#[test]
fn the_earliest_case_that_knows_a_thing_says_it() {
    let (mut first, mut second) = (queued(), queued());
    first.opened_at = on_day(1);
    second.opened_at = on_day(2);
    (first.reasons, first.language) = (Vec::new(), String::new());
    first.first_agent = Some("ana".parse().unwrap());
    second.first_agent = Some("ben".parse().unwrap());
    second.language = "fr".to_owned();
    let about = About::of([&second, &first]);
    assert_eq!(about.agent, first.first_agent);
    assert_eq!((about.reason, about.language), (second.reasons.first().copied(), "fr".to_owned()));
}

#[test]
fn a_day_is_that_of_the_shop_and_not_of_utc() {
    let (jakarta, la) = (Zone::named("Asia/Jakarta"), Zone::named("America/Los_Angeles"));
    let evening = utc("2026-03-01T17:00:00Z");
    assert_eq!(jakarta.day(evening).to_string(), "2026-03-02");
    assert_eq!(jakarta.day(evening - Span::from_micros(1)).to_string(), "2026-03-01");
    assert_eq!(la.day(utc("2026-03-01T07:59:59Z")).to_string(), "2026-02-28");
    assert_eq!(Zone::named("No/Where").day(evening), evening.day(), "a zone that nobody knows is UTC");
}

#[test]
fn nights_in_which_clocks_change_belong_to_one_day_each() {
    let berlin = Zone::named("Europe/Berlin");
    let day = |text: &str| berlin.day(utc(text)).to_string();
    // 29 March 2026 has 23 hours, 25 October 25.
    assert_eq!(day("2026-03-28T22:59:59Z"), "2026-03-28");
    assert_eq!(day("2026-03-28T23:00:00Z"), "2026-03-29");
    assert_eq!(day("2026-03-29T21:59:59Z"), "2026-03-29");
    assert_eq!(day("2026-03-29T22:00:00Z"), "2026-03-30");
    assert_eq!(day("2026-10-24T22:00:00Z"), "2026-10-25");
    assert_eq!(day("2026-10-25T22:59:59Z"), "2026-10-25");
    assert_eq!(day("2026-10-25T23:00:00Z"), "2026-10-26");
    let spring = berlin.day(utc("2026-03-29T12:00:00Z"));
    let next = Day::from_number(spring.number() + 1);
    assert_eq!(berlin.start(spring), utc("2026-03-28T23:00:00Z"));
    assert_eq!(berlin.start(next).micros() - berlin.start(spring).micros(), 23 * 3_600_000_000);
    // In Santiago the clock goes from 24:00 to 01:00: the day begins at one.
    let santiago = Zone::named("America/Santiago");
    let first = utc("2026-09-06T04:00:00Z");
    assert_eq!(santiago.day(first - Span::from_micros(1)).to_string(), "2026-09-05");
    assert_eq!(santiago.day(first).to_string(), "2026-09-06");
    assert_eq!(santiago.start(santiago.day(first)), first);
}

proptest! {
    #[test]
    fn a_day_begins_where_the_day_before_it_ends(
        secs in 0_i64..4_000_000_000,
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/Santiago", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    ) {
        let (zone, at) = (Zone::named(zone), Time::from_secs(secs));
        let day = zone.day(at);
        let start = zone.start(day);
        prop_assert!(start <= at && at < zone.start(Day::from_number(day.number() + 1)));
        prop_assert_eq!(zone.day(start), day);
        prop_assert_ne!(zone.day(start - Span::from_micros(1)), day);
    }

    #[test]
    fn months_are_those_of_the_calendar(number in -200_000_i32..200_000) {
        let day = Day::from_number(number);
        let (first, next) = (day.first_of_month(), day.first_of_next_month());
        let date = |day: Day| jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(day.number());
        prop_assert_eq!(date(first), date(day).first_of_month());
        prop_assert_eq!(date(next), date(day).last_of_month().tomorrow().unwrap());
    }
}

proptest! {
    #[test]
    fn what_is_sealed_by_a_day_anywhere_may_be_by_the_day_after(day in -800_i32..30_000, ahead in 0_i32..60) {
        let (day, today) = (Day::from_number(day), Day::from_number(day + ahead));
        let sealed = Sealed::by(today);
        let covered = Grain::ALL.iter().any(|grain| sealed.is_over(*grain, day));
        prop_assert!(!covered || Sealed::may_cover(day, today));
        for grain in Grain::ALL {
            let (begin, end) = (grain.start(day), grain.end(day));
            prop_assert!(begin <= day && day < end && grain.start(begin) == begin && grain.start(end) == end);
        }
    }
}
