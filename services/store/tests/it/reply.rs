//! Replies and their templates: every stage reads back, and nobody overwrites what they have not seen.

use std::collections::BTreeMap;

use amends_domain::reply::template::Template;
use amends_domain::reply::{Destination, Reply, ReplyStage, ReplyState};
use amends_domain::{CaseId, MessageId, ReplyId, ShopId, TemplateId};
use amends_store::reply::{self, ReplyFilter};
use amends_store::{Store, StoreError};

use crate::case::{agent, at, shop};
use crate::sample::ODD;

conformance!(
    a_reply_reads_back_as_written_at_every_stage,
    a_reply_changes_only_from_the_version_that_was_read,
    replies_page_newest_first,
    one_message_of_the_channel_is_one_reply,
    the_replies_of_a_merged_case_move_and_lose_their_hold,
    a_template_reads_back_and_changes_only_from_the_version_that_was_read,
);

fn draft(number: u32, case: u32) -> Reply {
    Reply {
        id: ReplyId::from_bits(u128::from(number)),
        shop: shop(),
        case: CaseId::from_bits(u128::from(case)),
        fence: 3,
        author: agent("ana"),
        drafted_at: at(i64::from(number / 3)),
        destination: Destination::default(),
        language: String::new(),
        template: None,
        attempts: 0,
        approved_by: None,
        message: None,
        override_lock: false,
        state: ReplyState::Draft,
        version: 1,
    }
}

fn every_state() -> Vec<ReplyState> {
    let (at, until, why) = (at(5), at(9), || ODD.to_owned());
    vec![
        ReplyState::Draft,
        ReplyState::AwaitingApproval { at },
        ReplyState::Queued { at },
        ReplyState::Sending { at, until },
        ReplyState::Sent { at },
        ReplyState::Failed { at, why: why() },
        ReplyState::Unknown { at, why: String::new() },
        ReplyState::Withdrawn { at },
    ]
}

async fn insert(store: &Store, replies: &[Reply]) {
    let tx = store.begin().await.unwrap();
    reply::insert(replies).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_reply_reads_back_as_written_at_every_stage(store: Store) {
    let states = every_state();
    assert_eq!(states.iter().map(ReplyState::stage).collect::<Vec<_>>(), ReplyStage::ALL);
    let mut replies = Vec::new();
    for (number, state) in (1..).zip(states) {
        let mut full = draft(number, 1);
        full.destination = Destination {
            public: true,
            order: Some("O-1".parse().unwrap()),
            line: Some("L-1".parse().unwrap()),
            conversation: Some("C-1".parse().unwrap()),
            review: Some("R-1".parse().unwrap()),
        };
        full.language = "pt-BR".to_owned();
        full.template = Some("delay".parse().unwrap());
        full.approved_by = Some(agent("sue"));
        full.message = Some(format!("m{number}").parse().unwrap());
        (full.attempts, full.version, full.fence) = (u32::MAX, 7, i64::MAX);
        full.state = state.clone();
        let mut bare = draft(number + 100, 2);
        bare.state = state;
        replies.extend([full, bare]);
    }
    insert(&store, &replies).await;
    let reader = store.reader();
    for reply in &replies {
        assert_eq!(reply::get(&reader, &shop(), &reply.id).await.unwrap().as_ref(), Some(reply));
    }
    let elsewhere = ShopId::new("elsewhere").unwrap();
    assert!(reply::get(&reader, &elsewhere, &replies[0].id).await.unwrap().is_none());
    let message = |id: &str| (shop(), MessageId::new(id).unwrap());
    let found = reply::by_messages(&[message("m3"), message("nobody's")]).all(&reader).await.unwrap();
    assert_eq!(found, [replies[4].clone()]);
}

async fn a_reply_changes_only_from_the_version_that_was_read(store: Store) {
    insert(&store, &[draft(1, 1)]).await;
    let queued = Reply { state: ReplyState::Queued { at: at(7) }, version: 2, ..draft(1, 1) };
    let tx = store.begin().await.unwrap();
    reply::update(&[(queued.clone(), 1)]).run(&tx).await.unwrap();
    let late = reply::update(&[(queued.clone(), 1)]).run(&tx).await;
    assert!(matches!(late, Err(StoreError::Contended(_))));
    drop(tx);
    assert_eq!(reply::get(&store.reader(), &shop(), &queued.id).await.unwrap(), Some(draft(1, 1)));
}

async fn replies_page_newest_first(store: Store) {
    let mut all: Vec<Reply> = (1..=9).map(|n| draft(n, n % 2)).collect();
    all[2].state = ReplyState::Queued { at: at(1) };
    insert(&store, &all).await;
    let (reader, everything) = (store.reader(), ReplyFilter::default());
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = reply::list(&reader, &shop(), &everything, after.as_ref(), 4).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.drafted_at, last.id));
        seen.extend(page);
    }
    all.sort_by_key(|reply| std::cmp::Reverse((reply.drafted_at, reply.id)));
    assert_eq!(seen, all);
    let case = Some(CaseId::from_bits(1));
    let of_case =
        reply::list(&reader, &shop(), &ReplyFilter { case, stages: vec![] }, None, 9).await.unwrap();
    assert_eq!(of_case.len(), 5);
    let stages = vec![ReplyStage::Queued, ReplyStage::Failed];
    let queued = reply::list(&reader, &shop(), &ReplyFilter { case, stages }, None, 9).await.unwrap();
    assert_eq!(queued.iter().map(|reply| reply.id).collect::<Vec<_>>(), [ReplyId::from_bits(3)]);
}

