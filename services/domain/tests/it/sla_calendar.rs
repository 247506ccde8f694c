//! Hours of work, worked out by hand.

use amends_domain::sla::calendar::{HORIZON, Place};
use amends_domain::sla::{Calendar, CalendarProblem, Exception, Hours, OpeningHours, Shift};
use amends_domain::{Span, Time};

use crate::sla_make::{calendar, daily, date, shifts, utc, weekdays};

/// How many minutes are open from one instant to another.
#[track_caller]
fn check(hours: OpeningHours, from: &str, to: &str, minutes: i64) {
    let calendar = calendar(hours);
    assert_eq!(calendar.elapsed(utc(from), utc(to)), Span::from_minutes(minutes), "{from} to {to}");
}

#[test]
fn only_the_hours_of_work_count() {
    let office = || weekdays("Europe/Berlin", "9-12 13-17");
    check(office(), "2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z", 5 * 7 * 60);
    // Friday 16:30 to Monday 9:15 on the wall, two hours ahead of UTC.
    check(office(), "2026-06-05T14:30:00Z", "2026-06-08T07:15:00Z", 30 + 15);
    // Over lunch.
    check(office(), "2026-06-02T09:59:00Z", "2026-06-02T11:01:00Z", 1 + 1);
    check(office(), "2026-06-02T11:01:00Z", "2026-06-02T09:59:00Z", 0);
}

#[test]
fn an_hour_that_is_skipped_is_not_counted_and_one_that_comes_twice_is_counted_twice() {
    let berlin = |text| daily("Europe/Berlin", text);
    check(berlin("0-24"), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23 * 60);
    check(berlin("1-4"), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 2 * 60);
    check(berlin("2-3"), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 0);
    check(berlin("2:15-2:45"), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 2 * 30);
    check(berlin("0-24"), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25 * 60);
    // Half an hour on Lord Howe Island.
    check(daily("Australia/Lord_Howe", "1-3"), "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z", 150);
    check(daily("Australia/Lord_Howe", "1-3"), "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z", 90);
    // At midnight in São Paulo: a day without a first hour, and a last hour that comes twice.
    check(daily("America/Sao_Paulo", "0-2"), "2018-11-04T02:00:00Z", "2018-11-05T02:00:00Z", 60);
    check(daily("America/Sao_Paulo", "22-24"), "2019-02-16T12:00:00Z", "2019-02-17T12:00:00Z", 180);
    // No 30 December in Samoa.
    check(daily("Pacific/Apia", "9-10"), "2011-12-29T10:00:00Z", "2012-01-01T10:00:00Z", 3 * 60);
}

#[test]
fn a_fold_leaves_a_pause_between_its_passes() {
    let calendar = calendar(daily("Europe/Berlin", "2:15-2:45"));
    let open: Vec<_> =
        calendar.open_between(utc("2026-10-25T00:00:00Z"), utc("2026-10-25T02:00:00Z")).collect();
    let both = [
        (utc("2026-10-25T00:15:00Z"), utc("2026-10-25T00:45:00Z")),
        (utc("2026-10-25T01:15:00Z"), utc("2026-10-25T01:45:00Z")),
    ];
    assert_eq!(open, both);
}

#[test]
fn shifts_that_touch_are_one() {
    let calendar = calendar(daily("Asia/Jakarta", "0-9 9-24"));
    let (from, to) = (utc("2026-01-01T00:00:00Z"), utc("2026-02-01T00:00:00Z"));
    assert_eq!(calendar.open_between(from, to).collect::<Vec<_>>(), [(from, to)]);
}

#[test]
fn an_exception_takes_the_place_of_its_date() {
    let mut hours = weekdays("Asia/Jakarta", "9-17");
    hours.exceptions = vec![
        Exception { date: date("2026-06-06"), shifts: shifts("10-12") },
        Exception { date: date("2026-06-01"), shifts: Vec::new() },
    ];
    // From Monday the 1st on the wall, seven hours ahead of UTC.
    check(hours.clone(), "2026-05-31T17:00:00Z", "2026-06-01T17:00:00Z", 0);
    check(hours.clone(), "2026-05-31T17:00:00Z", "2026-06-07T17:00:00Z", 4 * 8 * 60 + 2 * 60);
    check(hours, "2026-06-07T17:00:00Z", "2026-06-14T17:00:00Z", 5 * 8 * 60);
}

#[test]
fn a_leap_day_is_a_day() {
    check(daily("UTC", "9-10"), "2028-02-28T00:00:00Z", "2028-03-01T00:00:00Z", 2 * 60);
    check(daily("UTC", "9-10"), "2027-02-28T00:00:00Z", "2027-03-01T00:00:00Z", 60);
}

