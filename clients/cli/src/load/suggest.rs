//! What a suggestion takes in a shop with many cases and many rules.

use std::time::{Duration, Instant};

use amends_client::{Client, v1};
use anyhow::{Context, ensure};
use futures::StreamExt;
use futures::stream;
use serde_json::json;
use v1::signal::Body;

use super::{Load, Outcome, run_name};
use crate::Connection;

/// Signals of one call, and calls under way, while cases are opened.
const BATCH: u64 = 300;
const FILLING_AT_ONCE: usize = 8;

/// Signals that make one case: an order, its delivery, a complaint.
const SIGNALS: u64 = 3;

/// 2026-01-05T00:00:00Z.
const PLACED_AT: i64 = 1_767_571_200;
const DAY: i64 = 86_400;

const TEXTS: [&str; 4] = [
    "You sent the wrong size, I want to send it back.",
    "It does not work. I want a refund please.",
    "The glass is broken, I want to return it.",
    "This is not what the listing shows, please take it back.",
];

/// Opens cases, sets the rules, and asks for suggestions one after the other.
pub(super) async fn run(load: &Load, connection: &Connection) -> anyhow::Result<()> {
    let client = Client::connect(connection.settings()?).await?;
    let shop = run_name();
    super::create_shop(&client, &shop).await?;
    let parent = format!("shops/{shop}");
    if !connection.json {
        eprintln!("opening {} cases in {parent} …", load.cases);
    }
    fill(&client, &parent, load.cases).await?;
    set_rules(&client, &parent, load.rules).await?;
    let cases = some_cases(&client, &parent).await?;
    ensure!(!cases.is_empty(), "no case was opened");
    let until = Instant::now() + Duration::from_secs(load.seconds);
    let (mut outcome, mut asked) = (Outcome::new(), 0_u64);
    for case in cases.iter().cycle().take_while(|_| Instant::now() < until) {
        let target = Some(v1::suggest_remedies_request::Target::Case(case.clone()));
        let request = v1::SuggestRemediesRequest { target, ..Default::default() };
        let begun = Instant::now();
        match client.remedies().suggest_remedies(request).await {
            Ok(_) => outcome.acknowledge(asked, begun.elapsed()),
            Err(status) => outcome.fail(status.message()),
        }
        asked += 1;
    }
    report(connection.json, load, asked, &outcome)
}

/// As many rules as wanted, each for another part of what the shop sells, and a target, so that the
/// count of returns is asked for as well.
async fn set_rules(client: &Client, parent: &str, rules: u32) -> anyhow::Result<()> {
    let mut document = String::from("[target]\nshare = \"2%\"\ndays = 60\npenalty = \"500.00\"\n");
    for rule in 0..rules {
        document.push_str(&format!(
            "\n[[rule]]\nname = \"rule-{rule}\"\n[rule.when]\ncategories = [\"category-{}\"]\nskus = [\"sku-{}\"]\n\
             paid_from = \"{}.00\"\n[rule.then]\npartial_refund = \"{}%\"\n",
            rule % 20,
            rule % 500,
            rule % 150,
            10 + rule % 40,
        ));
    }
    let request = v1::ApplyRemedyPolicyRequest {
        parent: parent.to_owned(),
        document,
        etag: "0".to_owned(),
        ..Default::default()
    };
    client.call(request).await.context("the rules were refused")?;
    Ok(())
}

async fn fill(client: &Client, parent: &str, cases: u64) -> anyhow::Result<()> {
    let starts = stream::iter((0..cases).step_by(BATCH as usize));
    let sent = starts.map(|start| async move {
        let signals = (start..(start + BATCH).min(cases)).flat_map(story).collect();
        let request = v1::RecordRequest { parent: parent.to_owned(), signals, ..Default::default() };
        let results = client.ingest().record(request).await?.into_inner().results;
        ensure!(super::verify::is_stored(&results), "{}", super::verify::refusal(&results));
        anyhow::Ok(())
    });
    let mut sent = sent.buffer_unordered(FILLING_AT_ONCE);
    while let Some(done) = sent.next().await {
        done.context("the cases could not be opened")?;
    }
    Ok(())
}

