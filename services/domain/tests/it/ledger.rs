//! The ledger: Σ active value ≤ paid, and no unit with both money and goods.

use amends_domain::ledger::{Grant, GrantState, LedgerRefused, Request, reserve};
use amends_domain::remedy::Takes;
use amends_domain::{Money, RemedyId};
use proptest::prelude::*;

use crate::make::{eur, remedy_id};

fn goods(ms: u32, units: u32, after: Option<u32>) -> Request {
    Request { remedy: remedy_id(ms), takes: Takes::Goods, units, amount: None, after: after.map(remedy_id) }
}

fn money(ms: u32, units: u32, amount: i64, after: Option<u32>) -> Request {
    Request { amount: Some(eur(amount)), takes: Takes::Money, ..goods(ms, units, after) }
}

/// A line of so many units for 10.00 each, and everything that was granted on it.
struct Line {
    purchased: u32,
    grants: Vec<Grant>,
}

impl Line {
    fn of(purchased: u32) -> Self {
        Self { purchased, grants: Vec::new() }
    }

    fn ask(&mut self, request: &Request) -> Result<Vec<u32>, LedgerRefused> {
        let new = reserve(self.purchased, eur(1_000), &self.grants, request)?;
        self.grants.extend(new.iter().cloned());
        Ok(new.into_iter().map(|grant| grant.unit).collect())
    }

    fn set(&mut self, ms: u32, state: GrantState) {
        for grant in self.grants.iter_mut().filter(|g| g.remedy == remedy_id(ms)) {
            grant.state = state;
        }
    }

    fn active(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(|g| g.state != GrantState::Released)
    }

    fn value(&self) -> i64 {
        self.active().map(|g| g.value).sum()
    }
}

fn taken(asked: u32, free: u32, purchased: u32) -> Result<Vec<u32>, LedgerRefused> {
    Err(LedgerRefused::UnitsTaken { asked, free, purchased })
}

#[test]
fn a_unit_is_given_once() {
    let mut line = Line::of(2);
    assert_eq!(line.ask(&goods(1, 1, None)), Ok(vec![1]));
    assert_eq!(line.ask(&money(2, 1, 300, None)), Ok(vec![2]));
    assert_eq!(line.ask(&goods(3, 1, None)), taken(1, 0, 2));
    assert_eq!(line.ask(&money(4, 1, 1, None)), taken(1, 0, 2));
    line.set(1, GrantState::Confirmed);
    assert_eq!(line.ask(&money(5, 1, 1, Some(1))), taken(1, 0, 2), "money never follows goods");
}

#[test]
fn a_released_unit_is_free_again() {
    let mut line = Line::of(1);
    assert_eq!(line.ask(&goods(1, 1, None)), Ok(vec![1]));
    line.set(1, GrantState::Released);
    assert_eq!(line.ask(&money(2, 1, 1_000, None)), Ok(vec![1]));
}

#[test]
fn what_takes_nothing_is_granted_nothing() {
    let mut line = Line::of(0);
    assert_eq!(line.ask(&Request { takes: Takes::Nothing, ..goods(1, 9, None) }), Ok(Vec::new()));
}

#[test]
fn units_that_were_not_bought_are_not_given() {
    assert_eq!(Line::of(2).ask(&goods(1, 3, None)), taken(3, 2, 2));
    assert_eq!(Line::of(2).ask(&goods(1, 0, None)), taken(0, 2, 2));
    assert_eq!(Line::of(0).ask(&goods(1, 1, None)), taken(1, 0, 0));
    assert_eq!(Line::of(u32::MAX).ask(&goods(1, 2, None)), Ok(vec![1, 2]), "a long line is no work");
}

#[test]
fn a_refund_names_an_amount_in_the_orders_currency_up_to_what_was_paid() {
    let ask = |request: Request| Line::of(1).ask(&request);
    assert_eq!(ask(money(1, 1, 0, None)), Err(LedgerRefused::AmountMissing));
    assert_eq!(ask(money(1, 1, -5, None)), Err(LedgerRefused::AmountMissing));
    assert_eq!(ask(Request { amount: None, ..money(1, 1, 5, None) }), Err(LedgerRefused::AmountMissing));
    let dollars = Some(Money::new(5, "USD".parse().unwrap()));
    assert_eq!(
        ask(Request { amount: dollars, ..money(1, 1, 5, None) }),
        Err(LedgerRefused::CurrencyMismatch)
    );
    assert_eq!(ask(money(1, 1, 1_000, None)), Ok(vec![1]));
    assert_eq!(
        ask(money(1, 1, 1_001, None)),
        Err(LedgerRefused::ExceedsPaid { granted: 1_001, paid: 1_000 })
    );
}

