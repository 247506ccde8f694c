//! The instants at which it matters.

use super::*;
use Standing::*;

fn standings(name: &str, place: &Presence, at: &str, lines: &[(&str, &str)]) -> Vec<Standing> {
    figure(&twin(name), place, &told(lines), utc(at)).standings
}

const SAME_DAY: &str = "lazada_same_day_response_rate";
const MEAN: &str = "lazada_response_time";
const WEIGHTED: &str = "shopee_chat_response_rate";
const PLAIN: &str = "shopee_chat_response_rate_30_days";

#[test]
fn six_o_clock_belongs_to_the_next_day_and_seven_o_clock_is_in_time() {
    // Jakarta is seven hours ahead: 18:00 is 11:00Z, 19:00 is 12:00Z.
    let lines = [
        ("2026-03-09T10:59:59.999999Z", "2026-03-09T12:00:00Z"),
        ("2026-03-09T10:59:59.999999Z", "2026-03-09T12:00:00.000001Z"),
        ("2026-03-09T11:00:00Z", "2026-03-09T12:00:00.000001Z"),
        ("2026-03-10T11:00:00Z", "2026-03-10T11:00:01Z"),
        ("2026-03-03T11:00:00Z", "-"),
        ("2026-03-03T10:59:59.999999Z", "-"),
    ];
    let found = standings(SAME_DAY, &jakarta(), "2026-03-10T13:00:00Z", &lines);
    assert_eq!(found, [InTime, Late, InTime, TooNew, Unanswered, TooOld]);
}

#[test]
fn a_day_closes_after_seven_o_clock_and_not_at_it() {
    let lines = told(&[("2026-03-10T10:00:00Z", "-"), ("2026-03-09T10:00:00Z", "2026-03-09T10:30:00Z")]);
    let (rate, place) = (twin(SAME_DAY), jakarta());
    let cut_off = |at: &str| figure(&rate, &place, &lines, utc(at)).cut_off;
    assert_eq!(cut_off("2026-03-10T12:00:00Z"), utc("2026-03-09T11:00:00Z"));
    assert_eq!(cut_off("2026-03-10T12:00:00.000001Z"), utc("2026-03-10T11:00:00Z"));
    // At seven itself the answer can still be given, and a moment later it cannot.
    let Next { rescue, .. } = next(&rate, &place, &lines, utc("2026-03-10T12:00:00Z"));
    let Rescue::Answer(list) = rescue else { panic!("{rescue:?}") };
    assert_eq!((list.len(), list[0].until), (1, utc("2026-03-10T12:00:00Z")));
    let Next { rescue, if_none, .. } = next(&rate, &place, &lines, utc("2026-03-10T12:00:00.000001Z"));
    assert_eq!((rescue, if_none.closes), (Rescue::Lost(Vec::new()), utc("2026-03-11T12:00:00Z")));
}

#[test]
fn twelve_hours_count_and_a_millisecond_more_does_not() {
    let lines = [
        ("2026-03-09T01:00:00Z", "2026-03-09T13:00:00Z"),
        ("2026-03-09T01:00:00Z", "2026-03-09T13:00:00.001Z"),
        ("2026-03-09T01:00:00Z", "automatic"),
        // Over at midnight in Jakarta to the microsecond: the next day's.
        ("2026-03-09T05:00:00Z", "2026-03-09T05:10:00Z"),
        ("2026-03-09T04:59:59.999999Z", "2026-03-09T05:10:00Z"),
    ];
    for name in [WEIGHTED, PLAIN] {
        let found = standings(name, &jakarta(), "2026-03-09T17:00:00Z", &lines);
        assert_eq!(found, [InTime, Late, OnlyAutomatic, TooNew, InTime]);
    }
}

#[test]
fn the_day_on_which_the_clock_changes_ends_when_the_wall_shows_it() {
    // Berlin goes from UTC+1 to UTC+2 on 29 March 2026 and back on 25 October.
    let place = Presence::new("Europe/Berlin", [], Vec::new()).unwrap();
    let lines = [
        ("2026-03-28T16:59:59Z", "2026-03-28T18:00:00Z"),
        ("2026-03-28T17:00:00Z", "2026-03-29T17:00:00Z"),
        ("2026-03-29T15:59:59Z", "2026-03-29T17:00:00.000001Z"),
    ];
    let found = standings(SAME_DAY, &place, "2026-03-29T17:30:00Z", &lines);
    assert_eq!(found, [InTime, InTime, Late]);
    let lines = [
        ("2026-10-24T15:59:59Z", "2026-10-24T17:00:00Z"),
        ("2026-10-24T16:00:00Z", "2026-10-25T18:00:00Z"),
        ("2026-10-25T16:59:59Z", "2026-10-25T18:00:00.000001Z"),
    ];
    let found = standings(SAME_DAY, &place, "2026-10-25T18:30:00Z", &lines);
    assert_eq!(found, [InTime, InTime, Late]);
    // Twelve hours are twelve hours, whatever the wall shows: from 20:00 to 09:00 that night.
    let night =
        [("2026-03-28T19:00:00Z", "2026-03-29T07:00:00Z"), ("2026-03-28T19:00:00Z", "2026-03-29T07:00:01Z")];
    assert_eq!(standings(PLAIN, &place, "2026-03-30T00:00:00Z", &night), [InTime, Late]);
}

