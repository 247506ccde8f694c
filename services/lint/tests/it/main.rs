//! What the linter promises, whatever the language.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::OnceLock;

use amends_lint::{Advice, Audience, Linter, Outgoing, Report, Rule, Venue};

mod files;
mod judge;
mod property;

fn linter() -> &'static Linter {
    static LINTER: OnceLock<Linter> = OnceLock::new();
    LINTER.get_or_init(|| Linter::embedded().unwrap())
}

fn report(text: &str) -> Report {
    linter().check(&Outgoing::new(text, Audience::PrivateMessage)).unwrap()
}

fn rules(report: &Report) -> Vec<Rule> {
    report.refusals.iter().map(|refusal| refusal.rule).collect()
}

#[track_caller]
fn refuses(text: &str, rule: Rule) {
    assert!(rules(&report(text)).contains(&rule), "{text:?}: {:?}", report(text));
}

#[track_caller]
fn passes(text: &str) {
    assert_eq!(report(text).refusals, [], "{text:?}");
}

#[test]
fn every_rule_names_its_guardrail() {
    let ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.guardrail()).collect();
    assert_eq!(ids, ["G02", "G04", "G05", "G06", "G07", "G14", "G15", "G22"]);
}

#[test]
fn what_is_spelt_oddly_is_read_as_it_looks() {
    for text in [
        "Please give us 5⭐",
        "Please give us ５ stars",
        "Please give us 5\u{fe0f}\u{20e3} stars",
        "Please give us fi\u{200b}ve st\u{200b}ars",
        "Please give us f1ve st4rs",
        "Please give us f i v e s t a r s",
        "Please give us f.i.v.e s.t.a.r.s",
        "Please give us fіvе stаrs",
        "Please give us ⭐⭐⭐⭐⭐",
        "PLEASE GIVE US FIVE-STAR",
        "满意请给 五.星.好.评",
        "满意请给五 星 好 评",
    ] {
        refuses(text, Rule::Pressure);
    }
    refuses("Please de1ete your rev1ew", Rule::Removal);
    refuses("Please remοve your review", Rule::Removal);
    refuses("Пожалуйста, yдалите oтзыв", Rule::Removal);
    refuses("write to sales (at) shop (dot) com", Rule::OffPlatform);
    refuses("see wa.me/4915112345", Rule::OffPlatform);
    refuses("好 评 返 现", Rule::Incentive);
}

#[test]
fn service_is_no_incentive_and_talk_about_reviews_is_no_pressure() {
    passes("Thank you for your review. The refund of 12 € is on its way.");
    passes("We are sorry you gave one star; we refunded you yesterday.");
    passes("We removed the item from your order and refunded it.");
    passes("Whether or not you change your review, your refund is on its way.");
    passes("We never ask for a review to be removed.");
    passes("");
}

#[test]
fn an_ask_is_told_apart_from_pressure() {
    let ask = report("If you like, you can update your review. Either way, we are here.");
    assert!(ask.asks_for_revision);
    assert_eq!(ask.refusals, []);
    let begging = report("Please update your review to 5 stars.");
    assert!(begging.asks_for_revision);
    assert!(rules(&begging).contains(&Rule::Pressure));
    assert!(!report("Thank you for your review.").asks_for_revision);
}

#[test]
fn an_ask_beside_a_remedy_is_mixed() {
    refuses("We refunded you. If you like, you can update your review.", Rule::Mixed);
}

#[test]
fn the_own_store_may_name_its_own_address() {
    let text = "Write to help@shop.example.com or on WhatsApp.";
    let own = Outgoing { venue: Venue::OwnStore, ..Outgoing::new(text, Audience::PrivateMessage) };
    assert_eq!(linter().check(&own).unwrap().refusals, []);
    refuses(text, Rule::OffPlatform);
}

#[test]
fn what_is_known_of_the_buyer_stays_out_of_public_replies() {
    let text = "Dear Anna Schmidt, will order A-77 do?";
    let known = Outgoing {
        names: &["Anna Schmidt", "Will"],
        orders: &["A-77"],
        ..Outgoing::new(text, Audience::PublicReply)
    };
    let report = linter().check(&known).unwrap();
    let words: Vec<&str> = report.refusals.iter().map(|refusal| refusal.words.as_str()).collect();
    assert_eq!(words.len(), rules(&report).iter().filter(|rule| **rule == Rule::PersonalData).count());
    assert!(words.iter().any(|word| "Anna Schmidt".contains(word)), "{words:?}");
    assert!(words.contains(&"A-77"), "{words:?}");
    let private = Outgoing { audience: Audience::PrivateMessage, ..known };
    assert_eq!(linter().check(&private).unwrap().refusals, []);
}

#[test]
fn payment_data_are_known_by_their_checksums() {
    let public = |text: &str| rules(&linter().check(&Outgoing::new(text, Audience::PublicReply)).unwrap());
    assert!(public("Sorry, refunded to DE89 3704 0044 0532 0130 00.").contains(&Rule::PersonalData));
    assert!(public("Sorry, refunded to 4111 1111 1111 1111.").contains(&Rule::PersonalData));
    assert!(public("Sorry, it has 4111111111111112 pixels.").is_empty());
}

#[test]
fn sites_of_marketplaces_and_carriers_may_be_named() {
    passes("Track it at https://www.dhl.com/track?id=1");
    refuses("Track it at https://www.dhl.com.evil.shop/track", Rule::OffPlatform);
    refuses("Look at https://evil.shop/#dhl.com", Rule::OffPlatform);
    refuses("Look at https://dhl.com@evil.shop/", Rule::OffPlatform);
}

#[test]
fn advice_refuses_nothing() {
    let report = report("SORRY BUT THIS IS your fault!! You must read the manual.");
    let advice: Vec<Advice> = report.advice.iter().map(|hint| hint.advice).collect();
    for wanted in [Advice::Shouting, Advice::Excuse, Advice::Blame, Advice::Exclamation, Advice::Command] {
        assert!(advice.contains(&wanted), "{wanted}: {advice:?}");
    }
    assert_eq!(report.refusals, []);
}

#[test]
fn a_template_is_judged_as_if_it_were_filled() {
    let text = "Dear buyer, {amount} for you if you delete your review of {product}.";
    let template = Outgoing::new(text, Audience::PrivateMessage);
    let report = linter().check_template(&template).unwrap();
    assert!(rules(&report).contains(&Rule::Incentive), "{report:?}");
    for refusal in &report.refusals {
        assert_eq!(&text[refusal.span.clone()], refusal.words);
    }
    let plain = Outgoing::new("Order {order_id} left today, parcel {tracking}.", Audience::PublicReply);
    assert_eq!(linter().check_template(&plain).unwrap().refusals, []);
}

#[test]
fn a_text_too_long_to_be_looked_at_is_refused_as_a_whole() {
    let text = "a".repeat(20_001);
    assert!(linter().check(&Outgoing::new(&text, Audience::PrivateMessage)).is_err());
    // Each of these signs is eighteen letters.
    let text = "ﷺ".repeat(2_000);
    assert!(linter().check(&Outgoing::new(&text, Audience::PrivateMessage)).is_err());
}
