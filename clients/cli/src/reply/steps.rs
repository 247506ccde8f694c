//! What happens to a reply after it was written.

use amends_proto::v1;
use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::{
    args::Stamp,
    connection::Session,
    review::decision,
    when::{When, parse_when},
};

use super::changed;

/// Which reply to queue.
#[derive(Args)]
pub struct Queue {
    /// The reply
    reply: String,
    /// Send it as your own, although it was written under an earlier lease
    #[arg(long)]
    adopt: bool,
    /// Accept that a public reply ends the buyer's chance to edit the review; another person has to approve it
    #[arg(long)]
    override_edit_lock: bool,
    #[command(flatten)]
    stamp: Stamp,
}

/// Which reply to check.
#[derive(Args)]
pub struct Check {
    /// The reply
    reply: String,
    /// As if it were queued with this
    #[arg(long)]
    override_edit_lock: bool,
}

/// Which reply to approve.
#[derive(Args)]
pub struct Approve {
    /// The reply
    reply: String,
    /// Why
    #[arg(long)]
    note: Option<String>,
    /// Version you saw [default: the current one]
    #[arg(long)]
    etag: Option<String>,
}

/// Which reply to take back.
#[derive(Args)]
pub struct Withdraw {
    /// The reply
    reply: String,
    /// Why
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

/// Which reply to claim.
#[derive(Args)]
pub struct Begin {
    /// The reply
    reply: String,
    /// What the channel will call the message, where you choose that
    #[arg(long, value_name = "ID")]
    message_id: Option<String>,
}

/// What became of a delivery.
#[derive(Args)]
pub struct Report {
    /// The reply
    reply: String,
    /// What became of it
    outcome: Outcome,
    /// What the channel calls the message; needed when it was sent
    #[arg(long, value_name = "ID")]
    message_id: Option<String>,
    /// Why it failed; needed when it did
    #[arg(long, value_name = "WHY")]
    failure: Option<String>,
    /// The attempt, as `reply begin` printed it [default: the latest]
    #[arg(long, value_name = "NUMBER")]
    attempt: Option<i32>,
    /// When the channel got it: 2m (ago), or a time [default: now]
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    at: Option<When>,
}

/// How a delivery ended.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Outcome {
    /// The channel has it
    Sent,
    /// The channel does not have it
    Failed,
    /// Nobody knows
    Unknown,
}

pub(super) async fn read(session: &Session, given: &str) -> anyhow::Result<v1::Reply> {
    let name = session.name("replies", given).await?;
    let answer = session.client.call(v1::GetReplyRequest { name }).await?;
    answer.reply.context("The server answered without the reply.")
}

impl Queue {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let reply = read(session, &self.reply).await?;
        // One version guards a case and its replies.
        let version = self.stamp.of(session, &reply.case).await?;
        let request = v1::QueueReplyRequest {
            name: reply.name,
            etag: version.etag,
            fence: version.fence,
            adopt: self.adopt,
            override_edit_lock: self.override_edit_lock,
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        changed(session, answer.reply, answer.case)
    }
}

impl Check {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("replies", &self.reply).await?;
        let request = v1::CheckReplyRequest { name, override_edit_lock: self.override_edit_lock };
        let answer = session.client.call(request).await?;
        let output = session.output;
        output.some(answer.decision.as_ref(), |made| decision(&output, made))
    }
}

impl Approve {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let (name, etag) = match self.etag {
            Some(etag) => (session.name("replies", &self.reply).await?, etag),
            None => {
                let reply = read(session, &self.reply).await?;
                (reply.name, reply.etag)
            }
        };
        let note = self.note.unwrap_or_default();
        let request = v1::ApproveReplyRequest { name, etag, note, ..Default::default() };
        let answer = session.client.call(request).await?;
        changed(session, answer.reply, answer.case)
    }
}

impl Withdraw {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let reply = read(session, &self.reply).await?;
        let version = self.stamp.of(session, &reply.case).await?;
        let request = v1::WithdrawReplyRequest {
            name: reply.name,
            etag: version.etag,
            fence: version.fence,
            note: self.note.unwrap_or_default(),
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        changed(session, answer.reply, answer.case)
    }
}

impl Begin {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let request = v1::BeginDeliveryRequest {
            name: session.name("replies", &self.reply).await?,
            message_id: self.message_id.unwrap_or_default(),
            ..Default::default()
        };
        changed(session, session.client.call(request).await?.reply, None)
    }
}

impl Report {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let reply = read(session, &self.reply).await?;
        let outcome = match self.outcome {
            Outcome::Sent => v1::DeliveryOutcome::Sent,
            Outcome::Failed => v1::DeliveryOutcome::Failed,
            Outcome::Unknown => v1::DeliveryOutcome::Unknown,
        };
        let request = v1::ReportDeliveryRequest {
            name: reply.name,
            attempt: self.attempt.unwrap_or(reply.attempt),
            outcome: outcome.into(),
            message_id: self.message_id.unwrap_or_default(),
            failure: self.failure.unwrap_or_default(),
            send_time: self.at.map(|when| when.back(session.output.now)),
            ..Default::default()
        };
        changed(session, session.client.call(request).await?.reply, None)
    }
}
