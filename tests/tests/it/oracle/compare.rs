//! Questions, and both answers to each.

use std::collections::BTreeMap;

use amends_app::metrics::{
    Avoided, Bucket as Cut, Days, Dimension, Key as Values, MatureRate, Question as Put, ReturnsRow,
    ReversalRow,
};
use amends_app::{Principal, Role};
use amends_domain::{Day, ShopId};
use amends_tests::oracle::count::{Key, Member, Row};
use amends_tests::oracle::{Bucket, Question, Record, Wrong, ask, line, review, wilson};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::house::{House, principal};
use super::served::Book;

/// What was compared.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The rule that was counted wrong on purpose, if any.
    pub(super) wrong: Wrong,
    pub(super) figures: usize,
    pub(super) differences: Vec<String>,
}

const BY: [(&str, Dimension); 9] = [
    ("SHOP", Dimension::Shop),
    ("CHANNEL", Dimension::Channel),
    ("REGION", Dimension::Region),
    ("SKU", Dimension::Sku),
    ("REASON", Dimension::Reason),
    ("REMEDY_KIND", Dimension::RemedyKind),
    ("AGENT", Dimension::Agent),
    ("LANGUAGE", Dimension::Language),
    ("STAR", Dimension::Star),
];

const CUTS: [(Bucket, Cut); 4] = [
    (Bucket::Total, Cut::Total),
    (Bucket::Day, Cut::Day),
    (Bucket::Week, Cut::Week),
    (Bucket::Month, Cut::Month),
];

const FIRST: Date = date(2026, 1, 20);
const LAST: Date = date(2026, 8, 3);

fn dimension(name: &str) -> Dimension {
    BY.iter().find(|(known, _)| *known == name).unwrap().1
}

fn day(of: Date) -> Day {
    let days = date(1970, 1, 1).until(of).unwrap().get_days();
    Day::from_number(days)
}

fn date_of(day: Day) -> Date {
    date(1970, 1, 1) + i64::from(day.number()).days()
}

/// What is asked of one kind of members.
fn questions(rng: &mut ChaCha8Rng, reviews: bool, members: &[&Member]) -> Vec<Question> {
    let of: Vec<&'static str> =
        BY.iter().map(|(name, _)| *name).filter(|n| reviews || *n != "STAR").collect();
    let span = |rng: &mut ChaCha8Rng| {
        let from = date(2026, 3, 1) + rng.random_range(0..50).days();
        (from, from + rng.random_range(1..80).days())
    };
    let mut all = Vec::new();
    for (bucket, _) in CUTS {
        all.push(Question { days: (FIRST, LAST), bucket, by: Vec::new(), only: Vec::new() });
        all.push(Question { days: span(rng), bucket, by: Vec::new(), only: Vec::new() });
    }
    for (i, one) in of.iter().enumerate() {
        let cut = CUTS.choose(rng).unwrap().0;
        all.push(Question { days: (FIRST, LAST), bucket: Bucket::Total, by: vec![one], only: Vec::new() });
        all.push(Question { days: span(rng), bucket: cut, by: vec![one], only: Vec::new() });
        let other = of[(i + rng.random_range(1..of.len())) % of.len()];
        all.push(Question { days: span(rng), bucket: cut, by: vec![other, one], only: Vec::new() });
        // Some values, some of which nobody has.
        let mut values = vec![(*one, String::new())];
        for member in members.choose_multiple(rng, 2) {
            values.push((*one, member.values.get(one).cloned().unwrap_or_else(|| "shopee".to_owned())));
        }
        values.dedup();
        let by = if rng.random_bool(0.5) { vec![other] } else { Vec::new() };
        all.push(Question { days: span(rng), bucket: cut, by, only: values });
    }
    all
}

/// Asks everything of every shop and of all together.
pub(super) async fn every_figure(house: &House, books: &[Book], rng: &mut ChaCha8Rng, found: &mut Found) {
    let wrong = found.wrong;
    let now = house.app.now().micros();
    for reviews in [true, false] {
        let members = |record: &Record| match reviews {
            true => review::members(record, wrong),
            false => line::members(record, now, wrong),
        };
        let all: Vec<(&Record, Vec<Member>)> =
            books.iter().map(|book| (&book.record, members(&book.record))).collect();
        for n in 0..=all.len() {
            let some = if n == all.len() { &all[..] } else { &all[n..=n] };
            let flat: Vec<&Member> = some.iter().flat_map(|(_, members)| members).collect();
            let shop = books.get(n).map(|book| book.shop.clone());
            for question in questions(rng, reviews, &flat) {
                let expected = ask(some, &question, wrong);
                let told = served(house, shop.clone(), &question, reviews, found).await;
                differ(&expected, &told, (&shop, &question, reviews), found);
            }
        }
    }
}

fn differ(
    expected: &BTreeMap<Key, Row>,
    told: &BTreeMap<Key, BTreeMap<&'static str, i64>>,
    (shop, question, reviews): (&Option<ShopId>, &Question, bool),
    found: &mut Found,
) {
    let keys: std::collections::BTreeSet<&Key> = expected.keys().chain(told.keys()).collect();
    let (none, nobody) = (BTreeMap::new(), Row::default());
    for key in keys {
        let (mine, theirs) = (expected.get(key).unwrap_or(&nobody), told.get(key).unwrap_or(&none));
        let names: std::collections::BTreeSet<_> = mine.sums.keys().chain(theirs.keys()).collect();
        for name in names {
            let (a, b) = (mine.sums.get(name).copied().unwrap_or(0), theirs.get(name).copied().unwrap_or(0));
            found.figures += 1;
            if a != b && (*name != "ended_reversed") {
                let what = if reviews { "reviews" } else { "lines" };
                found.differences.push(format!(
                    "{what} of {shop:?}: {name} of {key:?}: counted {a}, served {b}; members {:?}; asked {question:?}",
                    mine.members
                ));
            }
        }
    }
}

