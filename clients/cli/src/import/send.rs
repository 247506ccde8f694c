//! Sending batches, several under way at a time, until each was dealt with.

use std::{collections::VecDeque, io, time::Duration};

use amends_client::{Acknowledged, RecordStream, v1};
use anyhow::{Context, bail};
use tokio::sync::mpsc;
use v1::{Reason, SignalDisposition, SignalRejection, SignalResult};

use super::batch::Batch;

/// Batches under way at a time.
pub(crate) const IN_FLIGHT: usize = 4;
/// How often the same signals are sent to a server that has no room for them.
const ATTEMPTS_MAX: u32 = 100;
const PAUSE_DEFAULT: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// What the server made of one signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Stored now.
    Accepted {
        /// Whether it opened a case.
        case_opened: bool,
    },
    /// Stored before.
    Duplicate,
    /// Not stored, and why.
    Rejected(String),
}

/// A batch under way.
struct Flight {
    batch: Batch,
    // Of the batch as it was sent last; none once everything is answered.
    sequence: Option<i64>,
    // The places of the signals that were sent last.
    asked: Vec<usize>,
    answers: Vec<Option<Answer>>,
    attempts: u32,
}

/// Sends everything and hands each batch with its answers to `done`, in order.
///
/// # Errors
/// If the file cannot be read, the server cannot be reached or refuses the whole,
/// or `done` fails.
pub(crate) async fn send(
    stream: &mut RecordStream,
    parent: &str,
    mut batches: mpsc::Receiver<io::Result<Batch>>,
    mut done: impl FnMut(Batch, Vec<Answer>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut flights: VecDeque<Flight> = VecDeque::new();
    let mut more = true;
    while more || !flights.is_empty() {
        tokio::select! {
            batch = batches.recv(), if more && flights.len() < IN_FLIGHT => match batch {
                Some(batch) => flights.push_back(depart(stream, parent, batch.context("The file cannot be read")?).await?),
                None => more = false,
            },
            acknowledged = stream.acknowledged(), if !flights.is_empty() => {
                let acknowledged = acknowledged?.context("The server left a batch unanswered.")?;
                arrive(stream, &mut flights, acknowledged).await?;
            }
        }
        // In order, so that everything before a place was dealt with.
        while flights.front().is_some_and(|flight| flight.sequence.is_none()) {
            if let Some(flight) = flights.pop_front() {
                done(flight.batch, flight.answers.into_iter().flatten().collect())?;
            }
        }
    }
    Ok(())
}

async fn depart(stream: &mut RecordStream, parent: &str, mut batch: Batch) -> anyhow::Result<Flight> {
    let signals = std::mem::take(&mut batch.signals);
    let count = signals.len();
    let sequence = if count == 0 { None } else { Some(stream.send(parent, signals).await?) };
    Ok(Flight { batch, sequence, asked: (0..count).collect(), answers: vec![None; count], attempts: 1 })
}

async fn arrive(
    stream: &mut RecordStream,
    flights: &mut VecDeque<Flight>,
    acknowledged: Acknowledged,
) -> anyhow::Result<()> {
    let Acknowledged { batch, answer } = acknowledged;
    let flight = flights.iter_mut().find(|flight| flight.sequence == Some(batch.sequence));
    let flight = flight.context("The server answered a batch that was not sent.")?;
    let pause = match answer.rejection {
        Some(rejection) => match pause(&rejection) {
            Some(pause) => Some(pause),
            None => bail!("The server refuses the import: {}.", told(&rejection)),
        },
        None => flight.take(answer.results)?,
    };
    let Some(pause) = pause else {
        flight.sequence = None;
        return Ok(());
    };
    flight.attempts += 1;
    if flight.attempts > ATTEMPTS_MAX {
        bail!("The server has had no room for {ATTEMPTS_MAX} attempts; run the same command again to go on.");
    }
    tokio::time::sleep(pause).await;
    let again = batch.signals.into_iter().zip(std::mem::take(&mut flight.asked));
    let (signals, asked): (Vec<_>, Vec<_>) =
        again.filter(|(_, place)| matches!(flight.answers.get(*place), Some(None))).unzip();
    flight.asked = asked;
    flight.sequence = Some(stream.send(&batch.parent, signals).await?);
    Ok(())
}

impl Flight {
    // Takes the answers and says how long to wait before the rest is sent again.
    fn take(&mut self, results: Vec<SignalResult>) -> anyhow::Result<Option<Duration>> {
        if results.len() != self.asked.len() {
            bail!("The server answered {} of {} signals.", results.len(), self.asked.len());
        }
        let mut wait = None;
        for (place, result) in self.asked.iter().zip(results) {
            let again = result.rejection.as_ref().and_then(pause);
            if again.is_some() {
                wait = wait.max(again);
            } else if let Some(slot) = self.answers.get_mut(*place) {
                *slot = Some(answer(result));
            }
        }
        Ok(wait)
    }
}

fn answer(result: SignalResult) -> Answer {
    match result.disposition() {
        SignalDisposition::Accepted => Answer::Accepted { case_opened: result.case_opened },
        SignalDisposition::Duplicate => Answer::Duplicate,
        SignalDisposition::Rejected | SignalDisposition::Unspecified => {
            Answer::Rejected(result.rejection.as_ref().map_or_else(|| "no reason was given".to_owned(), told))
        }
    }
}

// How long to wait before trying again; none if that would never help.
fn pause(rejection: &SignalRejection) -> Option<Duration> {
    let told = rejection.retry_delay.and_then(|delay| Duration::try_from(delay).ok());
    let passing = matches!(
        rejection.reason(),
        Reason::Overloaded | Reason::StorageContended | Reason::StorageUnavailable | Reason::ShuttingDown
    );
    let pause = told.or_else(|| passing.then_some(PAUSE_DEFAULT));
    pause.map(|pause| pause.clamp(Duration::from_millis(1), PAUSE_MAX))
}

fn told(rejection: &SignalRejection) -> String {
    let name = rejection.reason().as_str_name();
    let name = name.strip_prefix("REASON_").unwrap_or(name);
    if rejection.reason() == Reason::SignalConflict {
        return format!(
            "{name}: was imported before with other content and the same time; map the time of the change \
             with --map updated=COLUMN"
        );
    }
    let fields: Vec<_> = rejection
        .field_violations
        .iter()
        .map(|violation| {
            // The place in the batch says nothing to who reads a list of rows.
            let field = violation.field.split_once("].").map_or(violation.field.as_str(), |(_, field)| field);
            format!("{field} {}", violation.description)
        })
        .collect();
    let said = if fields.is_empty() { rejection.message.clone() } else { fields.join("; ") };
    format!("{name}: {}", said.trim_end_matches('.'))
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
