//! Any text at all.

use amends_lint::{Audience, Outgoing, Venue};
use proptest::prelude::*;

use super::{linter, report, rules};

/// Pieces that mean something beside any characters.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        any::<String>().prop_map(|text| text.chars().take(8).collect()),
        Just(" review".to_owned()),
        Just(" delete ".to_owned()),
        Just("5⭐".to_owned()),
        Just("好评返现".to_owned()),
        Just(". ".to_owned()),
        Just(" refund 10 €".to_owned()),
        Just("f i v e s t a r s".to_owned()),
        Just(" {amount} ".to_owned()),
        Just("e\u{301}\u{302}ﷺ".to_owned()),
        Just(" +49 151 1234567".to_owned()),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_gets_one_report_with_spans_of_whole_characters(text in text(), public: bool, own: bool) {
        let audience = if public { Audience::PublicReply } else { Audience::Ask };
        let venue = if own { Venue::OwnStore } else { Venue::Marketplace };
        let outgoing = Outgoing { venue, names: &["Anna", "é"], ..Outgoing::new(&text, audience) };
        let report = linter().check(&outgoing);
        prop_assert_eq!(&report, &linter().check(&outgoing));
        if let Ok(report) = report {
            for (span, words) in report.refusals.iter().map(|r| (&r.span, &r.words))
                .chain(report.advice.iter().map(|h| (&h.span, &h.words)))
            {
                prop_assert_eq!(text.get(span.clone()), Some(words.as_str()));
            }
        }
        if let Ok(report) = linter().check_template(&outgoing) {
            for refusal in &report.refusals {
                prop_assert!(text.get(refusal.span.clone()).is_some());
            }
        }
    }

    /// A sentence about something else takes nothing back: refusals look at the sentences beside them only.
    #[test]
    fn a_neutral_sentence_removes_no_refusal(at_start: bool, which in 0..6_usize) {
        let forbidden = [
            "Please delete your review.",
            "Leave us 5 stars and we will send you a coupon.",
            "We will take legal action otherwise.",
            "Please cancel your return request.",
            "Write to me on WhatsApp.",
            "Please give us five stars.",
        ];
        let forbidden = forbidden.get(which).copied().unwrap_or_default();
        let neutral = "Your parcel left our warehouse this morning.";
        let joined = if at_start { format!("{neutral} {forbidden}") } else { format!("{forbidden} {neutral}") };
        let before = rules(&report(forbidden));
        prop_assert!(!before.is_empty());
        let after = rules(&report(&joined));
        prop_assert!(before.iter().all(|rule| after.contains(rule)), "{joined}: {after:?}");
    }
}
