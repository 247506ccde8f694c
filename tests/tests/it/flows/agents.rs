//! Agents and their presence, over the wire.

use amends_app::Role;
use amends_client::{Client, v1};
use amends_domain::Span;
use amends_tests::desk::Desk;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, message, order, review, time};
use amends_tests::{Harness, flow, refusal, refused};
use prost_types::Duration;
use tonic::Code;
use v1::{AgentPresence, CaseState, Reason};

flow!(
    an_agent_is_whoever_has_a_key_to_work_the_cases_of_the_shop,
    the_agents_of_a_shop_come_page_by_page_and_by_presence,
    who_is_away_or_gone_claims_nothing_and_is_told_why,
    an_agent_who_leaves_gives_back_what_they_hold,
    a_presence_that_runs_out_gives_back_what_its_agent_holds,
    shifts_are_told_on_the_event_stream,
    a_presence_is_checked_in_every_field,
    a_repeated_request_is_answered_once,
    a_buyers_answer_goes_to_the_owner_who_is_there,
    a_supervisor_assigns_to_whoever_is_not_offline
);

fn name(agent: &str) -> String {
    format!("{MAIN}/agents/{agent}")
}

fn set(agent: &str, presence: AgentPresence, minutes: Option<i64>) -> v1::SetPresenceRequest {
    let ttl = minutes.map(|minutes| Duration { seconds: minutes * 60, nanos: 0 });
    v1::SetPresenceRequest { name: name(agent), presence: presence.into(), ttl, ..Default::default() }
}

/// An agent of that name says what they are.
async fn says(client: &Client, presence: AgentPresence, minutes: Option<i64>) -> v1::Agent {
    client.call(set("-", presence, minutes)).await.unwrap().agent.unwrap()
}

async fn read(h: &Harness, agent: &str) -> v1::Agent {
    h.client().call(v1::GetAgentRequest { name: name(agent) }).await.unwrap().agent.unwrap()
}

fn list(presences: &[AgentPresence]) -> v1::ListAgentsRequest {
    let presences = presences.iter().map(|presence| (*presence).into()).collect();
    v1::ListAgentsRequest { parent: MAIN.to_owned(), presences, ..Default::default() }
}

async fn complaint(h: &Harness, n: usize) -> String {
    h.say(order(&format!("o{n}"))).await;
    h.say(review(&format!("r{n}"), &format!("o{n}"), 1, LEAKS)).await.case
}

fn next() -> v1::ClaimNextCaseRequest {
    v1::ClaimNextCaseRequest { parent: MAIN.to_owned(), ..Default::default() }
}

fn claim(case: &str) -> v1::ClaimCaseRequest {
    v1::ClaimCaseRequest { name: case.to_owned(), ..Default::default() }
}

async fn an_agent_is_whoever_has_a_key_to_work_the_cases_of_the_shop(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let _ = h.client_as("feed", &[Role::Ingest]).await;
    let other = h.open_shop("other", "etsy").await;
    let _ = h.client_in("away", &[Role::Agent], &[&other]).await;
    let own = mia.call(v1::GetAgentRequest { name: name("-") }).await.unwrap().agent.unwrap();
    assert_eq!((own.name.as_str(), own.presence, own.etag.as_str()), (name("mia").as_str(), None, "1"));
    assert_eq!((own.capacity, own.capacity_effective, own.held_cases), (0, 20, 0));
    for nobody in ["feed", "away", "nobody"] {
        let get = v1::GetAgentRequest { name: name(nobody) };
        let _ = refused(mia.call(get).await, Code::NotFound, Reason::AgentNotFound);
    }
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let nobody = set("nobody", AgentPresence::Offline, None);
    let _ = refused(sam.call(nobody).await, Code::NotFound, Reason::AgentNotFound);
    let nan = h.client_as("nan", &[Role::Analyst]).await;
    let _ = refused(nan.call(list(&[])).await, Code::PermissionDenied, Reason::RoleMissing);
}

