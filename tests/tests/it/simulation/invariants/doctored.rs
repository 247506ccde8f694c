//! The checks checked: a life that held is doctored, and exactly what was broken is found.

use amends_domain::case::State;
use amends_domain::event::Event;
use amends_domain::ledger::{Grant, GrantState};
use amends_domain::remedy::{RemedyKind, RemedyState};
use amends_domain::returns::ReturnStatus;
use amends_domain::sla::Phase;
use amends_domain::stock::{Hold, HoldState, Item, StockKind};
use amends_domain::{CaseId, EventId, RemedyId, Span};
use amends_store::event::StoredEvent;
use amends_tests::{Database, Engine};

use super::{Verdict, clocks, holds, ledger, log, outgoing};
use crate::simulation::life::Life;
use crate::simulation::seen::Seen;

/// A life in which everything happened that is to be doctored.
async fn a_full_life() -> Seen {
    for seed in 1_000..1_060 {
        let database = Database::fresh(Engine::Sqlite).await.unwrap();
        let mut life = Life::begin(&database, seed).await;
        for _ in 0..150 {
            life.step().await;
        }
        let seen = super::check(&life.house, &life.channel, None, seed).await;
        life.house.end().await;
        let words: Vec<&str> = seen.events().map(|one| one.row.event.word()).collect();
        let wanted = ["sla.breached", "reply.queued", "reply.sending", "case.claimed", "case.work_started"];
        let arrived = seen.channel.attempts.iter().any(|attempt| attempt.arrived);
        let dealt = seen.lines.iter().any(|one| !one.remedies.is_empty() && one.line.purchase.is_some());
        let asked_back = seen.lines.iter().any(|one| !one.returns.is_empty());
        let whole = arrived && dealt && asked_back && queue(&seen).is_some();
        if wanted.iter().all(|word| words.contains(word)) && whole {
            return seen;
        }
    }
    panic!("no life was full enough");
}

fn queue(seen: &Seen) -> Option<usize> {
    seen.cases.iter().position(|case| case.handling.state() == State::Queued && case.fence > 0)
}

/// The first entry of that word: on whose timeline, and where.
fn find(seen: &Seen, word: &str) -> (CaseId, usize) {
    let place = |(case, events): (&CaseId, &Vec<StoredEvent>)| {
        Some((*case, events.iter().position(|one| one.row.event.word() == word)?))
    };
    seen.log.iter().find_map(place).unwrap()
}

/// Writes an entry of that word a second time, at the end of its timeline.
fn twice(seen: &Seen, word: &str, change: fn(&mut Event)) -> Seen {
    let (mut seen, (case, at)) = (seen.clone(), find(seen, word));
    let events = seen.log.get_mut(&case).unwrap();
    let mut again = events[at].clone();
    again.seq = events.last().unwrap().seq + 1;
    again.position = None;
    again.row.id = EventId::from_bits(77);
    change(&mut again.row.event);
    events.push(again);
    seen
}

fn found(verdict: Verdict) {
    assert!(verdict.is_err(), "what was doctored was not found");
}

