#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use super::*;
use crate::import::{lines::Mark, mapping::parse_assignment, rows::Row};

fn reading(kind: Kind, columns: &str, told: &[&str]) -> Reading {
    let columns = columns.split('|').map(str::to_owned).collect();
    let told: Vec<_> = told.iter().map(|text| parse_assignment(text).unwrap()).collect();
    let mapping = Mapping::new(Some(kind), columns, &told).unwrap();
    let date = "2000-01-01T00:00:00Z".parse().unwrap();
    Reading { mapping, zone: TimeZone::UTC, date, truncate_text: false }
}

fn group(rows: &[&str]) -> Group {
    let row = |(number, text): (usize, &&str)| Row {
        line: number as u64 + 2,
        raw: (*text).to_owned(),
        end: Mark::default(),
        parts: Ok(vec![text.split('|').map(str::to_owned).collect()]),
    };
    Group { rows: rows.iter().enumerate().map(row).collect(), end: Mark::default(), too_long: false }
}

fn built(reading: &Reading, rows: &[&str]) -> Result<v1::Signal, Vec<Refusal>> {
    build(reading, &group(rows)).map(|built| built.signal)
}

fn review(reading: &Reading, row: &str) -> v1::ReviewSignal {
    match built(reading, &[row]).unwrap().body {
        Some(Body::Review(review)) => review,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn a_row_of_labelled_reviews_becomes_a_review_with_the_same_id_every_time() {
    let reading = reading(Kind::Review, "id|lang|source|domain|rating|label|text", &[]);
    let row = "r1|pt_BR|set|toys|4.0|pos|fine";
    let signal = built(&reading, &[row]).unwrap();
    assert_eq!(signal.signal_id, "import:review:r1");
    assert_eq!(signal.occur_time.unwrap().seconds, 946_684_800);
    assert_eq!(built(&reading, &[row]).unwrap(), signal);
    let review = review(&reading, row);
    assert_eq!((review.review_id.as_str(), review.rating, review.text.as_str()), ("r1", Some(4), "fine"));
    assert_eq!(review.language, "pt-BR");
}

#[test]
fn a_later_observation_is_another_signal() {
    let reading = reading(Kind::Review, "id|rating|date|updated", &[]);
    let first = built(&reading, &["r1|1|2026-01-01|"]).unwrap();
    let second = built(&reading, &["r1|5|2026-01-01|2026-02-01"]).unwrap();
    assert_eq!(first.signal_id, "import:review:r1:1767225600000000");
    assert_eq!(second.signal_id, "import:review:r1:1769904000000000");
    assert_eq!(second.occur_time.unwrap().seconds, 1_769_904_000);
}

#[test]
fn a_row_without_an_id_gets_one_from_its_content() {
    let reading = reading(Kind::Review, "stars|text|when", &[]);
    let id = |row| review(&reading, row).review_id;
    assert_eq!(id("1|bad|x"), id("1|bad|y"), "a column that is not used does not matter");
    assert_ne!(id("1|bad|x"), id("2|bad|x"));
    assert!(id("1|bad|x").starts_with("row-"));
}

#[test]
fn a_review_needs_stars_unless_it_is_an_addition() {
    let plain = reading(Kind::Review, "id|rating", &[]);
    assert_eq!(built(&plain, &["r1|"]), Err(vec![(0, "rating: is empty".to_owned())]));
    let addition = reading(Kind::Review, "id|rating|follow_up", &[]);
    assert_eq!(review(&addition, "r1||yes").rating, None);
    assert_eq!(review(&addition, "r1|4|no").rating, Some(4));
}

#[test]
fn a_text_that_is_too_long_is_refused_or_cut() {
    let mut reading = reading(Kind::Review, "id|rating|text", &[]);
    let row = format!("r1|1|{}", "é".repeat(TEXT_CHARACTERS_MAX + 1));
    assert!(built(&reading, &[&row]).unwrap_err()[0].1.contains("--truncate-text"));
    reading.truncate_text = true;
    assert_eq!(review(&reading, &row).text.chars().count(), TEXT_CHARACTERS_MAX);
}

#[test]
fn rows_of_an_order_become_its_lines() {
    let reading = reading(Kind::Order, "Order ID|Customer|SKU|Qty|Price|Status", &["currency=:EUR"]);
    let signal = built(&reading, &["o1|b1|s1|2|19.90|Shipped", "o1|b1|s2||5|Shipped"]).unwrap();
    let Some(Body::Order(order)) = signal.body else { unreachable!() };
    let lines: Vec<_> =
        order.lines.iter().map(|line| (line.line_id.as_str(), line.sku.as_str(), line.quantity)).collect();
    assert_eq!(lines, [("1", "s1", 2), ("2", "s2", 1)]);
    assert_eq!(order.state(), v1::OrderState::Paid);
    assert_eq!(order.lines[0].unit_price.as_ref().unwrap().minor_units, 1990);
}

#[test]
fn every_bad_row_of_an_order_has_its_own_reason() {
    let reading = reading(Kind::Order, "order_id|buyer|line_id|price|currency", &[]);
    let refusals = built(&reading, &["o1|b|1|x|EUR", "o1|b|2|5|EUR", "o1|b|2|5|EUR"]).unwrap_err();
    let places: Vec<_> = refusals.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [0, 2]);
    assert!(refusals[1].1.contains("twice"));
}

#[test]
fn a_message_is_the_buyers_unless_the_file_says_otherwise() {
    let plain = reading(Kind::Message, "id|order_id|buyer|text", &[]);
    let signal = built(&plain, &["m1|o1|b1|where is it"]).unwrap();
    let Some(Body::Message(message)) = signal.body else { unreachable!() };
    assert_eq!(message.direction(), v1::MessageDirection::FromBuyer);
    assert_eq!((message.conversation_id.as_str(), message.author), ("order:o1", None));
    let told = reading(Kind::Message, "id|conversation|buyer|text|from", &[]);
    let signal = built(&told, &["m2|c1|b1|sorry|Seller"]).unwrap();
    let Some(Body::Message(message)) = signal.body else { unreachable!() };
    assert_eq!(message.direction(), v1::MessageDirection::ToBuyer);
    assert_eq!(message.author(), v1::MessageAuthor::Human);
    assert!(built(&told, &["m2|c1|b1|sorry|moon"]).unwrap_err()[0].1.contains("moon"));
}

#[test]
fn a_return_keeps_the_words_of_the_channel() {
    let reading = reading(Kind::Return, "return_id|order_id|status|reason|qty|refund|currency|date", &[]);
    let row = "t1|o1|Seller agreed|Wrong item|2|9.50|EUR|2026-01-02";
    let Some(Body::ReturnRequest(request)) = built(&reading, &[row]).unwrap().body else { unreachable!() };
    assert_eq!((request.status, request.raw_status.as_str()), (None, "Seller agreed"));
    assert_eq!(request.reason, Some(v1::ComplaintReason::WrongItem.into()));
    assert_eq!((request.quantity, request.refund_amount.unwrap().minor_units), (2, 950));
    assert_eq!(request.request_time.unwrap().seconds, 1_767_312_000);
    let plain = built(&reading, &["t1|o1|approved||||EUR|2026-01-02"]).unwrap();
    let Some(Body::ReturnRequest(request)) = plain.body else { unreachable!() };
    assert_eq!((request.status(), request.quantity), (v1::ReturnStatus::Approved, 1));
}

#[test]
fn a_very_long_id_still_gives_a_signal_id_of_its_own() {
    let reading = reading(Kind::Review, "id|rating", &[]);
    let name = |last: &str| {
        let row = format!("{}{last}|1", "x".repeat(127));
        built(&reading, &[&row]).unwrap().signal_id
    };
    assert!(name("a").len() <= 128 && name("a") != name("b"));
}
