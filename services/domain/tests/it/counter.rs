//! Counter-offers stay within every bound, and offers end before the channel decides.

use amends_domain::counter::{BoundsRefused, Limits, OfferBounds, is_negotiable};
use amends_domain::detection::Reason;
use amends_domain::remedy::{MARGIN, RemedyKind, offer_end};
use amends_domain::remedy_policy::{RemedyPolicy, Windows};
use amends_domain::returns::open_until;
use amends_domain::{Money, Span};
use proptest::prelude::*;

use crate::make::{at, eur};

fn bounds(min: Option<i64>, max: Option<i64>, left: Option<u32>) -> OfferBounds {
    OfferBounds { min: min.map(eur), max: max.map(eur), left }
}

fn limits(most: i64, free: i64) -> Limits {
    Limits { most, free, countered: false }
}

#[test]
fn a_wish_within_the_bounds_is_what_may_be_offered() {
    let next = bounds(Some(500), Some(900), Some(1)).answer(eur(700), &limits(1_000, 1_000));
    assert_eq!((next.amount, next.allowed), (Some(eur(700)), true));
}

#[test]
fn a_wish_beyond_is_brought_to_the_nearest_bound() {
    let answer = |wish, limits: Limits| bounds(Some(500), Some(900), None).answer(eur(wish), &limits).amount;
    assert_eq!(answer(2_000, limits(1_000, 1_000)), Some(eur(900)), "the channel's most");
    assert_eq!(answer(2_000, limits(800, 1_000)), Some(eur(800)), "the shop's most");
    assert_eq!(answer(2_000, limits(1_000, 600)), Some(eur(600)), "what is free of the value paid");
    assert_eq!(answer(1, limits(1_000, 1_000)), Some(eur(500)), "the channel's least");
    assert_eq!(answer(700, limits(1_000, 499)), None, "less is free than the channel takes");
    assert_eq!(OfferBounds::default().answer(eur(5), &limits(9, 0)).amount, None, "nothing is free");
}

#[test]
fn one_counter_offer_follows_a_decline_while_the_channel_takes_one() {
    let allowed = |left, countered| {
        let limits = Limits { countered, ..limits(900, 900) };
        bounds(None, None, left).answer(eur(100), &limits).allowed
    };
    assert!(allowed(None, false) && allowed(Some(1), false));
    assert!(!allowed(None, true) && !allowed(Some(0), false));
}

#[test]
fn an_offer_outside_the_channels_bounds_names_them() {
    let bounds = bounds(Some(500), Some(900), Some(2));
    let check = |amount| bounds.check(RemedyKind::PartialRefund, Some(eur(amount)));
    assert_eq!((check(500), check(900)), (Ok(()), Ok(())));
    let outside = |amount| BoundsRefused::Outside { amount: eur(amount), min: bounds.min, max: bounds.max };
    assert_eq!((check(499), check(901)), (Err(outside(499)), Err(outside(901))));
    assert_eq!(outside(1).to_string(), "the channel takes an amount of 5.00 EUR to 9.00 EUR");
    let over = OfferBounds { left: Some(0), ..bounds };
    assert_eq!(over.check(RemedyKind::Coupon, Some(eur(600))), Err(BoundsRefused::NoOffersLeft));
    for kind in RemedyKind::ALL.iter().filter(|kind| !is_negotiable(**kind)) {
        assert_eq!(over.check(*kind, Some(eur(1))), Ok(()), "{kind} is nothing that is negotiated");
    }
}

#[test]
fn the_latest_word_on_each_bound_holds_and_two_requests_bind_together() {
    let first = bounds(Some(100), Some(900), None);
    assert_eq!(first.then(bounds(Some(200), None, Some(3))), bounds(Some(200), Some(900), Some(3)));
    assert_eq!(first.and(bounds(Some(50), Some(300), Some(3))), bounds(Some(100), Some(300), Some(3)));
}

#[test]
fn the_window_that_is_named_is_one_that_can_be_promised() {
    let windows = Windows { no_fault: Some(Span::from_days(14)), fault: None };
    for reason in [Reason::ChangedMind, Reason::Other, Reason::WrongSize] {
        assert_eq!(open_until(at(0), reason, &windows), Some(at(0) + Span::from_days(14)));
    }
    assert_eq!(open_until(at(0), Reason::Damaged, &windows), None);
    let usual = RemedyPolicy::default().windows;
    assert_eq!(open_until(at(0), Reason::Damaged, &usual), Some(at(0) + Span::from_days(730)));
}

fn bound() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(0_i64..2_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_a_buyer_wants_the_answer_lies_within_every_bound(
        (min, max, left) in (bound(), bound(), prop::option::of(0_u32..3)),
        wish in 1_i64..i64::MAX,
        (most, free) in (0_i64..2_000, 0_i64..2_000),
        countered in any::<bool>(),
    ) {
        let bounds = bounds(min, max, left);
        let next = bounds.answer(eur(wish), &Limits { most, free, countered });
        match next.amount {
            Some(Money { minor_units: amount, .. }) => {
                prop_assert!(amount > 0 && amount <= most && amount <= free);
                prop_assert!(min.is_none_or(|min| amount >= min) && max.is_none_or(|max| amount <= max));
                if next.allowed {
                    prop_assert_eq!(bounds.check(RemedyKind::PartialRefund, next.amount), Ok(()));
                    prop_assert!(!countered && left != Some(0));
                }
                // Nothing nearer to the wish would do.
                let nearer = if wish > amount { amount + 1 } else { amount - 1 };
                let fits = nearer > 0 && nearer <= most && nearer <= free
                    && min.is_none_or(|m| nearer >= m) && max.is_none_or(|m| nearer <= m);
                prop_assert!(amount == wish || !fits);
            }
            None => {
                prop_assert!(!next.allowed);
                let top = most.min(free).min(max.unwrap_or(i64::MAX));
                prop_assert!(min.unwrap_or(1).max(1) > top);
            }
        }
    }

    #[test]
    fn an_offer_ends_in_time_or_is_not_made(
        now in 0_i64..1_000_000,
        life_hours in 1_i64..1_440,
        deadline in prop::option::of(0_i64..2_000_000),
    ) {
        let (now, life, hard) = (at(now), Span::from_hours(life_hours), deadline.map(at));
        match offer_end(now, life, hard) {
            Some(end) => {
                prop_assert!(end > now && end <= now + life);
                prop_assert!(hard.is_none_or(|hard| end + MARGIN <= hard), "the channel decides first");
                let cut = hard.is_some_and(|hard| hard - MARGIN < now + life);
                prop_assert_eq!(end, if cut { hard.unwrap() - MARGIN } else { now + life });
            }
            None => prop_assert!(hard.is_some_and(|hard| hard - MARGIN <= now)),
        }
    }
}