async fn the_agents_of_a_shop_come_page_by_page_and_by_presence(h: &Harness) {
    for agent in ["mia", "tom b", "zoe"] {
        let client = h.client_as(agent, &[Role::Agent]).await;
        if agent != "mia" {
            says(&client, AgentPresence::Available, Some(60)).await;
        }
    }
    let names = |answer: &v1::ListAgentsResponse| -> Vec<String> {
        answer.agents.iter().map(|agent| agent.name.clone()).collect()
    };
    let first = v1::ListAgentsRequest { page_size: 2, ..list(&[]) };
    let page = h.client().call(first.clone()).await.unwrap();
    assert_eq!(names(&page), [name("mia"), name("root")]);
    let rest = v1::ListAgentsRequest { page_token: page.next_page_token.clone(), ..first };
    let page = h.client().call(rest).await.unwrap();
    assert_eq!(names(&page), [name("tom b"), name("zoe")]);
    let rest = v1::ListAgentsRequest { page_size: 1, ..list(&[AgentPresence::Available]) };
    let there = h.client().call(rest.clone()).await.unwrap();
    assert_eq!(names(&there), [name("tom b")]);
    let rest = v1::ListAgentsRequest { page_token: there.next_page_token, ..rest };
    assert_eq!(names(&h.client().call(rest.clone()).await.unwrap()), [name("zoe")]);
    let foreign = v1::ListAgentsRequest { presences: Vec::new(), ..rest };
    let _ = refused(h.client().call(foreign).await, Code::InvalidArgument, Reason::PageTokenInvalid);
    let gone = h.client().call(list(&[AgentPresence::Offline])).await.unwrap();
    assert!(gone.agents.is_empty(), "who never told a presence has none");
}

async fn who_is_away_or_gone_claims_nothing_and_is_told_why(h: &Harness) {
    let case = complaint(h, 1).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let away = says(&mia, AgentPresence::Away, Some(30)).await;
    assert_eq!(time(away.presence_expire_time), h.now() + Span::from_minutes(30));
    let (precondition, reason) = (Code::FailedPrecondition, Reason::AgentNotAvailable);
    let failure = refused(mia.call(next()).await, precondition, reason);
    let fact = |name: &str| failure.metadata.get(name).cloned().unwrap_or_default();
    assert_eq!((fact("agent"), fact("presence")), ("mia".to_owned(), "AWAY".to_owned()));
    assert!(fact("since") < fact("until"), "{failure}");
    assert!(failure.to_string().contains("agent available"), "it says what to do: {failure}");
    h.advance(Span::from_minutes(31)).await;
    let failure = refused(mia.call(claim(&case)).await, precondition, reason);
    assert_eq!(failure.metadata["presence"], "OFFLINE");
    assert!(!failure.metadata.contains_key("until"));
    says(&mia, AgentPresence::Available, None).await;
    assert_eq!(mia.call(next()).await.unwrap().case.unwrap().name, case);
}

async fn an_agent_who_leaves_gives_back_what_they_hold(h: &Harness) {
    let (first, second) = (complaint(h, 1).await, complaint(h, 2).await);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    says(&mia, AgentPresence::Available, Some(480)).await;
    let mut desk = Desk::work_on(&mia, &first).await;
    mia.call(claim(&second)).await.unwrap();
    assert_eq!(read(h, "mia").await.held_cases, 2);
    let gone = says(&mia, AgentPresence::Offline, None).await;
    assert_eq!(
        (gone.presence(), gone.presence_expire_time, gone.held_cases),
        (AgentPresence::Offline, None, 0)
    );
    for case in [&first, &second] {
        let back = h.case(case).await;
        assert_eq!((back.state(), back.abandon_count), (CaseState::Queued, 0));
        let last = h.timeline(case).await.pop().unwrap();
        let Some(v1::timeline_entry::Entry::CaseRequeued(back)) = last.entry else { panic!("{last:?}") };
        assert_eq!((back.reason(), back.agent.as_str()), (v1::RequeueReason::AgentGone, "mia"));
    }
    let _ = refused(desk.renew().await, Code::Aborted, Reason::LeaseLost);
    let _ = refused(desk.note("too late").await, Code::Aborted, Reason::EtagMismatch);
}

async fn a_presence_that_runs_out_gives_back_what_its_agent_holds(h: &Harness) {
    let case = complaint(h, 1).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    for abandoned in 1..=3 {
        says(&mia, AgentPresence::Available, Some(2)).await;
        mia.call(claim(&case)).await.unwrap();
        h.advance(Span::from_minutes(3)).await;
        assert_eq!(h.case(&case).await.abandon_count, abandoned);
        assert_eq!(read(h, "mia").await.presence(), AgentPresence::Offline);
    }
    assert_eq!(h.case(&case).await.level, 1, "the third goes to a supervisor");
    let last = h.timeline(&case).await;
    let reasons = last.iter().filter_map(|entry| match &entry.entry {
        Some(v1::timeline_entry::Entry::CaseRequeued(back)) => Some(back.reason()),
        _ => None,
    });
    assert_eq!(reasons.collect::<Vec<_>>(), [v1::RequeueReason::AgentGone; 3]);
}

