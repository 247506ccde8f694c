//! A case that became part of another one is read, and never written.

use amends_app::case::{
    AddNote, AssignCase, CancelCase, ClaimCase, EscalateCase, MergeCase, RecordContact, ReleaseCase,
    ReopenCase, SnoozeCase, SolveCase, Target, WaitCase, WaitFor,
};
use amends_app::reply::{Content, DraftReply};
use amends_app::{Command, Principal, Role};
use amends_domain::Span;
use amends_domain::case::{Case, Handling, Outcome};
use amends_store::{case, event};

use super::{Verdict, repeat};
use crate::simulation::house::{House, call, principal, shop};
use crate::simulation::seen::Seen;

fn is_merged(case: &Case) -> bool {
    matches!(case.handling, Handling::Merged { .. })
}

/// Its row and its timeline are those that it ended with.
pub(super) fn a_merged_case_stays_as_it_was(before: &Seen, now: &Seen) -> Verdict {
    for old in before.cases.iter().filter(|case| is_merged(case)) {
        let same = now.cases.iter().any(|case| case == old);
        if !same || before.log[&old.id].len() != now.log[&old.id].len() {
            return Err(format!("{} was written after it was merged", old.id));
        }
    }
    Ok(())
}

/// Every verb there is, by an agent and by somebody who may do everything, with what is current.
pub(super) async fn a_merged_case_accepts_no_writes(house: &House, seen: &Seen, seed: u64) {
    let everything = principal("sam", &[Role::Agent, Role::Supervisor, Role::Admin, Role::Ingest]);
    let agent = principal("mia", &[Role::Agent]);
    for merged in seen.cases.iter().filter(|case| is_merged(case)).take(2) {
        for who in [&agent, &everything] {
            for fence in [merged.fence, 0] {
                try_everything(house, who, merged, fence, seen).await;
            }
        }
        let conn = house.look.reader();
        let now = case::get(&conn, &shop(), &merged.id).await.unwrap().unwrap();
        assert_eq!(now, *merged, "seed {seed}: {}", repeat(seed));
        let events = event::of_case(&conn, &shop(), &merged.id, 0, 10_000).await.unwrap();
        assert_eq!(events.len(), seen.log[&merged.id].len(), "seed {seed}: {}", repeat(seed));
    }
}

async fn refused<C: Command>(house: &House, who: &Principal, command: C) {
    assert!(house.app.perform(call(who), command).await.is_err(), "{} on a merged case", C::NAME);
}

async fn try_everything(house: &House, who: &Principal, merged: &Case, fence: i64, seen: &Seen) {
    let (case, version, shop) = (merged.id, merged.version, shop);
    let target = || Target { shop: shop(), case, fence, version };
    let note = || "a note".to_owned();
    let until = house.app.now() + Span::from_days(1);
    refused(house, who, ClaimCase { shop: shop(), case }).await;
    refused(house, who, AssignCase { shop: shop(), case, version, agent: None, note: note() }).await;
    let agent = Some("boss".parse().unwrap());
    refused(house, who, AssignCase { shop: shop(), case, version, agent, note: note() }).await;
    refused(house, who, ReleaseCase { target: target(), lease: None, note: note() }).await;
    refused(house, who, AddNote { target: target(), text: note() }).await;
    refused(house, who, EscalateCase { target: target(), why: note() }).await;
    refused(house, who, CancelCase { target: target(), note: note() }).await;
    refused(house, who, SnoozeCase { target: target(), until, note: note() }).await;
    for wait_for in [WaitFor::Buyer, WaitFor::ThirdParty] {
        refused(house, who, WaitCase { target: target(), wait_for, until: Some(until), note: note() }).await;
    }
    let outcome = Outcome::Other;
    refused(house, who, SolveCase { target: target(), outcome, note: note(), reason: None }).await;
    refused(house, who, ReopenCase { shop: shop(), case, version, note: note() }).await;
    let contact =
        RecordContact { target: target(), means: "CHAT".to_owned(), reached: true, text: note(), at: None };
    refused(house, who, contact).await;
    let content = Content::Text(note());
    let draft =
        DraftReply { shop: shop(), case, version, fence, public: false, language: String::new(), content };
    refused(house, who, draft).await;
    if let Some(other) = seen.cases.iter().find(|other| other.id != case && other.is_open()) {
        let (into, into_version) = (other.id, other.version);
        refused(house, who, MergeCase { target: target(), into, into_version, note: note() }).await;
        let target = Target { shop: shop(), case: other.id, fence, version: other.version };
        refused(house, who, MergeCase { target, into: case, into_version: version, note: note() }).await;
    }
}
