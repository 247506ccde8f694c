//! The table of regions against all zones that a country has.

use std::collections::BTreeSet;

use amends_domain::Span;
use amends_domain::guardrail::QuietHours;
use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use crate::make::on_day;

/// What the clocks of some zones are ahead of UTC by, in seconds.
fn offsets<'a>(zones: impl IntoIterator<Item = &'a str>, at: Timestamp) -> BTreeSet<i32> {
    let known = TimeZoneDatabase::bundled();
    zones.into_iter().map(|name| known.get(name).unwrap().to_offset(at).seconds()).collect()
}

#[test]
fn a_region_has_every_clock_that_its_country_has_on_every_day_of_ten_years() {
    let all = include_str!("../data/zone.tab").lines().filter_map(|line| line.split_once('\t'));
    let mut several = 0;
    for (country, zones) in all.filter(|(country, _)| *country != "AQ") {
        let zones: Vec<&str> = zones.split(' ').collect();
        let table = QuietHours::of(None, country, "nowhere").zones();
        let table: Vec<&str> = table.split(", ").collect();
        assert!(table.iter().all(|zone| zones.contains(zone)), "{country}: {table:?}");
        several += usize::from(zones.len() > 1);
        for day in (0..3_653).filter(|_| zones.len() > 1) {
            let at = Timestamp::from_microsecond((on_day(day) + Span::from_hours(12)).micros()).unwrap();
            let (listed, had) = (offsets(table.iter().copied(), at), offsets(zones.iter().copied(), at));
            assert_eq!(listed, had, "{country} on {at}");
        }
    }
    assert_eq!(several, 30, "countries of more than one zone");
}

#[test]
fn islands_and_the_widest_countries_are_not_forgotten() {
    for (region, zone) in [
        ("CL", "Pacific/Easter"),
        ("BR", "America/Noronha"),
        ("NZ", "Pacific/Chatham"),
        ("AU", "Australia/Lord_Howe"),
        ("US", "Pacific/Honolulu"),
        ("RU", "Europe/Kaliningrad"),
        ("RU", "Asia/Kamchatka"),
    ] {
        let zones = QuietHours::of(None, region, "nowhere").zones();
        assert!(zones.split(", ").any(|one| one == zone), "{region}: {zones}");
    }
    // 08:00 in Kaliningrad is 06:00 in UTC, 21:00 in Kamchatka 09:00.
    let russia = QuietHours::of(None, "RU", "nowhere");
    for (hour, open) in [(5, false), (6, true), (8, true), (9, false)] {
        assert_eq!(russia.is_open(on_day(3) + Span::from_hours(hour)), open, "{hour}:00 UTC");
    }
}

#[test]
fn what_is_no_country_has_the_hours_of_the_shop() {
    for region in ["", "XX", "us", "#", "AQ"] {
        assert_eq!(QuietHours::of(None, region, "Asia/Tokyo").zones(), "Asia/Tokyo", "{region}");
    }
}
