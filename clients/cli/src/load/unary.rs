//! Callers that send one batch at a time and wait for its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use amends_client::{Client, v1};
use tonic::Code;

use super::batches::Batches;
use super::pace::Pace;
use super::signals::Plan;
use super::{Load, Outcome};

/// How long a caller waits after an error, so that a dead server is not hammered.
const PAUSE: Duration = Duration::from_millis(50);

pub(crate) async fn send(
    load: &Load,
    client: &Client,
    plan: &Plan,
    batches: &Batches,
    pace: &Pace,
    until: Instant,
) -> Outcome {
    let plan = Arc::new(plan.clone());
    let callers = (0..load.in_flight).map(|_| {
        let (client, plan) = (client.clone(), Arc::clone(&plan));
        async move {
            let mut outcome = Outcome::new();
            while Instant::now() < until {
                one(&client, &plan, batches, pace, until, &mut outcome).await;
            }
            outcome
        }
    });
    let mut all = Outcome::new();
    for outcome in futures::future::join_all(callers).await {
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
    outcome: &mut Outcome,
) {
    let batch = batches.take();
    let due = pace.due(batch).await;
    if due >= until {
        return;
    }
    let signals = batches.signals(batch).map(|n| plan.signal(n)).collect();
    let request = v1::RecordRequest { parent: plan.parent.clone(), signals, ..Default::default() };
    match client.ingest().record(request).await {
        Ok(answer) if super::verify::is_stored(&answer.get_ref().results) => {
            outcome.acknowledge(batch, due.elapsed())
        }
        Ok(answer) => outcome.fail(&super::verify::refusal(&answer.get_ref().results)),
        Err(status) => {
            outcome.fail(status.code().description());
            if status.code() != Code::ResourceExhausted {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
