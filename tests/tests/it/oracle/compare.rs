//! Questions, and both answers to each.

use amends_app::metrics::{Bucket as Cut, Days, Dimension, Question as Put};
use amends_domain::{Day, ShopId};
use amends_tests::oracle::count::Member;
use amends_tests::oracle::figure::Figures;
use amends_tests::oracle::{Bucket, Kind, Question, Record, Wrong, ask, mature};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::agents;
use super::answers::{Told, told};
use super::house::House;
use super::served::Book;

/// What was compared.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The rule that was counted wrong on purpose, if any.
    pub(super) wrong: Wrong,
    pub(super) figures: usize,
    pub(super) differences: Vec<String>,
    /// What was told and done, if there are any.
    pub(super) story: Vec<String>,
}

impl Found {
    /// Whether there is anything to find: of a wrong rule one difference is enough.
    pub(super) const fn is_open(&self) -> bool {
        matches!(self.wrong, Wrong::Nothing) || self.differences.is_empty()
    }
}

const BY: [(&str, Dimension); 11] = [
    ("SHOP", Dimension::Shop),
    ("CHANNEL", Dimension::Channel),
    ("REGION", Dimension::Region),
    ("SKU", Dimension::Sku),
    ("REASON", Dimension::Reason),
    ("REMEDY_KIND", Dimension::RemedyKind),
    ("AGENT", Dimension::Agent),
    ("LANGUAGE", Dimension::Language),
    ("STAR", Dimension::Star),
    ("PRIORITY", Dimension::Priority),
    ("TARGET", Dimension::Target),
];

pub(super) const CUTS: [(Bucket, Cut); 4] = [
    (Bucket::Total, Cut::Total),
    (Bucket::Day, Cut::Day),
    (Bucket::Week, Cut::Week),
    (Bucket::Month, Cut::Month),
];

/// Everything happens within these days.
pub(super) const WHOLE: (Date, Date) = (date(2026, 1, 20), date(2026, 10, 3));

fn dimension(name: &str) -> Dimension {
    BY.iter().find(|(known, _)| *known == name).unwrap().1
}

fn day(of: Date) -> Day {
    let days = date(1970, 1, 1).until(of).unwrap().get_days();
    Day::from_number(days)
}

pub(super) fn date_of(day: Day) -> Date {
    date(1970, 1, 1) + i64::from(day.number()).days()
}

/// As the service is asked.
pub(super) fn put(shop: Option<ShopId>, question: &Question) -> Put {
    Put {
        shop,
        days: Days { from: day(question.days.0), until: day(question.days.1) },
        bucket: CUTS.iter().find(|(bucket, _)| *bucket == question.bucket).unwrap().1,
        dimensions: question.by.iter().map(|name| dimension(name)).collect(),
        filters: question.only.iter().map(|(name, value)| (dimension(name), value.clone())).collect(),
    }
}

pub(super) fn any_days(rng: &mut ChaCha8Rng) -> (Date, Date) {
    let from = date(2026, 3, 1) + rng.random_range(0..50).days();
    (from, from + rng.random_range(1..80).days())
}

/// What is asked of one kind of members: everything at once, and some of all there is to ask.
fn questions(rng: &mut ChaCha8Rng, kind: Kind, members: &[(&Record, &Member)]) -> Vec<Question> {
    let of = kind.dimensions();
    let mut all = Vec::new();
    for (bucket, _) in CUTS {
        all.push(Question { days: WHOLE, bucket, by: Vec::new(), only: Vec::new() });
    }
    let (bucket, _) = *CUTS.choose(rng).unwrap();
    all.push(Question { days: any_days(rng), bucket, by: Vec::new(), only: Vec::new() });
    for one in of.choose_multiple(rng, 3) {
        let (bucket, _) = *CUTS.choose(rng).unwrap();
        all.push(Question { days: WHOLE, bucket: Bucket::Total, by: vec![one], only: Vec::new() });
        let others: Vec<&&str> = of.iter().filter(|other| fit(kind, one, other)).collect();
        let other = **others.choose(rng).unwrap();
        all.push(Question { days: any_days(rng), bucket, by: vec![other, one], only: Vec::new() });
        // Some values, some of which nobody has.
        let mut only = vec![(*one, String::new())];
        for (record, member) in members.choose_multiple(rng, 2) {
            let value = record.place(one).or_else(|| member.values.get(one).cloned());
            only.push((*one, value.unwrap_or_default()));
        }
        only.dedup();
        let by = if rng.random_bool(0.5) { vec![other] } else { Vec::new() };
        all.push(Question { days: any_days(rng), bucket, by, only });
    }
    all
}

