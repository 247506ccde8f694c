use amends_domain::{Day, Span, Time};
use proptest::prelude::*;

#[test]
fn a_day_begins_at_midnight_and_ends_a_microsecond_before_the_next() {
    let day = 86_400_000_000_i64;
    let check =
        |micros: i64, number: i32| assert_eq!(Time::from_micros(micros).day().number(), number, "{micros}");
    check(0, 0);
    check(day - 1, 0);
    check(day, 1);
    check(-1, -1);
    check(-day, -1);
    check(-day - 1, -2);
    assert_eq!(Time::MAX.day().start(), Time::from_secs(253_402_214_400));
}

#[test]
fn times_saturate_instead_of_wrapping() {
    assert_eq!(Time::from_micros(i64::MAX) + Span::from_days(1), Time::from_micros(i64::MAX));
    assert_eq!(Time::from_micros(i64::MIN) - Span::from_days(1), Time::from_micros(i64::MIN));
    assert_eq!(Time::from_micros(i64::MAX).since(Time::from_micros(-1)).micros(), i64::MAX);
    assert_eq!(Span::from_days(i64::MAX).micros(), i64::MAX);
    assert_eq!(Day::from_number(i32::MAX).start(), Time::from_micros(i64::MAX));
    assert_eq!(Day::from_number(i32::MIN).start(), Time::from_micros(i64::MIN));
}

#[test]
fn spans_are_what_their_names_say() {
    assert_eq!(Span::from_days(1), Span::from_hours(24));
    assert_eq!(Span::from_hours(1), Span::from_minutes(60));
    assert_eq!(Span::from_minutes(1), Span::from_secs(60));
    assert_eq!(Span::from_secs(1), Span::from_micros(1_000_000));
    assert!((Span::from_micros(1_500_000).as_secs_f64() - 1.5).abs() < f64::EPSILON);
}

proptest! {
    #[test]
    fn every_instant_lies_within_its_day(micros in any::<i64>()) {
        let time = Time::from_micros(micros);
        let day = time.day();
        prop_assert!(day.start() <= time);
        prop_assert!(time.since(day.start()) < Span::from_days(1) || day.start() == Time::from_micros(i64::MIN));
    }
}
