//! `amends detect train`: a model of labelled texts.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Instant;

use amends_detect::Detector;
use amends_detect::train::{Corpus, Options, train};
use serde_json::json;

use super::load;
use super::output::Output;

/// Trains a model. The same texts, seed and program give the same bytes.
#[derive(clap::Args)]
#[command(
    after_help = "Files are tab-separated with a header. What they teach follows from it:\n  text, rating or label (neg, neu, pos)                     dissatisfaction\n  text, intent, label (return_request, refund_status,       return intent\n    other, or complaint, which leaves it open)\n  text, kind, negative, intent, reasons, flags              everything\nA label counts before stars; without one 1 and 2 stars are negative, 4 and 5 praise.\nThe language stands in a column `lang`, or begins the file's name. A folder named `dev` holds the\ndevelopment part; without one every tenth text is set apart.\n\nExamples:\n  amends detect train --data history/ --init embedded --out mine.bin\n  amends detect train --data services/detect/sentences --data reviews/ --exclude marc,olist --out model.bin"
)]
pub(super) struct Train {
    /// Folders or files of labelled texts.
    #[arg(long, required = true, value_name = "DIR", num_args = 1..)]
    data: Vec<PathBuf>,
    /// Where the model goes, 4 MiB at most; what stands there is replaced when it is whole.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Sources (column `source`) not to learn from; their development parts are still measured on.
    #[arg(long, value_name = "SOURCE", value_delimiter = ',')]
    exclude: Vec<String>,
    /// A model to begin from and add to: embedded, or a file.
    #[arg(long, value_name = "MODEL")]
    init: Option<String>,
    /// Seed of the shuffles.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Passes over the texts at most; training stops earlier when the development part gains nothing.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=100))]
    passes: u32,
}

/// Trains, writes and reports.
pub(super) fn run(command: &Train, as_json: bool) -> anyhow::Result<()> {
    let started = Instant::now();
    let output = Output::of(&command.out)?;
    let begin_from = match command.init.as_deref() {
        None => None,
        Some("embedded") => Some(load(None)?),
        Some(file) => Some(load(Some(file.as_ref()))?),
    };
    let exclude: BTreeSet<String> = command.exclude.iter().cloned().collect();
    let corpus = Corpus::read(&command.data, &exclude)?;
    for skipped in &corpus.skipped {
        eprintln!("left out: {skipped}");
    }
    let before = begin_from.as_ref().map(|detector| corpus.measure(detector)).transpose()?;
    let is_terminal = std::io::stderr().is_terminal();
    let tell = |line: String| {
        if is_terminal || !as_json {
            eprintln!("{:>6.1} s  {line}", started.elapsed().as_secs_f64());
        }
    };
    let options = Options { seed: command.seed, passes_max: command.passes, begin_from };
    let trained = train(&corpus, &options, &tell)?;
    let version = Detector::from_model("the new model", &trained.bytes)?.version().to_owned();
    output.write(&trained.bytes)?;
    report(command, &trained.manifest.scores, before.as_deref(), &version, trained.bytes.len(), as_json);
    Ok(())
}

fn report(
    command: &Train,
    after: &[(String, f64)],
    before: Option<&[(String, f64)]>,
    version: &str,
    bytes: usize,
    as_json: bool,
) {
    let earlier = |name: &str| before?.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
    if as_json {
        let scores: serde_json::Map<_, _> = after
            .iter()
            .map(|(name, value)| (name.clone(), json!({ "value": value, "before": earlier(name) })))
            .collect();
        println!("{}", json!({ "model_version": version, "bytes": bytes, "scores": scores }));
        return;
    }
    println!("{} ({version}, {bytes} bytes), on the development part:", command.out.display());
    for (name, value) in after {
        match earlier(name) {
            Some(before) => println!("  {name:30} {value:.4}  (before: {before:.4}, {:+.4})", value - before),
            None => println!("  {name:30} {value:.4}"),
        }
    }
}
