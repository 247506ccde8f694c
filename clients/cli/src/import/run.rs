//! One import from its first look at the files to its summary.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    time::Instant,
};

use amends_client::{Client, RecordStream};
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    batch::{self, Batch, Refused},
    build::Reading,
    group::Groups,
    input::{self, Input},
    lines::Mark,
    options::Import,
    preview,
    rejects::Rejects,
    report::{FileReport, Reasons, Report},
    send::{self, Answer, IN_FLIGHT},
    state::{Progress, State},
};
use crate::{Connection, connection::Session, output::Output};

/// How often a lost server is tried again before an import stops, with pauses of up
/// to five seconds: about a minute, which a restart of the server takes at most.
const ATTEMPTS_MAX: u32 = 16;

/// Imports the files into a shop, or shows what that would do.
///
/// # Errors
/// If a file cannot be imported at all, or the import had to stop; the same command
/// then goes on where it was. With `--strict`, if a row was rejected.
pub async fn run(import: &Import, connection: &Connection) -> anyhow::Result<()> {
    let started = Instant::now();
    let inputs = input::look(import)?;
    let output = Output::new(connection.json);
    let mut report = if import.dry_run {
        dry_run(import, inputs, output)?
    } else {
        import_all(import, connection, inputs).await?
    };
    report.seconds = started.elapsed().as_secs_f64();
    if report.counts.undated > 0 {
        eprintln!(
            "{} signals have no date in the file and were given {}; --date gives another",
            report.counts.undated, import.date
        );
    }
    if output.json {
        output.line(&serde_json::to_string(&report)?)?;
    } else {
        output.line(&report.text())?;
    }
    match report.counts.rejected {
        rejected if import.strict && rejected > 0 => bail!("{rejected} rows were rejected (--strict)."),
        _ => Ok(()),
    }
}

fn reading(import: &Import, input: &Input) -> Reading {
    Reading {
        mapping: input.mapping.clone(),
        zone: import.time_zone.clone(),
        date: import.date,
        truncate_text: import.truncate_text,
    }
}

fn dry_run(import: &Import, inputs: Vec<Input>, output: Output) -> anyhow::Result<Report> {
    let mut report = Report { dry_run: true, ..Report::default() };
    for mut input in inputs {
        let reading = reading(import, &input);
        let rows = input.rows(&Mark::default())?;
        let preview = preview::preview(&input.name, rows, &reading)
            .with_context(|| format!("{} cannot be read", input.name))?;
        let told = [preview::explain(&input.name, &input.mapping), preview.lines].concat().join("\n");
        if output.json {
            writeln!(io::stderr(), "{told}")?;
        } else {
            output.line(&format!("{told}\n"))?;
        }
        report.add(preview.file, &preview.reasons);
    }
    Ok(report)
}

async fn import_all(import: &Import, connection: &Connection, inputs: Vec<Input>) -> anyhow::Result<Report> {
    let session = Session::open(connection).await?;
    let parent = session.shop().await?;
    let mut settings = connection.settings()?;
    settings.retry.attempts_max = ATTEMPTS_MAX;
    let client = Client::connect(settings).await?;
    let mut run = Run::new(import, connection, &client, parent, &inputs)?;
    let mut report = Report::default();
    for input in inputs {
        let (file, reasons) = run.file(input).await.context(
            "The import stopped; everything acknowledged is stored, and the same command goes on from there",
        )?;
        report.add(file, &reasons);
    }
    run.state.remove();
    Ok(report)
}

/// What the files of one import share.
struct Run<'a> {
    import: &'a Import,
    parent: String,
    stream: RecordStream,
    state: State,
    rejects: BTreeMap<PathBuf, Rejects>,
    // Of each file, by its name.
    before: BTreeMap<String, Progress>,
}

