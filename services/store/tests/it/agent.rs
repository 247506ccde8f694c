//! Agents: what is said of them, and what they hold.

use amends_domain::agent::{Agent, Presence, Reach, Skills, Told};
use amends_domain::case::{Case, CaseKind, Handling, Lease};
use amends_domain::shop::Channel;
use amends_domain::{AgentId, LeaseId};
use amends_store::case::{CaseFilter, CaseOrder};
use amends_store::{Engine, Store, agent, case};

use crate::case::{agent as named, at, insert, opened, shop};

conformance!(
    an_agent_is_read_back_as_written,
    how_agents_stand_is_asked_at_once,
    the_cases_an_agent_holds_are_found,
    a_case_within_reach_is_found_behind_many_that_are_not,
    languages_are_compared_as_the_rules_do,
    a_list_shows_what_is_within_reach_and_what_is_ones_own,
    nobody_leaves_while_another_relies_on_their_presence,
);

fn odd() -> Agent {
    let channels = ["own_store", "shopee.sg"].map(|name| Channel::new(name).unwrap()).to_vec();
    let languages = vec!["pt-BR".to_owned(), "id".to_owned()];
    Agent {
        skills: Skills { languages, channels, kinds: vec![CaseKind::Return, CaseKind::Review] },
        capacity: Some(7),
        told: Some(Told { presence: Presence::Away, since: at(1), until: Some(at(2)) }),
        version: 3,
        ..Agent::unknown(shop(), named("ana b: 50%"))
    }
}

