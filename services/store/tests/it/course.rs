//! Courses of cases, and lengths of time by buckets.

use std::collections::BTreeMap;

use amends_domain::detection::Reason;
use amends_domain::remedy::RemedyKind;
use amends_domain::rollup::{About, Cell, Facet, Facets, Grain, Sealed};
use amends_domain::statistics::histogram::Bucket;
use amends_domain::tally::{Family, Measure};
use amends_domain::{AgentId, CaseId, Day};
use amends_store::Store;
use amends_store::course::{self, CourseRow};
use amends_store::rollup::{self, Part, Sums, Whose};

use crate::sample::{ODD, shop_id};

conformance!(
    a_course_is_read_as_it_was_written_and_only_in_its_shop,
    lengths_of_time_come_back_by_piece_value_and_bucket,
);

fn row(shop: &str, case: u128, steps: &str) -> CourseRow {
    let about = About {
        reason: Some(Reason::Damaged),
        remedy: Some(RemedyKind::Coupon),
        agent: Some(AgentId::new(ODD).unwrap()),
        language: ODD.to_owned(),
    };
    CourseRow {
        shop: shop_id(shop),
        case: CaseId::from_bits(case),
        about,
        priority: 57,
        course: steps.parse().unwrap(),
    }
}

async fn a_course_is_read_as_it_was_written_and_only_in_its_shop(store: Store) {
    let tx = store.begin().await.unwrap();
    let mine = row("a", 1, "o5 b5 a9 j20:CSAT:4:1 q20:1");
    let plain = CourseRow { about: About::default(), ..row("b", 1, "") };
    course::put(&[mine.clone(), plain.clone()]).run(&tx).await.unwrap();
    let longer = row("a", 1, "o5 b5 a9 s10 c30");
    course::put(std::slice::from_ref(&longer)).run(&tx).await.unwrap();
    let of = |shop: &str| course::of_cases(&[(shop_id(shop), CaseId::from_bits(1))]);
    assert_eq!(of("a").all(&tx).await.unwrap(), [longer]);
    assert_eq!(of("b").all(&tx).await.unwrap(), [plain]);
    assert_eq!(of("c").all(&tx).await.unwrap(), []);
    tx.rollback().await.unwrap();
}

async fn lengths_of_time_come_back_by_piece_value_and_bucket(store: Store) {
    let tx = store.begin().await.unwrap();
    let ann = About { agent: Some(AgentId::new(ODD).unwrap()), ..About::default() };
    let mut rows: BTreeMap<_, Sums> = BTreeMap::new();
    for (day, millis, about, times) in [(1, 5, &ann, 2), (1, 5, &About::default(), 1), (40, 9_000, &ann, 4)] {
        let facets = Facets::new(None, about, None).lasting(Bucket::of(millis));
        for cell in
            Cell::all_on(Family::Time, Day::from_number(day), &facets.places(Family::Time), Sealed::NONE)
        {
            let row = rows.entry((shop_id("a"), cell)).or_default();
            *row.entry(Measure::FirstCalendar).or_default() += times;
        }
    }
    tx.send(rollup::add(3, &rollup::Seals::new(), &rows)).await.unwrap();
    let part = |piece, from, until| Part {
        piece,
        grain: Grain::Day,
        from: Day::from_number(from),
        until: Day::from_number(until),
    };
    let parts = [part(0, 0, 10), part(1, 10, 60)];
    let every = Whose { all: true, of: Some((Facet::Agent, None)), limit: 100 };
    let found = rollup::times(&tx, &shop_id("a"), &parts, &every).await.unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|row| {
            let times = row.sums.get(&Measure::FirstCalendar).copied().unwrap_or(0);
            (row.piece, row.value.as_deref(), row.bucket, times)
        })
        .collect();
    let (short, long) = (Bucket::of(5), Bucket::of(9_000));
    let mut expected =
        vec![(0, None, short, 3), (0, Some(ODD), short, 2), (1, None, long, 4), (1, Some(ODD), long, 4)];
    let mut told = told;
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    let count = async |shop: &str, whose: Whose<'_>| {
        rollup::times(&tx, &shop_id(shop), &parts, &whose).await.unwrap().len()
    };
    let all = Whose { of: None, ..every };
    assert_eq!((count("a", all).await, count("b", all).await), (2, 0));
    assert_eq!(count("a", Whose { limit: 3, ..every }).await, 3, "no more than that is read");
    let (ann, ben) = ([ODD.to_owned(), "no such".to_owned()], ["ben".to_owned()]);
    let of = |values| Whose { all: false, of: Some((Facet::Agent, Some(values))), ..every };
    assert_eq!((count("a", of(&ann)).await, count("a", of(&ben)).await), (2, 0), "a filter narrows");
    assert_eq!(count("a", Whose { all: false, ..all }).await, 0);
    tx.rollback().await.unwrap();
}
