//! What the channel refunds counts as given, once, whatever the order in which it is told.

use amends_domain::ledger::{Account, Grant, GrantState, LedgerRefused, Request, reserve};
use amends_domain::refund::{Promise, Refund, Refunded, beside};
use amends_domain::remedy::Takes;
use amends_domain::returns::{Pays, ReturnEvent, ReturnStatus, replay};
use amends_domain::{Money, RemedyId, ReturnId};
use proptest::prelude::*;

use crate::make::{at, eur, remedy_id, signal};

fn refund(id: u32, units: u32, amount: i64) -> Refund {
    let return_id = ReturnId::new(format!("r{id}")).unwrap();
    Refund { return_id, at: at(i64::from(id)), paid: true, units, amount }
}

fn said_yes(remedy: RemedyId) -> Promise {
    Promise { remedy, accepted_at: at(0) }
}

fn left(units: u32, amount: i64) -> Refunded {
    Refunded { units, amount, agreed: 0 }
}

fn grant(ms: u32, unit: u32, goods: bool, value: i64) -> Grant {
    Grant { remedy: remedy_id(ms), unit, goods, value, state: GrantState::Reserved }
}

fn request(ms: u32, takes: Takes, units: u32, amount: i64) -> Request {
    let amount = Some(eur(amount)).filter(|_| takes == Takes::Money);
    Request { remedy: remedy_id(ms), takes, units, amount, after: None }
}

#[test]
fn money_that_we_gave_through_the_channel_is_counted_once() {
    let grants = [grant(1, 1, false, 300), grant(2, 2, true, 1_000)];
    let promised = [said_yes(remedy_id(1))];
    assert_eq!(beside(&[refund(1, 1, 300)], &grants, &promised), left(0, 0), "the amounts match");
    assert_eq!(beside(&[refund(1, 1, 200)], &grants, &promised), left(0, 0), "or are less");
    assert_eq!(beside(&[refund(1, 1, 301)], &grants, &promised), left(1, 301), "more is more");
    assert_eq!(beside(&[refund(1, 3, 300)], &grants, &promised), left(2, 0), "other units came on top");
    assert_eq!(beside(&[refund(1, 1, 300)], &grants, &[]), left(1, 300), "the buyer has not said yes");
    let failed = [Grant { state: GrantState::Released, ..grants[0].clone() }];
    assert_eq!(beside(&[refund(1, 1, 300)], &failed, &promised), left(1, 300), "what failed was not paid");
    assert_eq!(
        beside(&[refund(1, 1, 900)], &grants, &[said_yes(remedy_id(2))]),
        left(1, 900),
        "goods are no money"
    );
}

#[test]
fn a_remedy_explains_as_much_as_it_is_worth_and_no_more() {
    let grants = [grant(1, 1, false, 500), grant(1, 2, false, 500)];
    let promised = [said_yes(remedy_id(1))];
    let parts = [refund(1, 1, 400), refund(2, 1, 600)];
    assert_eq!(beside(&parts, &grants, &promised), left(0, 0), "paid in two parts");
    let third = [refund(1, 1, 400), refund(2, 1, 600), refund(3, 1, 10)];
    assert_eq!(beside(&third, &grants, &promised), left(1, 10));
    let single = [grant(1, 1, false, 1_000)];
    assert_eq!(beside(&parts, &single, &promised), left(0, 0), "both parts are for the one unit");
    let wider = [refund(1, 1, 400), refund(2, 3, 600)];
    assert_eq!(beside(&wider, &single, &promised), left(2, 0), "units beyond its own came on top");
    let two = [grant(1, 1, false, 1_000), grant(2, 2, false, 400)];
    let both = [refund(1, 1, 400), refund(2, 1, 1_000)];
    assert_eq!(
        beside(&both, &two, &[remedy_id(1), remedy_id(2)].map(said_yes)),
        left(0, 0),
        "each finds its own"
    );
}

#[test]
fn a_refund_that_came_before_the_buyer_said_yes_is_no_remedy() {
    let one = [grant(1, 1, false, 1_500)];
    let yes = |secs| [Promise { remedy: remedy_id(1), accepted_at: at(secs) }];
    assert_eq!(beside(&[refund(5, 1, 1_500)], &one, &yes(5)), left(0, 0));
    assert_eq!(beside(&[refund(5, 1, 1_500)], &one, &yes(6)), left(1, 1_500), "the channel was first");
    let unit_price = eur(2_000);
    let refunded = beside(&[refund(5, 1, 1_500)], &one, &yes(6));
    let account = Account { purchased: 1, unit_price, grants: &one, refunded };
    assert!(matches!(account.stands(remedy_id(1)), Err(LedgerRefused::UnitsRefunded { .. })));
    let three = Account { purchased: 3, ..account };
    let rest = three.reserve(&request(2, Takes::Money, 2, 4_000));
    assert!(matches!(rest, Err(LedgerRefused::UnitsRefunded { free: 1, .. })), "{rest:?}");
}

