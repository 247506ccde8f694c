//! G08, G09, G19, G20, G21: what an offer depends on, and what it may not.

use amends_domain::guardrail::{Eyes, OfferFacts, Rule};

use super::{Which, World, hold};

use Which::Offer;

#[test]
fn g08_an_offer_cannot_name_a_review() {
    let OfferFacts { return_shown, alternative, countered, beyond_policy, needs_approval } =
        World::new(Offer).offer;
    // Whatever is added to the facts of an offer has to be named here, by somebody who thinks about G08.
    let _: [bool; 5] = [return_shown, alternative, countered, beyond_policy, needs_approval];
    let code = include_str!("../../../src/guardrail/offer.rs");
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    for word in ["review", "Review", "rating", "stars"] {
        assert!(code.clone().all(|line| !line.contains(word)), "{word}");
    }
}

#[test]
fn g08_the_story_of_a_review_changes_nothing_about_an_offer() {
    for review in [super::negative(), super::story(vec![]), super::story(vec![crate::make::seen(0, 5, 1)])] {
        let world = World { review, asked_at: Some(super::noon()), ..World::new(Offer) };
        assert_eq!(world.rules(), []);
    }
}

#[test]
fn g09_nothing_that_goes_out_can_hide_a_review() {
    use amends_domain::guardrail::Kind;
    // A kind that is added has to be named here: none of them acts on what others see.
    World::new(Offer).ask(|out| match out.kind {
        Kind::PrivateReply | Kind::PublicReply(_) | Kind::Offer(_) | Kind::Ask(_) | Kind::Reminder { .. } => {
        }
    });
    for which in super::EVERY {
        assert!(!World::new(which).rules().contains(&Rule::G09));
    }
}

#[test]
fn g19_a_threat_buys_nothing_that_the_policy_does_not_grant() {
    hold(&[
        ("what the policy grants", Offer, |w| w.extortion = true, &[]),
        ("more", Offer, |w| (w.extortion, w.offer.beyond_policy) = (true, true), &[Rule::G19]),
        ("more, without a threat", Offer, |w| w.offer.beyond_policy = true, &[]),
        (
            "more, and another person agrees",
            Offer,
            |w| (w.extortion, w.offer.beyond_policy, w.eyes) = (true, true, Eyes::Four),
            &[Rule::G19],
        ),
    ]);
}

#[test]
fn g20_the_return_is_shown_and_nobody_is_pressed() {
    hold(&[
        ("shown", Offer, |w| w.offer.return_shown = true, &[]),
        ("not shown", Offer, |w| w.offer.return_shown = false, &[Rule::G20]),
        ("the first counter-offer", Offer, |w| w.offer.countered = false, &[]),
        ("the second", Offer, |w| w.offer.countered = true, &[Rule::G20]),
        (
            "the return itself is no pressing",
            Offer,
            |w| (w.offer.countered, w.offer.alternative) = (true, false),
            &[],
        ),
        ("once", Offer, |w| (w.offer.countered, w.offer.return_shown) = (true, false), &[Rule::G20]),
    ]);
}

#[test]
fn g21_what_needs_another_person_does_not_go_out_without() {
    hold(&[
        ("below the limit", Offer, |w| w.offer.needs_approval = false, &[]),
        ("above", Offer, |w| w.offer.needs_approval = true, &[Rule::G21]),
        ("asked for", Offer, |w| (w.offer.needs_approval, w.eyes) = (true, Eyes::Asked), &[]),
        ("agreed", Offer, |w| (w.offer.needs_approval, w.eyes) = (true, Eyes::Four), &[]),
    ]);
}
