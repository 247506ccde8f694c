//! `amends detect` as it is called: what it reads, what it prints, how it ends.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const RATED: &str = "\u{feff}lang\tlabel\ttext\r\nen\tneg\tIt arrived broken, worst purchase ever.\r\nen\tpos\tLovely, thank you.\r\n";
const FULL: &str = "kind\tnegative\tintent\treasons\tflags\ttext\nmessage\t1\t1\tDAMAGED\t-\tIt arrived broken, I want my money back.\n";

fn detect(words: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amends"));
    command.arg("--json").arg("detect").args(words);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who refuses its arguments may have ended before it reads.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> Value {
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{problem}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn put(folder: &TempDir, name: &str, content: &str) -> PathBuf {
    let file = folder.path().join(name);
    std::fs::write(&file, content).unwrap();
    file
}

fn word(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn one_line_goes_out_for_each_line_in_and_the_unreadable_are_counted() {
    let output = detect(&[], "{\"id\":1,\"text\":\"it broke\"}\n\n{\"id\":2,\"text\":\"fine\"}\n");
    let lines: Vec<Value> =
        output.stdout.split_inclusive(|b| *b == b'\n').map(|l| serde_json::from_slice(l).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines.get(1).unwrap().get("error").unwrap(), "the line is blank");
    assert_eq!(lines.get(2).unwrap().get("id").unwrap(), 2);
    assert!(refused(&output).contains("1 line(s) could not be read; each has an error in its place"));
}

#[test]
fn files_of_both_kinds_are_evaluated_together() {
    let folder = tempfile::tempdir().unwrap();
    let (rated, full) = (put(&folder, "labelled.tsv", RATED), put(&folder, "en.tsv", FULL));
    let said = said(&detect(&["--eval", word(&rated), word(&full)], ""));
    let number = |path: &str| said.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    assert_eq!([number("/negative/all/texts"), number("/wishes/all/texts")], [2.0, 1.0]);
    for figure in ["texts", "negatives", "precision", "recall", "f1", "roc_auc", "calibration_error"] {
        assert!(number(&format!("/negative/languages/en/{figure}")).is_finite(), "{figure}: {said}");
    }
    for path in ["negative/macro_auc", "negative/macro_f1", "negative/languages/en/language_accuracy"] {
        assert!(number(&format!("/{path}")).is_finite(), "{path}: {said}");
    }
    for group in ["negative", "return_intent", "reasons", "flags"] {
        for figure in ["precision", "recall", "f1"] {
            let path = format!("/wishes/languages/en/{group}/{figure}");
            assert!(number(&path).is_finite(), "{path}: {said}");
        }
    }
    assert!(number("/wishes/languages/en/language_accuracy").is_finite());
}

#[test]
fn a_labelled_file_that_is_wrong_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = put(&folder, "en.tsv", "rating\ttext\n5\tfine\nNaN\tt\n");
    let problem = refused(&detect(&["--eval", word(&file)], ""));
    assert!(problem.contains("en.tsv") && problem.contains("line 3: \"NaN\" is no rating"), "{problem}");
    let file = put(&folder, "en_intents.tsv", "intent\tlabel\ttext\nx\trefund\tt\n");
    let out = folder.path().join("mine.bin");
    let problem = refused(&detect(&["train", "--data", word(&file), "--out", word(&out)], ""));
    let known = "\"refund\" is none of return_request, refund_status, complaint, other";
    assert!(problem.contains(&format!("en_intents.tsv, line 2: {known}")), "{problem}");
    assert!(!out.exists());
}

#[test]
fn a_model_that_could_not_be_written_is_not_trained() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("none/mine.bin");
    // There are no such texts, but whether the model can be written is asked first.
    let problem = refused(&detect(&["train", "--data", "none.tsv", "--out", word(&out)], ""));
    assert!(problem.contains("mine.bin cannot be written"), "{problem}");
}

#[test]
fn a_trained_model_stands_alone_in_its_folder_and_judges_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let models = tempfile::tempdir().unwrap();
    let rows = (0..40).map(|at| format!("1\tbroken and bad, number {at}\n5\tlovely and good, number {at}\n"));
    let file = put(&folder, "en.tsv", &format!("rating\ttext\n{}", rows.collect::<String>()));
    let out = models.path().join("mine.bin");
    let trained = said(&detect(&["train", "--data", word(&file), "--out", word(&out), "--passes", "1"], ""));
    let names: Vec<_> =
        std::fs::read_dir(models.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["mine.bin"]);
    let output = detect(&["--model", word(&out)], "{\"text\":\"broken\"}\n");
    assert_eq!(said(&output).get("model_version"), trained.get("model_version"));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
