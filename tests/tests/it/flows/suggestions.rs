//! What is suggested over the wire: for a case, and for a return that nobody asked for yet.

use amends_app::Role;
use amends_client::{Client, Error, v1};
use amends_domain::Span;
use amends_tests::make::{
    LEAKS, delivery, line, message, money, order, return_request, review, stamp, terms_of,
};
use amends_tests::refusal::fields;
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::suggest_remedies_request::Target;
use v1::{ComplaintReason, CountingEffect, CountsOn, Reason, RemedyKind};

flow!(
    a_back_end_asks_before_it_shows_a_return_form,
    what_a_caller_describes_is_checked_all_at_once,
    no_review_changes_what_is_suggested,
    the_channels_count_is_part_of_the_answer,
    who_claims_often_is_told_to_the_agent,
    what_a_suggestion_was_made_from_is_kept,
);

const BROKEN: &str = "It arrived broken, I want to send it back.";

async fn ask(client: &Client, target: Target, quantity: i32) -> Result<v1::Suggestion, Error> {
    let request = v1::SuggestRemediesRequest { target: Some(target), quantity, ..Default::default() };
    client.call(request).await.map(|answer| answer.suggestion.unwrap())
}

async fn for_case(h: &Harness, case: &str) -> v1::Suggestion {
    ask(h.client(), Target::Case(case.to_owned()), 0).await.unwrap()
}

fn hypothetical(shop: &str, reason: ComplaintReason) -> v1::HypotheticalReturn {
    v1::HypotheticalReturn { shop: shop.to_owned(), reason: reason.into(), ..Default::default() }
}

fn bought(minor_units: i64) -> Option<v1::BoughtLine> {
    Some(v1::BoughtLine { quantity: 1, unit_price: Some(money(minor_units)), ..Default::default() })
}

fn kinds(suggestion: &v1::Suggestion) -> Vec<RemedyKind> {
    suggestion.alternatives.iter().map(v1::Alternative::kind).collect()
}

async fn a_back_end_asks_before_it_shows_a_return_form(h: &Harness) {
    let shop = h.open_shop("here", "own_store").await;
    h.say_in(&shop, h.now(), order("o1")).await;
    h.say_in(&shop, h.now(), delivery("o1")).await;
    let connector = h.client_in("connector", &[Role::Ingest], &["here"]).await;
    let known = v1::HypotheticalReturn {
        order_id: "o1".to_owned(),
        line_id: "1".to_owned(),
        ..hypothetical(&shop, ComplaintReason::Damaged)
    };
    let suggestion = ask(&connector, Target::Hypothetical(known), 0).await.unwrap();
    assert!(suggestion.case.is_empty() && suggestion.name.starts_with(&format!("{shop}/suggestions/")));
    assert_eq!((suggestion.order_id.as_str(), suggestion.line_id.as_str()), ("o1", "1"));
    let replacement = suggestion.alternatives.iter().find(|a| a.kind() == RemedyKind::Replacement).unwrap();
    assert_eq!(replacement.counting_effect(), CountingEffect::StillAvoids);
    assert_eq!(
        kinds(&suggestion).last(),
        Some(&RemedyKind::ReturnLabel),
        "the return stays open to the buyer"
    );
    // The same for an order that the service does not know.
    let unknown =
        v1::HypotheticalReturn { bought: bought(2_000), ..hypothetical(&shop, ComplaintReason::Damaged) };
    let described = ask(&connector, Target::Hypothetical(unknown), 1).await.unwrap();
    let costs = |s: &v1::Suggestion| {
        let mut costs: Vec<_> = s.alternatives.iter().map(|a| (a.kind, a.expected_cost.clone())).collect();
        costs.sort_by_key(|(kind, _)| *kind);
        costs
    };
    assert_eq!(costs(&described), costs(&suggestion));
    assert!(h.cases(&shop).await.is_empty(), "asking opens no case");
}