/// An order, its delivery, and what the buyer wrote about it.
fn story(n: u64) -> [v1::Signal; SIGNALS as usize] {
    let (order_id, buyer_id) = (format!("order-{n}"), format!("buyer-{}", n / 3));
    let order = v1::OrderSignal {
        order_id: order_id.clone(),
        buyer_id: buyer_id.clone(),
        state: v1::OrderState::Paid.into(),
        lines: vec![v1::OrderLine {
            line_id: "1".to_owned(),
            sku: format!("sku-{}", n % 500),
            title: "A thing".to_owned(),
            category: format!("category-{}", n % 20),
            quantity: 2,
            unit_price: Some(v1::Money {
                minor_units: 500 + (n % 200) as i64 * 100,
                currency: super::signals::CURRENCY.to_owned(),
            }),
        }],
        ..Default::default()
    };
    let shipment = v1::ShipmentSignal {
        shipment_id: format!("parcel-{n}"),
        order_id: order_id.clone(),
        state: v1::ShipmentState::Delivered.into(),
        ..Default::default()
    };
    let message = v1::MessageSignal {
        message_id: format!("wish-{n}"),
        conversation_id: format!("talk-{n}"),
        buyer_id,
        order_id,
        direction: v1::MessageDirection::FromBuyer.into(),
        text: TEXTS.get((n % 4) as usize).copied().unwrap_or_default().to_owned(),
        ..Default::default()
    };
    let signal = |what: &str, days: i64, body: Body| v1::Signal {
        signal_id: format!("{what}-{n}"),
        occur_time: Some(prost_types::Timestamp { seconds: PLACED_AT + days * DAY, nanos: 0 }),
        traceparent: String::new(),
        body: Some(body),
    };
    [
        signal("order", 0, Body::Order(order)),
        signal("parcel", 3, Body::Shipment(shipment)),
        signal("wish", 4, Body::Message(message)),
    ]
}

/// Cases from all over the queue.
async fn some_cases(client: &Client, parent: &str) -> anyhow::Result<Vec<String>> {
    let (mut names, mut page_token) = (Vec::new(), String::new());
    for _ in 0..10 {
        let request = v1::ListCasesRequest {
            parent: parent.to_owned(),
            page_size: 200,
            page_token: std::mem::take(&mut page_token),
            ..Default::default()
        };
        let answer = client.call(request).await.context("the cases cannot be read")?;
        names.extend(answer.cases.into_iter().map(|case| case.name));
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(names)
}

fn report(as_json: bool, load: &Load, asked: u64, outcome: &Outcome) -> anyhow::Result<()> {
    let millis = |quantile: f64| outcome.latency.value_at_quantile(quantile) as f64 / 1_000.0;
    let errors: u64 = outcome.errors.values().sum();
    if as_json {
        let figures = json!({
            "cases": load.cases, "rules": load.rules, "suggestions": asked, "p50_ms": millis(0.5), "p90_ms": millis(0.9),
            "p99_ms": millis(0.99), "max_ms": millis(1.0), "errors": errors, "errors_by_kind": outcome.errors,
        });
        println!("{figures}");
    } else {
        let (cases, rules) = (load.cases, load.rules);
        println!(
            "suggestions    {asked}, one after the other, in a shop with {cases} cases and {rules} rules"
        );
        println!(
            "latency        p50 {:.2} ms   p90 {:.2} ms   p99 {:.2} ms   max {:.2} ms",
            millis(0.5),
            millis(0.9),
            millis(0.99),
            millis(1.0)
        );
        println!("errors         {errors}");
        for (what, count) in &outcome.errors {
            println!("               {count} × {what}");
        }
    }
    ensure!(errors == 0, "{errors} suggestions were refused");
    Ok(())
}
