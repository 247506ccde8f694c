//! `amends detect --eval`: how well a model does on labelled texts, their ratings hidden.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use amends_detect::Detector;
use amends_detect::eval::wishes::{self, Wishes};
use amends_detect::eval::{self, Counts, Evaluation, Report, Scores, Texts};
use anyhow::Context;
use serde_json::{Map, Value, json};

/// Evaluates on all files together: rated texts in one table, fully labelled ones in another.
pub(super) fn run(detector: &Detector, files: &[PathBuf], as_json: bool) -> anyhow::Result<()> {
    let mut texts = Texts::default();
    for file in files {
        read(file, &mut texts).with_context(|| format!("{} cannot be used", file.display()))?;
    }
    anyhow::ensure!(!texts.is_empty(), "there are no labelled texts in what was given");
    let evaluation = eval::evaluate(detector, &texts)?;
    if as_json {
        println!("{}", evaluation_json(detector.version(), &evaluation));
        return Ok(());
    }
    if let Some(report) = &evaluation.negative {
        print_rated(report);
    }
    if let Some(wishes) = &evaluation.wishes {
        print_full(wishes);
    }
    Ok(())
}

fn read(file: &Path, texts: &mut Texts) -> anyhow::Result<()> {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(texts.add(BufReader::new(File::open(file)?), &stem)?)
}

fn print_rated(report: &Report) {
    let figure = |share: f64| format!("{share:.3}");
    let auc = |auc: Option<f64>| auc.map_or_else(|| "-".to_owned(), figure);
    println!("language   texts  negative  precision  recall     F1    AUC    ECE  identified");
    let rows = report.languages.iter().map(|(tag, scores)| (tag.as_str(), scores));
    for (tag, s) in rows.chain([("all", &report.pooled)]) {
        println!(
            "{tag:8}  {:6}  {:8}  {:>9}  {:>6}  {:>5}  {:>5}  {:>5}  {:>10}",
            s.texts,
            s.negatives,
            figure(s.precision),
            figure(s.recall),
            figure(s.f1),
            auc(s.roc_auc),
            figure(s.calibration_error),
            figure(s.language_accuracy)
        );
    }
    println!("macro AUC {}, macro F1 {}", auc(report.macro_auc), figure(report.macro_f1));
}

fn print_full(full: &BTreeMap<String, Wishes>) {
    let groups = ["negative", "return intent", "reasons", "flags"].map(|name| format!("{name:15}"));
    println!("{:18}{}", "", groups.join("  ").trim_end());
    println!("language   texts  {}  identified", ["P    R    F1   "; 4].join("  "));
    let total = wishes::total(full);
    for (tag, w) in full.iter().map(|(tag, w)| (tag.as_str(), w)).chain([("all", &total)]) {
        let three = |c: &Counts| format!("{:.2} {:.2} {:.3}", c.precision(), c.recall(), c.f1());
        let figures = [&w.negative, &w.intent, &w.reasons, &w.flags].map(three).join("  ");
        println!("{tag:8}  {:6}  {figures}  {:>10.3}", w.texts, w.language_accuracy());
    }
}

fn evaluation_json(version: &str, evaluation: &Evaluation) -> Value {
    let negative = evaluation.negative.as_ref().map(|report| {
        json!({
            "languages": by_language(&report.languages, scores_json), "all": scores_json(&report.pooled),
            "macro_auc": report.macro_auc, "macro_f1": report.macro_f1,
        })
    });
    let wishes = evaluation.wishes.as_ref().map(|full| {
        json!({ "languages": by_language(full, wishes_json), "all": wishes_json(&wishes::total(full)) })
    });
    json!({ "model_version": version, "negative": negative, "wishes": wishes })
}

fn by_language<T>(languages: &BTreeMap<String, T>, figures: fn(&T) -> Value) -> Map<String, Value> {
    languages.iter().map(|(tag, of)| (tag.clone(), figures(of))).collect()
}

fn scores_json(s: &Scores) -> Value {
    json!({
        "texts": s.texts, "negatives": s.negatives, "precision": s.precision, "recall": s.recall, "f1": s.f1,
        "roc_auc": s.roc_auc, "calibration_error": s.calibration_error, "language_accuracy": s.language_accuracy,
    })
}

fn wishes_json(w: &Wishes) -> Value {
    let counts = |c: &Counts| json!({ "precision": c.precision(), "recall": c.recall(), "f1": c.f1() });
    json!({
        "texts": w.texts, "negative": counts(&w.negative), "return_intent": counts(&w.intent),
        "reasons": counts(&w.reasons), "flags": counts(&w.flags), "language_accuracy": w.language_accuracy(),
    })
}
