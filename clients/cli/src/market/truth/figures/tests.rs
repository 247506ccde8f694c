use super::*;
use crate::market::truth::{Fact, Said, Step, Version};

const ALL: Range<i64> = 0..1_000 * DAY;

fn line() -> (String, &'static str) {
    ("o-1".to_owned(), "1")
}

fn delivered(pieces: u32, at: i64) -> Books {
    let mut books = Books::default();
    books.enter(&Fact::Ordered { order: "o-1".to_owned(), lines: vec![("1", pieces)] }, false);
    books.enter(&Fact::Delivered { order: "o-1".to_owned(), lines: vec![("1", None)], at }, false);
    books
}

fn request(books: &mut Books, at: i64, said: Said, pieces: u32) {
    let step = Step { at, said, pieces, fault: None };
    books.enter(&Fact::Returned { request: "q".to_owned(), line: line(), step }, false);
}

fn wish(books: &mut Books, at: i64) {
    books.enter(&Fact::Wrote { line: Some(line()), at }, true);
}

fn check(books: &Books, now: i64, expected: &[(&'static str, i64)]) {
    let figures = of_shop(books, Counting::Approved, &ALL, now);
    for (name, number) in expected {
        assert_eq!(figures.get(name).copied().unwrap_or(0), *number, "{name} in {figures:?}");
    }
}

#[test]
fn what_is_delivered_counts_once_the_order_is_known() {
    let mut books = Books::default();
    books.enter(&Fact::Delivered { order: "o-1".to_owned(), lines: vec![("1", None)], at: DAY }, false);
    check(&books, 2 * DAY, &[("units.delivered", 0)]);
    check(
        &delivered(3, DAY),
        2 * DAY,
        &[("units.delivered", 3), ("lines.delivered", 1), ("units.returned", 0)],
    );
}

#[test]
fn a_return_after_the_window_is_not_in_the_rate() {
    let mut books = delivered(1, 0);
    request(&mut books, 20 * DAY, Said::Requested, 1);
    request(&mut books, 31 * DAY, Said::Approved, 1);
    check(&books, 40 * DAY, &[("units.requested", 1), ("units.returned", 0)]);
}

#[test]
fn a_wish_that_was_met_is_provisional_until_the_window_closes() {
    let mut books = delivered(1, 0);
    wish(&mut books, DAY);
    books.fulfilled("o-1", "1", 1, 5 * DAY);
    let open = [("avoided.wished.provisional", 1), ("avoided.wished.confirmed", 0)];
    check(&books, 35 * DAY - 1, &open);
    check(&books, 35 * DAY, &[("avoided.wished.provisional", 0), ("avoided.wished.confirmed", 1)]);
}

#[test]
fn a_return_after_the_help_makes_it_fail() {
    let mut books = delivered(2, 0);
    wish(&mut books, DAY);
    books.fulfilled("o-1", "1", 1, 5 * DAY);
    request(&mut books, 10 * DAY, Said::Approved, 2);
    let failed = [("avoided.wished.failed", 1), ("avoided.wished.confirmed", 0), ("units.returned", 2)];
    check(&books, 60 * DAY, &failed);
}

#[test]
fn a_help_before_the_wish_avoids_nothing() {
    let mut books = delivered(1, 0);
    books.fulfilled("o-1", "1", 1, 2 * DAY);
    wish(&mut books, 3 * DAY);
    check(&books, 60 * DAY, &[("lines.wanted", 1), ("lines.rescued", 0), ("avoided.wished.confirmed", 0)]);
}

#[test]
fn a_withdrawn_request_is_counted_apart_from_a_wish() {
    let mut books = delivered(2, 0);
    request(&mut books, 2 * DAY, Said::Requested, 2);
    request(&mut books, 4 * DAY, Said::Withdrawn, 2);
    check(&books, 60 * DAY, &[("avoided.requested.confirmed", 2), ("avoided.wished.confirmed", 0)]);
}

#[test]
fn a_cohort_holds_only_its_own_days() {
    let mut books = delivered(1, 8 * DAY);
    let version = Version { at: DAY, stars: 1, text: "bad", gone: None };
    books.enter(&Fact::Reviewed { review: "r-1".to_owned(), line: None, version }, true);
    let first_week = of_shop(&books, Counting::Approved, &(0..7 * DAY), 60 * DAY);
    assert_eq!(first_week.get("negative"), Some(&1));
    assert_eq!(first_week.get("units.delivered"), None);
}

#[test]
fn a_wish_is_only_what_was_heard() {
    let mut books = delivered(1, 0);
    books.enter(&Fact::Wrote { line: Some(line()), at: DAY }, false);
    check(&books, 2 * DAY, &[("units.wished", 0), ("lines.wanted", 0)]);
}
