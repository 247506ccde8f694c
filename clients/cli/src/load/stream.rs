//! Streams that keep several batches under way.

use std::collections::HashMap;
use std::time::Instant;

use amends_client::{Acknowledged, Client, Error, RecordStream};
use futures::FutureExt;

use super::batches::Batches;
use super::pace::Pace;
use super::signals::Plan;
use super::{Load, Outcome};

/// Batches on their way, with when each was due, by sequence.
type Sent = HashMap<i64, (u64, Instant)>;

pub(crate) async fn send(
    load: &Load,
    client: &Client,
    plan: &Plan,
    batches: &Batches,
    pace: &Pace,
    until: Instant,
) -> Outcome {
    let each = (load.in_flight / u32::from(load.connections)).max(1) as usize;
    let streams = (0..load.connections).map(|_| one(client, plan, batches, pace, until, each));
    let mut all = Outcome::new();
    for outcome in futures::future::join_all(streams).await {
        all.absorb(outcome);
    }
    all
}

async fn one(
    client: &Client,
    plan: &Plan,
    batches: &Batches,
    pace: &Pace,
    until: Instant,
    each: usize,
) -> Outcome {
    let mut stream = RecordStream::new(client, each);
    let mut sent = Sent::new();
    let mut outcome = Outcome::new();
    while Instant::now() < until {
        let batch = batches.take();
        let due = pace.due(batch).await;
        if due >= until {
            break;
        }
        while stream.in_flight() >= each {
            match stream.acknowledged().await {
                Ok(Some(answer)) => settle(&mut sent, &answer, &mut outcome),
                Ok(None) => break,
                Err(error) => return broken(outcome, &error),
            }
        }
        let signals = batches.signals(batch).map(|n| plan.signal(n)).collect();
        let taken = match stream.send(&plan.parent, signals).await {
            Ok(sequence) => {
                sent.insert(sequence, (batch, due));
                take(&mut stream, &mut sent, &mut outcome)
            }
            // What was answered before the stream broke was answered.
            Err(error) => take(&mut stream, &mut sent, &mut outcome).and(Err(error)),
        };
        if let Err(error) = taken {
            return broken(outcome, &error);
        }
    }
    loop {
        match stream.acknowledged().await {
            Ok(Some(answer)) => settle(&mut sent, &answer, &mut outcome),
            Ok(None) => return outcome,
            Err(error) => return broken(outcome, &error),
        }
    }
}

/// Takes the answers that are there already: sending alone would leave them
/// lying, and a latency would count how long.
fn take(stream: &mut RecordStream, sent: &mut Sent, outcome: &mut Outcome) -> Result<(), Error> {
    while let Some(answer) = stream.acknowledged().now_or_never() {
        let Some(answer) = answer? else { break };
        settle(sent, &answer, outcome);
    }
    Ok(())
}

fn settle(sent: &mut Sent, answer: &Acknowledged, outcome: &mut Outcome) {
    let Some((batch, due)) = sent.remove(&answer.answer.sequence) else { return };
    if answer.answer.rejection.is_some() {
        outcome.fail("the batch was refused");
    } else if super::verify::is_stored(&answer.answer.results) {
        outcome.acknowledge(batch, due.elapsed());
    } else {
        outcome.fail(&super::verify::refusal(&answer.answer.results));
    }
}

fn broken(mut outcome: Outcome, error: &Error) -> Outcome {
    outcome.fail(&format!("the stream broke: {error}"));
    outcome
}
