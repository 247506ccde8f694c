//! Trials follow their remedies and lines, and what is summed of them is what one sums by hand.

use amends_domain::detection::Reason;
use amends_domain::learning::trial::{CERTAIN, Outcome, Stake, Trial};
use amends_domain::order::{Line, Units};
use amends_domain::remedy::{Remedy, RemedyKind, RemedyState, Terms};
use amends_domain::{CaseId, Money, RemedyId, Span};
use amends_store::trial::{self, figures};
use amends_store::{Store, StoreError, learned, remedy};

use crate::case::agent;
use crate::sample::{ODD, at, case_id, line_id, order_id, shop_id};

conformance!(
    a_trial_reads_back_and_the_first_one_stays,
    a_trial_follows_the_remedies_of_its_own_case_wherever_they_went,
    a_trial_follows_what_is_counted_of_its_line_within_its_window,
    sums_are_those_one_makes_by_hand,
    what_was_granted_is_told_by_the_star_known_then
);

const FIRST: RemedyKind = RemedyKind::Coupon;

fn trial(case: u32) -> Trial {
    Trial {
        case: case_id(u128::from(case)),
        at: at(100),
        channel: "shopee".to_owned(),
        reason: Reason::Late,
        band: 1,
        holdout: false,
        first: FIRST,
        chances: vec![(FIRST, CERTAIN / 4), (RemedyKind::Exchange, CERTAIN / 4 * 3)],
        units: 2,
        line: Some((order_id(ODD), line_id(&case.to_string()))),
        loss: 1_000,
        currency: "IDR".parse().unwrap(),
        matures_at: at(100) + Span::from_days(30),
    }
}

fn remedy_of(number: u32, case: u32, kind: RemedyKind, state: RemedyState) -> Remedy {
    let case = CaseId::from_bits(u128::from(case));
    Remedy {
        id: RemedyId::from_bits(u128::from(number)),
        shop: shop_id(ODD),
        case,
        line: Some((order_id(ODD), line_id("1"))),
        units: 1,
        kind,
        terms: Terms::default(),
        reason: Reason::Late,
        cost: Some(Money::new(300, "IDR".parse().unwrap())),
        stake: Some(Stake { case, paid: 2_000, band: 1, worth: 500 }),
        proposed_by: agent("ana"),
        proposed_at: at(100 + i64::from(number)),
        after: None,
        offered_at: None,
        accepted_at: None,
        stopped_by: None,
        told: Vec::new(),
        state,
        version: 1,
    }
}

fn fulfilled() -> RemedyState {
    RemedyState::Fulfilled { at: at(500), tracking: String::new() }
}