#[test]
fn money_is_split_to_the_last_unit() {
    let mut line = Line::of(3);
    line.ask(&money(1, 3, 1_000, None)).unwrap();
    assert_eq!(line.grants.iter().map(|g| g.value).collect::<Vec<_>>(), [334, 333, 333]);
}

#[test]
fn no_sum_wraps_its_way_under_the_limit() {
    let price = eur(i64::MAX / 2);
    let request = Request { amount: Some(eur(i64::MAX)), ..money(2, 1, 1, None) };
    let grant =
        Grant { remedy: remedy_id(1), unit: 1, goods: false, value: i64::MAX, state: GrantState::Confirmed };
    let refused = reserve(2, price, std::slice::from_ref(&grant), &request).unwrap_err();
    assert_eq!(refused, LedgerRefused::ExceedsPaid { granted: i64::MAX, paid: i64::MAX - 1 });
    assert!(reserve(5, price, &[grant], &request).is_ok());
}

#[test]
fn a_replacement_that_broke_is_replaced_as_often_as_it_breaks() {
    let mut line = Line::of(2);
    line.ask(&goods(1, 1, None)).unwrap();
    assert_eq!(line.ask(&goods(2, 1, Some(1))), taken(1, 0, 2), "the first is still under way");
    for (ms, earlier) in [(2, 1), (3, 2), (4, 3)] {
        line.set(earlier, GrantState::Confirmed);
        assert_eq!(line.ask(&goods(ms, 1, Some(earlier))), Ok(vec![1]), "the unit of the chain, not another");
        assert_eq!(line.value(), 1_000, "a later link is worth nothing more");
    }
}

#[test]
fn one_broken_replacement_is_not_replaced_twice() {
    let mut line = Line::of(1);
    line.ask(&goods(1, 1, None)).unwrap();
    line.set(1, GrantState::Confirmed);
    line.ask(&goods(2, 1, Some(1))).unwrap();
    assert_eq!(line.ask(&goods(3, 1, Some(1))), taken(1, 0, 1), "the second is under way");
    line.set(2, GrantState::Confirmed);
    assert_eq!(line.ask(&goods(3, 1, Some(1))), taken(1, 0, 1), "the second came after the first");
    line.set(2, GrantState::Released);
    assert_eq!(line.ask(&goods(4, 1, Some(1))), Ok(vec![1]), "the second never came");
}

#[test]
fn naming_an_earlier_remedy_makes_nothing_cheaper() {
    let mut line = Line::of(1);
    assert_eq!(
        line.ask(&money(2, 1, 5_000, Some(99))),
        Err(LedgerRefused::ExceedsPaid { granted: 5_000, paid: 1_000 })
    );
    // Instructions hold no unit: what follows them is like any first remedy.
    assert_eq!(line.ask(&money(3, 1, 400, Some(99))), Ok(vec![1]));
    assert_eq!(line.value(), 400);
    line.set(3, GrantState::Confirmed);
    assert_eq!(line.ask(&money(4, 1, 400, Some(3))), taken(1, 0, 1), "nor does money follow money");
    assert_eq!(line.ask(&goods(4, 1, Some(3))), taken(1, 0, 1), "nor goods money");
}

#[test]
fn a_chain_takes_no_unit_it_does_not_follow() {
    let mut line = Line::of(3);
    line.ask(&goods(1, 2, None)).unwrap();
    line.set(1, GrantState::Confirmed);
    assert_eq!(line.ask(&goods(2, 3, Some(1))), taken(3, 2, 3));
    assert_eq!(line.ask(&goods(2, 1, Some(1))), Ok(vec![1]));
    assert_eq!(line.ask(&goods(3, 1, Some(1))), Ok(vec![2]));
    assert_eq!(line.ask(&goods(4, 1, None)), Ok(vec![3]));
    assert_eq!(line.value(), 3_000);
}

#[test]
fn a_chain_leaves_alone_what_another_remedy_gave_earlier() {
    let mut line = Line::of(2);
    for ms in 1..=2 {
        line.ask(&goods(ms, 1, None)).unwrap();
        line.set(ms, GrantState::Confirmed);
    }
    assert_eq!(line.ask(&goods(3, 2, Some(2))), taken(2, 1, 2));
    assert_eq!(line.ask(&goods(3, 1, Some(2))), Ok(vec![2]));
}

