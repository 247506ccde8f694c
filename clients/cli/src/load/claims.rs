//! Agents who claim the next case again and again from a full queue.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use amends_client::{Client, Settings, v1};
use anyhow::{Context, ensure};
use futures::StreamExt;
use futures::stream;
use hdrhistogram::Histogram;
use serde_json::json;

use super::{Load, Outcome, run_name};
use crate::Connection;

/// Messages of one call, and calls under way, while the queue is filled.
const BATCH: u64 = 1_000;
const FILLING_AT_ONCE: usize = 8;

/// Pages of the board that are read, and cases on each.
const PAGES: usize = 200;
const PAGE: i32 = 50;

/// Fills a queue, then lets agents empty it.
pub(super) async fn run(load: &Load, connection: &Connection) -> anyhow::Result<()> {
    let settings = connection.settings()?;
    let client = Client::connect(settings.clone()).await?;
    let shop = run_name();
    super::create_shop(&client, &shop).await?;
    let parent = format!("shops/{shop}");
    if !connection.json {
        eprintln!("opening {} cases in {parent} …", load.cases);
    }
    fill(&client, &parent, load.cases).await?;
    let board = board(&client, &parent).await?;
    let agents = agents(load, &settings).await?;
    let started = Instant::now();
    let until = started + Duration::from_secs(load.seconds);
    let working = agents.iter().map(|agent| work(agent, &parent, until));
    let mut outcome = Outcome::new();
    let mut claimed = Vec::new();
    for (each, cases) in futures::future::join_all(working).await {
        outcome.absorb(each);
        claimed.extend(cases);
    }
    report(connection.json, agents.len(), started.elapsed(), &claimed, &outcome, &board)
}

/// How long pages of the board take while nobody claims: the head of the queue, and what follows it.
async fn board(client: &Client, parent: &str) -> anyhow::Result<Histogram<u64>> {
    let mut took = Histogram::new_with_bounds(1, 60_000_000, 3)?;
    let mut page_token = String::new();
    for _ in 0..PAGES {
        let request = v1::ListCasesRequest {
            parent: parent.to_owned(),
            page_size: PAGE,
            page_token: std::mem::take(&mut page_token),
            order: Some(v1::CaseOrder::Queue.into()),
            filter: None,
        };
        let asked = Instant::now();
        let answer = client.call(request).await.context("the board cannot be read")?;
        took.saturating_record(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX));
        page_token = answer.next_page_token;
    }
    Ok(took)
}

/// One connection for each agent, with the agent's own key.
async fn agents(load: &Load, settings: &Settings) -> anyhow::Result<Vec<Client>> {
    ensure!(!load.agent_keys.is_empty(), "agents need keys of their own: use --serve, or give --agent-keys");
    let mut agents = Vec::new();
    for key in &load.agent_keys {
        let settings = Settings { api_key: Some(key.clone()), connections: 1, ..settings.clone() };
        agents.push(Client::connect(settings).await.context("an agent cannot connect")?);
    }
    Ok(agents)
}

/// Opens a case for each message: every conversation wishes to return something.
async fn fill(client: &Client, parent: &str, cases: u64) -> anyhow::Result<()> {
    let next = AtomicU64::new(0);
    let starts = stream::iter((0..cases).step_by(BATCH as usize));
    let sent = starts.map(|start| {
        let signals = (start..(start + BATCH).min(cases)).map(wish).collect();
        let request = v1::RecordRequest { parent: parent.to_owned(), signals, ..Default::default() };
        let next = &next;
        async move {
            let answer = client.ingest().record(request).await?;
            let results = answer.into_inner().results;
            next.fetch_add(results.len() as u64, Ordering::Relaxed);
            ensure!(super::verify::is_stored(&results), "{}", super::verify::refusal(&results));
            anyhow::Ok(())
        }
    });
    let mut sent = sent.buffer_unordered(FILLING_AT_ONCE);
    while let Some(done) = sent.next().await {
        done.context("the queue could not be filled")?;
    }
    Ok(())
}

fn wish(n: u64) -> v1::Signal {
    const TEXTS: [&str; 3] = [
        "You sent the wrong size, I want to send it back.",
        "It does not work. I want a refund please.",
        "Two screws are missing, can I have my money back?",
    ];
    let text = TEXTS.get((n % 3) as usize).copied().unwrap_or_default().to_owned();
    v1::Signal {
        signal_id: format!("wish-{n}"),
        occur_time: Some(prost_types::Timestamp { seconds: 1_767_571_200, nanos: 0 }),
        traceparent: String::new(),
        body: Some(v1::signal::Body::Message(v1::MessageSignal {
            message_id: format!("wish-{n}"),
            conversation_id: format!("talk-{n}"),
            buyer_id: format!("buyer-{n}"),
            direction: v1::MessageDirection::FromBuyer.into(),
            text,
            ..v1::MessageSignal::default()
        })),
    }
}

async fn work(agent: &Client, parent: &str, until: Instant) -> (Outcome, Vec<String>) {
    let (mut outcome, mut claimed) = (Outcome::new(), Vec::new());
    while Instant::now() < until {
        let request = v1::ClaimNextCaseRequest { parent: parent.to_owned(), ..Default::default() };
        let asked = Instant::now();
        match agent.call(request).await {
            Ok(answer) => match answer.case {
                Some(case) => {
                    outcome.acknowledge(claimed.len() as u64, asked.elapsed());
                    claimed.push(case.name);
                }
                None => break,
            },
            Err(error) => {
                outcome.fail(&error.to_string());
                break;
            }
        }
    }
    (outcome, claimed)
}

fn report(
    as_json: bool,
    agents: usize,
    elapsed: Duration,
    claimed: &[String],
    outcome: &Outcome,
    board: &Histogram<u64>,
) -> anyhow::Result<()> {
    let distinct = claimed.iter().collect::<BTreeSet<_>>().len();
    let per_second = claimed.len() as f64 / elapsed.as_secs_f64().max(f64::EPSILON);
    let millis_of = |figures: &Histogram<u64>, quantile| figures.value_at_quantile(quantile) as f64 / 1_000.0;
    let millis = |quantile: f64| millis_of(&outcome.latency, quantile);
    let page = |quantile: f64| millis_of(board, quantile);
    if as_json {
        let figures = json!({
            "agents": agents, "seconds": elapsed.as_secs_f64(), "claims": claimed.len(),
            "claims_per_second": per_second, "p50_ms": millis(0.5), "p99_ms": millis(0.99),
            "max_ms": millis(1.0), "claimed_twice": claimed.len() - distinct,
            "page_p50_ms": page(0.5), "page_p99_ms": page(0.99),
            "errors": outcome.errors.values().sum::<u64>(), "errors_by_kind": outcome.errors,
        });
        println!("{figures}");
    } else {
        println!("board          pages of {PAGE}: p50 {:.2} ms   p99 {:.2} ms", page(0.5), page(0.99));
        println!("claims         {} by {agents} agents in {:.1} s", claimed.len(), elapsed.as_secs_f64());
        println!("throughput     {per_second:.0} claims/s");
        println!(
            "latency        p50 {:.2} ms   p99 {:.2} ms   max {:.2} ms",
            millis(0.5),
            millis(0.99),
            millis(1.0)
        );
        println!("errors         {}", outcome.errors.values().sum::<u64>());
        for (what, count) in &outcome.errors {
            println!("               {count} × {what}");
        }
    }
    ensure!(distinct == claimed.len(), "{} cases were claimed twice", claimed.len() - distinct);
    Ok(())
}
