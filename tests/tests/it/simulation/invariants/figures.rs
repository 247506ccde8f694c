//! Figures by every split, beside the members counted one by one in plain loops.

use std::collections::BTreeMap;

use amends_app::metrics::{Bucket, Days, Dimension, Question};
use amends_app::{Principal, Role};
use amends_domain::order::Line;
use amends_domain::rollup::About;
use amends_domain::zone::Zone;
use amends_domain::{Day, Time};
use amends_store::review::ReviewRow;
use amends_store::{order, review};

use super::super::house::{House, principal, shop};
use super::repeat;

pub(super) const REVIEWS: &[Dimension] = &[
    Dimension::Sku,
    Dimension::Reason,
    Dimension::RemedyKind,
    Dimension::Agent,
    Dimension::Language,
    Dimension::Star,
];

const LINES: &[Dimension] =
    &[Dimension::Sku, Dimension::Reason, Dimension::RemedyKind, Dimension::Agent, Dimension::Language];

/// No split, each dimension, and each pair.
pub(super) fn splits(of: &[Dimension]) -> Vec<Vec<Dimension>> {
    let mut all = vec![Vec::new()];
    for (i, a) in of.iter().enumerate() {
        all.push(vec![*a]);
        // Whichever is named first.
        all.extend(of.iter().skip(i + 1).map(|b| if i % 2 == 0 { vec![*a, *b] } else { vec![*b, *a] }));
    }
    all
}

fn said(about: &About, dimension: Dimension) -> String {
    match dimension {
        Dimension::Reason => about.reason.map(|reason| reason.to_string()).unwrap_or_default(),
        Dimension::RemedyKind => about.remedy.map(|kind| kind.to_string()).unwrap_or_default(),
        Dimension::Agent => about.agent.as_ref().map(ToString::to_string).unwrap_or_default(),
        _ => about.language.clone(),
    }
}

pub(super) fn of_review(row: &ReviewRow, dimension: Dimension) -> String {
    let sku = row.sku.as_ref().or(row.line_sku.as_ref());
    match dimension {
        Dimension::Sku => sku.map(|sku| sku.as_str().to_owned()).unwrap_or_default(),
        Dimension::Star => row.history.first_rating.map(|star| star.to_string()).unwrap_or_default(),
        Dimension::Language if !row.language.is_empty() => row.language.clone(),
        _ => said(&row.about, dimension),
    }
}

fn of_line(line: &Line, dimension: Dimension) -> String {
    match dimension {
        Dimension::Sku => line.purchase.as_ref().map(|p| p.sku.as_str().to_owned()).unwrap_or_default(),
        _ => said(&line.about, dimension),
    }
}

/// What is counted of each combination of values, by whether it is a whole month or a day.
type Counted = BTreeMap<Vec<String>, i64>;

fn add(counted: &mut Counted, key: Vec<String>, n: i64) {
    *counted.entry(key).or_default() += n;
}

fn filled(mut counted: Counted) -> Counted {
    counted.retain(|_, n| *n != 0);
    counted
}

/// A long span, so that months are read as such, and a short one that begins and ends within months.
fn spans(now: Day) -> [Days; 2] {
    let around = |before: i32, after: i32| Days {
        from: Day::from_number(now.number() - before),
        until: Day::from_number(now.number() + after),
    };
    [around(900, 100), around(41, -3)]
}

/// Every split of every span: the sums served are those of the members counted one by one.
pub(super) async fn splits_are_the_members_counted_one_by_one(house: &House, seed: u64) {
    let conn = house.look.reader();
    let reviews = review::page(&conn, &shop(), None, 10_000).await.unwrap();
    let lines = order::page(&conn, &shop(), None, 10_000).await.unwrap();
    let (reader, zone) = (principal("reader", &[Role::Analyst]), zone(house).await);
    let inside = |days: Days, at: Time| (days.from..days.until).contains(&zone.day(at));
    for days in spans(house.app.now().day()) {
        for split in splits(REVIEWS) {
            let mut expected = Counted::new();
            for row in reviews.iter().filter(|row| row.history.negative) {
                if row.history.first_observed_at.is_some_and(|at| inside(days, at)) {
                    add(&mut expected, split.iter().map(|d| of_review(row, *d)).collect(), 1);
                }
            }
            let served = served(house, &reader, days, &split, true).await;
            assert_eq!(served, filled(expected), "seed {seed}: reviews by {split:?}\n{}", repeat(seed));
        }
        for split in splits(LINES) {
            let mut expected = Counted::new();
            for line in &lines {
                let Some(delivered) = line.delivered.filter(|d| d.units > 0 && inside(days, d.at)) else {
                    continue;
                };
                let key = split.iter().map(|d| of_line(line, *d)).collect();
                add(&mut expected, key, i64::from(delivered.units));
            }
            let served = served(house, &reader, days, &split, false).await;
            assert_eq!(served, filled(expected), "seed {seed}: lines by {split:?}\n{}", repeat(seed));
        }
    }
}

pub(super) async fn zone(house: &House) -> Zone {
    let row = amends_store::shop::get_row(&house.look.reader(), &shop()).await.unwrap().unwrap();
    Zone::named(&row.shop.time_zone)
}

async fn served(
    house: &House,
    reader: &Principal,
    days: Days,
    split: &[Dimension],
    reviews: bool,
) -> Counted {
    let (shop, dimensions) = (Some(shop()), split.to_vec());
    let asked = Question { shop, days, bucket: Bucket::Total, dimensions, filters: Vec::new() };
    let mut counted = Counted::new();
    let values = |key: &[(Dimension, String)]| key.iter().map(|(_, value)| value.clone()).collect();
    if reviews {
        for row in house.app.review_reversal(reader, &asked).await.unwrap().rows {
            add(&mut counted, values(&row.key), row.funnel.negative);
        }
    } else {
        for row in house.app.return_figures(reader, &asked).await.unwrap().rows {
            add(&mut counted, values(&row.key), row.return_rate_units.rate.denominator);
        }
    }
    filled(counted)
}