async fn one_message_of_the_channel_is_one_reply(store: Store) {
    let named = |number| Reply { message: Some("m".parse().unwrap()), ..draft(number, 1) };
    insert(&store, &[named(1), draft(2, 1), draft(3, 1)]).await;
    let tx = store.begin().await.unwrap();
    let second = reply::update(&[(Reply { version: 2, ..named(2) }, 1)]).run(&tx).await;
    assert!(matches!(second, Err(StoreError::Contended(_))), "{second:?}");
}

async fn the_replies_of_a_merged_case_move_and_lose_their_hold(store: Store) {
    insert(&store, &[draft(1, 1), draft(2, 2)]).await;
    let case = |n: u32| CaseId::from_bits(u128::from(n));
    let tx = store.begin().await.unwrap();
    reply::absorb(&[(shop(), case(1), case(2))]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let reader = store.reader();
    let moved = reply::get(&reader, &shop(), &ReplyId::from_bits(1)).await.unwrap().unwrap();
    assert_eq!((moved.case, moved.fence, moved.version), (case(2), 0, 2));
    let other = reply::get(&reader, &shop(), &ReplyId::from_bits(2)).await.unwrap();
    assert_eq!(other, Some(draft(2, 2)));
}

async fn a_template_reads_back_and_changes_only_from_the_version_that_was_read(store: Store) {
    let id = |text: &str| TemplateId::new(text).unwrap();
    let one = Template {
        id: id("delay"),
        shop: shop(),
        texts: BTreeMap::from([("de".to_owned(), ODD.to_owned()), ("en".to_owned(), "é".to_owned())]),
        version: 1,
        changed_by: "sue".to_owned(),
        changed_at: at(3),
    };
    let (another, empty) = (
        Template { id: id("a"), ..one.clone() },
        Template { id: id("z"), texts: BTreeMap::new(), ..one.clone() },
    );
    let tx = store.begin().await.unwrap();
    for template in [&one, &another, &empty] {
        reply::template::insert(template).run(&tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let reader = store.reader();
    assert_eq!(reply::template::get(&reader, &shop(), &one.id).await.unwrap(), Some(one.clone()));
    let page = reply::template::list(&reader, &shop(), Some(&another.id), 9).await.unwrap();
    assert_eq!(page, [one.clone(), empty]);
    let tx = store.begin().await.unwrap();
    let newer = Template { version: 2, ..one };
    reply::template::update(&newer, 1).run(&tx).await.unwrap();
    let late = reply::template::update(&newer, 1).run(&tx).await;
    assert!(matches!(late, Err(StoreError::Contended(_))));
}