async fn shifts_are_told_on_the_event_stream(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    says(&mia, AgentPresence::Available, Some(60)).await;
    says(&mia, AgentPresence::Available, Some(60)).await;
    says(&mia, AgentPresence::Away, Some(10)).await;
    h.advance(Span::from_minutes(11)).await;
    let event_types = vec!["amends.agent.*".to_owned()];
    let request = v1::ListEventsRequest { parent: MAIN.to_owned(), event_types, ..Default::default() };
    let events = h.client().call(request).await.unwrap().events;
    let told: Vec<&str> = events.iter().map(|event| event.event_type.as_str()).collect();
    assert_eq!(told, ["amends.agent.available.v1", "amends.agent.away.v1", "amends.agent.offline.v1"]);
    for event in &events {
        assert_eq!((event.subject.as_str(), event.case.as_str()), (name("mia").as_str(), ""));
    }
    let Some(v1::event::Resource::AgentSnapshot(away)) = &events[1].resource else { panic!("{events:?}") };
    assert_eq!(away.presence(), AgentPresence::Away);
    assert_eq!(time(away.presence_expire_time), h.now() - Span::from_minutes(1));
}

async fn a_presence_is_checked_in_every_field(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let wrong = v1::SetPresenceRequest {
        name: "mia".to_owned(),
        presence: 9,
        ttl: Some(Duration { seconds: 1, nanos: 0 }),
        ..Default::default()
    };
    let failure = refused(mia.call(wrong).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["name", "presence", "ttl"]);
    let long = set("mia", AgentPresence::Available, Some(13 * 60));
    let failure = refused(mia.call(long).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["ttl"]);
    let gone_for = set("mia", AgentPresence::Offline, Some(5));
    let failure = refused(mia.call(gone_for).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["ttl"]);
    let unset = v1::SetPresenceRequest { name: name("mia"), ..Default::default() };
    let failure = refused(mia.call(unset).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["presence"]);
    let others = set("root", AgentPresence::Offline, None);
    let _ = refused(mia.call(others).await, Code::PermissionDenied, Reason::RoleMissing);
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let here = set("mia", AgentPresence::Available, None);
    let _ = refused(sam.call(here).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(read(h, "mia").await.presence, None, "nothing of it was done");
}

async fn a_repeated_request_is_answered_once(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let away =
        v1::SetPresenceRequest { request_id: "p-1".to_owned(), ..set("mia", AgentPresence::Away, Some(30)) };
    let first = mia.call(away.clone()).await.unwrap();
    says(&mia, AgentPresence::Available, None).await;
    assert_eq!(mia.call(away.clone()).await.unwrap(), first);
    assert_eq!(read(h, "mia").await.presence(), AgentPresence::Available, "it was not done again");
    let other = v1::SetPresenceRequest { ttl: None, ..away };
    let _ = refused(mia.call(other).await, Code::InvalidArgument, Reason::RequestIdReused);
}

async fn a_buyers_answer_goes_to_the_owner_who_is_there(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let answer = |n: usize| message(&format!("m{n}"), &format!("o{n}"), "Here is the photo you asked for.");
    for (n, there) in [(1, true), (2, false)] {
        let case = complaint(h, n).await;
        says(&mia, AgentPresence::Available, Some(60)).await;
        let mut desk = Desk::work_on(&mia, &case).await;
        desk.wait(v1::WaitReason::Buyer, None).await.unwrap();
        if !there {
            says(&mia, AgentPresence::Away, Some(60)).await;
        }
        h.say(answer(n)).await;
        let back = h.case(&case).await;
        let expected = if there { CaseState::Working } else { CaseState::Queued };
        assert_eq!((back.state(), back.agent.as_str()), (expected, "mia"));
        if there {
            assert_eq!(back.fence, desk.lease.fence + 1);
            let lease = mia.call(claim(&case)).await.unwrap().lease.unwrap();
            desk.lease = lease;
            desk.look().await;
            desk.note("on it again").await.unwrap();
            let timeline = h.timeline(&case).await;
            let handed = timeline.iter().find_map(|entry| match &entry.entry {
                Some(v1::timeline_entry::Entry::CaseHandedBack(handed)) => Some(handed.agent.clone()),
                _ => None,
            });
            assert_eq!(handed.as_deref(), Some("mia"));
        }
    }
}

async fn a_supervisor_assigns_to_whoever_is_not_offline(h: &Harness) {
    let case = complaint(h, 1).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let seen = h.case(&case).await;
    let assign = v1::AssignCaseRequest {
        name: case.clone(),
        etag: seen.etag,
        agent: "mia".to_owned(),
        ..Default::default()
    };
    sam.call(set("mia", AgentPresence::Offline, None)).await.unwrap();
    let refusal = sam.call(assign.clone()).await;
    let failure = refused(refusal, Code::FailedPrecondition, Reason::AgentNotAvailable);
    assert_eq!(
        (failure.metadata["agent"].as_str(), failure.metadata["presence"].as_str()),
        ("mia", "OFFLINE")
    );
    says(&mia, AgentPresence::Away, None).await;
    assert_eq!(sam.call(assign).await.unwrap().case.unwrap().agent, "mia");
}