/// Whether both can be told apart at once.
fn fit(kind: Kind, one: &str, other: &str) -> bool {
    let known = [one, other].iter().filter(|name| kind.known().contains(name)).count();
    one != other && known <= kind.at_once()
}

/// Asks about everything of every shop and of all together; each answer is held against a count by each of
/// the rules that can make a difference to it and made none so far.
pub(super) async fn every_figure(house: &House, books: &[Book], rng: &mut ChaCha8Rng, found: &mut [Found]) {
    for kind in Kind::ALL {
        let now = house.app.now().micros();
        let members = |wrong| -> Vec<(&Record, Vec<Member>)> {
            books.iter().map(|book| (&book.record, kind.members(&book.record, now, wrong))).collect()
        };
        if !is_asked(found, |wrong| wrong.concerns(kind)) {
            continue;
        }
        let right = members(Wrong::Nothing);
        let open = found.iter_mut().filter(|one| one.is_open() && one.wrong.concerns(kind));
        let mut counts: Vec<_> = open.map(|one| (members(one.wrong), one)).collect();
        // One shop alone is all there are.
        let together = if kind.is_of_all() && books.len() > 1 { books.len() + 1 } else { books.len() };
        for n in 0..together {
            let part = if n == books.len() { 0..n } else { n..n + 1 };
            let shop = books.get(n).map(|book| book.shop.clone());
            let flat = right[part.clone()].iter();
            let flat: Vec<_> = flat.flat_map(|(of, all)| all.iter().map(move |one| (*of, one))).collect();
            for question in questions(rng, kind, &flat) {
                let mut wrong = Vec::new();
                let served = told(&house.app, kind, &put(shop.clone(), &question), &mut wrong).await;
                for (members, one) in counts.iter_mut().filter(|(_, one)| one.is_open()) {
                    one.differences.extend(wrong.clone());
                    beside(kind, (&members[part.clone()], &question), now, &served, one);
                }
            }
        }
    }
    if is_asked(found, Wrong::concerns_agents) {
        agents::every_figure(house, books, rng, found).await;
    }
}

/// Whether anything is open there. Beside wrong rules the right one alone is no reason to ask.
fn is_asked(found: &[Found], concerns: impl Fn(Wrong) -> bool) -> bool {
    let alone = found.len() == 1;
    found.iter().any(|one| one.is_open() && concerns(one.wrong) && (alone || one.wrong != Wrong::Nothing))
}

/// Holds an answer against a count.
fn beside(
    kind: Kind,
    (shops, question): (&[(&Record, Vec<Member>)], &Question),
    now: i64,
    served: &Told,
    found: &mut Found,
) {
    let wrong = found.wrong;
    let rows = ask(shops, question, wrong);
    let counted: Told = rows
        .iter()
        .map(|(key, row)| {
            let mut all = kind.figures(row, wrong);
            all.extend(mature::figures(kind, (shops, question), (key, row), now, wrong));
            (key.clone(), all)
        })
        .collect();
    let of: Vec<&str> = shops.iter().map(|(record, _)| record.shop.as_str()).collect();
    for what in differ(&counted, served, found) {
        let who = rows.iter().map(|(key, row)| format!("{key:?}: {:?}", row.members));
        let who = who.collect::<Vec<_>>().join("; ");
        found.differences.push(format!("{kind:?} of {of:?}: {what}; asked {question:?}; members {who}"));
    }
}

/// Every figure that is not told as it was counted.
pub(super) fn differ(counted: &Told, served: &Told, found: &mut Found) -> Vec<String> {
    let keys: std::collections::BTreeSet<_> = counted.keys().chain(served.keys()).collect();
    let none = Figures::new();
    let mut differ = Vec::new();
    for key in keys {
        let (mine, theirs) = (counted.get(key).unwrap_or(&none), served.get(key).unwrap_or(&none));
        let names: std::collections::BTreeSet<_> = mine.keys().chain(theirs.keys()).collect();
        for name in names {
            let Some(some) = mine.get(name).or(theirs.get(name)).copied() else { continue };
            let of = |all: &Figures| all.get(name).copied().unwrap_or(some.of_nobody());
            let (a, b) = (of(mine), of(theirs));
            found.figures += 1;
            if !a.is_like(b) {
                differ.push(format!("{name} of {key:?}: counted {a:?}, served {b:?}"));
            }
        }
    }
    differ
}
