#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::*;
use crate::detector::Input;

/// The project's own texts in two languages: enough to learn something in a moment.
fn corpus() -> Corpus {
    let sentences = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sentences");
    let mut files = Vec::new();
    for part in ["train", "dev"] {
        files.extend(["de", "ja"].map(|tag| sentences.join(part).join(format!("{tag}.tsv"))));
    }
    let mut corpus = Corpus::read(&files, &BTreeSet::new()).unwrap();
    for text in &mut corpus.texts {
        // Files that are given one by one have no folder that says so.
        text.is_dev = text.text.len() % 5 == 0;
    }
    corpus
}

fn train_in(corpus: &Corpus, options: &Options) -> Trained {
    train(corpus, options, &|_| ()).unwrap()
}

fn quick() -> Options {
    Options { passes_max: 2, ..Options::default() }
}

#[test]
fn the_same_texts_and_seed_give_the_same_bytes_and_another_seed_does_not() {
    let corpus = corpus();
    let first = train_in(&corpus, &quick());
    assert!(first.bytes == train_in(&corpus, &quick()).bytes);
    assert!(first.bytes != train_in(&corpus, &Options { seed: 2, ..quick() }).bytes);
}

#[test]
fn a_model_hears_what_it_was_taught_and_one_begun_from_it_stays_near() {
    let corpus = corpus();
    let trained = train_in(&corpus, &Options { passes_max: 6, ..Options::default() });
    let detector = Detector::from_model("trained", &trained.bytes).unwrap();
    let heard = detector.detect(&Input::message("Die Tasse kam kaputt an, ich will mein Geld zurück"));
    assert!(heard.return_intent && heard.negative, "{heard:?}");
    let options = Options { begin_from: Some(detector.clone()), ..quick() };
    let again = train_in(&corpus, &options);
    assert_eq!(again.manifest.begun_from, detector.version());
    let f1 = |scores: &[(String, f64)]| {
        scores.iter().find(|(name, _)| name == "return intent, F1").map(|(_, value)| *value).unwrap()
    };
    assert!(f1(&again.manifest.scores) > f1(&trained.manifest.scores) - 0.1);
}

#[test]
fn a_model_that_is_cut_changed_or_foreign_is_refused_by_name() {
    let bytes = train_in(&corpus(), &quick()).bytes;
    let check = |bytes: &[u8], expect: &str| {
        let problem = Detector::from_model("mine.bin", bytes).unwrap_err().to_string();
        assert!(problem.starts_with("mine.bin: ") && problem.contains(expect), "{problem}");
    };
    check(b"GIF89a", "is not a model of Amends");
    check(b"", "is not a model of Amends");
    check(bytes.get(..bytes.len() - 100).unwrap(), "its checksum is");
    check(bytes.get(..40).unwrap(), "is cut off");
    let mut changed = bytes.clone();
    *changed.get_mut(bytes.len() / 2).unwrap() ^= 1;
    check(&changed, "its checksum is");
}

#[test]
fn a_row_that_is_wrong_is_named_by_file_and_line_and_unknown_files_are_left_out() {
    let folder = std::env::temp_dir().join(format!("amends-corpus-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let header = "kind\tnegative\tintent\treasons\tflags\ttext\n";
    let read = |name: &str, content: String| {
        let file = folder.join(name);
        std::fs::write(&file, content).unwrap();
        Corpus::read(&[file], &BTreeSet::new())
    };
    let problem = read("en.tsv", format!("{header}message\t1\t0\tDAMGED\t-\tbroken\n")).unwrap_err();
    assert!(problem.to_string().ends_with("en.tsv, line 2: \"DAMGED\" is no reason"), "{problem}");
    let problem = read("de.tsv", format!("{header}message\tyes\t0\t-\t-\tkaputt\n")).unwrap_err();
    assert!(problem.to_string().ends_with("\"yes\" is neither 0 nor 1"), "{problem}");
    let left_out = read("fr.tsv", "text\tcolour\nrouge\tred\n".to_owned()).unwrap();
    assert_eq!((left_out.texts.len(), left_out.skipped.len()), (0, 1));
    assert!(matches!(train(&left_out, &quick(), &|_| ()), Err(TrainError::Nothing)));
    std::fs::remove_dir_all(&folder).unwrap();
}