#[test]
fn a_cut_off_that_the_clock_skips_or_shows_twice_is_one_instant() {
    // Santiago put its clock forward at midnight of 6 September 2026 (to 01:00) and back at that of 5 April.
    let place = Presence::new("America/Santiago", [], Vec::new()).unwrap();
    let at = |at: &str| figure(&twin(PLAIN), &place, &[], utc(at)).cut_off;
    assert_eq!(at("2026-09-06T12:00:00Z"), utc("2026-09-06T04:00:00Z"));
    assert_eq!(at("2026-09-06T03:59:59.999999Z"), utc("2026-09-05T04:00:00Z"));
    assert_eq!(at("2026-04-05T12:00:00Z"), utc("2026-04-05T04:00:00Z"));
}

#[test]
fn holidays_are_the_days_whose_cut_off_follows() {
    let place = Presence::new("Asia/Jakarta", [date("2026-03-09")], Vec::new()).unwrap();
    let lines = [
        ("2026-03-08T10:59:59Z", "-"),
        ("2026-03-08T11:00:00Z", "-"),
        ("2026-03-09T10:59:59Z", "2026-03-09T11:00:00Z"),
        ("2026-03-09T11:00:00Z", "-"),
    ];
    let found = standings(SAME_DAY, &place, "2026-03-10T13:00:00Z", &lines);
    assert_eq!(found, [Unanswered, Holiday, Holiday, Unanswered]);
    let found = standings(MEAN, &place, "2026-03-10T13:00:00Z", &lines);
    assert_eq!(found, [NotAnsweredYet, Holiday, Holiday, NotAnsweredYet]);
    // Shopee knows no holidays.
    assert_eq!(
        standings(PLAIN, &place, "2026-03-10T17:00:00Z", &lines),
        [Unanswered, Unanswered, InTime, Unanswered]
    );
}

#[test]
fn what_came_while_the_shop_was_away_is_left_out() {
    let away = vec![(utc("2026-03-08T00:00:00Z"), utc("2026-03-09T00:00:00Z"))];
    let place = Presence::new("Asia/Jakarta", [], away).unwrap();
    let lines = [
        ("2026-03-07T23:59:59.999999Z", "-"),
        ("2026-03-08T00:00:00Z", "2026-03-08T00:00:01Z"),
        ("2026-03-08T23:59:59.999999Z", "-"),
        ("2026-03-09T00:00:00Z", "-"),
    ];
    for name in [SAME_DAY, WEIGHTED, PLAIN] {
        let found = standings(name, &place, "2026-03-10T17:00:00Z", &lines);
        assert_eq!(found, [Unanswered, Away, Away, Unanswered], "{name}");
    }
}

#[test]
fn fewer_than_two_chats_have_no_value() {
    let one = told(&[("2026-03-09T01:00:00Z", "-")]);
    let (rate, place, at) = (twin(WEIGHTED), jakarta(), utc("2026-03-10T00:00:00Z"));
    let found = figure(&rate, &place, &one, at);
    assert_eq!((found.counted, found.value, found.reached), (1, None, None));
    assert_eq!(next(&rate, &place, &one, at).rescue, Rescue::NoValue);
    let two = told(&[("2026-03-09T01:00:00Z", "-"), ("2026-03-09T02:00:00Z", "2026-03-09T02:10:00Z")]);
    let found = figure(&rate, &place, &two, at);
    // One of two in 90 days, and the newest of them: half of each.
    assert_eq!((found.value, found.reached), (Some(0.75), Some(true)));
    assert_eq!((found.numerator, found.denominator), (150, 200));
    assert_eq!(figure(&rate, &place, &[], at).value, None);
}

#[test]
fn the_newest_quarter_is_rounded_up_and_weighs_half() {
    // Nine chats, so the newest three: of those one was answered, of all seven.
    let mut lines = vec![("2026-03-01T01:00:00Z", "2026-03-01T01:00:01Z"); 6];
    lines.extend([("2026-03-05T01:00:00Z", "-"); 2]);
    lines.push(("2026-03-05T01:00:00.000001Z", "2026-03-05T02:00:00Z"));
    let found = figure(&twin(WEIGHTED), &jakarta(), &told(&lines), utc("2026-03-10T00:00:00Z"));
    let parts: Vec<(u32, u32, u8)> = found.parts.iter().map(|p| (p.answered, p.of, p.weight)).collect();
    assert_eq!(parts, [(7, 9, 50), (1, 3, 50)]);
    assert_eq!((found.numerator, found.denominator), (50 * 7 * 3 + 50 * 9, 100 * 9 * 3));
    assert_eq!(found.reached, Some(false));
}

