//! Time to reversal by every split, beside reviews that are followed one by one in plain loops.

use std::collections::BTreeMap;

use amends_app::Role;
use amends_app::metrics::{Bucket, Days, Dimension, LagCurve, Question};
use amends_domain::zone::Zone;
use amends_domain::{Day, Time};
use amends_store::review::{self, ReviewRow};

use super::super::house::{House, principal, shop};
use super::figures::{REVIEWS, of_review, splits, zone};
use super::repeat;

const TOLD: [i32; 5] = [1, 7, 14, 30, 90];

/// Entered, reversed, gone and standing; then at risk and reversed on each day told.
type Followed = (i64, i64, i64, i64, [(i64, i64); 5]);

fn told(curve: &LagCurve) -> Followed {
    let points: Vec<_> = curve.points.iter().map(|point| (point.at_risk, point.reversed)).collect();
    (curve.entered, curve.reversed, curve.gone, curve.standing, points.try_into().unwrap())
}

/// One review from one origin: how long it was followed, and whether it was reversed or gone then. How long
/// one that is gone was followed is not told by its row.
fn followed(row: &ReviewRow, from: Time, today: Day, zone: &Zone) -> Option<(i32, bool, bool)> {
    let (reversed, gone) = (row.history.reversed_at, !row.history.visible);
    let until = match reversed {
        Some(at) if at < from => return None,
        Some(at) => zone.day(at),
        None => today,
    };
    Some((until.number() - zone.day(from).number(), reversed.is_some(), reversed.is_none() && gone))
}

fn add(to: &mut Followed, (days, reversed, gone): (i32, bool, bool)) {
    to.0 += 1;
    to.1 += i64::from(reversed);
    to.2 += i64::from(gone);
    to.3 += i64::from(!reversed && !gone);
    for (day, (at_risk, so_far)) in TOLD.iter().zip(&mut to.4) {
        *at_risk += i64::from(days >= *day);
        *so_far += i64::from(reversed && days <= *day);
    }
}

/// Every split: the curves served are those of the reviews followed one by one.
pub(super) async fn curves_are_the_reviews_followed_one_by_one(house: &House, seed: u64) {
    let rows = review::page(&house.look.reader(), &shop(), None, 10_000).await.unwrap();
    let (reader, zone) = (principal("reader", &[Role::Analyst]), zone(house).await);
    let today = zone.day(house.app.now());
    let days =
        Days { from: Day::from_number(today.number() - 900), until: Day::from_number(today.number() + 99) };
    for split in splits(REVIEWS) {
        let mut expected: BTreeMap<Vec<String>, Followed> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.history.negative) {
            let Some(first) = row.history.first_observed_at else { continue };
            let key = split.iter().map(|d: &Dimension| of_review(row, *d)).collect();
            let sum = expected.entry(key).or_default();
            add(sum, followed(row, first, today, &zone).unwrap_or((0, true, false)));
        }
        let question = Question {
            shop: Some(shop()),
            days,
            bucket: Bucket::Total,
            dimensions: split.clone(),
            filters: Vec::new(),
        };
        let served = house.app.time_to_reversal(&reader, &question).await.unwrap().rows;
        let mut found = BTreeMap::new();
        for row in served.iter().filter(|row| row.observed.entered > 0) {
            let key: Vec<String> = row.key.iter().map(|(_, value)| value.clone()).collect();
            found.insert(key, told(&row.observed));
            let (seen, solved) = (&row.observed, &row.solved);
            assert!(solved.entered <= seen.entered && solved.reversed <= seen.reversed, "seed {seed}");
        }
        // Of who is gone the row does not tell since when: those leave all days but their sum.
        let gone: i64 = expected.values().map(|sum| sum.2).sum();
        for sum in found.values_mut().chain(expected.values_mut()).filter(|_| gone > 0) {
            sum.4.iter_mut().for_each(|(at_risk, _)| *at_risk = 0);
        }
        assert_eq!(found, expected, "seed {seed}: {split:?}\n{}", repeat(seed));
    }
}