#[test]
fn what_the_channel_agreed_to_pay_is_free_for_no_goods() {
    let agreed = Refund { paid: false, ..refund(1, 1, 2_000) };
    let refunded = beside(std::slice::from_ref(&agreed), &[], &[]);
    assert_eq!(refunded, Refunded { agreed: 1, ..left(0, 0) });
    assert!(!refunded.is_some() && !refunded.exceeds(left(0, 0)), "nothing was paid");
    let account = |purchased, grants| Account { purchased, unit_price: eur(2_000), grants, refunded };
    let goods = account(1, &[]).reserve(&request(1, Takes::Goods, 1, 0));
    assert!(matches!(goods, Err(LedgerRefused::UnitsRefunded { free: 0, refunded: 1, .. })), "{goods:?}");
    assert!(account(2, &[]).reserve(&request(1, Takes::Goods, 1, 0)).is_ok(), "the other is free");
    assert!(account(1, &[]).reserve(&request(1, Takes::Money, 1, 500)).is_ok(), "it may be this very money");
    let offered = [grant(1, 1, true, 2_000)];
    assert!(matches!(account(1, &offered).stands(remedy_id(1)), Err(LedgerRefused::UnitsRefunded { .. })));
    let money = [grant(1, 1, false, 500)];
    assert!(account(1, &money).stands(remedy_id(1)).is_ok());
    // Money of ours that the channel agreed to pay is no unit more; what was paid comes first.
    let part = Refund { paid: false, ..refund(1, 1, 500) };
    assert_eq!(beside(std::slice::from_ref(&part), &money, &[said_yes(remedy_id(1))]), left(0, 0));
    let both = beside(&[part, refund(2, 1, 500)], &money, &[said_yes(remedy_id(1))]);
    assert_eq!(both, Refunded { agreed: 1, ..left(0, 0) });
}

#[test]
fn a_return_pays_since_it_first_agreed_without_a_break() {
    use ReturnStatus::{Approved, Settled, Withdrawn};
    let since = |events: &[ReturnEvent]| replay(events.to_vec()).unwrap().pays_since;
    let story = [
        said(1, Approved, 1, None),
        said(2, Approved, 1, Some(500)),
        said(3, Withdrawn, 1, None),
        said(4, Approved, 1, None),
        said(5, Settled, 1, None),
    ];
    let expected = [None, Some(at(2)), None, Some(at(4)), Some(at(4))];
    for (told, expected) in (1..).zip(expected) {
        assert_eq!(since(&story[..told]), expected, "after {told} words");
    }
}

#[test]
fn what_was_refunded_leaves_no_unit_that_may_have_been_meant() {
    let account =
        |purchased, grants, refunded| Account { purchased, unit_price: eur(1_000), grants, refunded };
    let goods = |units| request(9, Takes::Goods, units, 0);
    let refused = account(3, &[], left(1, 1_000)).reserve(&goods(3));
    let expected = LedgerRefused::UnitsRefunded { asked: 3, free: 2, refunded: 1, purchased: 3 };
    assert_eq!(refused, Err(expected));
    assert!(account(3, &[], left(1, 1_000)).reserve(&goods(2)).is_ok());
    let given = [grant(1, 1, true, 1_000)];
    let taken = account(2, &given, left(1, 1_000)).reserve(&goods(1));
    let expected = LedgerRefused::UnitsRefunded { asked: 1, free: 0, refunded: 1, purchased: 2 };
    assert_eq!(taken, Err(expected), "one is given, and the other may be the one that was refunded");
    let full = [grant(1, 1, true, 1_000), grant(2, 2, true, 1_000)];
    let taken = account(2, &full, left(1, 1_000)).reserve(&goods(1));
    assert!(matches!(taken, Err(LedgerRefused::UnitsTaken { .. })), "{taken:?}");
}

#[test]
fn a_chain_stops_where_its_unit_may_have_been_refunded() {
    let given = [Grant { state: GrantState::Confirmed, ..grant(1, 1, true, 1_000) }];
    let again = Request { after: Some(remedy_id(1)), ..request(2, Takes::Goods, 1, 0) };
    let ask =
        |refunded| Account { purchased: 3, unit_price: eur(1_000), grants: &given, refunded }.reserve(&again);
    assert!(ask(left(0, 0)).is_ok());
    assert!(matches!(ask(left(1, 1_000)), Err(LedgerRefused::UnitsRefunded { free: 0, .. })));
}

