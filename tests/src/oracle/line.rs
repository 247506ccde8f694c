//! What an order line counts for.

use std::collections::{BTreeMap, BTreeSet};

use super::count::Member;
use super::record::Seen;
use super::requests::{self, Request};
use super::{At, DAY, Entry, Record, Wrong, desk, help};

/// What a review is about.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The order, the first that was told.
    pub order: Option<String>,
    /// The line, the latest that was named.
    pub line: Option<String>,
    /// The article.
    pub sku: String,
    /// When that was delivered.
    pub delivered: Option<At>,
}

/// Article and quantity of a line, by the latest word of its order.
pub(super) fn bought(record: &Record, order: &str, line: &str) -> Option<(String, i64)> {
    let mut latest: Option<(At, &str, &str, i64)> = None;
    for entry in &record.entries {
        let Entry::Order { id, at, order: o, lines } = entry else { continue };
        for (l, sku, units) in lines.iter().filter(|(l, ..)| o == order && l == line) {
            debug_assert_eq!(l, line);
            if latest.is_none_or(|(when, by, ..)| (when, by) <= (*at, id.as_str())) {
                latest = Some((*at, id, sku, *units));
            }
        }
    }
    latest.map(|(_, _, sku, units)| (sku.to_owned(), units))
}

/// The lines of an order that anything names.
pub(super) fn lines(record: &Record, order: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for entry in &record.entries {
        match entry {
            Entry::Order { order: o, lines, .. } if o == order => {
                all.extend(lines.iter().map(|(line, ..)| line.clone()));
            }
            Entry::Parcel { order: o, lines, .. } if o == order => {
                all.extend(lines.iter().map(|(line, _)| line.clone()));
            }
            Entry::Wish { order: o, line, .. } if o == order => all.extend(line.clone()),
            Entry::Return(asked) if asked.order == order => all.extend(asked.line.clone()),
            Entry::Review(seen) if seen.order.as_deref() == Some(order) => all.extend(seen.line.clone()),
            _ => {}
        }
    }
    all
}

/// The only line that was bought, if there is one alone.
pub(super) fn only(record: &Record, order: &str) -> Option<String> {
    let mut known = lines(record, order).into_iter().filter(|line| bought(record, order, line).is_some());
    known.next().filter(|_| known.next().is_none())
}

/// A word about a parcel: when, by which signal, what is in it, whether it was delivered.
type Word<'a> = (At, &'a str, &'a [(String, i64)], bool);

/// First delivery and all units that were delivered of a line.
pub(super) fn delivered(record: &Record, order: &str, line: &str) -> Option<(At, i64)> {
    let quantity = bought(record, order, line).map(|(_, units)| units);
    let mut parcels: BTreeMap<&str, Vec<Word<'_>>> = BTreeMap::new();
    for entry in &record.entries {
        if let Entry::Parcel { id, at, parcel, order: o, lines, delivered } = entry
            && o == order
        {
            parcels.entry(parcel).or_default().push((*at, id, lines, *delivered));
        }
    }
    let (mut first, mut sum) = (None, 0);
    for words in parcels.values_mut() {
        words.sort_unstable();
        let Some(at) = words.iter().filter(|word| word.3).map(|word| word.0).min() else { continue };
        let Some((_, _, inside, _)) = words.last() else { continue };
        let units = match inside.is_empty() {
            true => quantity.unwrap_or(0),
            false => inside.iter().filter(|(l, _)| l == line).map(|(_, units)| *units).sum(),
        };
        if units > 0 {
            first = Some(first.map_or(at, |first: At| first.min(at)));
            sum += units;
        }
    }
    first.map(|at| (at, quantity.map_or(sum, |quantity| sum.min(quantity))))
}

