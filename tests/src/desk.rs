//! An agent at work on one case: every write carries what the agent last saw.

use amends_client::{Client, Error, v1};

/// An agent who holds a case.
#[derive(Debug)]
pub struct Desk {
    /// The agent's client.
    pub client: Client,
    /// The case as the agent last saw it.
    pub case: v1::Case,
    /// The agent's hold on it.
    pub lease: v1::Lease,
}

impl Desk {
    /// Claims a case that must be free.
    pub async fn claim(client: &Client, case: &str) -> Self {
        let request = v1::ClaimCaseRequest { name: case.to_owned(), ..Default::default() };
        let claimed = client.call(request).await.unwrap();
        Self { client: client.clone(), case: claimed.case.unwrap(), lease: claimed.lease.unwrap() }
    }

    /// Claims a case and answers the buyer, so that it is being worked.
    pub async fn work_on(client: &Client, case: &str) -> Self {
        let mut desk = Self::claim(client, case).await;
        desk.contact("We are sorry to hear that.").await.unwrap();
        desk
    }

    fn saw<T>(&mut self, result: Result<T, Error>, case: fn(&T) -> &Option<v1::Case>) -> Result<T, Error> {
        let answer = result?;
        self.case = case(&answer).clone().unwrap();
        Ok(answer)
    }

    /// Looks again.
    pub async fn look(&mut self) {
        let request = v1::GetCaseRequest { name: self.case.name.clone() };
        self.case = self.client.call(request).await.unwrap().view.unwrap().case.unwrap();
    }

    /// Answers the buyer by chat.
    pub async fn contact(&mut self, text: &str) -> Result<v1::RecordContactResponse, Error> {
        let request = v1::RecordContactRequest {
            name: self.case.name.clone(),
            etag: self.case.etag.clone(),
            fence: self.lease.fence,
            medium: v1::ContactMedium::Chat.into(),
            text: text.to_owned(),
            ..Default::default()
        };
        let result = self.client.call(request).await;
        self.saw(result, |r| &r.case)
    }

    /// Writes a note.
    pub async fn note(&mut self, text: &str) -> Result<v1::AddCaseNoteResponse, Error> {
        let request = v1::AddCaseNoteRequest {
            name: self.case.name.clone(),
            etag: self.case.etag.clone(),
            fence: self.lease.fence,
            text: text.to_owned(),
            ..Default::default()
        };
        let result = self.client.call(request).await;
        self.saw(result, |r| &r.case)
    }

    /// Leaves it to the buyer or to someone else.
    pub async fn wait(
        &mut self,
        reason: v1::WaitReason,
        until: Option<prost_types::Timestamp>,
    ) -> Result<v1::WaitCaseResponse, Error> {
        let request = v1::WaitCaseRequest {
            name: self.case.name.clone(),
            etag: self.case.etag.clone(),
            fence: self.lease.fence,
            wait_reason: reason.into(),
            until_time: until,
            ..Default::default()
        };
        let result = self.client.call(request).await;
        self.saw(result, |r| &r.case)
    }

    /// Puts the case off.
    pub async fn snooze(&mut self, until: prost_types::Timestamp) -> Result<v1::SnoozeCaseResponse, Error> {
        let request = v1::SnoozeCaseRequest {
            name: self.case.name.clone(),
            etag: self.case.etag.clone(),
            fence: self.lease.fence,
            until_time: Some(until),
            ..Default::default()
        };
        let result = self.client.call(request).await;
        self.saw(result, |r| &r.case)
    }

    /// Gives the case back.
    pub async fn release(&mut self) -> Result<v1::ReleaseCaseResponse, Error> {
        let request = v1::ReleaseCaseRequest {
            name: self.case.name.clone(),
            etag: self.case.etag.clone(),
            fence: self.lease.fence,
            lease_id: self.lease.lease_id.clone(),
            ..Default::default()
        };
        let result = self.client.call(request).await;
        self.saw(result, |r| &r.case)
    }

    /// The heartbeat.
    pub async fn renew(&mut self) -> Result<v1::RenewLeaseResponse, Error> {
        let request = v1::RenewLeaseRequest {
            name: self.case.name.clone(),
            lease_id: self.lease.lease_id.clone(),
            fence: self.lease.fence,
            ..Default::default()
        };
        let renewed = self.client.call(request).await?;
        self.lease = renewed.lease.clone().unwrap();
        Ok(renewed)
    }