impl<'a> Run<'a> {
    fn new(
        import: &'a Import,
        connection: &Connection,
        client: &Client,
        parent: String,
        inputs: &[Input],
    ) -> anyhow::Result<Self> {
        let first = inputs.iter().find_map(|input| input.path.as_deref());
        let state = match import.state_of(first) {
            Some(path) if import.restart && path.exists() => {
                State::read(path.clone())?.remove();
                State::read(path)?
            }
            Some(path) => State::read(path)?,
            None => State::none(),
        };
        let Import { date, time_zone, truncate_text, .. } = import;
        let about = format!("{}\0{parent}\0{date}\0{time_zone:?}\0{truncate_text}", connection.endpoint);
        let mut before = BTreeMap::new();
        let mut keep: BTreeMap<PathBuf, u64> = BTreeMap::new();
        for input in inputs {
            let progress = match input.fingerprint(&about)? {
                Some(fingerprint) => state.of(&input.name, &fingerprint),
                None => Progress::default(),
            };
            let bytes = keep.entry(import.rejects_of(input.path.as_deref())).or_default();
            *bytes = progress.rejects_bytes.max(*bytes);
            before.insert(input.name.clone(), progress);
        }
        let open = |(path, bytes): (PathBuf, u64)| Ok((path.clone(), Rejects::new(path, bytes)?));
        let rejects = keep.into_iter().map(open).collect::<anyhow::Result<_>>()?;
        let stream = RecordStream::new(client, IN_FLIGHT);
        Ok(Self { import, parent, stream, state, rejects, before })
    }

    async fn file(&mut self, mut input: Input) -> anyhow::Result<(FileReport, Reasons)> {
        let mut progress = self.before.remove(&input.name).unwrap_or_default();
        let list = self.import.rejects_of(input.path.as_deref());
        let rejects = self.rejects.get_mut(&list).context("The list of rejects was lost.")?;
        let mut reasons = Reasons::default();
        let bar = bar(&input);
        if !progress.done {
            announce(&input, &progress, &bar);
            let reading = reading(self.import, &input);
            let groups = Groups::new(input.rows(&progress.mark)?, &progress.mark);
            let batches = batch::read(groups, reading);
            send::send(&mut self.stream, &self.parent, batches, |batch, answers| {
                settle(&input.name, batch, answers, &mut progress, rejects, &mut reasons)?;
                bar.set_position(progress.mark.offset);
                bar.set_message(format!(
                    "{} rows, {} rejected",
                    progress.counts.rows, progress.counts.rejected
                ));
                self.state.save(&input.name, &progress)
            })
            .await?;
            progress.done = true;
            self.state.save(&input.name, &progress)?;
        }
        bar.finish_and_clear();
        let counts = progress.counts;
        let list = if counts.rejected > 0 { rejects.path().map(PathBuf::from) } else { None };
        rejects.close();
        let kind = input.mapping.kind.word();
        Ok((FileReport { file: input.name, kind, counts, rejects: list }, reasons))
    }
}

// Counts what became of a batch and lists what was refused, before the place behind
// it is kept: a killed import may do a batch twice, but never skips one.
fn settle(
    name: &str,
    batch: Batch,
    answers: Vec<Answer>,
    progress: &mut Progress,
    rejects: &mut Rejects,
    reasons: &mut Reasons,
) -> anyhow::Result<()> {
    let counts = &mut progress.counts;
    counts.undated += batch.undated;
    counts.signals += answers.len() as u64;
    let mut refused = batch.refused;
    counts.rows += refused.len() as u64;
    for (answer, rows) in answers.into_iter().zip(batch.origins) {
        let count = rows.len() as u64;
        counts.rows += count;
        match answer {
            Answer::Accepted { case_opened } => {
                counts.accepted += count;
                counts.cases_opened += u64::from(case_opened);
            }
            Answer::Duplicate => counts.duplicates += count,
            Answer::Rejected(reason) => {
                refused.extend(rows.into_iter().map(|row| Refused { row, reason: reason.clone() }));
            }
        }
    }
    counts.rejected += refused.len() as u64;
    refused.sort_by_key(|refused| refused.row.line);
    for refused in &refused {
        reasons.add(&refused.reason);
    }
    rejects.write(name, &refused)?;
    progress.mark = batch.end;
    progress.rejects_bytes = rejects.bytes();
    Ok(())
}

fn announce(input: &Input, progress: &Progress, bar: &ProgressBar) {
    let name = &input.name;
    let mut said = Vec::new();
    if input.mapping.guessed {
        said.push(format!("{name}: the columns look like those of {}", input.mapping.kind.plural()));
    }
    if progress.mark.offset > 0 {
        said.push(format!("{name}: going on behind line {}", progress.mark.line));
    }
    for line in said {
        bar.suspend(|| eprintln!("{line}"));
    }
}

fn bar(input: &Input) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match input.bytes {
        0 => (ProgressBar::new_spinner(), "{spinner} {prefix} {msg}"),
        bytes => (ProgressBar::new(bytes), "{prefix} {bar:24} {percent:>3} % {msg}, {eta} left"),
    };
    // The template is ours; were it wrong, the plain one would do.
    let bar = match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    };
    bar.with_prefix(input.name.clone())
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
