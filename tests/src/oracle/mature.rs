//! Whether a figure can change no more.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::count::{Key, Question, Row, Shops};
use super::figure::{DAYS, Figure, Figures, Kind};
use super::{At, DAY, Record, Rules, Window, Wrong, sla};

/// The first instant of a day.
fn begins(record: &Record, day: Date) -> At {
    let zone = TimeZone::get(&record.zone).unwrap();
    day.to_zoned(zone).unwrap().timestamp().as_microsecond()
}

/// The rules that held at some time of these, each with the end of that.
fn held(record: &Record, from: At, until: At) -> Vec<(Rules, At)> {
    let Some((before, end)) = record.before else { return vec![(record.rules, until)] };
    let mut all = Vec::new();
    if from < end {
        all.push((before, until.min(end)));
    }
    if until > end {
        all.push((record.rules, until));
    }
    all
}

/// When the window of who was last seen then has ended; none if never.
const fn edited_until(rules: Rules, last: At) -> Option<At> {
    match rules.window {
        Window::Always => None,
        Window::Never => Some(last),
        Window::FromFirst(days) | Window::FromDelivery(days) => Some(last + days * DAY),
    }
}

/// What says of a row that it is mature.
#[must_use]
pub fn figures(
    kind: Kind,
    (shops, question): (Shops<'_>, &Question),
    (key, row): (&Key, &Row),
    now: At,
    wrong: Wrong,
) -> Figures {
    let is_of = |record: &Record| {
        let of_row = question.by.iter().zip(&key.1);
        let fits =
            of_row.filter_map(|(what, value)| record.place(what).map(|own| own == *value)).all(|is| is);
        let of_filters = ["SHOP", "CHANNEL", "REGION"].into_iter().all(|what| {
            let mut wanted = question.only.iter().filter(|(name, _)| *name == what).peekable();
            wanted.peek().is_none() || wanted.any(|(_, value)| record.place(what).as_ref() == Some(value))
        });
        fits && of_filters
    };
    let shops: Vec<_> = shops.iter().filter(|(record, _)| is_of(record)).collect();
    let (from, until) = key.0;
    let past = |days: i64| {
        let days = if wrong == Wrong::NoWindows { 0 } else { days };
        shops.iter().all(|(record, _)| begins(record, until) + days * DAY <= now)
    };
    let sum = |name: &str| row.sums.get(name).copied().unwrap_or(0);
    let mut all = Figures::new();
    let mut put = |name: &str, holds: bool| {
        all.insert(format!("{name} is mature"), Figure::Whole(i64::from(holds)));
    };
    match kind {
        Kind::Reviews => {
            let closed = shops.iter().all(|(record, members)| {
                let (begin, end) = (begins(record, from), begins(record, until));
                let rows = held(record, begin, end).into_iter();
                let ended = rows.map(|(rules, last)| edited_until(rules, last));
                let is_open = |at: At| at >= begin && at < end;
                let late = members.iter().filter(|one| is_open(one.at)).filter_map(|one| one.open_until);
                let late = late.max().is_none_or(|last| last <= now);
                end <= now && ended.into_iter().all(|end| end.is_some_and(|end| end <= now)) && late
            });
            put("all", closed || (wrong == Wrong::NoWindows && past(0)));
        }
        Kind::Lines => {
            let closed = |of: fn(Rules) -> i64, is_help: bool| {
                shops.iter().all(|(record, _)| {
                    let (begin, end) = (begins(record, from), begins(record, until));
                    let rows = held(record, begin, if is_help { end.max(now) } else { end }).into_iter();
                    let last = |(rules, last)| (if is_help { end } else { last }) + of(rules) * DAY;
                    end <= now && rows.map(last).all(|end| end <= now)
                })
            };
            let provisional = sum("intent_provisional") + sum("request_provisional");
            put("returns", closed(|rules| rules.return_days, false));
            put("rescue", closed(|rules| rules.avoid_days, true) && provisional == 0);
        }
        Kind::Satisfaction => {
            put("answers", past(0));
            put("response", past(30));
        }
        Kind::Handling => {
            let over = past(0);
            let ended = sum("closed") + sum("merged") + sum("cancelled") >= sum("opened");
            put("cases", over && ended);
            for (name, waiting, needs_end) in [
                ("first response", "first response waiting", true),
                ("next response", "next response waiting", false),
                ("agreement", "agreement waiting", false),
                ("resolution", "resolution waiting", true),
            ] {
                put(name, over && sum(waiting) == 0 && (ended || !needs_end));
            }
        }
        Kind::Sla => {
            for clock in sla::names() {
                let of = |what: &str| sum(&format!("{clock} {what}"));
                if of("met") + of("missed") + of("running") + of("withdrawn") > 0 {
                    put(clock, past(0) && of("running") == 0);
                }
            }
        }
        Kind::Lag => {
            let over = past(0);
            for from in ["observed", "solved"] {
                let standing = row.lists.iter().filter(|(name, _)| **name == format!("{from} standing"));
                let least = standing.flat_map(|(_, days)| days).min().copied();
                for day in DAYS {
                    put(&format!("{from} {day}"), over && least.is_none_or(|least| least > day));
                }
            }
        }
    }
    all
}