type Told = BTreeMap<Key, BTreeMap<&'static str, i64>>;

async fn served(
    house: &House,
    shop: Option<ShopId>,
    question: &Question,
    reviews: bool,
    found: &mut Found,
) -> Told {
    let put = Put {
        shop,
        days: Days { from: day(question.days.0), until: day(question.days.1) },
        bucket: CUTS.iter().find(|(bucket, _)| *bucket == question.bucket).unwrap().1,
        dimensions: question.by.iter().map(|name| dimension(name)).collect(),
        filters: question.only.iter().map(|(name, value)| (dimension(name), value.clone())).collect(),
    };
    let reader: Principal = principal("reader", &[Role::Analyst]);
    let key = |days: Days, values: &Values| {
        ((date_of(days.from), date_of(days.until)), values.iter().map(|(_, value)| value.clone()).collect())
    };
    if reviews {
        let answer = house.app.review_reversal(&reader, &put).await.unwrap();
        answer.rows.iter().map(|row| (key(row.days, &row.key), of_reviews(row, found))).collect()
    } else {
        let answer = house.app.return_figures(&reader, &put).await.unwrap();
        answer.rows.iter().map(|row| (key(row.days, &row.key), of_lines(row, found))).collect()
    }
}

/// The numerator and denominator of a rate, whose value and interval must follow from them.
fn rate(rate: &MatureRate, found: &mut Found) -> (i64, i64) {
    let (n, d) = (rate.rate.numerator, rate.rate.denominator);
    let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (a, b) => a.is_none() && b.is_none(),
    };
    let ends = wilson(n, d);
    let value = (d > 0).then(|| n as f64 / d as f64);
    let told = rate.rate.interval;
    let fits = near(value, rate.rate.value)
        && near(ends.map(|e| e.0.max(0.0)), told.map(|e| e.0))
        && near(ends.map(|e| e.1.min(1.0)), told.map(|e| e.1));
    if !fits {
        found.differences.push(format!("{n} of {d}: {rate:?}, counted {value:?} {ends:?}"));
    }
    (n, d)
}

fn of_reviews(row: &ReversalRow, found: &mut Found) -> BTreeMap<&'static str, i64> {
    let f = &row.funnel;
    let mut sums = BTreeMap::from([
        ("negative", f.negative),
        ("eligible", f.eligible),
        ("contacted", f.contacted),
        ("solved", f.solved),
        ("asked", f.asked),
        ("reversed", f.reversed),
        ("recovered", f.recovered),
        ("improved", f.improved),
        ("text_only", f.text_only),
        ("worsened", f.worsened),
        ("follow_up_added", f.follow_up_added),
        ("removed_by_buyer", f.removed_by_buyer),
        ("removed_by_platform", f.removed_by_platform),
        ("vanished", f.vanished),
        ("re_reversed", f.re_reversed),
        ("unchanged", f.unchanged),
        ("stars", row.net_stars.sum),
    ]);
    let rates = [
        ("reversed", &row.all, f.negative),
        ("eligible_reversed", &row.eligible, f.eligible),
        ("contacted_reversed", &row.contacted, f.contacted),
        ("solved_reversed", &row.solved, f.solved),
        ("asked_reversed", &row.asked, f.asked),
        ("natural_reversed", &row.natural, f.negative),
        ("re_reversed", &row.backslide, f.reversed + f.re_reversed),
    ];
    for (name, one, denominator) in rates {
        let (n, d) = rate(one, found);
        assert_eq!(d, denominator, "{name}");
        assert_eq!(*sums.entry(name).or_insert(n), n, "{name}");
    }
    let mean = (f.negative > 0).then(|| row.net_stars.sum as f64 / f.negative as f64);
    assert_eq!((row.net_stars.count, row.net_stars.value), (f.negative, mean));
    sums
}

fn of_lines(row: &ReturnsRow, found: &mut Found) -> BTreeMap<&'static str, i64> {
    let (returned, delivered) = rate(&row.return_rate_units, found);
    let (lines_returned, lines) = rate(&row.return_rate_lines, found);
    let (requested, of_requested) = rate(&row.requested_rate, found);
    let (intent, of_intent) = rate(&row.intent_rate, found);
    let (rescued, wanted) = rate(&row.rescue_rate, found);
    assert_eq!((of_requested, of_intent), (delivered, delivered));
    let Avoided { provisional, confirmed, failed } = row.avoided_intent;
    let request = row.avoided_request;
    BTreeMap::from([
        ("returned", returned),
        ("delivered", delivered),
        ("lines_returned", lines_returned),
        ("lines", lines),
        ("requested", requested),
        ("intent", intent),
        ("rescued", rescued),
        ("wanted", wanted),
        ("intent_provisional", provisional),
        ("intent_confirmed", confirmed),
        ("intent_failed", failed),
        ("request_provisional", request.provisional),
        ("request_confirmed", request.confirmed),
        ("request_failed", request.failed),
    ])
}
