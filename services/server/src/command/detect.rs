//! `amends detect`: texts in, verdicts out, on all cores, without a server.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use amends_detect::{Detector, Input, THRESHOLD_DEFAULT};
use amends_domain::detection::{Detection, TextKind};
use anyhow::Context;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use crate::detector;

mod eval;
mod replay;
mod train;

/// Texts judged together by all cores before anything is written.
const CHUNK: usize = 8_192;

/// Hears what texts say.
#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  echo '{\"id\":\"1\",\"text\":\"I want my money back\",\"kind\":\"message\"}' | amends detect\n  amends detect reviews.jsonl > verdicts.jsonl\n  amends detect --eval labelled.tsv\n  amends detect train --data labelled/ --out mine.bin --init embedded\n  amends detect --replay --model mine.bin --database-url sqlite:./amends.db"
)]
pub struct Detect {
    /// Train a model instead.
    #[command(subcommand)]
    command: Option<DetectCommand>,
    /// JSON Lines {"id", "text", "rating", "language", "kind": "review"|"message"}; standard input when absent.
    file: Option<PathBuf>,
    /// Labelled texts (TSV: id lang source rating label text, or kind negative intent reasons flags text): prints
    /// precision, recall, F1, ROC-AUC and calibration per language instead. May be given several times.
    #[arg(long, value_name = "FILE", conflicts_with = "file", num_args = 1..)]
    eval: Vec<PathBuf>,
    /// Hears again what a database holds, and shows what this model would change. Writes nothing.
    #[arg(long, requires = "database_url", conflicts_with_all = ["file", "eval"])]
    replay: bool,
    /// The database of --replay.
    #[arg(long, value_name = "URL", requires = "replay")]
    database_url: Option<String>,
    /// A model of your own in place of the embedded one.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

#[derive(Subcommand)]
enum DetectCommand {
    /// Train a model on labelled texts
    Train(train::Train),
}

#[derive(Debug, Deserialize)]
struct Line {
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

/// Runs the command.
///
/// # Errors
/// When a file cannot be read, or a line was not JSON (the others are judged all the same).
pub async fn run(command: Detect, json: bool) -> anyhow::Result<()> {
    if let Some(url) = command.database_url.as_deref().filter(|_| command.replay) {
        return replay::run(&detector::load(command.model.as_deref())?, url, json).await;
    }
    tokio::task::spawn_blocking(move || run_offline(&command, json)).await?
}

fn run_offline(command: &Detect, json: bool) -> anyhow::Result<()> {
    if let Some(DetectCommand::Train(train)) = &command.command {
        return train::run(train, json);
    }
    let detector = detector::load(command.model.as_deref())?;
    if !command.eval.is_empty() {
        return eval::run(&detector, &command.eval, json);
    }
    judge_all(&detector, command.file.as_deref())
}

fn judge_all(detector: &Detector, file: Option<&Path>) -> anyhow::Result<()> {
    let mut input: Box<dyn BufRead> = match file {
        Some(file) => Box::new(BufReader::new(open(file)?)),
        None => Box::new(BufReader::new(std::io::stdin())),
    };
    let mut output = BufWriter::new(std::io::stdout().lock());
    let (mut number, mut unreadable) = (0, 0_u64);
    loop {
        let lines = chunk(&mut input)?;
        if lines.is_empty() {
            break;
        }
        for answer in judge(detector, &lines, number)? {
            unreadable += u64::from(answer.is_err());
            let text = answer.unwrap_or_else(|bad| bad);
            output.write_all(text.as_bytes())?;
            output.write_all(b"\n")?;
        }
        number += lines.len() as u64;
    }
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

fn chunk(input: &mut dyn BufRead) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut lines = Vec::new();
    while lines.len() < CHUNK {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if !line.trim_ascii().is_empty() {
            lines.push(line);
        }
    }
    Ok(lines)
}

/// One answer a line, in order; an unreadable line answers with its error.
fn judge(detector: &Detector, lines: &[Vec<u8>], first: u64) -> anyhow::Result<Vec<Result<String, String>>> {
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

fn answer(detector: &Detector, line: &[u8], number: u64) -> Result<String, String> {
    let bad = |error: String| serde_json::to_string(&Unreadable { line: number, error }).unwrap_or_default();
    let line: Line = match serde_json::from_slice(line) {
        Ok(line) => line,
        Err(error) => parse_repaired(line).ok_or_else(|| bad(error.to_string()))?,
    };
    let kind = match line.kind.as_deref() {
        None | Some("review") => TextKind::Review,
        Some("message") => TextKind::Message,
        Some(other) => return Err(bad(format!("kind: {other:?} is neither review nor message"))),
    };
    if line.rating.is_some_and(|rating| !(1..=5).contains(&rating)) {
        return Err(bad("rating: must be between 1 and 5".to_owned()));
    }
    let detection = detector.detect(&Input {
        text: &line.text,
        rating: line.rating,
        threshold: THRESHOLD_DEFAULT,
        language: line.language.as_deref(),
        kind,
    });
    serde_json::to_string(&verdict(line.id, detection)).map_err(|e| bad(e.to_string()))
}

/// Reads a line in which halves of surrogate pairs stand alone, as programs that cut texts by
/// their UTF-16 length write them: each is read as the sign for an unreadable character.
fn parse_repaired(line: &[u8]) -> Option<Line> {
    let mut repaired = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.windows(2).position(|pair| matches!(pair, b"\\u" | b"\\\\")) {
        let (before, escape) = rest.split_at_checked(at)?;
        repaired.extend(before);
        let length = match (half(escape), half(escape.get(6..).unwrap_or_default())) {
            _ if escape.starts_with(b"\\\\") => 2,
            (Some(High), Some(Low)) => 12,
            (Some(_), _) => {
                repaired.extend(b"\\ufffd");
                rest = escape.get(6..)?;
                continue;
            }
            (None, _) => 2,
        };
        repaired.extend(escape.get(..length)?);
        rest = escape.get(length..)?;
    }
    repaired.extend(rest);
    serde_json::from_slice(&repaired).ok()
}

/// Which half of a surrogate pair an escape is, if it is one.
fn half(escape: &[u8]) -> Option<Half> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    match u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()? {
        0xd800..=0xdbff => Some(High),
        0xdc00..=0xdfff => Some(Low),
        _ => None,
    }
}

enum Half {
    High,
    Low,
}

use Half::{High, Low};

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
