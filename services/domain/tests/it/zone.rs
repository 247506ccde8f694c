//! Local days and hours: every instant has one, whatever the clock does.

use amends_domain::zone::Zone;
use amends_domain::{Day, Span, Time};
use proptest::prelude::*;

const ZONES: [&str; 8] = [
    "UTC",
    "Asia/Jakarta",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Apia",
];

/// The wall clock by the offsets, as a database counts it.
fn wall(zone: &Zone, from: Time, until: Time, at: Time) -> Time {
    let offsets = zone.offsets(from, until);
    let ahead = offsets.iter().rfind(|offset| offset.from <= at).unwrap().ahead;
    at + ahead
}

proptest! {
    #[test]
    fn an_instant_lies_in_its_day_and_offsets_say_the_same(
        which in 0..ZONES.len(), at in 0_i64..2_000_000_000, back in 0_i64..100_000_000,
    ) {
        let zone = Zone::new(ZONES[which]).unwrap();
        let at = Time::from_secs(at);
        let day = zone.day(at);
        prop_assert!(zone.start(day) <= at, "{day} begins before {at:?}");
        prop_assert!(at < zone.start(Day::from_number(day.number() + 1)));
        let from = Time::from_secs((at.micros() / 1_000_000 - back).max(0));
        prop_assert_eq!(wall(&zone, from, at + Span::from_micros(1), at).day(), day);
    }
}

#[test]
fn a_skipped_hour_has_no_length_and_one_that_comes_twice_has_two() {
    let zone = Zone::new("Europe/Berlin").unwrap();
    let length = |day: i32, hour: u8| {
        let day = Day::from_number(day);
        zone.hour(day, hour + 1).since(zone.hour(day, hour))
    };
    // 29 March and 25 October 2026.
    let (spring, autumn) = (20_541, 20_751);
    assert_eq!([1, 2, 3].map(|hour| length(spring, hour)), [1, 0, 1].map(Span::from_hours));
    assert_eq!([1, 2, 3].map(|hour| length(autumn, hour)), [1, 2, 1].map(Span::from_hours));
    assert_eq!(zone.hour(Day::from_number(spring), 24), zone.start(Day::from_number(spring + 1)));
}

#[test]
fn a_zone_that_nobody_knows_is_named() {
    let error = Zone::new("Mars/Olympus").unwrap_err();
    assert_eq!(error.to_string(), "\"Mars/Olympus\" is no IANA time zone");
}
