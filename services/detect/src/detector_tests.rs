#![expect(clippy::unwrap_used, reason = "a test may panic")]

use amends_domain::detection::{Flag, Reason};
use proptest::prelude::*;

use super::*;

/// What a detection says, in the words of the lexicons' examples.
fn words(detection: &Detection) -> Vec<&'static str> {
    let mut words = Vec::new();
    words.extend((detection.negative_probability >= 0.5).then_some("NEGATIVE"));
    words.extend((detection.negative_probability < 0.5).then_some("POSITIVE"));
    words.extend(detection.return_intent.then_some("RETURN_INTENT"));
    words.extend(detection.reasons.iter().map(|scored| scored.reason.as_str()));
    words.extend(detection.flags.iter().map(|flag| flag.as_str()));
    words
}

fn hear(text: &str) -> Detection {
    Detector::embedded().unwrap().detect(&Input::message(text))
}

fn check(text: &str, heard: &[&str], unheard: &[&str]) {
    let detection = hear(text);
    let words = words(&detection);
    for word in heard {
        assert!(words.contains(word), "{text:?}: {word} not in {words:?} ({detection:?})");
    }
    for word in unheard {
        assert!(!words.contains(word), "{text:?}: {word} in {words:?} ({detection:?})");
    }
}

#[test]
fn every_example_of_every_lexicon_is_heard_as_it_says() {
    let mut failures = Vec::new();
    for (tag, file) in EMBEDDED {
        for example in Lexicon::parse(tag, file).unwrap().examples {
            let detection = hear(&example.text);
            let words = words(&detection);
            let missing: Vec<_> =
                example.hear.iter().filter(|word| !words.contains(&word.as_str())).collect();
            let wrong: Vec<_> = example.not.iter().filter(|word| words.contains(&word.as_str())).collect();
            // Indonesian and Malay are one language in half of their sentences.
            let twins = matches!((*tag, detection.language.as_str()), ("id", "ms") | ("ms", "id"));
            if !missing.is_empty() || !wrong.is_empty() || !(twins || detection.language == *tag) {
                failures.push(format!(
                    "{tag}: {:?}: missing {missing:?}, wrong {wrong:?}, heard {words:?} p={:.2} as {}",
                    example.text, detection.negative_probability, detection.language
                ));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn the_embedded_model_was_trained_beside_the_lexicons_as_they_are() {
    assert_eq!(Detector::embedded().unwrap().manifest().lexicons, lexicon_hash(), "train it again");
}

#[test]
fn no_text_that_measures_is_one_that_teaches() {
    let texts = |folder: &str| -> std::collections::BTreeSet<String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let rows = files.flat_map(|file| {
            let content = std::fs::read_to_string(file).unwrap();
            content
                .lines()
                .skip(1)
                .map(|line| line.rsplit('\t').next().unwrap().to_lowercase())
                .collect::<Vec<_>>()
        });
        rows.collect()
    };
    let (train, dev, check) = (texts("sentences/train"), texts("sentences/dev"), texts("check"));
    assert!(train.len() > 30_000 && dev.len() > 1_400 && check.len() > 900);
    let both: Vec<_> = train.intersection(&dev).chain(train.intersection(&check)).collect();
    assert!(both.is_empty(), "{both:?}");
    assert!(dev.is_disjoint(&check));
}

#[test]
fn every_lexicon_shows_an_intent_a_negative_a_positive_and_a_negation() {
    for (tag, file) in EMBEDDED {
        let lexicon = Lexicon::parse(tag, file).unwrap();
        let hears =
            |word: &str| lexicon.examples.iter().any(|example| example.hear.iter().any(|w| w == word));
        assert!(hears("RETURN_INTENT") && hears("NEGATIVE") && hears("POSITIVE"), "{tag}");
        assert!(lexicon.examples.iter().any(|example| !example.not.is_empty()), "{tag}");
        for word in lexicon.examples.iter().flat_map(|example| example.hear.iter().chain(&example.not)) {
            let known = ["NEGATIVE", "POSITIVE", "RETURN_INTENT"].contains(&word.as_str());
            assert!(known || word.parse::<Reason>().is_ok() || word.parse::<Flag>().is_ok(), "{tag} {word}");
        }
    }
}

#[test]
fn the_wrong_size_to_be_sent_back_is_an_intent_about_a_wrong_item() {
    let detection = hear("you sent the wrong size, I want to send it back");
    assert!(detection.return_intent && detection.actionable);
    assert_eq!(detection.main_reason(), Reason::WrongItem);
}

#[test]
fn a_bottle_that_leaked_is_damaged_and_negative_by_its_stars() {
    let detection = Detector::embedded().unwrap().detect(&Input::review("the bottle leaked", Some(2)));
    assert!(detection.negative && !detection.hidden_negative);
    assert_eq!(detection.main_reason(), Reason::Damaged);
}

#[test]
fn a_question_about_a_refund_is_no_new_intent() {
    check("when will my refund arrive", &[], &["RETURN_INTENT"]);
    check("I will return to your shop, thank you", &[], &["RETURN_INTENT", "NEGATIVE"]);
    check("I do not want to return it, it is fine", &[], &["RETURN_INTENT"]);
}

#[test]
fn what_is_denied_is_no_reason() {
    check("nothing missing, not damaged at all", &[], &["MISSING_PART", "DAMAGED"]);
    check("not broken", &[], &["DAMAGED", "DEFECTIVE"]);
    check("没有坏，很好", &["POSITIVE"], &["DAMAGED", "DEFECTIVE"]);
    check("tidak rusak, barang bagus", &["POSITIVE"], &["DAMAGED", "DEFECTIVE"]);
}

#[test]
fn five_stars_over_an_angry_text_are_a_hidden_negative() {
    let text = "Terrible. It arrived broken and the seller ignores me. Worst purchase ever.";
    let detection = Detector::embedded().unwrap().detect(&Input::review(text, Some(5)));
    assert!(detection.hidden_negative && !detection.negative, "{detection:?}");
}

#[test]
fn an_unknown_language_falls_back_to_the_rating_and_says_so() {
    let check = |text: &str, rating: Option<u8>, expect: bool| {
        let detection = Detector::embedded().unwrap().detect(&Input::review(text, rating));
        assert!(!detection.language_supported && detection.evidence.is_empty(), "{detection:?}");
        assert_eq!(
            (detection.negative, detection.negative_probability),
            (expect, 0.5),
            "{text:?} {rating:?}"
        );
    };
    check("Το προϊόν έφτασε σπασμένο", None, false);
    check("Το προϊόν έφτασε σπασμένο", Some(1), true);
    check("המוצר הגיע שבור", Some(5), false);
    check("Het product is helaas kapot aangekomen en ik ben niet tevreden", Some(5), false);
    check("", None, false);
    check("12345 !!!", Some(2), true);
}

#[test]
fn the_callers_language_counts_unless_the_script_contradicts_it() {
    let hear = |text: &str, language| {
        let detector = Detector::embedded().unwrap();
        detector.detect(&Input { language, ..Input::message(text) }).language
    };
    assert_eq!(hear("ok", Some("es-MX")), "es");
    assert_eq!(hear("ok", Some("tl")), "fil");
    assert_eq!(hear("ok", Some("deu")), "de");
    assert_eq!(hear("ของเสีย", Some("en")), "th");
    assert_eq!(hear("goed", Some("nl")), "nl");
    assert_eq!(hear("the item that I ordered was very good", Some("not a tag")), "en");
}

#[test]
fn evidence_points_into_the_original_text() {
    let text = "Ｔhe c\u{200b}up arrived “ＢＲＯＫＥＮ”";
    let detection = hear(text);
    let spans: Vec<_> = detection.evidence.iter().filter(|e| e.weighs_for == "DAMAGED").collect();
    let spans: Vec<_> =
        spans.into_iter().filter_map(|e| text.get(e.start as usize..e.end as usize)).collect();
    assert_eq!(spans, ["ＢＲＯＫＥＮ"], "{detection:?}");
}

#[test]
fn a_text_over_the_limit_is_cut_and_says_so() {
    assert!(!hear(&"好".repeat(TEXT_CHARS_MAX)).truncated);
    assert!(hear(&"好".repeat(TEXT_CHARS_MAX + 1)).truncated);
}

#[test]
fn hostile_texts_get_an_answer() {
    let zalgo = format!("b{}ad", "\u{0315}\u{0321}".repeat(4_000));
    let mark = "\u{301}".repeat(20_000);
    let texts =
        ["a".repeat(200_000), "\0".repeat(9_000), "not ".repeat(60_000), "😡".repeat(50_000), zalgo, mark];
    for text in &texts {
        let detection = hear(text);
        for evidence in &detection.evidence {
            assert!(text.get(evidence.start as usize..evidence.end as usize).is_some());
        }
    }
    for text in [
        "\u{202e}detnaw ton\u{202c}",
        "<b>broken</b>",
        "https://x.y/broken?not=1",
        "\u{fffd}\u{ffff}",
        "\u{1100}\u{1161}\u{11a8}",
    ] {
        let _ = hear(text);
    }
}

#[test]
fn a_refused_lexicon_names_its_file_and_entry() {
    let english = EMBEDDED.iter().find(|(tag, _)| *tag == ENGLISH).unwrap().1;
    let check = |text: String, expect: &str| {
        let problem = Lexicon::parse(ENGLISH, &text).unwrap_err().to_string();
        assert!(problem.contains(expect), "{problem}");
    };
    check(english.replacen("DAMAGED = ", "DAMGED = ", 1), "lexicon/en.toml: reasons.DAMGED: is no reason");
    check(
        english.replacen("contrast = [", "contrast = [\"\", ", 1),
        "lexicon/en.toml: contrast \"\": is empty",
    );
    check(english.replacen("contrast", "contrasts", 1), "lexicon/en.toml: TOML parse error");
}

#[test]
fn a_greeting_or_a_size_is_no_complaint() {
    let words = "Thanks! Hi XL no yes si oui Ja nein ok 1x S M 谢谢 好的 감사합니다 네 ขอบคุณค่ะ धन्यवाद شكرا Спасибо да \
                 Köszönöm Grazie Gracias Obrigado Merci Danke Dziękuję Teşekkürler Makasih Salamat Cảm_ơn はい a good 👍";
    for word in words.split_whitespace() {
        let detection = hear(&word.replace('_', " "));
        assert!(detection.flags.is_empty() && detection.reasons.is_empty(), "{word}: {detection:?}");
        assert!(!detection.return_intent && !detection.actionable, "{word}: {detection:?}");
    }
}

#[test]
fn a_claimed_language_in_another_script_or_alphabet_is_not_believed() {
    let hear = |text: &str, language| {
        let detector = Detector::embedded().unwrap();
        detector.detect(&Input { language: Some(language), ..Input::message(text) })
    };
    let greek = hear("Το προϊόν έφτασε σπασμένο", "en");
    assert!(!greek.language_supported && greek.flags.is_empty(), "{greek:?}");
    assert!(!hear("Het product is helaas kapot aangekomen", "th").language_supported);
    assert!(hear("the parcel never arrived", "en").language_confidence >= 1.0);
    assert!(hear("ของเสีย", "th").language_confidence >= 1.0);
}

proptest! {
    #[test]
    fn any_text_gets_the_same_sound_answer_twice(text in ".{0,400}", rating in proptest::option::of(1u8..=5)) {
        let detector = Detector::embedded().unwrap();
        let detection = detector.detect(&Input::review(&text, rating));
        prop_assert!((0.0..=1.0).contains(&detection.negative_probability));
        prop_assert!((0.0..=1.0).contains(&detection.return_intent_probability));
        prop_assert!((0.0..=1.0).contains(&detection.language_confidence));
        prop_assert!(rating.is_none_or(|rating| rating > THRESHOLD_DEFAULT || detection.negative));
        for evidence in &detection.evidence {
            prop_assert!(text.get(evidence.start as usize..evidence.end as usize).is_some_and(|span| !span.is_empty()));
        }
        prop_assert_eq!(&detection, &detector.detect(&Input::review(&text, rating)));
    }

    #[test]
    fn words_of_the_lexicons_in_any_order_are_answered(picks in proptest::collection::vec(any::<proptest::sample::Index>(), 0..40)) {
        let file = EMBEDDED.iter().map(|(_, file)| *file).collect::<Vec<_>>().join(" ");
        let words: Vec<&str> = file.split(['"', ' ', '\u{301}']).collect();
        let text = picks.iter().map(|pick| *pick.get(&words)).collect::<Vec<_>>().join("\u{301} ");
        let detection = hear(&text);
        for evidence in &detection.evidence {
            prop_assert!(text.get(evidence.start as usize..evidence.end as usize).is_some());
        }
    }
}
