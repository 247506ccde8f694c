//! `amends detect --eval`: how well a model does on labelled texts, their ratings hidden.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use amends_detect::Detector;
use amends_detect::eval::wishes::{self, Wishes};
use amends_detect::eval::{self, Labelled, Scores};
use anyhow::Context;
use serde_json::{Value, json};

/// Evaluates on all files together: rated texts in one table, fully labelled ones in another.
pub(super) fn run(detector: &Detector, files: &[PathBuf], as_json: bool) -> anyhow::Result<()> {
    let (mut rated, mut full): (Vec<Labelled>, BTreeMap<String, Wishes>) = Default::default();
    for file in files {
        read(detector, file, &mut rated, &mut full)
            .with_context(|| format!("{} cannot be used", file.display()))?;
    }
    anyhow::ensure!(!rated.is_empty() || !full.is_empty(), "there are no labelled texts in what was given");
    let report = (!rated.is_empty()).then(|| eval::evaluate(detector, &rated));
    if as_json {
        let rows = |report: &eval::Report| {
            report
                .languages
                .iter()
                .map(|(tag, s)| (tag.clone(), scores_json(s)))
                .collect::<serde_json::Map<_, _>>()
        };
        let total = wishes::total(&full);
        println!(
            "{}",
            json!({
                "model_version": detector.version(),
                "negative": report.as_ref().map(|r| json!({
                    "languages": rows(r), "all": scores_json(&r.pooled),
                    "macro_auc": r.macro_auc, "macro_f1": r.macro_f1,
                })),
                "wishes": (!full.is_empty()).then(|| json!({
                    "languages": full.iter().map(|(tag, w)| (tag.clone(), wishes_json(w)))
                        .collect::<serde_json::Map<_, _>>(),
                    "all": wishes_json(&total),
                })),
            })
        );
        return Ok(());
    }
    if let Some(report) = report {
        print_rated(&report);
    }
    if !full.is_empty() {
        print_full(&full);
    }
    Ok(())
}

fn read(
    detector: &Detector,
    file: &Path,
    rated: &mut Vec<Labelled>,
    full: &mut BTreeMap<String, Wishes>,
) -> anyhow::Result<()> {
    let open = || std::fs::File::open(file).map(BufReader::new);
    let mut header = String::new();
    open()?.read_line(&mut header)?;
    if !wishes::is_full(header.trim_end()) {
        rated.extend(eval::read_tsv(open()?)?);
        return Ok(());
    }
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    for (language, wishes) in wishes::evaluate(detector, open()?, &stem)? {
        full.entry(language).or_default().absorb(&wishes);
    }
    Ok(())
}

fn print_rated(report: &eval::Report) {
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
    println!("            return intent        reasons              flags");
    println!("language   texts   P    R    F1     P    R    F1     P    R    F1   identified");
    let total = wishes::total(full);
    for (tag, w) in full.iter().map(|(tag, w)| (tag.as_str(), w)).chain([("all", &total)]) {
        let three = |c: &wishes::Counts| format!("{:.2} {:.2} {:.3}", c.precision(), c.recall(), c.f1());
        let identified = w.identified as f64 / w.texts.max(1) as f64;
        println!(
            "{tag:8}  {:6}  {}  {}  {}  {identified:.3}",
            w.texts,
            three(&w.intent),
            three(&w.reasons),
            three(&w.flags)
        );
    }
}

fn scores_json(s: &Scores) -> Value {
    json!({
        "texts": s.texts, "negatives": s.negatives, "precision": s.precision, "recall": s.recall, "f1": s.f1,
        "roc_auc": s.roc_auc, "calibration_error": s.calibration_error, "language_accuracy": s.language_accuracy,
    })
}

fn wishes_json(w: &Wishes) -> Value {
    let counts =
        |c: &wishes::Counts| json!({ "precision": c.precision(), "recall": c.recall(), "f1": c.f1() });
    json!({
        "texts": w.texts, "return_intent": counts(&w.intent), "reasons": counts(&w.reasons),
        "flags": counts(&w.flags), "language_accuracy": w.identified as f64 / w.texts.max(1) as f64,
    })
}
