//! `amends detect`: texts in, verdicts out, on all cores, without a server.

use std::path::{Path, PathBuf};

use amends_detect::Detector;
use clap::Subcommand;

use crate::detector;

mod eval;
mod judge;
mod lines;
mod output;
mod repair;
mod replay;
mod train;

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
    /// Every line is answered in its place; a blank one and one of more than 1 MiB with an error.
    file: Option<PathBuf>,
    /// Labelled texts (TSV: lang, rating or label, text; or lang kind negative intent reasons flags text; without
    /// lang the file's name begins with the language): prints precision, recall, F1, ROC-AUC and calibration per
    /// language instead. May be given several times, with files of both kinds.
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

/// Runs the command.
///
/// # Errors
/// When a file cannot be read, or a line was not JSON (the others are judged all the same).
pub async fn run(command: Detect, json: bool) -> anyhow::Result<()> {
    if let Some(url) = command.database_url.as_deref().filter(|_| command.replay) {
        return replay::run(&load(command.model.as_deref())?, url, json).await;
    }
    tokio::task::spawn_blocking(move || run_offline(&command, json)).await?
}

fn run_offline(command: &Detect, json: bool) -> anyhow::Result<()> {
    if let Some(DetectCommand::Train(train)) = &command.command {
        return train::run(train, json);
    }
    let detector = load(command.model.as_deref())?;
    if !command.eval.is_empty() {
        return eval::run(&detector, &command.eval, json);
    }
    judge::run(&detector, command.file.as_deref())
}

/// Loads a model for a command, which has no log: what is wrong with it goes to standard error.
fn load(model: Option<&Path>) -> anyhow::Result<Detector> {
    detector::load(model, |problem| eprintln!("{problem}"))
}
