//! The judge: what is refused in words that no rule knows, and what hides nothing.

use std::path::Path;

use amends_lint::{Audience, Linter, Outgoing, corpus, is_current};

use super::{linter, report, rules};

/// Harmless sentences, longer than a message usually is.
const TALK: &str = "Your parcel left our warehouse this morning. The lamp is packed in two layers of foam. \
    The driver rings twice before he leaves. You find the manual under the lid of the box. \
    Please charge the battery for four hours before you use it. The cable is two metres long. \
    Spare bulbs of this size are sold in every hardware store. The colour is called warm white. ";

#[test]
fn the_judge_was_learnt_from_the_texts_and_beside_the_rules_that_ship() {
    let texts = corpus(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(
        is_current(&texts).unwrap(),
        "texts, rules or cues have changed: `cargo run --release -p amends-lint --example train`"
    );
}

#[test]
fn what_is_forbidden_cannot_hide_in_a_long_text() {
    let talk = TALK.repeat(6);
    assert_eq!(rules(&report(&talk)), []);
    for forbidden in [
        "Please delete your review.",
        "Leave us 5 stars and we will send you a coupon.",
        "There is a list shared between sellers. It would be a shame to see your name on it.",
        "Would you be so kind as to think of my two employees when you choose the stars?",
    ] {
        let alone = report(forbidden);
        assert!(!alone.refusals.is_empty(), "{forbidden}");
        for text in
            [format!("{talk}{forbidden}"), format!("{forbidden} {talk}"), format!("{talk}{forbidden} {talk}")]
        {
            assert!(!report(&text).refusals.is_empty(), "{forbidden}");
        }
    }
}

#[test]
fn a_refusal_without_a_rule_names_a_rule_and_the_sentence() {
    let alone = Linter::rules_alone().unwrap();
    let said = "Would you be so kind as to think of my two employees when you choose the stars?";
    let text = format!("Your parcel left our warehouse this morning. {said}");
    let outgoing = Outgoing::new(&text, Audience::PrivateMessage);
    assert_eq!(alone.check(&outgoing).unwrap().refusals, [], "a rule knows it; take another");
    let report = linter().check(&outgoing).unwrap();
    assert!(report.refusals.iter().any(|refusal| refusal.words == said), "{report:?}");
}