async fn keep(store: &Store, agents: &[Agent]) {
    let tx = store.begin().await.unwrap();
    tx.send([agent::put(agents)]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn an_agent_is_read_back_as_written(store: Store) {
    let offline = Told { presence: Presence::Offline, since: at(9), until: None };
    let bare = Agent { told: Some(offline), ..Agent::unknown(shop(), named("bo")) };
    keep(&store, &[odd(), Agent::unknown(shop(), named("bo"))]).await;
    keep(&store, std::slice::from_ref(&bare)).await;
    let reader = store.reader();
    for one in [odd(), bare] {
        let key = [(shop(), one.id.clone())];
        assert_eq!(agent::by_ids(&key).all(&reader).await.unwrap(), std::slice::from_ref(&one));
        let tx = store.begin().await.unwrap();
        assert_eq!(agent::alone(&tx, &shop(), &one.id).await.unwrap(), one);
        assert_eq!(agent::stay(&tx, &key).await.unwrap(), [one]);
        tx.rollback().await.unwrap();
    }
    assert_eq!(agent::names(&reader, &shop()).await.unwrap(), [named("ana b: 50%"), named("bo")]);
}

fn held_by(name: &str, number: u32) -> Case {
    let lease = Lease { id: LeaseId::from_bits(1), agent: named(name), expires_at: at(9) };
    Case { handling: Handling::Working(lease), ..opened(&shop(), number, at(1)) }
}

async fn how_agents_stand_is_asked_at_once(store: Store) {
    keep(&store, &[odd()]).await;
    let parked = Handling::Snoozed { owner: named("cleo"), until: at(2) };
    let parked = Case { handling: parked, ..opened(&shop(), 4, at(1)) };
    insert(&store, &[held_by("cleo", 1), held_by("cleo", 2), held_by("ana b: 50%", 3), parked]).await;
    let names: Vec<AgentId> = ["ana b: 50%", "bo", "cleo"].map(named).to_vec();
    let before = store.counters().statements();
    let standings = agent::standings(&store.reader(), &shop(), &names).await.unwrap();
    assert_eq!(store.counters().statements() - before, 1);
    let of = |name: &str| standings.get(&named(name)).map(|s| (s.agent.clone(), s.held)).unwrap();
    assert_eq!(of("ana b: 50%"), (odd(), 1));
    assert_eq!(of("bo"), (Agent::unknown(shop(), named("bo")), 0));
    assert_eq!(of("cleo"), (Agent::unknown(shop(), named("cleo")), 2));
    assert!(agent::standings(&store.reader(), &shop(), &[]).await.unwrap().is_empty());
}

async fn the_cases_an_agent_holds_are_found(store: Store) {
    insert(&store, &[held_by("cleo", 2), held_by("bo", 3), opened(&shop(), 4, at(1)), held_by("cleo", 1)])
        .await;
    let held = case::held_by(&store.reader(), &shop(), &named("cleo")).await.unwrap();
    assert_eq!(held.iter().map(|c| c.id.bits()).collect::<Vec<_>>(), [1, 2]);
}

async fn within(store: &Store, reach: &Reach, limit: u32) -> Vec<u128> {
    let tx = store.begin().await.unwrap();
    let found = case::claimable(&tx, &shop(), &[named("ana")], 0, reach, limit).await.unwrap();
    tx.rollback().await.unwrap();
    found.iter().map(|c| c.id.bits()).collect()
}

async fn a_case_within_reach_is_found_behind_many_that_are_not(store: Store) {
    let mut cases: Vec<Case> = (1..=6_000).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    cases[5_990].kind = CaseKind::Delivery;
    cases[5_995].kind = CaseKind::Delivery;
    cases[5_995].preferred_agent = Some(named("ana"));
    insert(&store, &cases).await;
    let deliveries = Reach::of(&[CaseKind::Delivery], &[]);
    assert_eq!(within(&store, &deliveries, 5).await, [5_991, 5_996]);
    assert_eq!(within(&store, &deliveries, 1).await, [5_991, 5_996]);
    assert_eq!(within(&store, &Reach::nothing(), 5).await, [0_u128; 0]);
    assert_eq!(within(&store, &Reach::default(), 2).await, [1, 2, 5_996]);
}

const TAGS: [&str; 8] = ["", "und", "UND", "de", "de-AT", "DE-ch", "den", "id"];

async fn languages_are_compared_as_the_rules_do(store: Store) {
    let language =
        |(n, tag): (u32, &&str)| Case { language: (*tag).to_owned(), ..opened(&shop(), n, at(i64::from(n))) };
    let cases: Vec<Case> = (1..).zip(&TAGS).map(language).collect();
    insert(&store, &cases).await;
    for spoken in [vec![], vec!["de"], vec!["de-DE", "id"], vec!["fr"], vec!["und"]] {
        let spoken: Vec<String> = spoken.into_iter().map(str::to_owned).collect();
        let reach = Reach::of(&[], &spoken);
        let expected = cases.iter().filter(|case| reach.fits(case)).map(|case| case.id.bits());
        assert_eq!(within(&store, &reach, 20).await, expected.collect::<Vec<_>>(), "{spoken:?}");
    }
    let neither = Reach::of(&[], &["de".to_owned()]).and(Reach::of(&[], &["id".to_owned()]));
    assert_eq!(within(&store, &neither, 20).await, [1, 2, 3], "only what is unknown is left");
}

async fn a_list_shows_what_is_within_reach_and_what_is_ones_own(store: Store) {
    let mut cases: Vec<Case> = (1..=4).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    cases[1].kind = CaseKind::Return;
    cases[2].preferred_agent = Some(named("ana"));
    cases.push(held_by("ana", 5));
    insert(&store, &cases).await;
    let list = async |reach: Reach| {
        let filter = CaseFilter { within: Some((reach, named("ana"))), ..CaseFilter::default() };
        let found = case::list(&store.reader(), &shop(), &filter, CaseOrder::Queue, None, 10).await.unwrap();
        let mut found: Vec<u128> = found.iter().map(|c| c.id.bits()).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(list(Reach::of(&[CaseKind::Return], &[])).await, [2, 3, 5]);
    assert_eq!(list(Reach::nothing()).await, [3, 5]);
    assert_eq!(list(Reach::default()).await, [1, 2, 3, 4, 5]);
}

async fn nobody_leaves_while_another_relies_on_their_presence(store: Store) {
    if store.engine() == Engine::Sqlite {
        // One writer: whoever leaves does so before or after.
        return;
    }
    keep(&store, &[odd()]).await;
    let relies = store.begin().await.unwrap();
    assert_eq!(agent::stay(&relies, &[(shop(), odd().id)]).await.unwrap(), [odd()]);
    let leaves = tokio::spawn({
        let store = store.clone();
        async move {
            let tx = store.begin().await.unwrap();
            let found = agent::alone(&tx, &shop(), &odd().id).await.unwrap();
            tx.rollback().await.unwrap();
            found
        }
    });
    let changed = Agent { version: 4, ..odd() };
    relies.send([agent::put(std::slice::from_ref(&changed))]).await.unwrap();
    relies.commit().await.unwrap();
    assert_eq!(leaves.await.unwrap(), changed, "it waited, and saw what came before");
}