async fn what_a_caller_describes_is_checked_all_at_once(h: &Harness) {
    let shop = h.open_shop("here", "own_store").await;
    let wrong = v1::HypotheticalReturn {
        line_id: "1".to_owned(),
        bought: Some(v1::BoughtLine { quantity: 0, ..Default::default() }),
        ..hypothetical(&shop, ComplaintReason::Unspecified)
    };
    let request = v1::SuggestRemediesRequest {
        target: Some(Target::Hypothetical(wrong)),
        quantity: -1,
        stock: vec![v1::StockOfKind { kind: RemedyKind::Coupon.into(), available: -1 }],
        ..Default::default()
    };
    let failure = refused(h.client().call(request).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(
        fields(&failure),
        [
            "hypothetical.reason",
            "hypothetical.order_id",
            "hypothetical.bought.quantity",
            "hypothetical.bought.unit_price",
            "quantity",
            "stock[0].available",
        ]
    );
    let more = v1::HypotheticalReturn { bought: bought(2_000), ..hypothetical(&shop, ComplaintReason::Late) };
    let more = ask(h.client(), Target::Hypothetical(more), 2).await;
    let failure = refused(more, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(fields(&failure), ["quantity"]);
    let dollars = v1::Money { minor_units: 1, currency: "USD".to_owned() };
    let bought = Some(v1::BoughtLine { quantity: 1, unit_price: Some(dollars), ..Default::default() });
    let foreign = v1::HypotheticalReturn { bought, ..hypothetical(&shop, ComplaintReason::Late) };
    let foreign = ask(h.client(), Target::Hypothetical(foreign), 1).await;
    drop(refused(foreign, Code::InvalidArgument, Reason::InvalidField));
    drop(refused(
        ask(h.client(), Target::Case(format!("{shop}/cases/case_{:032x}", 1)), 0).await,
        Code::NotFound,
        Reason::CaseNotFound,
    ));
}

/// What a suggestion says, but for what is its own: its name and time.
fn content(suggestion: v1::Suggestion) -> v1::Suggestion {
    v1::Suggestion { name: String::new(), create_time: None, ..suggestion }
}

async fn no_review_changes_what_is_suggested(h: &Harness) {
    h.say(order("o1")).await;
    h.say(delivery("o1")).await;
    let case = h.say(message("m1", "o1", BROKEN)).await.case;
    let before = content(for_case(h, &case).await);
    assert!(!before.alternatives.is_empty());
    // One star without a word, the same at five, taken down: nothing of it is heard by a remedy.
    for (rating, visible) in [(1, true), (5, true), (2, true), (2, false)] {
        let seen = v1::ReviewSignal {
            rating: Some(rating),
            visible: Some(visible),
            ..review("r1", "o1", rating, "")
        };
        h.say(seen).await;
        assert_eq!(content(for_case(h, &case).await), before, "{rating} stars, visible: {visible}");
    }
}

async fn the_channels_count_is_part_of_the_answer(h: &Harness) {
    let shop = h.open_shop("on-shopee", "shopee").await;
    h.say_in(&shop, h.now(), order("o1")).await;
    h.say_in(&shop, h.now(), delivery("o1")).await;
    let wish = h.say_in(&shop, h.now(), message("m1", "o1", BROKEN)).await.case;
    let counting = for_case(h, &wish).await.counting.unwrap();
    assert_eq!((counting.counts_on(), counting.count_time.is_some()), (CountsOn::Request, false));
    let shop = h.open_shop("on-etsy", "etsy").await;
    h.say_in(&shop, h.now(), order("o1")).await;
    let asked = v1::ReturnSignal {
        channel_deadline: Some(stamp(h.now() + Span::from_hours(48))),
        ..return_request("ret", "o1", h.now())
    };
    let case = h.say_in(&shop, h.now(), asked).await.case;
    let suggestion = for_case(h, &case).await;
    let counting = suggestion.counting.as_ref().unwrap();
    assert_eq!(counting.counts_on(), CountsOn::Approval);
    assert_eq!(counting.time_left.as_ref().map(|left| left.seconds), Some(48 * 3_600));
    let effect = |kind| suggestion.alternatives.iter().find(|a| a.kind() == kind).unwrap().counting_effect();
    assert_eq!(
        effect(RemedyKind::PartialRefund),
        CountingEffect::Counts,
        "money within a request is counted"
    );
    assert_eq!(effect(RemedyKind::Replacement), CountingEffect::StillAvoids);
    h.advance(Span::from_hours(47)).await;
    let late = for_case(h, &case).await;
    assert_eq!(late.alternatives, []);
    assert!(late.ineligible.iter().any(|not| not.rule == "too_late"));
}

async fn who_claims_often_is_told_to_the_agent(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let of_one = |id: &str| v1::OrderSignal { buyer_id: "often".to_owned(), ..order(id) };
    for n in 1..=2 {
        let id = format!("o{n}");
        h.say(v1::OrderSignal { lines: vec![line("1")], ..of_one(&id) }).await;
        h.say(delivery(&id)).await;
        let wish =
            v1::MessageSignal { buyer_id: "often".to_owned(), ..message(&format!("m{n}"), &id, BROKEN) };
        let case = h.say(wish).await.case;
        let asked = for_case(h, &case).await.scrutiny.unwrap();
        assert_eq!((asked.partial_refund_claims, asked.evidence_required), (n - 1, false));
        let mut desk = Desk::work_on(&mia, &case).await;
        desk.agree_on(RemedyKind::PartialRefund, terms_of(500)).await;
    }
    h.say(of_one("o3")).await;
    let bad = v1::ReviewSignal { buyer_id: "often".to_owned(), ..review("r3", "o3", 1, LEAKS) };
    let case = h.say(bad).await.case;
    let suggestion = for_case(h, &case).await;
    let asked = suggestion.scrutiny.as_ref().unwrap();
    assert_eq!((asked.partial_refund_claims, asked.other_orders), (2, 2));
    assert!(asked.evidence_required && !asked.approval_required);
    let first = suggestion.alternatives.iter().find(|a| a.kind() == RemedyKind::Replacement).unwrap();
    assert!(!first.evidence_needs.is_empty());
}

async fn what_a_suggestion_was_made_from_is_kept(h: &Harness) {
    let shop = h.open_shop("here", "own_store").await;
    h.open_shop("there", "own_store").await;
    let asked =
        v1::HypotheticalReturn { bought: bought(2_000), ..hypothetical(&shop, ComplaintReason::Damaged) };
    let suggestion = ask(h.client(), Target::Hypothetical(asked), 1).await.unwrap();
    let request = || v1::GetSuggestionRequest { name: suggestion.name.clone() };
    let stored = h.client().call(request()).await.unwrap();
    assert_eq!(
        (stored.name.as_str(), stored.create_time),
        (suggestion.name.as_str(), suggestion.create_time)
    );
    let record: serde_json::Value = serde_json::from_str(&stored.record).unwrap();
    assert_eq!(record["inputs"]["reason"], "DAMAGED");
    assert_eq!(record["inputs"]["line"]["unit_price"], 2_000);
    let costs: Vec<i64> = record["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["expected_cost"].as_i64().unwrap())
        .collect();
    let shown: Vec<i64> =
        suggestion.alternatives.iter().map(|a| a.expected_cost.as_ref().unwrap().minor_units).collect();
    assert_eq!(costs, shown);
    let strange = h.client_in("strange", &[Role::Agent], &["there"]).await;
    drop(refused(strange.call(request()).await, Code::NotFound, Reason::ShopNotFound));
}