async fn begun(store: &Store, trials: &[Trial]) {
    let tx = store.begin().await.unwrap();
    let rows: Vec<_> = trials.iter().map(|t| (shop_id(ODD), t.clone(), Outcome::default())).collect();
    tx.send(trial::begin(&rows)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn outcome(store: &Store, case: u32) -> Outcome {
    let key = [(shop_id(ODD), case_id(u128::from(case)))];
    trial::of_cases(&key).all(&store.reader()).await.unwrap()[0].1
}

async fn put(store: &Store, remedies: &[Remedy]) {
    let tx = store.begin().await.unwrap();
    remedy::insert(&tx, remedies).await.unwrap();
    let cases: Vec<_> = remedies.iter().map(|r| (r.shop.clone(), r.stake.unwrap().case)).collect();
    let mut cases = cases;
    cases.dedup();
    trial::follow_remedies(&cases).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_trial_reads_back_and_the_first_one_stays(store: Store) {
    let bare = Trial { line: None, holdout: true, ..trial(2) };
    begun(&store, &[trial(1), bare.clone()]).await;
    let tx = store.begin().await.unwrap();
    let other = Trial { first: RemedyKind::Exchange, ..trial(1) };
    let refused = tx.send(trial::begin(&[(shop_id(ODD), other, Outcome::default())])).await;
    assert!(matches!(refused, Err(StoreError::Contended(_))), "{refused:?}");
    tx.rollback().await.unwrap();
    let key = [1, 2].map(|n| (shop_id(ODD), case_id(n)));
    let mut found = trial::of_cases(&key).all(&store.reader()).await.unwrap();
    found.sort_by_key(|(trial, _)| trial.case);
    let own = |trial: Trial| Trial { chances: vec![(FIRST, CERTAIN / 4)], ..trial };
    assert_eq!(found, [(own(trial(1)), Outcome::default()), (own(bare), Outcome::default())]);
}

async fn a_trial_follows_the_remedies_of_its_own_case_wherever_they_went(store: Store) {
    begun(&store, &[trial(1), trial(2)]).await;
    let declined = RemedyState::Declined { at: at(300), wish: None };
    let mut moved = remedy_of(2, 1, RemedyKind::Exchange, fulfilled());
    // The case was merged after it was proposed.
    moved.case = case_id(2);
    let label = remedy_of(3, 1, RemedyKind::ReturnLabel, fulfilled());
    put(&store, &[remedy_of(1, 1, FIRST, declined), moved, label]).await;
    let told = outcome(&store, 1).await;
    let expected = Outcome {
        offered: Some(FIRST),
        accepted: Some(RemedyKind::Exchange),
        helped: true,
        cost: 300,
        returned: 0,
    };
    assert_eq!(told, expected, "a label costs nothing here");
    assert_eq!(outcome(&store, 2).await, Outcome::default());
    let pages = trial::outcomes(&store.reader(), &shop_id(ODD), None, 10).await.unwrap();
    assert!(pages.len() == 2 && pages.iter().all(|(_, stored, derived)| stored == derived), "{pages:?}");
    let answers = learned::derived(&store.reader(), &shop_id(ODD)).await.unwrap();
    let answers: Vec<_> = answers.iter().map(|r| (r.2, r.3.answered, r.3.accepted)).collect();
    assert_eq!(answers.len(), 3);
    assert!(answers.contains(&(FIRST, 1, 0)) && answers.contains(&(RemedyKind::Exchange, 1, 1)));
}

async fn a_trial_follows_what_is_counted_of_its_line_within_its_window(store: Store) {
    begun(&store, &[trial(1)]).await;
    let unknown = Line::unknown(shop_id(ODD), order_id(ODD), line_id("1"));
    let counted = |at, units| Line { counted: Some(Units { at, units }), ..unknown.clone() };
    let late = trial(1).matures_at + Span::from_secs(1);
    let lines = [
        (counted(at(200), 1), 1),
        (counted(at(200), 9), 2),
        (counted(trial(1).matures_at, 1), 1),
        (counted(at(99), 1), 0),
        (counted(late, 1), 0),
        (counted(at(200), 1), 1),
        (unknown.clone(), 0),
    ];
    for (line, expected) in lines {
        let tx = store.begin().await.unwrap();
        amends_store::order::put(std::slice::from_ref(&line)).run(&tx).await.unwrap();
        trial::follow_lines([&line]).run(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(outcome(&store, 1).await.returned, expected, "{:?}", line.counted);
        assert_eq!(trial(1).returned(line.counted), expected);
        let page = trial::outcomes(&store.reader(), &shop_id(ODD), None, 10).await.unwrap();
        assert_eq!(page[0].2.returned, expected, "what recompute derives");
    }
    let wrong = Outcome { returned: 7, helped: true, ..Outcome::default() };
    let tx = store.begin().await.unwrap();
    trial::put_outcomes(&shop_id(ODD), &[(case_id(1), wrong)]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(outcome(&store, 1).await, wrong);
}

fn cohort() -> figures::Cohort {
    let day = at(100).day();
    let until = amends_domain::Day::from_number(day.number() + 1);
    figures::Cohort {
        shop: shop_id(ODD),
        from: day.start(),
        until: until.start(),
        reason: None,
        now: at(200),
    }
}

async fn sums_are_those_one_makes_by_hand(store: Store) {
    let mature = Trial { matures_at: at(150), ..trial(2) };
    let other = Trial { first: RemedyKind::Exchange, reason: Reason::Damaged, holdout: true, ..trial(3) };
    begun(&store, &[trial(1), mature, other]).await;
    let half = Outcome { cost: 100, returned: 1, ..Outcome::default() };
    let tx = store.begin().await.unwrap();
    let all = [(case_id(1), half), (case_id(2), Outcome { cost: 100, ..Outcome::default() })];
    trial::put_outcomes(&shop_id(ODD), &all).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let reader = store.reader();
    let cells = figures::cells(&reader, &cohort()).await.unwrap();
    let told: Vec<_> = cells
        .iter()
        .map(|c| (c.reason, c.holdout, c.mature, c.counted, c.cost.n, c.cost.sum, c.cost.squares))
        .collect();
    assert_eq!(told.len(), 3);
    assert!(told.contains(&(Reason::Damaged, true, false, 0, 1, 0.0, 0.0)));
    assert!(told.contains(&(Reason::Late, false, false, 1, 1, 600.0, 360_000.0)), "100 + 1000·1/2");
    assert!(told.contains(&(Reason::Late, false, true, 0, 1, 100.0, 10_000.0)));
    let losses = cells.iter().map(|c| (c.cost.sum, c.loss.n, c.loss.sum, c.loss.squares, c.cross));
    let losses: Vec<_> = losses.collect();
    for (cost, cross) in [(0.0, 0.0), (100.0, 100_000.0), (600.0, 600_000.0)] {
        assert!(losses.contains(&(cost, 1, 1_000.0, 1_000_000.0, cross)), "{losses:?}");
    }
    let weighted = figures::weighted(&reader, &cohort()).await.unwrap();
    let of =
        |reason| weighted.iter().find(|w| w.kind == FIRST && w.reason == reason && !w.mature).unwrap().sums;
    assert_eq!((of(Reason::Damaged).hits, of(Reason::Damaged).logged.n), (0, 1), "it could have come first");
    let coupon = of(Reason::Late);
    assert_eq!((coupon.hits, coupon.logged.n), (1, 1));
    assert_eq!((coupon.w, coupon.ww, coupon.wy, coupon.wwy), (4.0, 16.0, 2_400.0, 9_600.0));
    assert_eq!(coupon.wwyy, 16.0 * 360_000.0);
    let late = figures::Cohort { reason: Some(Reason::Late), ..cohort() };
    assert_eq!(figures::firsts(&reader, &late).await.unwrap(), [(FIRST, 2)]);
    assert_eq!(figures::cells(&reader, &late).await.unwrap().len(), 2);
    let none = figures::Cohort { from: cohort().until, ..cohort() };
    assert!(figures::cells(&reader, &none).await.unwrap().is_empty());
    assert!(figures::weighted(&reader, &none).await.unwrap().is_empty());
}

async fn what_was_granted_is_told_by_the_star_known_then(store: Store) {
    let later = at(100_000);
    let mut reviewed = crate::review::full("r1");
    (reviewed.shop, reviewed.order, reviewed.line) = (shop_id(ODD), Some(order_id(ODD)), None);
    (reviewed.history.first_rating, reviewed.history.first_observed_at) = (Some(2), Some(at(101)));
    let mut unseen = reviewed.clone();
    (unseen.review, unseen.order) = ("r2".parse().unwrap(), Some(order_id("o2")));
    (unseen.history.first_rating, unseen.history.first_observed_at) = (Some(5), Some(later));
    let tx = store.begin().await.unwrap();
    amends_store::review::put(&[reviewed, unseen]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let mut other = remedy_of(3, 3, FIRST, fulfilled());
    other.line = Some((order_id("o2"), line_id("1")));
    let declined = RemedyState::Declined { at: at(300), wish: None };
    put(&store, &[remedy_of(1, 1, FIRST, fulfilled()), other, remedy_of(4, 1, FIRST, declined)]).await;
    let granted = figures::granted(&store.reader(), &cohort()).await.unwrap();
    let mut told: Vec<_> = granted.iter().map(|g| (g.star, g.share.n, g.share.sum)).collect();
    told.sort_by_key(|row| row.0);
    assert_eq!(told, [(None, 1, 0.25), (Some(2), 1, 0.25)], "{granted:?}");
    let stages = figures::stages(&store.reader(), &cohort()).await.unwrap();
    let told: Vec<_> =
        stages.iter().map(|(kind, stage, n, cost)| (*kind, stage.as_str(), *n, *cost)).collect();
    assert_eq!(told, [(FIRST, "DECLINED", 1, 300), (FIRST, "FULFILLED", 2, 600)]);
}
