//! Any text at all, as a message and as a review: the answer is well formed, and the same twice.
//!
//! An input is three bytes of circumstances and then the text: the stars (a digit, else none),
//! the claimed language (a letter of the list below, else none) and whether the text is said
//! so often that it is cut (`*`).
#![no_main]

use amends_detect::{Detector, Input, TEXT_CHARS_MAX};
use amends_domain::detection::{Detection, TextKind};
use libfuzzer_sys::fuzz_target;

/// From `a` on: the languages that have a lexicon, and what callers write instead.
const LANGUAGES: &[&str] = &[
    "ar", "de", "en", "es", "fil", "fr", "hi", "hu", "id", "it", "ja", "ko", "ms", "pl", "pt-BR", "ru", "th",
    "tr", "vi", "zh_Hant", "und", "", "-", "TL", "nl", "ß",
];

fuzz_target!(init: { detector(); }, |data: &[u8]| {
    let Some(([stars, language, often], text)) = data.split_first_chunk::<3>() else { return };
    let text = String::from_utf8_lossy(text);
    let text = if *often == b'*' { text.repeat(16) } else { text.into_owned() };
    let rating = stars.is_ascii_digit().then(|| stars - b'0');
    let language = LANGUAGES.get(usize::from(language.wrapping_sub(b'a'))).copied();
    check(&Input::message(&text));
    check(&Input { language, ..Input::message(&text) });
    check(&Input { language, ..Input::review(&text, rating) });
});

fn detector() -> Detector {
    Detector::embedded().expect("the embedded model is sound")
}

fn check(input: &Input<'_>) {
    let detection = detector().detect(input);
    check_probabilities(&detection);
    for evidence in &detection.evidence {
        let span = input.text.get(evidence.start as usize..evidence.end as usize);
        assert!(span.is_some_and(|span| !span.is_empty()), "{evidence:?} in {input:?}");
    }
    assert!(!(detection.negative && detection.hidden_negative), "{detection:?}");
    assert!(detection.negative || input.rating.is_none_or(|stars| stars > input.threshold), "{detection:?}");
    assert!(!detection.hidden_negative || input.kind == TextKind::Review, "{detection:?}");
    assert_eq!(detection.truncated, input.text.chars().count() > TEXT_CHARS_MAX);
    assert_eq!(detection, detector().detect(input));
}

fn check_probabilities(detection: &Detection) {
    let reasons = detection.reasons.iter().map(|scored| scored.probability);
    let others =
        [detection.negative_probability, detection.return_intent_probability, detection.language_confidence];
    for probability in reasons.chain(others) {
        assert!((0.0..=1.0).contains(&probability), "{detection:?}");
    }
}
