//! Whether a figure can change no more.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::count::{Key, Member, Question, Row, Shops};
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
    let shops: Vec<&(&Record, Vec<Member>)> = shops.iter().filter(|(record, _)| is_of(record)).collect();
    let (_, until) = key.0;
    let past = |days: i64| {
        let days = if wrong == Wrong::NoWindows { 0 } else { days };
        shops.iter().all(|(record, _)| begins(record, until) + days * DAY <= now)
    };
    let told = match kind {
        Kind::Reviews => {
            let closed = reviews(&shops, key.0, now);
            vec![("all".to_owned(), closed || (wrong == Wrong::NoWindows && past(0)))]
        }
        Kind::Lines => of_lines(&shops, key.0, row, now),
        Kind::Satisfaction => vec![("answers".to_owned(), past(0)), ("response".to_owned(), past(30))],
        Kind::Handling => of_handling(row, past(0)),
        Kind::Sla => of_clocks(row, past(0)),
        Kind::Lag => of_curves(row, past(0)),
    };
    told.into_iter()
        .map(|(name, holds)| (format!("{name} is mature"), Figure::Whole(i64::from(holds))))
        .collect()
}

/// What says so, by its name.
type Told = Vec<(String, bool)>;

fn sum(row: &Row, name: &str) -> i64 {
    row.sums.get(name).copied().unwrap_or(0)
}

/// Whether nobody can edit any more.
fn reviews(shops: &[&(&Record, Vec<Member>)], (from, until): (Date, Date), now: At) -> bool {
    shops.iter().all(|(record, members)| {
        let (begin, end) = (begins(record, from), begins(record, until));
        let rows = held(record, begin, end).into_iter();
        let ended = rows.map(|(rules, last)| edited_until(rules, last));
        let is_inside = |at: At| at >= begin && at < end;
        let late = members.iter().filter(|one| is_inside(one.at)).filter_map(|one| one.open_until);
        let late = late.max().is_none_or(|last| last <= now);
        end <= now && ended.into_iter().all(|end| end.is_some_and(|end| end <= now)) && late
    })
}

fn of_lines(shops: &[&(&Record, Vec<Member>)], (from, until): (Date, Date), row: &Row, now: At) -> Told {
    let closed = |of: fn(Rules) -> i64, is_help: bool| {
        shops.iter().all(|(record, _)| {
            let (begin, end) = (begins(record, from), begins(record, until));
            let rows = held(record, begin, if is_help { end.max(now) } else { end }).into_iter();
            let last = |(rules, last)| (if is_help { end } else { last }) + of(rules) * DAY;
            end <= now && rows.map(last).all(|end| end <= now)
        })
    };
    let provisional = sum(row, "intent_provisional") + sum(row, "request_provisional");
    let rescue = closed(|rules| rules.avoid_days, true) && provisional == 0;
    vec![("returns".to_owned(), closed(|rules| rules.return_days, false)), ("rescue".to_owned(), rescue)]
}

fn of_handling(row: &Row, over: bool) -> Told {
    let ended = sum(row, "closed") + sum(row, "merged") + sum(row, "cancelled") >= sum(row, "opened");
    let mut told = vec![("cases".to_owned(), over && ended)];
    for (name, needs_end) in
        [("first response", true), ("next response", false), ("agreement", false), ("resolution", true)]
    {
        let waiting = sum(row, &format!("{name} waiting"));
        told.push((name.to_owned(), over && waiting == 0 && (ended || !needs_end)));
    }
    told
}

fn of_clocks(row: &Row, over: bool) -> Told {
    let of = |clock: &str, what: &str| sum(row, &format!("{clock} {what}"));
    let is_any =
        |clock: &&str| ["met", "missed", "running", "withdrawn"].iter().any(|what| of(clock, what) > 0);
    let clocks = sla::names().into_iter().filter(is_any);
    clocks.map(|clock| (clock.to_owned(), over && of(clock, "running") == 0)).collect()
}

fn of_curves(row: &Row, over: bool) -> Told {
    let mut told = Told::new();
    for from in ["observed", "solved"] {
        let standing = row.lists.iter().filter(|(name, _)| **name == format!("{from} standing"));
        let least = standing.flat_map(|(_, days)| days).min().copied();
        let followed = |day: i64| least.is_none_or(|least| least > day);
        told.extend(DAYS.map(|day| (format!("{from} {day}"), over && followed(day))));
    }
    told
}