#[test]
fn time_is_up_when_the_last_shift_that_counts_ends_not_when_the_next_begins() {
    let calendar = calendar(weekdays("UTC", "9-17"));
    let (friday, monday) = (utc("2026-06-05T16:00:00Z"), utc("2026-06-08T09:00:00Z"));
    assert_eq!(calendar.after(friday, Span::from_hours(1)), Some(utc("2026-06-05T17:00:00Z")));
    let a_little_more = Span::from_micros(3_600_000_001);
    assert_eq!(calendar.after(friday, a_little_more), Some(monday + Span::from_micros(1)));
    assert_eq!(calendar.after(friday, Span::ZERO), Some(friday));
}

#[test]
fn what_is_more_than_ten_years_away_never_comes() {
    let now = utc("2026-06-05T16:00:00Z");
    let never = calendar(daily("UTC", ""));
    assert_eq!(never.after(now, Span::from_micros(1)), None);
    assert_eq!(never.open_between(now, now + HORIZON).next(), None);
    let mut once = daily("UTC", "");
    once.exceptions = vec![Exception { date: date("2035-01-01"), shifts: shifts("0-1") }];
    assert_eq!(calendar(once.clone()).after(now, Span::from_hours(1)), Some(utc("2035-01-01T01:00:00Z")));
    assert_eq!(calendar(once).after(now, Span::from_hours(2)), None);
    assert_eq!(Calendar::always().after(now, HORIZON), Some(now + HORIZON));
    assert_eq!(Calendar::always().after(now, Span::from_micros(HORIZON.micros() + 1)), None);
}

#[test]
fn always_is_all_the_time() {
    let (from, to) = (Time::MIN, Time::MAX);
    let always = Calendar::always();
    assert_eq!(always.elapsed(from, to), to.since(from));
    assert_eq!(always.open_between(from, to).collect::<Vec<_>>(), [(from, to)]);
    assert_eq!(always.open_between(to, from).next(), None);
    let office = calendar(weekdays("UTC", "9-17"));
    assert_eq!(*office.counting(Hours::Always), always);
    assert_eq!(*office.counting(Hours::Business), office);
    assert_eq!((always.hours(), office.hours()), (None, Some(&weekdays("UTC", "9-17"))));
}

#[test]
fn the_ends_of_time_break_nothing() {
    let calendar = calendar(daily("Pacific/Apia", "0-24"));
    let (least, most) = (Time::from_micros(i64::MIN), Time::from_micros(i64::MAX));
    assert!(calendar.elapsed(least, most) > Span::ZERO);
    assert_eq!(calendar.elapsed(Time::MIN, Time::MAX), Time::MAX.since(Time::MIN));
    assert!(calendar.open_between(least, most).next().is_some());
    assert!(calendar.after(least, Span::from_days(1)).is_some());
    assert_eq!(calendar.after(most, Span::from_days(1)), None);
}

#[test]
fn every_problem_is_named_at_once() {
    let mut hours = daily("Europe/Berlin", "9-17");
    "Mars/Olympus".clone_into(&mut hours.zone);
    hours.week[0] = vec![Shift { from: 600, to: 600 }, Shift { from: 540, to: 1441 }];
    hours.week[2] = shifts("9-12 11:59-13 13-14");
    let christmas = date("2026-12-25");
    let exception = |text| Exception { date: christmas, shifts: shifts(text) };
    hours.exceptions = vec![exception("12-11"), exception(""), exception("")];
    let problems = Calendar::new(hours).unwrap_err();
    let (monday, wednesday) = (Place::Weekday(0), Place::Weekday(2));
    let expected = [
        CalendarProblem::UnknownZone { zone: "Mars/Olympus".to_owned() },
        CalendarProblem::Shift { place: monday, from: 600, to: 600 },
        CalendarProblem::Shift { place: monday, from: 540, to: 1441 },
        CalendarProblem::Order { place: wednesday, from: 719, ended: 720 },
        CalendarProblem::Shift { place: Place::Date(christmas), from: 720, to: 660 },
        CalendarProblem::Twice { place: Place::Date(christmas) },
    ];
    assert_eq!(problems, expected);
    assert_eq!(
        problems[3].to_string(),
        "weekday 2: the shift that begins at minute 719 must not begin before minute 720"
    );
}

#[test]
fn a_zone_must_be_one_and_dates_have_a_limit() {
    for zone in ["", "Etc/Unknown", "local", "+07:00"] {
        let problem = CalendarProblem::UnknownZone { zone: zone.to_owned() };
        assert_eq!(Calendar::new(daily(zone, "9-17")), Err(vec![problem]));
    }
    let mut hours = daily("UTC", "9-17");
    let day = |number| Exception { date: amends_domain::Day::from_number(number), shifts: Vec::new() };
    hours.exceptions = (0..3_660).map(day).collect();
    assert!(Calendar::new(hours.clone()).is_ok());
    hours.exceptions.push(day(-1));
    assert_eq!(Calendar::new(hours), Err(vec![CalendarProblem::TooMany { count: 3_661 }]));
}