fn unchanged(_: &mut Event) {}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctored_life_is_found_out() {
    let life = a_full_life().await;

    let mut other = life.clone();
    let open = other.cases.iter().find(|case| case.is_open()).unwrap().clone();
    other.cases.push(open);
    found(holds::one_open_case_per_subject(&other));

    // The same fence once more, and then a claim of a case that is held.
    found(holds::fences_rise_and_no_case_is_held_twice(&twice(&life, "case.claimed", unchanged)));
    let mut held = twice(&life, "case.claimed", |event| {
        if let Event::CaseClaimed { fence, .. } = event {
            *fence += 1_000;
        }
    });
    let (case, _) = find(&life, "case.claimed");
    let mut second = held.log[&case].last().unwrap().clone();
    second.seq += 1;
    if let Event::CaseClaimed { fence, .. } = &mut second.row.event {
        *fence += 1;
    }
    held.log.get_mut(&case).unwrap().push(second);
    found(holds::fences_rise_and_no_case_is_held_twice(&held));

    let (case, at) = find(&life, "case.work_started");
    let mut other = life.clone();
    let row = &mut other.log.get_mut(&case).unwrap()[at].row;
    row.actor.name = if row.actor.name == "mia" { "tom" } else { "mia" }.to_owned();
    found(holds::agents_write_only_under_their_own_hold(&other));
    let older = twice(&life, "reply.queued", |event| {
        if let Event::ReplyQueued { fence, .. } = event {
            *fence -= 1;
        }
    });
    found(holds::agents_write_only_under_their_own_hold(&older));

    let mut other = life.clone();
    other.decisions.clear();
    found(outgoing::nothing_goes_out_without_a_passing_decision(&other));
    other = life.clone();
    other.decisions.values_mut().for_each(|allowed| *allowed = false);
    found(outgoing::nothing_goes_out_without_a_passing_decision(&other));

    found(clocks::a_warning_and_a_breach_are_told_once_per_instance(&twice(
        &life,
        "sla.breached",
        unchanged,
    )));
    let (case, at) = find(&life, "sla.breached");
    let mut other = life.clone();
    other.log.get_mut(&case).unwrap().remove(at);
    found(clocks::a_warning_and_a_breach_are_told_once_per_instance(&other));
    found(log::timelines_only_grow(&life, &other));
    other = life.clone();
    other.log.get_mut(&case).unwrap()[at].row.cause = "another".to_owned();
    found(log::timelines_only_grow(&life, &other));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctored_database_is_found_out() {
    let life = a_full_life().await;

    let mut other = life.clone();
    let row = other.clocks.iter_mut().flat_map(|one| &mut one.parts.rows).find(|row| !row.phase.is_open());
    row.unwrap().phase = Phase::Running { since: life.cases[0].opened_at };
    found(clocks::clocks_never_run_backwards(&life, &other));
    other = life.clone();
    for one in &mut other.clocks {
        one.parts.stand.last_at = one.parts.stand.last_at - Span::from_micros(1);
    }
    found(clocks::clocks_never_run_backwards(&life, &other));
    other = life.clone();
    let one = &mut other.accounts[0].1;
    one.running = Span::from_micros(one.running.micros() + 1);
    found(clocks::elapsed_outside_and_paused_are_the_wall(&other));

    other = life.clone();
    let arrived = other.channel.attempts.iter().find(|attempt| attempt.arrived).unwrap().clone();
    other
        .channel
        .attempts
        .push(super::super::channel::Attempt { number: arrived.number + 1, ..arrived.clone() });
    found(outgoing::a_reply_reaches_the_buyer_at_most_once(&other));
    other = life.clone();
    let sent = other.replies.iter_mut().find(|reply| reply.id == arrived.reply).unwrap();
    sent.state = amends_domain::reply::ReplyState::Draft;
    found(outgoing::what_the_buyer_has_is_never_taken_for_unsent(&other));

    other = life.clone();
    let waits = &life.cases[queue(&life).unwrap()];
    other.replies[0].case = waits.id;
    other.replies[0].fence = waits.fence;
    other.replies[0].state = amends_domain::reply::ReplyState::Queued { at: waits.opened_at };
    found(outgoing::nothing_is_queued_under_a_hold_that_ended(&other));

    let mut asked = life.clone();
    let review: amends_domain::ReviewId = "r".parse().unwrap();
    for n in 0..2 {
        let events = asked.log.values_mut().nth(n).unwrap();
        let mut ask = events[0].clone();
        let decision = amends_domain::DecisionId::from_bits(1);
        ask.row.event = Event::AskSent { review: review.clone(), template: String::new(), decision };
        events.push(ask);
    }
    found(outgoing::a_review_is_asked_about_at_most_once(&asked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctored_ledger_is_found_out() {
    let life = a_full_life().await;
    let place =
        |one: &crate::simulation::seen::OneLine| !one.remedies.is_empty() && one.line.purchase.is_some();
    let at = life.lines.iter().position(place).unwrap();
    let purchase = life.lines[at].line.purchase.clone().unwrap();
    let (price, bought) = (purchase.unit_price.minor_units, purchase.quantity);
    let mut remedy = life.lines[at].remedies[0].clone();
    let (now, kind) = (life.cases[0].opened_at, RemedyKind::Replacement);
    (remedy.kind, remedy.state, remedy.stopped_by) =
        (kind, RemedyState::Accepted { at: now, due_at: now }, None);
    let grant =
        |goods, value| Grant { remedy: remedy.id, unit: 1, goods, value, state: GrantState::Reserved };
    let with = |grants: Vec<Grant>| {
        let mut other = life.clone();
        (other.lines[at].grants, other.lines[at].remedies) = (grants, vec![remedy.clone()]);
        other
    };
    let wrong = [
        vec![grant(true, price * i64::from(bought) + 1)],
        vec![grant(true, 1), grant(false, 1)],
        vec![grant(true, 1), Grant { remedy: RemedyId::from_bits(1), ..grant(true, 1) }],
    ];
    for grants in wrong {
        found(ledger::no_more_is_granted_than_was_paid_and_nothing_twice(&with(grants)));
    }

    // The channel paid every unit back, and nobody said to stop.
    let mut other = with(vec![grant(true, price)]);
    let mut request = life.lines.iter().find_map(|one| one.returns.first()).unwrap().clone();
    let mut paid = request.events[0].clone();
    (paid.status, paid.quantity, paid.refund) = (ReturnStatus::Settled, bought, None);
    (request.row.line, request.row.refund, request.events) = (None, None, vec![paid]);
    other.lines[at].returns = vec![request];
    found(ledger::what_may_leave_is_within_what_is_left_of_refunds(&other));

    let mut other = with(Vec::new());
    let item = Item { sku: "sku-1".parse().unwrap(), kind: StockKind::Article };
    let (shop, quantity, state) = (remedy.shop.clone(), remedy.units, HoldState::Released);
    other.stock_holds = vec![Hold { shop, remedy: remedy.id, item, quantity, state, at: now }];
    found(ledger::holds_follow_their_remedies(&other));
}