    /// Raises the case.
    pub async fn escalate(&mut self, why: &str) -> Result<v1::EscalateCaseResponse, Error> {
        let request = v1::EscalateCaseRequest {
            name: self.case.name.clone(),
            etag: self.case.etag.clone(),
            fence: self.lease.fence,
            escalation_reason: why.to_owned(),
            ..Default::default()
        };
        let result = self.client.call(request).await;
        self.saw(result, |r| &r.case)
    }

    /// Solves the case.
    pub async fn solve(&mut self, outcome: v1::CaseOutcome) -> Result<v1::SolveCaseResponse, Error> {
        let request = v1::SolveCaseRequest {
            name: self.case.name.clone(),
            etag: self.case.etag.clone(),
            fence: self.lease.fence,
            outcome: outcome.into(),
            note: "as agreed".to_owned(),
            ..Default::default()
        };
        let result = self.client.call(request).await;
        self.saw(result, |r| &r.case)
    }

    /// What could be offered.
    pub async fn suggest(&self) -> v1::Suggestion {
        let target = Some(v1::suggest_remedies_request::Target::Case(self.case.name.clone()));
        let request = v1::SuggestRemediesRequest { target, ..Default::default() };
        self.client.call(request).await.unwrap().suggestion.unwrap()
    }

    /// The request that would offer a remedy as the case stands.
    #[must_use]
    pub fn offering(&self, kind: v1::RemedyKind, terms: v1::RemedyTerms) -> v1::OfferRemedyRequest {
        v1::OfferRemedyRequest {
            case: self.case.name.clone(),
            etag: self.case.etag.clone(),
            fence: self.lease.fence,
            kind: kind.into(),
            terms: Some(terms),
            ..Default::default()
        }
    }

    /// Offers a remedy.
    pub async fn offer(&mut self, kind: v1::RemedyKind, terms: v1::RemedyTerms) -> Result<v1::Remedy, Error> {
        let result = self.client.call(self.offering(kind, terms)).await;
        self.saw(result, |r| &r.case).map(|answer| answer.remedy.unwrap())
    }

    /// Writes down what the buyer said to an offer.
    pub async fn answer(&mut self, remedy: &v1::Remedy, said: v1::BuyerAnswer) -> Result<v1::Remedy, Error> {
        let request = v1::RecordAnswerRequest {
            name: remedy.name.clone(),
            etag: self.case.etag.clone(),
            fence: self.lease.fence,
            answer: said.into(),
            ..Default::default()
        };
        let result = self.client.call(request).await;
        self.saw(result, |r| &r.case).map(|answer| answer.remedy.unwrap())
    }

    /// Offers a replacement that the buyer takes.
    pub async fn agree_on(&mut self, kind: v1::RemedyKind, terms: v1::RemedyTerms) -> v1::Remedy {
        let remedy = self.offer(kind, terms).await.unwrap();
        self.answer(&remedy, v1::BuyerAnswer::Accepted).await.unwrap()
    }

    /// Sends the ask.
    pub async fn ask(&self, review: &str) -> Result<v1::AskResponse, Error> {
        let request = v1::AskRequest {
            name: review.to_owned(),
            etag: self.case.etag.clone(),
            fence: self.lease.fence,
            ..Default::default()
        };
        self.client.call(request).await
    }
}

/// A back end reports how far a remedy is.
pub async fn report(client: &Client, remedy: &str, state: v1::FulfilmentState) -> Result<v1::Remedy, Error> {
    let fulfilment = v1::Fulfilment {
        state: state.into(),
        carrier: "post".to_owned(),
        tracking: "T-1".to_owned(),
        failure: if state == v1::FulfilmentState::Failed { "out of stock".to_owned() } else { String::new() },
        occur_time: None,
    };
    let request = v1::ReportFulfilmentRequest {
        name: remedy.to_owned(),
        fulfilment: Some(fulfilment),
        ..Default::default()
    };
    client.call(request).await.map(|answer| answer.remedy.unwrap())
}
