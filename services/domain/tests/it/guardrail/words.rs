//! The rules about words: what a lint found is refused where the rule applies.

use amends_domain::Span;
use amends_domain::guardrail::{CONVERSATION, Finding, Rule, Words, is_marketplace};

use super::{EVERY, Which, World, hold, noon};
use crate::make::policy;

use Which::{Ask, Offer, Private, Public};

fn found(rule: Rule) -> Vec<Finding> {
    vec![Finding { rule, start: 3, end: 9, words: "secret".to_owned() }]
}

#[test]
fn g02_g06_g07_g22_are_refused_wherever_they_stand() {
    for rule in [Rule::G02, Rule::G06, Rule::G07, Rule::G22] {
        for which in EVERY {
            let mut world = World::new(which);
            assert_eq!(world.rules(), [], "{which:?} without them");
            world.findings = found(rule);
            assert_eq!(world.rules(), [rule], "{which:?}");
            assert_eq!(world.not_before(), None, "words do not get better by waiting");
            world.findings.extend(found(rule));
            assert_eq!(world.rules(), [rule], "one refusal by one rule");
        }
    }
}

#[test]
fn g04_g05_a_remedy_and_an_ask_are_two_messages_and_the_words_of_an_ask_are_approved() {
    hold(&[
        ("a remedy alone", Offer, |_| (), &[]),
        ("an ask in own words", Private, |w| w.asks_for_revision = true, &[Rule::G05]),
        (
            "both",
            Private,
            |w| (w.findings, w.asks_for_revision) = (found(Rule::G04), true),
            &[Rule::G04, Rule::G05],
        ),
        ("an offer that asks", Offer, |w| w.asks_for_revision = true, &[Rule::G04, Rule::G05]),
        ("an ask that offers", Ask, |w| w.findings = found(Rule::G04), &[Rule::G04]),
        ("an ask asks", Ask, |w| w.asks_for_revision = true, &[]),
        ("in public", Public, |w| w.asks_for_revision = true, &[Rule::G05]),
        ("once", Private, |w| (w.findings, w.asks_for_revision) = (found(Rule::G05), true), &[Rule::G05]),
    ]);
}

#[test]
fn g14_personal_data_matter_where_everyone_reads_them() {
    hold(&[
        ("in public", Public, |w| w.findings = found(Rule::G14), &[Rule::G14]),
        ("in private", Private, |w| w.findings = found(Rule::G14), &[]),
        ("none", Public, |_| (), &[]),
    ]);
}

#[test]
fn g15_contact_elsewhere_matters_on_a_marketplace() {
    hold(&[
        ("own shop", Private, |w| w.findings = found(Rule::G15), &[]),
        (
            "marketplace",
            Private,
            |w| (w.policy, w.findings) = (policy("shopee"), found(Rule::G15)),
            &[Rule::G15],
        ),
        (
            "a channel nobody knows",
            Private,
            |w| (w.policy, w.findings) = (policy("nobody-knows"), found(Rule::G15)),
            &[Rule::G15],
        ),
    ]);
    assert!(is_marketplace("ebay") && !is_marketplace("shopify"));
}

#[test]
fn what_was_found_is_told_by_its_place_and_never_by_its_words() {
    let world = World { findings: found(Rule::G07), ..World::new(Private) };
    let facts = world.refusals().remove(0).facts;
    assert_eq!(facts, [("start", "3".to_owned()), ("end", "9".to_owned())]);
}

#[test]
fn a_finding_of_any_rule_refuses() {
    for &rule in Rule::ALL.iter().filter(|rule| rule.is_about_words()) {
        let world = World { findings: found(rule), policy: policy("ebay"), ..World::new(Public) };
        assert_eq!(world.rules(), [rule]);
    }
}

#[test]
fn g16_g18_what_the_buyer_said_asks_for_an_answer_while_they_wait_and_for_a_day() {
    let (said, micro) = (noon(), Span::from_micros(1));
    let words = Words { last_at: Some(said), ..Words::default() };
    let waiting = |since| Words { waiting_since: Some(since), ..words };
    let out = |at| Words { opted_out_at: Some(at), ..words };
    let last = said + CONVERSATION - micro;
    let cases = [
        ("nothing was said", Words::default(), said, false),
        (
            "a review alone makes nobody wait for the shop",
            Words { last_at: None, ..waiting(said) },
            said,
            false,
        ),
        ("at once", words, said, true),
        ("before it was said", words, said - micro, false),
        ("the last moment of a day", words, last, true),
        ("a day later", words, last + micro, false),
        ("they still wait", waiting(said), said + Span::from_days(20), true),
        ("they wait for something that came later", waiting(said + micro), said + Span::from_days(20), false),
        ("that was the opt-out itself", out(said), said, false),
        ("a moment after the opt-out", out(said - micro), said, true),
        ("before the opt-out", out(said + micro), said + micro, false),
    ];
    for (name, words, at, answered) in cases {
        assert_eq!(words.are_answered(at), answered, "{name}");
    }
}

#[test]
fn g02_g04_g05_g06_g07_g22_the_first_and_the_last_character_count_like_any_other() {
    for rule in [Rule::G02, Rule::G04, Rule::G05, Rule::G06, Rule::G07, Rule::G22] {
        for (start, end) in [(0, 1), (0, 100), (99, 100)] {
            let finding = Finding { rule, start, end, words: "x".to_owned() };
            let world = World { findings: vec![finding], ..World::new(Private) };
            assert_eq!(world.rules(), [rule], "{start}–{end}");
        }
    }
}

#[test]
fn g14_g15_the_same_words_pass_a_step_aside() {
    let both = || [found(Rule::G14), found(Rule::G15)].concat();
    hold(&[
        ("everyone, own shop", Public, |_| (), &[]),
        ("the buyer, own shop", Private, |w| w.findings = found(Rule::G14), &[]),
    ]);
    for (which, channel, rules) in [
        (Public, "own_store", vec![Rule::G14]),
        (Public, "ebay", vec![Rule::G14, Rule::G15]),
        (Private, "ebay", vec![Rule::G15]),
        (Private, "judge.me", vec![]),
    ] {
        let world = World { findings: both(), policy: policy(channel), ..World::new(which) };
        assert_eq!(world.rules(), rules, "{which:?} on {channel}");
    }
}
