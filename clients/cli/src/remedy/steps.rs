//! What happens to a remedy after it was offered.

use amends_proto::v1;
use anyhow::Context;
use clap::Args;

use crate::{
    amount::parse_amount,
    args::Stamp,
    codes::code,
    connection::Session,
    when::{When, parse_when},
};

use super::{Changed, changed, tell};

/// Which remedy to approve.
#[derive(Args)]
pub struct Approve {
    /// The remedy
    remedy: String,
    /// Why
    #[arg(long)]
    note: Option<String>,
    /// Version you saw [default: the current one]
    #[arg(long)]
    etag: Option<String>,
}

/// What the buyer said.
#[derive(Args)]
pub struct Answer {
    /// The remedy
    remedy: String,
    /// What the buyer said
    #[arg(value_parser = code::<v1::BuyerAnswer>())]
    answer: v1::BuyerAnswer,
    /// What the buyer wants instead, for example 12.50EUR
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    counter: Option<v1::Money>,
    /// What the buyer added
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

/// Which remedy to take back.
#[derive(Args)]
pub struct Withdraw {
    /// The remedy
    remedy: String,
    /// Why
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

/// How far the carrying out is.
#[derive(Args)]
pub struct Fulfil {
    /// The remedy
    remedy: String,
    /// How far it is
    #[arg(long, default_value = "fulfilled", value_parser = code::<v1::FulfilmentState>())]
    state: v1::FulfilmentState,
    /// Who carries the parcel
    #[arg(long)]
    carrier: Option<String>,
    /// Tracking number, or reference of the payment
    #[arg(long)]
    tracking: Option<String>,
    /// Why it failed
    #[arg(long, value_name = "WHY")]
    failure: Option<String>,
    /// When: 2h (ago), or a time [default: now]
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    at: Option<When>,
}

async fn read(session: &Session, given: &str) -> anyhow::Result<v1::Remedy> {
    let name = session.name("remedies", given).await?;
    let answer = session.client.call(v1::GetRemedyRequest { name }).await?;
    answer.remedy.context("The server answered without the remedy.")
}

impl Approve {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let (name, etag) = match self.etag {
            Some(etag) => (session.name("remedies", &self.remedy).await?, etag),
            None => {
                let remedy = read(session, &self.remedy).await?;
                (remedy.name, remedy.etag)
            }
        };
        let request = v1::ApproveRemedyRequest {
            name,
            etag,
            note: self.note.unwrap_or_default(),
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        changed(session, answer.remedy, answer.case)
    }
}

impl Answer {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let remedy = read(session, &self.remedy).await?;
        // One version guards a case and its remedies.
        let version = self.stamp.of(session, &remedy.case).await?;
        let request = v1::RecordAnswerRequest {
            name: remedy.name,
            etag: version.etag,
            fence: version.fence,
            answer: self.answer.into(),
            note: self.note.unwrap_or_default(),
            counter_amount: self.counter,
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        let v1::RecordAnswerResponse { remedy, case, next_offer } = answer;
        tell(session, &Changed { remedy, case, next_offer })
    }
}

impl Withdraw {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let remedy = read(session, &self.remedy).await?;
        let version = self.stamp.of(session, &remedy.case).await?;
        let request = v1::WithdrawRemedyRequest {
            name: remedy.name,
            etag: version.etag,
            fence: version.fence,
            note: self.note.unwrap_or_default(),
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        changed(session, answer.remedy, answer.case)
    }
}

impl Fulfil {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let now = session.output.now;
        let request = v1::ReportFulfilmentRequest {
            name: session.name("remedies", &self.remedy).await?,
            fulfilment: Some(v1::Fulfilment {
                state: self.state.into(),
                carrier: self.carrier.unwrap_or_default(),
                tracking: self.tracking.unwrap_or_default(),
                failure: self.failure.unwrap_or_default(),
                occur_time: self.at.map(|when| when.back(now)),
            }),
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        changed(session, answer.remedy, None)
    }
}