#[test]
fn a_mean_of_exactly_thirty_minutes_reaches_its_target() {
    let mut lines = vec![
        ("2026-03-09T01:00:00Z", "2026-03-09T01:10:00Z"),
        ("2026-03-09T02:00:00Z", "2026-03-09T02:50:00Z"),
        ("2026-03-09T03:00:00Z", "automatic"),
        // Answered after the cut-off: it had no time then.
        ("2026-03-10T10:00:00Z", "2026-03-10T11:00:00Z"),
    ];
    let (mean, place, at) = (twin(MEAN), jakarta(), utc("2026-03-10T11:00:00Z"));
    let found = figure(&mean, &place, &told(&lines), at);
    assert_eq!((found.value, found.reached, found.counted), (Some(1_800.0), Some(true), 2));
    assert_eq!(found.standings, [Answered, Answered, NotAnsweredYet, NotAnsweredYet]);
    lines[1].1 = "2026-03-09T02:50:00.000001Z";
    assert_eq!(figure(&mean, &place, &told(&lines), at).reached, Some(false));
}

#[test]
fn the_list_holds_those_that_weigh_most_and_tells_their_deadlines() {
    // Eight chats of which five are answered; two of the newest are open, and an older one.
    let lines = [
        ("2026-03-08T20:00:00Z", "2026-03-08T20:01:00Z"),
        ("2026-03-08T20:00:00Z", "2026-03-08T20:01:00Z"),
        ("2026-03-08T20:00:00Z", "2026-03-08T20:01:00Z"),
        ("2026-03-08T20:00:00Z", "2026-03-08T20:01:00Z"),
        ("2026-03-08T20:00:00Z", "2026-03-08T20:01:00Z"),
        ("2026-03-09T00:00:00Z", "-"),
        ("2026-03-09T02:00:00Z", "-"),
        ("2026-03-09T01:00:00Z", "automatic"),
    ];
    let found = next(&twin(WEIGHTED), &jakarta(), &told(&lines), utc("2026-03-09T03:00:00Z"));
    assert_eq!(found.if_none.value, Some(0.5 * 5.0 / 8.0));
    assert_eq!(found.if_all.value, Some(1.0));
    // Each of the newest two brings 5/16 of the whole; one of them is not enough, both are.
    assert_eq!(ids(&found.rescue), ["7", "6"]);
    let Rescue::Answer(list) = &found.rescue else { panic!() };
    assert_eq!((list[0].until, list[1].until), (utc("2026-03-09T13:00:00Z"), utc("2026-03-09T14:00:00Z")));
}

#[test]
fn what_is_known_later_is_not_in_an_earlier_figure() {
    let lines = [
        ("2026-03-09T10:00:00Z", "2026-03-09T11:30:00Z"),
        ("2026-03-09T10:30:00Z", "2026-03-09T10:31:00Z"),
        ("2026-03-09T10:45:00Z", "2026-03-09T10:46:00Z"),
    ];
    let found = next(&twin(SAME_DAY), &jakarta(), &told(&lines), utc("2026-03-09T10:35:00Z"));
    assert_eq!(found.if_none.standings, [Unanswered, InTime, TooNew]);
    assert_eq!(ids(&found.rescue), ["0"]);
}

#[test]
fn an_answer_that_is_dated_before_its_message_was_at_once() {
    let lines = told(&[("2026-03-09T01:00:00Z", "2026-03-09T00:59:00Z")]);
    let found = figure(&twin(MEAN), &jakarta(), &lines, utc("2026-03-10T11:00:00Z"));
    assert_eq!(found.value, Some(0.0));
}

#[test]
fn a_mean_of_nothing_begins_with_the_conversation_that_waited_least() {
    let lines = told(&[("2026-03-09T01:00:00Z", "-"), ("2026-03-09T01:50:00Z", "-")]);
    let (mean, place) = (twin(MEAN), jakarta());
    let now = utc("2026-03-09T02:00:00Z");
    let found = next(&mean, &place, &lines, now);
    assert_eq!((found.if_none.value, found.if_none.counted), (None, 0));
    let Rescue::Answer(list) = &found.rescue else { panic!("{:?}", found.rescue) };
    assert_eq!(list.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["1"]);
    assert_eq!(list[0].until, utc("2026-03-09T02:20:00Z"), "half an hour after it came");
    // An hour later nothing reaches the target; the one that waited least comes nearest.
    let late = next(&mean, &place, &lines, utc("2026-03-09T03:00:00Z"));
    assert!(matches!(&late.rescue, Rescue::Lost(list) if list.len() == 1 && list[0].id.as_str() == "1"));
    assert_eq!(next(&mean, &place, &[], now).rescue, Rescue::NoValue, "nobody wrote");
}

#[test]
fn no_zone_is_no_place() {
    let found = Presence::new("Asia/Atlantis", [], Vec::new()).unwrap_err();
    assert_eq!(found.to_string(), "\"Asia/Atlantis\" is no IANA time zone");
}