/// What the observations of a review say it is about.
#[must_use]
pub fn place(record: &Record, told: &[&Seen]) -> Place {
    let order = told.iter().find_map(|seen| seen.order.clone());
    let mut sorted = told.to_vec();
    sorted.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    let line = sorted.iter().rev().find_map(|seen| seen.line.clone());
    let sku = sorted.iter().rev().find_map(|seen| seen.sku.clone());
    let Some(order) = order else { return Place { sku: sku.unwrap_or_default(), ..Place::default() } };
    let mine = lines(record, &order).into_iter().filter(|one| line.as_ref().is_none_or(|line| line == one));
    let delivered = mine.filter_map(|one| delivered(record, &order, &one)).map(|(at, _)| at).min();
    let of_order = line.clone().or_else(|| only(record, &order));
    let of_order = of_order.and_then(|line| bought(record, &order, &line)).map(|(sku, _)| sku);
    Place { sku: sku.or(of_order).unwrap_or_default(), order: Some(order), line, delivered }
}

/// When the wish to return a line was first voiced without a request.
pub(super) fn wished(
    record: &Record,
    order: &str,
    line: &str,
    is_only: bool,
    requests: &[&Request],
) -> Option<At> {
    let means = |named: Option<&String>| named.map_or(is_only, |named| named == line);
    let mut times: Vec<At> = requests.iter().flat_map(|request| request.voiced.clone()).collect();
    let mut reviews: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
    for entry in &record.entries {
        match entry {
            Entry::Wish { at, order: o, line: named } if o == order && means(named.as_ref()) => {
                times.push(*at)
            }
            Entry::Review(seen) => reviews.entry(&seen.review).or_default().push(seen),
            _ => {}
        }
    }
    for told in reviews.values() {
        let place = place(record, told);
        if place.order.as_deref() == Some(order) && means(place.line.as_ref()) {
            times.extend(told.iter().filter(|seen| seen.wish).map(|seen| seen.at));
        }
    }
    times.into_iter().min()
}

/// The requests that are about a line.
pub(super) fn concerning(record: &Record, order: &str, line: &str) -> Vec<Request> {
    let is_only = only(record, order).as_deref() == Some(line);
    let means = |request: &Request| request.line.as_ref().map_or(is_only, |named| named == line);
    requests::of_order(record, order).into_iter().filter(means).collect()
}

/// When the last of all requests was withdrawn, if all are, and for how many units.
pub(super) fn withdrawn(record: &Record, order: &str, line: &str) -> Option<(At, i64)> {
    let requests: Vec<_> =
        concerning(record, order, line).into_iter().filter(|request| request.opened.is_some()).collect();
    let all = requests.iter().all(|request| request.withdrawn.is_some());
    let last = requests.iter().filter_map(|request| request.withdrawn).max();
    last.filter(|_| all).map(|at| (at, requests.iter().map(|request| request.units).sum()))
}

/// The order lines of a shop: each by its delivery, and by the wish to return it.
#[must_use]
pub fn members(record: &Record, now: At, wrong: Wrong) -> Vec<Member> {
    let desk = desk::of(record);
    let mut orders = BTreeSet::new();
    for entry in &record.entries {
        match entry {
            Entry::Order { order, .. } | Entry::Parcel { order, .. } | Entry::Wish { order, .. } => {
                orders.insert(order.clone());
            }
            Entry::Return(asked) => drop(orders.insert(asked.order.clone())),
            Entry::Review(seen) => orders.extend(seen.order.clone()),
            _ => {}
        }
    }
    let mut members = Vec::new();
    for order in orders {
        for line in lines(record, &order) {
            members.extend(of_line(record, &desk, &order, &line, now, wrong));
        }
    }
    members
}

