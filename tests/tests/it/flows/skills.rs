//! What agents can take, and how much, over the wire.

use amends_app::Role;
use amends_client::{Client, v1};
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review};
use amends_tests::{Harness, flow, refusal, refused};
use prost_types::FieldMask;
use tonic::Code;
use v1::Reason;

flow!(
    skills_decide_who_gets_and_who_sees_which_case,
    skills_are_checked_in_every_field_and_only_named_ones_change,
    an_agents_capacity_comes_before_the_shops
);

fn name(agent: &str) -> String {
    format!("{MAIN}/agents/{agent}")
}

async fn read(h: &Harness, agent: &str) -> v1::Agent {
    h.client().call(v1::GetAgentRequest { name: name(agent) }).await.unwrap().agent.unwrap()
}

fn update(agent: v1::Agent, paths: &[&str]) -> v1::UpdateAgentRequest {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    v1::UpdateAgentRequest {
        agent: Some(agent),
        update_mask: Some(FieldMask { paths }),
        ..Default::default()
    }
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

async fn skills_decide_who_gets_and_who_sees_which_case(h: &Harness) {
    let case = complaint(h, 1).await;
    assert_eq!(h.case(&case).await.language, "en");
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    let skills = v1::AgentSkills { languages: vec!["id".to_owned()], ..Default::default() };
    let request = update(v1::Agent { skills: Some(skills), ..read(h, "mia").await }, &["skills.languages"]);
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let changed = sam.call(request.clone()).await.unwrap().agent.unwrap();
    assert_eq!(changed.skills.unwrap().languages, ["id"]);
    let stale = v1::UpdateAgentRequest { request_id: "other".to_owned(), ..request.clone() };
    let _ = refused(sam.call(stale).await, Code::Aborted, Reason::EtagMismatch);
    let _ = refused(mia.call(request).await, Code::PermissionDenied, Reason::RoleMissing);
    assert!(mia.call(next()).await.unwrap().case.is_none());
    let failure = refused(mia.call(claim(&case)).await, Code::FailedPrecondition, Reason::AgentNotSkilled);
    let fact = |name: &str| failure.metadata.get(name).cloned().unwrap_or_default();
    assert_eq!(
        (fact("skill"), fact("case"), fact("agent_has")),
        ("language".into(), "en".into(), "id".into())
    );
    let view = mia.call(v1::GetCaseRequest { name: case.clone() }).await.unwrap().view.unwrap();
    let button = view.next_actions.iter().find(|one| one.verb() == v1::CaseVerb::Claim).unwrap();
    assert!(!button.allowed);
    assert_eq!(button.refusals[0].reason(), Reason::AgentNotSkilled);
    let listed = async |client: &Client| {
        let request = v1::ListCasesRequest { parent: MAIN.to_owned(), ..Default::default() };
        client.call(request).await.unwrap().cases.len()
    };
    assert_eq!((listed(&mia).await, listed(&tom).await, listed(&sam).await), (0, 1, 1));
    assert_eq!(tom.call(next()).await.unwrap().case.unwrap().name, case);
}

async fn skills_are_checked_in_every_field_and_only_named_ones_change(h: &Harness) {
    let _ = h.client_as("mia", &[Role::Agent]).await;
    let before = read(h, "mia").await;
    let skills = v1::AgentSkills {
        languages: vec!["no language".to_owned(), String::new()],
        channels: vec!["No Channel".to_owned()],
        kinds: vec![0],
    };
    let wrong = v1::Agent { skills: Some(skills), capacity: 1_001, etag: String::new(), ..before.clone() };
    let request = update(wrong, &["skills", "capacity", "presence"]);
    let failure = refused(h.client().call(request).await, Code::InvalidArgument, Reason::InvalidField);
    let mut named = refusal::fields(&failure);
    named.sort_unstable();
    let expected = [
        "agent.capacity",
        "agent.etag",
        "agent.skills.channels[0]",
        "agent.skills.kinds[0]",
        "agent.skills.languages[0]",
        "agent.skills.languages[1]",
        "update_mask.paths[2]",
    ];
    assert_eq!(named, expected);
    let nothing = update(before.clone(), &[]);
    let _ = refused(h.client().call(nothing).await, Code::InvalidArgument, Reason::InvalidField);
    let skills = v1::AgentSkills {
        languages: vec!["de".to_owned(), "de".to_owned()],
        channels: vec!["own_store".to_owned()],
        kinds: vec![v1::CaseKind::Return.into()],
    };
    let all = v1::Agent { skills: Some(skills.clone()), capacity: 9, ..before };
    let after = h.client().call(update(all.clone(), &["skills.kinds"])).await.unwrap().agent.unwrap();
    let kinds = v1::AgentSkills { kinds: skills.kinds.clone(), ..Default::default() };
    assert_eq!((after.skills, after.capacity, after.etag.as_str()), (Some(kinds), 0, "2"));
    let all = v1::Agent { etag: after.etag, ..all };
    let after = h.client().call(update(all, &["skills", "capacity"])).await.unwrap().agent.unwrap();
    let whole = v1::AgentSkills { languages: vec!["de".to_owned()], ..skills };
    assert_eq!((after.skills, after.capacity_effective), (Some(whole), 9));
}

async fn an_agents_capacity_comes_before_the_shops(h: &Harness) {
    for n in 0..4 {
        complaint(h, n).await;
    }
    let policy = v1::GetPolicyRequest { name: format!("{MAIN}/policy") };
    let policy = h.client().call(policy).await.unwrap().policy.unwrap();
    let rule = |cases: i32, policy: &v1::Policy| {
        let rules = v1::ShopRules { agent_capacity: Some(cases), ..Default::default() };
        let paths = vec!["shop_rules.agent_capacity".to_owned()];
        v1::UpdatePolicyRequest {
            policy: Some(v1::Policy { shop_rules: Some(rules), ..policy.clone() }),
            update_mask: Some(FieldMask { paths }),
            ..Default::default()
        }
    };
    for wrong in [0, -1, 1_001] {
        let refusal = h.client().call(rule(wrong, &policy)).await;
        let _ = refused(refusal, Code::InvalidArgument, Reason::InvalidField);
    }
    let policy = h.client().call(rule(1, &policy)).await.unwrap().policy.unwrap();
    assert_eq!(policy.shop_rules.unwrap().agent_capacity, Some(1));
    let mia = h.client_as("mia", &[Role::Agent]).await;
    assert!(mia.call(next()).await.unwrap().case.is_some());
    let full = (Code::FailedPrecondition, Reason::AgentAtCapacity);
    let failure = refused(mia.call(next()).await, full.0, full.1);
    assert_eq!((failure.metadata["held"].as_str(), failure.metadata["max"].as_str()), ("1", "1"));
    let own = update(v1::Agent { capacity: 2, ..read(h, "mia").await }, &["capacity"]);
    let agent = h.client().call(own).await.unwrap().agent.unwrap();
    assert_eq!((agent.capacity, agent.capacity_effective, agent.held_cases), (2, 2, 1));
    assert!(mia.call(next()).await.unwrap().case.is_some());
    let _ = refused(mia.call(next()).await, full.0, full.1);
}
