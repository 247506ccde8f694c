//! JSON Lines in, one verdict a line out, in order, on all cores.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::num::NonZero;
use std::path::Path;

use amends_detect::{Detector, Input, THRESHOLD_DEFAULT};
use amends_domain::detection::{Detection, TextKind};
use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::lines::{Line, chunk};
use super::repair::repaired;

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    id: serde_json::Value,
    text: String,
    rating: Option<u8>,
    language: Option<String>,
    kind: Option<String>,
}

#[derive(Debug, Serialize)]
struct Reason {
    reason: &'static str,
    probability: f32,
}

#[derive(Debug, Serialize)]
struct Span {
    start: u32,
    end: u32,
    weighs_for: &'static str,
}

#[derive(Debug, Serialize)]
struct Verdict {
    id: serde_json::Value,
    negative: bool,
    negative_probability: f32,
    hidden_negative: bool,
    return_intent: bool,
    return_intent_probability: f32,
    actionable: bool,
    reasons: Vec<Reason>,
    flags: Vec<&'static str>,
    language: String,
    language_confidence: f32,
    language_supported: bool,
    truncated: bool,
    evidence: Vec<Span>,
    model_version: String,
}

#[derive(Debug, Serialize)]
struct Unreadable {
    line: u64,
    error: String,
}

/// Answers every line of a file, or of standard input.
pub(super) fn run(detector: &Detector, file: Option<&Path>) -> anyhow::Result<()> {
    let mut input: Box<dyn BufRead> = match file {
        Some(file) => Box::new(BufReader::new(open(file)?)),
        None => Box::new(BufReader::new(std::io::stdin())),
    };
    let mut output = BufWriter::new(std::io::stdout().lock());
    let unreadable = judge_all(detector, &mut input, &mut output)?;
    output.flush()?;
    anyhow::ensure!(
        unreadable == 0,
        "{unreadable} line(s) could not be read; each has an error in its place"
    );
    Ok(())
}

fn open(file: &Path) -> anyhow::Result<std::fs::File> {
    std::fs::File::open(file).with_context(|| format!("cannot open {}", file.display()))
}

/// Writes one line for each line; answers how many could not be read.
fn judge_all(detector: &Detector, input: &mut dyn BufRead, output: &mut dyn Write) -> anyhow::Result<u64> {
    let (mut number, mut unreadable) = (0, 0_u64);
    loop {
        let lines = chunk(input)?;
        if lines.is_empty() {
            return Ok(unreadable);
        }
        for answer in judge(detector, &lines, number)? {
            unreadable += u64::from(answer.is_err());
            let text = answer.unwrap_or_else(|bad| bad);
            output.write_all(text.as_bytes())?;
            output.write_all(b"\n")?;
        }
        number += lines.len() as u64;
    }
}

/// One answer a line, in order; an unreadable line answers with its error.
fn judge(detector: &Detector, lines: &[Line], first: u64) -> anyhow::Result<Vec<Result<String, String>>> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = lines.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = lines
            .chunks(share)
            .enumerate()
            .map(|(part, lines)| {
                let start = first + (part * share) as u64;
                scope.spawn(move || {
                    let numbered = lines.iter().zip(start + 1..);
                    numbered.map(|(line, number)| answer(detector, line, number)).collect::<Vec<_>>()
                })
            })
            .collect();
        let mut answers = Vec::with_capacity(lines.len());
        for part in parts {
            answers
                .extend(part.join().map_err(|_| anyhow::anyhow!("a part of the texts could not be judged"))?);
        }
        Ok(answers)
    })
}

fn answer(detector: &Detector, line: &Line, number: u64) -> Result<String, String> {
    let bad = |error: String| serde_json::to_string(&Unreadable { line: number, error }).unwrap_or_default();
    let line = line.as_ref().map_err(|problem| bad((*problem).to_owned()))?;
    let asked: Asked = match serde_json::from_slice(line) {
        Ok(asked) => asked,
        Err(error) => repaired(line)
            .and_then(|line| serde_json::from_slice(&line).ok())
            .ok_or_else(|| bad(error.to_string()))?,
    };
    let kind = match asked.kind.as_deref() {
        None | Some("review") => TextKind::Review,
        Some("message") => TextKind::Message,
        Some(other) => return Err(bad(format!("kind: {other:?} is neither review nor message"))),
    };
    if asked.rating.is_some_and(|rating| !(1..=5).contains(&rating)) {
        return Err(bad("rating: must be between 1 and 5".to_owned()));
    }
    let detection = detector.detect(&Input {
        text: &asked.text,
        rating: asked.rating,
        threshold: THRESHOLD_DEFAULT,
        language: asked.language.as_deref(),
        kind,
    });
    serde_json::to_string(&verdict(asked.id, detection)).map_err(|e| bad(e.to_string()))
}

fn verdict(id: serde_json::Value, heard: Detection) -> Verdict {
    let reason = |r: amends_domain::detection::ScoredReason| Reason {
        reason: r.reason.as_str(),
        probability: r.probability,
    };
    let span =
        |e: amends_domain::detection::Evidence| Span { start: e.start, end: e.end, weighs_for: e.weighs_for };
    Verdict {
        id,
        negative: heard.negative,
        negative_probability: heard.negative_probability,
        hidden_negative: heard.hidden_negative,
        return_intent: heard.return_intent,
        return_intent_probability: heard.return_intent_probability,
        actionable: heard.actionable,
        reasons: heard.reasons.into_iter().map(reason).collect(),
        flags: heard.flags.iter().map(|flag| flag.as_str()).collect(),
        language: heard.language,
        language_confidence: heard.language_confidence,
        language_supported: heard.language_supported,
        truncated: heard.truncated,
        evidence: heard.evidence.into_iter().map(span).collect(),
        model_version: heard.model_version,
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
