//! Every verb of cases and replies, refused in every way that all of them share: with the same code,
//! the same reason, and what the caller needs to go on.

use amends_app::Role;
use amends_client::{Client, Error, v1};
use amends_domain::Span;
use amends_tests::make::{LEAKS, review, stamp};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::draft_reply_request::Content;
use v1::{CaseOutcome, ContactMedium, Reason, WaitReason};

flow!(
    a_stale_etag_is_told_the_current_one_by_every_verb,
    a_stale_fence_is_told_the_current_one_by_every_verb,
    whoever_only_reads_may_use_no_verb,
    the_cases_of_another_shop_are_not_there_for_any_verb,
    a_merged_case_names_its_heir_to_every_verb,
    a_closed_case_takes_no_verb,
    a_case_that_is_unknown_is_not_found_by_any_verb
);

/// What a caller shows with a verb.
struct Shown {
    client: Client,
    case: String,
    etag: String,
    lease: v1::Lease,
    /// A draft on the case, and another case of the same buyer.
    reply: String,
    other: v1::Case,
    soon: prost_types::Timestamp,
}

type Told = Vec<(&'static str, Result<(), Error>)>;

/// Names that stand for those verbs that take no etag, no fence, or are for certain people.
const NO_ETAG: [&str; 2] = ["claim", "renew"];
const NO_FENCE: [&str; 5] = ["claim", "assign", "take back", "reopen", "approve"];

impl Shown {
    /// Two cases of one buyer; the first is worked by that client, who wrote a draft on it.
    async fn by(h: &Harness, client: &Client) -> Self {
        let mut cases = Vec::new();
        for (r, o) in [("r1", "o1"), ("r2", "o2")] {
            let said = v1::ReviewSignal { buyer_id: "buyer".to_owned(), ..review(r, o, 1, LEAKS) };
            cases.push(h.say(said).await.case);
        }
        let desk = Desk::work_on(client, &cases[0]).await;
        let draft = v1::DraftReplyRequest {
            case: desk.case.name.clone(),
            etag: desk.case.etag.clone(),
            fence: desk.lease.fence,
            content: Some(Content::Text("A new one leaves today.".to_owned())),
            ..Default::default()
        };
        let drafted = client.call(draft).await.unwrap();
        Self {
            client: client.clone(),
            case: desk.case.name,
            etag: drafted.case.unwrap().etag,
            lease: desk.lease,
            reply: drafted.reply.unwrap().name,
            other: h.case(&cases[1]).await,
            soon: stamp(h.now() + Span::from_hours(1)),
        }
    }

    fn to(&self, client: &Client) -> Self {
        Self {
            client: client.clone(),
            case: self.case.clone(),
            etag: self.etag.clone(),
            lease: self.lease.clone(),
            reply: self.reply.clone(),
            other: self.other.clone(),
            soon: self.soon,
        }
    }

    async fn look(&mut self, h: &Harness) {
        self.etag = h.case(&self.case).await.etag;
        self.other = h.case(&self.other.name).await;
    }

    /// Every verb, one after the other: all of them are to be refused, so the order is nothing.
    async fn all(&self) -> Told {
        let mut told = self.holding().await;
        told.extend(self.working().await);
        told.extend(self.ending().await);
        told.extend(self.replying().await);
        told
    }

    async fn holding(&self) -> Told {
        let (name, etag, fence) = (self.case.clone(), self.etag.clone(), self.lease.fence);
        let lease_id = self.lease.lease_id.clone();
        let client = &self.client;
        let claim = v1::ClaimCaseRequest { name: name.clone(), ..Default::default() };
        let renew = v1::RenewLeaseRequest {
            name: name.clone(),
            lease_id: lease_id.clone(),
            fence,
            ..Default::default()
        };
        let release = v1::ReleaseCaseRequest {
            name: name.clone(),
            etag: etag.clone(),
            fence,
            lease_id,
            ..Default::default()
        };
        let assign = v1::AssignCaseRequest { name, etag, agent: "root".to_owned(), ..Default::default() };
        let take_back = v1::AssignCaseRequest { agent: String::new(), ..assign.clone() };
        vec![
            ("claim", client.call(claim).await.map(drop)),
            ("renew", client.call(renew).await.map(drop)),
            ("release", client.call(release).await.map(drop)),
            ("assign", client.call(assign).await.map(drop)),
            ("take back", client.call(take_back).await.map(drop)),
        ]
    }

    async fn working(&self) -> Told {
        let (name, etag, fence) = (self.case.clone(), self.etag.clone(), self.lease.fence);
        let client = &self.client;
        let note = v1::AddCaseNoteRequest {
            name: name.clone(),
            etag: etag.clone(),
            fence,
            text: "Asked.".to_owned(),
            ..Default::default()
        };
        let contact = v1::RecordContactRequest {
            name: name.clone(),
            etag: etag.clone(),
            fence,
            medium: ContactMedium::Chat.into(),
            text: "Hello.".to_owned(),
            ..Default::default()
        };
        let wait = v1::WaitCaseRequest {
            name: name.clone(),
            etag: etag.clone(),
            fence,
            wait_reason: WaitReason::Buyer.into(),
            ..Default::default()
        };
        let until_time = Some(self.soon);
        let snooze = v1::SnoozeCaseRequest {
            name: name.clone(),
            etag: etag.clone(),
            fence,
            until_time,
            ..Default::default()
        };
        let escalate = v1::EscalateCaseRequest {
            name,
            etag,
            fence,
            escalation_reason: "help".to_owned(),
            ..Default::default()
        };
        vec![
            ("note", client.call(note).await.map(drop)),
            ("contact", client.call(contact).await.map(drop)),
            ("wait", client.call(wait).await.map(drop)),
            ("snooze", client.call(snooze).await.map(drop)),
            ("escalate", client.call(escalate).await.map(drop)),
        ]
    }

    async fn ending(&self) -> Told {
        let (name, etag, fence) = (self.case.clone(), self.etag.clone(), self.lease.fence);
        let client = &self.client;
        let note = "as agreed".to_owned();
        let solve = v1::SolveCaseRequest {
            name: name.clone(),
            etag: etag.clone(),
            fence,
            outcome: CaseOutcome::TalkedThrough.into(),
            note: note.clone(),
            ..Default::default()
        };
        let reopen = v1::ReopenCaseRequest {
            name: name.clone(),
            etag: etag.clone(),
            note: note.clone(),
            ..Default::default()
        };
        let merge = v1::MergeCaseRequest {
            name: name.clone(),
            etag: etag.clone(),
            fence,
            into: self.other.name.clone(),
            into_etag: self.other.etag.clone(),
            note: note.clone(),
            ..Default::default()
        };
        let cancel = v1::CancelCaseRequest { name, etag, fence, note, ..Default::default() };
        vec![
            ("solve", client.call(solve).await.map(drop)),
            ("reopen", client.call(reopen).await.map(drop)),
            ("merge", client.call(merge).await.map(drop)),
            ("cancel", client.call(cancel).await.map(drop)),
        ]
    }

    async fn replying(&self) -> Told {
        let (etag, fence) = (self.etag.clone(), self.lease.fence);
        let client = &self.client;
        let draft = v1::DraftReplyRequest {
            case: self.case.clone(),
            etag: etag.clone(),
            fence,
            content: Some(Content::Text("Hello.".to_owned())),
            ..Default::default()
        };
        let name = self.reply.clone();
        let queue =
            v1::QueueReplyRequest { name: name.clone(), etag: etag.clone(), fence, ..Default::default() };
        let approve =
            v1::ApproveReplyRequest { name: name.clone(), etag: etag.clone(), ..Default::default() };
        let withdraw = v1::WithdrawReplyRequest { name, etag, fence, ..Default::default() };
        vec![
            ("draft", client.call(draft).await.map(drop)),
            ("queue", client.call(queue).await.map(drop)),
            ("approve", client.call(approve).await.map(drop)),
            ("withdraw", client.call(withdraw).await.map(drop)),
        ]
    }
}

/// All but these verbs, each with its name in what is said when it fails.
fn but(told: Told, left_out: &[&str]) -> impl Iterator<Item = (&'static str, Result<(), Error>)> {
    let left_out: Vec<String> = left_out.iter().map(|name| (*name).to_owned()).collect();
    told.into_iter().filter(move |(name, result)| {
        eprintln!("{name}: {result:?}");
        !left_out.iter().any(|out| out == name)
    })
}

async fn a_stale_etag_is_told_the_current_one_by_every_verb(h: &Harness) {
    let mut shown = Shown::by(h, h.client()).await;
    let current = shown.etag.clone();
    shown.etag = "1".to_owned();
    // What is not solved cannot be opened again, whatever was seen.
    for (_, result) in but(shown.all().await, &[&NO_ETAG[..], &["reopen"]].concat()) {
        let failure = refused(result, Code::Aborted, Reason::EtagMismatch);
        assert_eq!(failure.metadata["current_etag"], current, "{failure}");
    }
    assert_eq!(h.case(&shown.case).await.etag, current, "nothing was written");
    let mut desk = Desk { client: shown.client.clone(), case: h.case(&shown.case).await, lease: shown.lease };
    desk.solve(CaseOutcome::TalkedThrough).await.unwrap();
    let reopen = v1::ReopenCaseRequest { name: shown.case, etag: "1".to_owned(), ..Default::default() };
    let failure = refused(h.client().call(reopen).await, Code::Aborted, Reason::EtagMismatch);
    assert_eq!(failure.metadata["current_etag"], desk.case.etag);
}

async fn a_stale_fence_is_told_the_current_one_by_every_verb(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let mut shown = Shown::by(h, &mia).await;
    let assign = v1::AssignCaseRequest {
        name: shown.case.clone(),
        etag: shown.etag.clone(),
        agent: "root".to_owned(),
        ..Default::default()
    };
    let given = h.client().call(assign).await.unwrap();
    let mut desk =
        Desk { client: h.client().clone(), case: given.case.unwrap(), lease: given.lease.unwrap() };
    desk.contact("I go on.").await.unwrap();
    shown.look(h).await;
    let for_others = ["cancel"];
    for (name, result) in but(shown.all().await, &[&NO_FENCE[..], &for_others].concat()) {
        let failure = refused(result, Code::Aborted, Reason::FenceStale);
        assert_eq!(failure.metadata["current_fence"], desk.lease.fence.to_string(), "{name}");
        assert_eq!(failure.metadata["current_etag"], shown.etag, "{name}");
    }
    assert_eq!(h.case(&shown.case).await.etag, shown.etag, "nothing was written");
}

async fn whoever_only_reads_may_use_no_verb(h: &Harness) {
    let shown = Shown::by(h, h.client()).await;
    let nan = h.client_as("nan", &[Role::Analyst]).await;
    for (_, result) in but(shown.to(&nan).all().await, &[]) {
        let _ = refused(result, Code::PermissionDenied, Reason::RoleMissing);
    }
    let next =
        v1::ClaimNextCaseRequest { parent: amends_tests::harness::MAIN.to_owned(), ..Default::default() };
    let _ = refused(nan.call(next).await, Code::PermissionDenied, Reason::RoleMissing);
    // And what is for supervisors is for no agent, nor is a connector's work.
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let told = shown.to(&mia).all().await;
    for (_, result) in
        told.into_iter().filter(|(name, _)| ["assign", "take back", "cancel", "approve"].contains(name))
    {
        let _ = refused(result, Code::PermissionDenied, Reason::RoleMissing);
    }
}

async fn the_cases_of_another_shop_are_not_there_for_any_verb(h: &Harness) {
    let shown = Shown::by(h, h.client()).await;
    let other = h.open_shop("other", "own_store").await;
    let roles = [Role::Agent, Role::Supervisor, Role::Ingest];
    let stranger = h.client_in("stranger", &roles, &[&other]).await;
    for (_, result) in but(shown.to(&stranger).all().await, &[]) {
        let _ = refused(result, Code::NotFound, Reason::ShopNotFound);
    }
}

async fn a_merged_case_names_its_heir_to_every_verb(h: &Harness) {
    let mut shown = Shown::by(h, h.client()).await;
    let merge = v1::MergeCaseRequest {
        name: shown.case.clone(),
        etag: shown.etag.clone(),
        fence: shown.lease.fence,
        into: shown.other.name.clone(),
        into_etag: shown.other.etag.clone(),
        ..Default::default()
    };
    h.client().call(merge).await.unwrap();
    shown.look(h).await;
    // A lease on it is over; and its replies belong to the heir, on which nothing was claimed.
    let of_others = ["renew", "queue", "approve", "withdraw"];
    for (name, result) in but(shown.all().await, &of_others) {
        let failure = refused(result, Code::FailedPrecondition, Reason::CaseMerged);
        assert!(shown.other.name.ends_with(&failure.metadata["merged_into"]), "{name}: {failure}");
    }
    assert_eq!(h.case(&shown.case).await.etag, shown.etag, "nothing was written");
}

async fn a_closed_case_takes_no_verb(h: &Harness) {
    let mut shown = Shown::by(h, h.client()).await;
    let case = h.case(&shown.case).await;
    let mut desk = Desk { client: shown.client.clone(), case, lease: shown.lease.clone() };
    desk.solve(CaseOutcome::TalkedThrough).await.unwrap();
    h.advance(Span::from_days(5)).await;
    shown.look(h).await;
    for (_, result) in but(shown.all().await, &["renew", "approve"]) {
        let _ = refused(result, Code::FailedPrecondition, Reason::CaseClosed);
    }
    assert_eq!(h.case(&shown.case).await.etag, shown.etag, "nothing was written");
}

async fn a_case_that_is_unknown_is_not_found_by_any_verb(h: &Harness) {
    let mut shown = Shown::by(h, h.client()).await;
    let (shop, _) = shown.case.split_once("/cases/").unwrap();
    (shown.reply, shown.case) =
        (format!("{shop}/replies/rep_{:032x}", 7), format!("{shop}/cases/case_{:032x}", 7));
    let told = shown.all().await;
    let is_reply = |name: &str| ["queue", "approve", "withdraw"].contains(&name);
    for (name, result) in but(told, &[]) {
        let reason = if is_reply(name) { Reason::ReplyNotFound } else { Reason::CaseNotFound };
        let _ = refused(result, Code::NotFound, reason);
    }
}