#[test]
fn more_money_than_was_paid_is_neither_granted_nor_left_standing() {
    let grants = [grant(1, 1, false, 300)];
    let account = |refunded| Account { purchased: 2, unit_price: eur(1_000), grants: &grants, refunded };
    assert_eq!(account(left(1, 1_000)).free_value(), 700);
    assert_eq!(account(left(1, 5_000)).free_value(), 0);
    assert!(account(left(1, 1_000)).stands(remedy_id(1)).is_ok());
    let over = LedgerRefused::ExceedsPaid { granted: 2_100, paid: 2_000 };
    assert_eq!(account(left(1, 1_800)).stands(remedy_id(1)), Err(over));
    let refused = LedgerRefused::UnitsRefunded { asked: 1, free: 0, refunded: 2, purchased: 2 };
    assert_eq!(account(left(2, 1_000)).stands(remedy_id(1)), Err(refused));
    assert!(account(left(2, 2_000)).stands(remedy_id(7)).is_ok(), "who holds nothing loses nothing");
}

fn said(secs: i64, status: ReturnStatus, quantity: u32, amount: Option<i64>) -> ReturnEvent {
    let refund = amount.map(eur);
    ReturnEvent {
        occurred_at: at(secs),
        signal: signal(secs),
        status,
        quantity,
        seller_fault: None,
        refund,
        bounds: amends_domain::counter::OfferBounds::default(),
    }
}

#[test]
fn money_is_paid_when_the_request_is_settled_and_stays_paid() {
    let pays = |events: Vec<ReturnEvent>| replay(events).unwrap().pays();
    use ReturnStatus::{Approved, Expired, Received, Requested, Settled, Withdrawn};
    assert_eq!(pays(vec![said(1, Requested, 1, Some(500))]), Pays::Nothing, "it is only asked for");
    assert_eq!(pays(vec![said(1, Approved, 1, None)]), Pays::Nothing);
    assert_eq!(pays(vec![said(1, Requested, 1, Some(500)), said(2, Approved, 1, None)]), Pays::Agreed);
    assert_eq!(pays(vec![said(1, Received, 1, Some(500)), said(2, Expired, 1, None)]), Pays::Nothing);
    assert_eq!(pays(vec![said(1, Settled, 1, None)]), Pays::Paid);
    assert_eq!(pays(vec![said(1, Settled, 1, None), said(2, Withdrawn, 1, None)]), Pays::Paid);
    assert_eq!(pays(vec![said(1, Settled, 1, Some(0))]), Pays::Nothing, "closed without money");
    let story = replay(vec![said(3, Settled, 2, None), said(1, Requested, 1, Some(700))]).unwrap();
    assert_eq!((story.settled_units, story.refund), (2, Some(eur(700))));
}

#[test]
fn no_later_word_takes_back_what_was_paid() {
    use ReturnStatus::{Approved, Expired, Requested, Settled, Unmapped, Withdrawn};
    let check = |events: Vec<ReturnEvent>, pays: Pays, amount: Option<i64>| {
        let story = replay(events.clone()).unwrap();
        assert_eq!((story.pays(), story.refund), (pays, amount.map(eur)), "{events:?}");
    };
    for later in [Expired, Withdrawn, Unmapped, Approved, Settled] {
        check(vec![said(1, Settled, 1, Some(2_000)), said(2, later, 1, Some(0))], Pays::Paid, Some(2_000));
        check(vec![said(1, Settled, 1, None), said(2, later, 1, Some(0))], Pays::Paid, None);
    }
    let asked = [said(1, Requested, 1, Some(700)), said(2, Settled, 1, None)];
    check([&asked[..], &[said(3, Unmapped, 1, Some(0))]].concat(), Pays::Paid, Some(700));
    check([&asked[..], &[said(3, Settled, 1, Some(900))]].concat(), Pays::Paid, Some(900));
    // What is disputed after it was paid is asked for, not paid.
    check(vec![said(1, Settled, 1, Some(500)), said(2, Unmapped, 1, Some(900))], Pays::Paid, Some(500));
    check(vec![said(1, Settled, 1, None), said(2, Unmapped, 1, Some(900))], Pays::Paid, Some(900));
    check(vec![said(1, Settled, 1, Some(0)), said(2, Settled, 1, Some(900))], Pays::Paid, Some(900));
}

fn refunds() -> impl Strategy<Value = Vec<Refund>> {
    prop::collection::vec((1_u32..3, 1_i64..1_500), 0..4)
        .prop_map(|all| (1..).zip(all).map(|(id, (units, amount))| refund(id, units, amount)).collect())
}

/// Requests, each of which may be granted, and the refunds that came at any time between them.
type Life = (u32, Vec<(bool, u32, i64, bool)>, Vec<(usize, Refund)>);