/// One thing that happens to a line.
#[derive(Debug, Clone)]
enum Happens {
    Asked { goods: bool, units: u32, amount: i64, after: Option<usize> },
    Became { which: usize, state: GrantState },
}

fn happens() -> impl Strategy<Value = Happens> {
    let asked = (any::<bool>(), 0_u32..4, 0_i64..2_500, prop::option::of(0_usize..8))
        .prop_map(|(goods, units, amount, after)| Happens::Asked { goods, units, amount, after });
    let became = (0_usize..8, prop::sample::select(&[GrantState::Confirmed, GrantState::Released][..]))
        .prop_map(|(which, state)| Happens::Became { which, state });
    prop_oneof![3 => asked, 2 => became]
}

/// Invariant 16, and what else must hold of the units of a line at any time.
fn check(line: &Line) -> Result<(), TestCaseError> {
    prop_assert!(line.value() <= 1_000 * i64::from(line.purchased), "more was given than paid");
    for unit in 1..=line.purchased {
        let on_unit: Vec<_> = line.active().filter(|g| g.unit == unit).collect();
        prop_assert!(
            on_unit.iter().all(|g| g.goods) || on_unit.len() == 1,
            "money beside something on {unit}"
        );
        let open = on_unit.iter().filter(|g| g.state == GrantState::Reserved).count();
        prop_assert!(open <= 1, "two open grants on unit {unit}");
        let worth = on_unit.iter().filter(|g| g.goods && g.value > 0).count();
        prop_assert!(worth <= 1, "goods counted twice on unit {unit}");
    }
    prop_assert!(line.grants.iter().all(|g| (1..=line.purchased).contains(&g.unit) && g.value >= 0));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn nothing_that_happens_gives_more_than_was_paid(purchased in 1_u32..5, story in prop::collection::vec(happens(), 1..40)) {
        let mut line = Line::of(purchased);
        let mut remedies: Vec<u32> = Vec::new();
        for (ms, what) in (1..).zip(story) {
            let before = line.grants.clone();
            match what {
                Happens::Asked { goods: is_goods, units, amount, after } => {
                    let after = after.and_then(|i| remedies.get(i).copied());
                    let request = if is_goods { goods(ms, units, after) } else { money(ms, units, amount, after) };
                    match line.ask(&request) {
                        Ok(given) => {
                            prop_assert_eq!(given.len(), usize::try_from(units).unwrap());
                            prop_assert!(given.windows(2).all(|w| w[0] < w[1]), "each unit once");
                            remedies.push(ms);
                        }
                        Err(_) => prop_assert_eq!(&line.grants, &before, "a refusal leaves nothing"),
                    }
                }
                // As the machine of remedies moves them: only what is reserved is confirmed or released.
                Happens::Became { which, state } => {
                    let Some(ms) = remedies.get(which).copied() else { continue };
                    let of = |g: &&Grant| g.remedy == remedy_id(ms);
                    if before.iter().filter(of).all(|g| g.state == GrantState::Reserved) {
                        line.set(ms, state);
                    }
                }
            }
            check(&line)?;
        }
    }

    #[test]
    fn the_answer_does_not_depend_on_the_order_of_the_grants(
        purchased in 1_u32..5,
        story in prop::collection::vec((any::<bool>(), 1_u32..3, prop::option::of(1_u32..6)), 1..8),
        turn in 0_usize..8,
    ) {
        let mut line = Line::of(purchased);
        for (ms, (is_goods, units, after)) in (1..).zip(story) {
            let request = if is_goods { goods(ms, units, after) } else { money(ms, units, 300, after) };
            let mut turned = line.grants.clone();
            let by = turn.min(turned.len());
            turned.rotate_left(by);
            let same = reserve(purchased, eur(1_000), &turned, &request);
            prop_assert_eq!(same, reserve(purchased, eur(1_000), &line.grants, &request));
            if line.ask(&request).is_ok() && ms % 2 == 1 {
                line.set(ms, GrantState::Confirmed);
            }
        }
    }
}

#[test]
fn two_remedies_of_one_millisecond_still_chain() {
    let id = |n: u128| RemedyId::from_bits((5 << 80) | n);
    let grant = |n, value| Grant { remedy: id(n), unit: 1, goods: true, value, state: GrantState::Confirmed };
    let request = Request { remedy: id(3), takes: Takes::Goods, units: 1, amount: None, after: Some(id(1)) };
    // The random bits say nothing about which of the two was first.
    assert!(reserve(1, eur(1_000), &[grant(2, 1_000), grant(1, 0)], &request).is_ok());
}