fn of_line(
    record: &Record,
    desk: &desk::Desk,
    order: &str,
    line: &str,
    now: At,
    wrong: Wrong,
) -> Vec<Member> {
    let requests = concerning(record, order, line);
    let is_only = only(record, order).as_deref() == Some(line);
    let wished = wished(record, order, line, is_only, &requests.iter().collect::<Vec<_>>());
    let wished = wished.filter(|_| wrong != Wrong::NoWishes);
    let open: Vec<&Request> = requests.iter().filter(|request| request.opened.is_some()).collect();
    let bought = bought(record, order, line);
    let values = values(desk, order, line, bought.as_ref().map(|(sku, _)| sku.clone()));
    let most = |units: i64| bought.as_ref().map_or(units, |(_, quantity)| units.min(*quantity));
    let name = format!("{order}/{line}");
    let mut members = Vec::new();
    if let Some((at, units)) = delivered(record, order, line) {
        let days = record.rules.return_days - i64::from(wrong == Wrong::ShortWindow);
        let until = at + days * DAY;
        let inside = |when: fn(&Request) -> Option<At>| {
            open.iter().filter(|r| when(r).is_some_and(|at| at <= until)).map(|r| r.units).sum::<i64>()
        };
        let counted = most(inside(|request| request.counted)).min(units);
        let counts = BTreeMap::from([
            ("delivered", units),
            ("returned", counted),
            ("requested", inside(|request| request.opened).min(units)),
            ("intent", if wished.is_some_and(|at| at <= until) { units } else { 0 }),
            ("lines", 1),
            ("lines_returned", i64::from(counted > 0)),
        ]);
        let (name, values) = (format!("{name} delivered"), values.clone());
        members.push(Member { name, at, values, counts, ..Member::default() });
    }
    let requested = open.iter().filter_map(|request| request.opened).min();
    let Some(at) = [wished, requested].into_iter().flatten().min() else { return members };
    let mut counts = BTreeMap::from([("wanted", 1)]);
    let help = help::given(record, order, line).or_else(|| withdrawn(record, order, line));
    let counted: i64 = open.iter().filter(|r| r.counted.is_some()).map(|r| r.units).sum();
    let first_counted = open.iter().filter_map(|request| request.counted).min();
    if let Some((helped, units)) = help.filter(|(helped, _)| *helped >= at) {
        let asked_before = requested.is_some_and(|requested| requested <= helped);
        let end = match first_counted {
            Some(counted) if counted < helped => None,
            Some(_) => Some(("failed", most(counted).min(units))),
            None if helped + record.rules.avoid_days * DAY <= now => Some(("confirmed", most(units))),
            None => Some(("provisional", most(units))),
        };
        if let Some((end, units)) = end {
            counts.insert(measure(asked_before, end), units);
            counts.insert("rescued", i64::from(end == "confirmed"));
        }
    }
    members.push(Member { name: format!("{name} wanted"), at, values, counts, ..Member::default() });
    members
}

/// What was only voiced and what was requested are told apart.
fn measure(asked_before: bool, end: &str) -> &'static str {
    match (asked_before, end) {
        (true, "failed") => "request_failed",
        (true, "confirmed") => "request_confirmed",
        (true, _) => "request_provisional",
        (false, "failed") => "intent_failed",
        (false, "confirmed") => "intent_confirmed",
        (false, _) => "intent_provisional",
    }
}

/// What a line is told apart by: the earliest case about it that knows a thing says it.
fn values(desk: &desk::Desk, order: &str, line: &str, sku: Option<String>) -> BTreeMap<&'static str, String> {
    let here =
        |about: &Option<(String, String)>| about.as_ref().is_some_and(|(o, l)| o == order && l == line);
    let mut mine: Vec<_> = desk.cases.iter().filter(|(_, known)| here(&known.about)).collect();
    mine.sort_by_key(|(name, known)| (known.opened, (*name).clone()));
    let first = |of: fn(&desk::Known) -> &String| {
        mine.iter().map(|(_, known)| of(known)).find(|value| !value.is_empty()).cloned().unwrap_or_default()
    };
    BTreeMap::from([
        ("SKU", sku.unwrap_or_default()),
        ("AGENT", first(|known| &known.agent)),
        ("REMEDY_KIND", first(|known| &known.kind)),
        ("REASON", first(|known| &known.reason)),
        ("LANGUAGE", first(|known| &known.language)),
    ])
}