fn life() -> impl Strategy<Value = Life> {
    let asked = (any::<bool>(), 1_u32..3, 1_i64..1_500, any::<bool>());
    let told = refunds().prop_flat_map(|all| {
        let count = all.len();
        prop::collection::vec(0_usize..6, count)
            .prop_map(move |when| when.into_iter().zip(all.clone()).collect())
    });
    (1_u32..5, prop::collection::vec(asked, 1..8), told)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_is_granted_after_a_refund_never_exceeds_what_was_paid((purchased, asked, told) in life()) {
        let (mut grants, mut promised): (Vec<Grant>, Vec<Promise>) = (Vec::new(), Vec::new());
        let mut refunds: Vec<Refund> = Vec::new();
        for (step, (is_goods, units, amount, accepted)) in asked.into_iter().enumerate() {
            refunds.extend(told.iter().filter(|(when, _)| *when == step).map(|(_, one)| one.clone()));
            let refunded = beside(&refunds, &grants, &promised);
            let ms = u32::try_from(step).unwrap() + 1;
            let takes = if is_goods { Takes::Goods } else { Takes::Money };
            let account = Account { purchased, unit_price: eur(1_000), grants: &grants, refunded };
            if let Ok(new) = account.reserve(&request(ms, takes, units, amount)) {
                grants.extend(new);
                let taken: std::collections::BTreeSet<u32> = grants.iter().map(|g| g.unit).collect();
                let taken = u32::try_from(taken.len()).unwrap();
                prop_assert!(taken + refunded.units <= purchased, "a unit may be compensated twice");
                let given: i64 = grants.iter().map(|g| g.value).sum();
                prop_assert!(given + refunded.amount <= 1_000 * i64::from(purchased), "more than paid");
                let after = Account { purchased, unit_price: eur(1_000), grants: &grants, refunded };
                prop_assert_eq!(after.stands(remedy_id(ms)), Ok(()), "what was granted stands");
                if accepted && !is_goods {
                    let accepted_at = at(i64::from(ms));
                    promised.push(Promise { remedy: remedy_id(ms), accepted_at });
                }
            }
        }
    }

    #[test]
    fn the_order_in_which_refunds_are_told_changes_nothing(
        all in refunds(),
        values in prop::collection::vec(1_i64..1_500, 0..3),
        turn in 0_usize..4,
    ) {
        let grants: Vec<Grant> = (1..).zip(values).map(|(n, value)| grant(n, n, false, value)).collect();
        let promised: Vec<Promise> = grants.iter().map(|g| said_yes(g.remedy)).collect();
        let mut turned = all.clone();
        turned.rotate_left(turn.min(all.len()));
        turned.extend(std::iter::empty());
        prop_assert_eq!(beside(&all, &grants, &promised), beside(&turned, &grants, &promised));
        let sum: i64 = all.iter().map(|r| r.amount).sum();
        let own: i64 = grants.iter().map(|g| g.value).sum();
        let came_on_top = beside(&all, &grants, &promised);
        prop_assert!(came_on_top.amount <= sum && came_on_top.amount >= sum - own);
    }

    #[test]
    fn without_refunds_the_ledger_is_what_it_was(
        purchased in 1_u32..4, units in 1_u32..4, amount in 1_i64..3_000, is_goods in any::<bool>(),
    ) {
        let takes = if is_goods { Takes::Goods } else { Takes::Money };
        let (price, asked) = (eur(1_000), request(1, takes, units, amount));
        let account = Account { purchased, unit_price: price, grants: &[], refunded: left(0, 0) };
        prop_assert_eq!(account.reserve(&asked), reserve(purchased, price, &[], &asked));
        let free = Money::new(account.free_value(), price.currency);
        prop_assert_eq!(free, price.times(purchased).unwrap());
    }

    #[test]
    fn a_story_of_money_does_not_depend_on_the_order_it_is_told_in(
        words in prop::collection::vec(
            (prop::sample::select(ReturnStatus::ALL), 1_u32..4, prop::option::of(0_i64..900)), 1..8),
        turn in 0_usize..8,
    ) {
        let events: Vec<ReturnEvent> = (1..).zip(words)
            .map(|(secs, (status, quantity, amount))| said(secs, status, quantity, amount)).collect();
        let mut turned = events.clone();
        turned.rotate_left(turn.min(events.len()));
        let (one, other) = (replay(events).unwrap(), replay(turned).unwrap());
        prop_assert_eq!((one.pays(), one.settled_units, one.refund), (other.pays(), other.settled_units, other.refund));
        prop_assert_eq!(one.bounds, other.bounds);
    }
}

#[test]
fn none_of_it_can_name_a_review() {
    let files = [
        include_str!("../../src/refund.rs"),
        include_str!("../../src/counter.rs"),
        include_str!("../../src/stock.rs"),
        include_str!("../../src/remedy/terms.rs"),
    ];
    for file in files {
        let mut code = file.lines().filter(|line| !line.trim_start().starts_with("//"));
        assert!(!code.any(|line| line.to_lowercase().contains("review")));
    }
}
