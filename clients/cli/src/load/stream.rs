//! Streams that keep several batches under way.

use std::collections::HashMap;
use std::time::Instant;

use amends_client::{Acknowledged, Client, RecordStream};

use super::batches::Batches;
use super::pace::Pace;
use super::signals::Plan;
use super::{Load, Outcome};

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
    let mut sent: HashMap<i64, (u64, Instant)> = HashMap::new();
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
        match stream.send(&plan.parent, signals).await {
            Ok(sequence) => sent.insert(sequence, (batch, due)),
            Err(error) => return broken(outcome, &error),
        };
    }
    loop {
        match stream.acknowledged().await {
            Ok(Some(answer)) => settle(&mut sent, &answer, &mut outcome),
            Ok(None) => return outcome,
            Err(error) => return broken(outcome, &error),
        }
    }
}

fn settle(sent: &mut HashMap<i64, (u64, Instant)>, answer: &Acknowledged, outcome: &mut Outcome) {
    let Some((batch, due)) = sent.remove(&answer.answer.sequence) else { return };
    if answer.answer.rejection.is_some() {
        outcome.fail("the batch was refused");
    } else if super::verify::is_stored(&answer.answer.results) {
        outcome.acknowledge(batch, due.elapsed());
    } else {
        outcome.fail(&super::verify::refusal(&answer.answer.results));
    }
}

fn broken(mut outcome: Outcome, error: &amends_client::Error) -> Outcome {
    outcome.fail(&format!("the stream broke: {error}"));
    outcome
}
