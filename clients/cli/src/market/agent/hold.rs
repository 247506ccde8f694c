//! A case in an agent's hands: every write carries the newest etag and the fence.

use amends_client::{Client, Error};
use amends_proto::v1::{self, CaseOutcome, CaseState, ContactMedium, WaitReason};
use anyhow::anyhow;

use super::Snag;
use crate::market::time::wire;

/// A case that an agent holds.
#[derive(Debug)]
pub(crate) struct Hold<'a> {
    client: &'a Client,
    /// The case as it was seen or left last.
    pub(crate) case: v1::Case,
    /// The number of the hold.
    pub(crate) fence: i64,
}

/// A step's answer: the case after it.
type Stepped = Result<(), Snag>;

impl<'a> Hold<'a> {
    /// A case that was read just now.
    pub(crate) fn new(client: &'a Client, case: v1::Case, fence: i64) -> Self {
        Self { client, case, fence }
    }

    /// Whether the lease is still the agent's.
    pub(crate) fn lives(&self) -> bool {
        let held = [CaseState::Claimed, CaseState::Working].contains(&self.case.state());
        held && self.case.fence == self.fence
    }

    /// The case after a step.
    pub(crate) fn went(&mut self, case: Option<v1::Case>) -> Stepped {
        let missing = || Snag::Fault(anyhow!("the server answered a step without the case"));
        self.case = case.ok_or_else(missing)?;
        Ok(())
    }

    fn stamp(&self) -> (String, String, i64) {
        (self.case.name.clone(), self.case.etag.clone(), self.fence)
    }

    /// Answers the buyer.
    pub(crate) async fn contact(&mut self, text: &str) -> Stepped {
        let (name, etag, fence) = self.stamp();
        let medium = ContactMedium::Chat.into();
        let text = text.to_owned();
        let request = v1::RecordContactRequest { name, etag, fence, medium, text, ..Default::default() };
        let case = self.client.call(request).await?.case;
        self.went(case)
    }

    /// Writes a note for colleagues.
    pub(crate) async fn note(&mut self, text: &str) -> Stepped {
        let (name, etag, fence) = self.stamp();
        let request =
            v1::AddCaseNoteRequest { name, etag, fence, text: text.to_owned(), ..Default::default() };
        let case = self.client.call(request).await?.case;
        self.went(case)
    }

    /// It is somebody else's turn.
    pub(crate) async fn wait(&mut self, for_whom: WaitReason, until: Option<i64>) -> Stepped {
        let (name, etag, fence) = self.stamp();
        let until_time = until.map(wire);
        let wait_reason = for_whom.into();
        let request =
            v1::WaitCaseRequest { name, etag, fence, wait_reason, until_time, ..Default::default() };
        let case = self.client.call(request).await?.case;
        self.went(case)
    }

    /// Puts the case off.
    pub(crate) async fn snooze(&mut self, until: i64) -> Stepped {
        let (name, etag, fence) = self.stamp();
        let until_time = Some(wire(until));
        let request = v1::SnoozeCaseRequest { name, etag, fence, until_time, ..Default::default() };
        let case = self.client.call(request).await?.case;
        self.went(case)
    }

    /// Raises the case to a supervisor.
    pub(crate) async fn escalate(&mut self, why: &str) -> Stepped {
        let (name, etag, fence) = self.stamp();
        let escalation_reason = why.to_owned();
        let request = v1::EscalateCaseRequest { name, etag, fence, escalation_reason, ..Default::default() };
        let case = self.client.call(request).await?.case;
        self.went(case)
    }

    /// Marks the case solved.
    pub(crate) async fn solve(&mut self, outcome: CaseOutcome) -> Stepped {
        let (name, etag, fence) = self.stamp();
        let outcome = outcome.into();
        let request = v1::SolveCaseRequest { name, etag, fence, outcome, ..Default::default() };
        let case = self.client.call(request).await?.case;
        self.went(case)
    }

    /// Gives the lease back: a supervisor takes it from here.
    pub(crate) async fn hand_back(&mut self, client: &Client) -> Stepped {
        let request = v1::AssignCaseRequest {
            name: self.case.name.clone(),
            etag: self.case.etag.clone(),
            note: "Back into the queue".to_owned(),
            ..Default::default()
        };
        let case = client.call(request).await?.case;
        self.went(case)
    }
}

/// Reads the whole picture of a case.
pub(crate) async fn read(client: &Client, case: &str) -> Result<v1::CaseView, Snag> {
    let request = v1::GetCaseRequest { name: case.to_owned() };
    let view = client.call(request).await.map_err(|error: Error| Snag::Fault(error.into()))?.view;
    view.filter(|view| view.case.is_some())
        .ok_or_else(|| Snag::Fault(anyhow!("the server answered without the case {case}")))
}
