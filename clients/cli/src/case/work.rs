//! Working a case.

use amends_proto::v1;
use clap::Args;

use crate::{
    args::{Stamp, read_case},
    codes::code,
    connection::Session,
    when::{When, parse_when},
};

use super::changed;

/// What to note.
#[derive(Args)]
pub struct Note {
    /// The case
    case: String,
    /// The note
    text: String,
    #[command(flatten)]
    stamp: Stamp,
}

/// How the buyer was answered.
#[derive(Args)]
pub struct Contact {
    /// The case
    case: String,
    /// What was said; may be left out for a call
    text: Option<String>,
    /// How the buyer was reached
    #[arg(long, value_parser = code::<v1::ContactMedium>())]
    by: v1::ContactMedium,
    /// When: 2h (ago), or a time [default: now]
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    at: Option<When>,
    /// Id of the message, if it was one
    #[arg(long, value_name = "ID")]
    message_id: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

/// Whom a case waits for.
#[derive(Args)]
pub struct Wait {
    /// The case
    case: String,
    /// Whose turn it is
    #[arg(long = "for", value_name = "WHO", value_parser = code::<v1::WaitReason>())]
    turn: v1::WaitReason,
    /// When it comes back: 3d, 2026-01-31, or a time [default: the shop's rule]
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    until: Option<When>,
    /// A note for colleagues
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

/// Until when a case is put off.
#[derive(Args)]
pub struct Snooze {
    /// The case
    case: String,
    /// When it wakes: 3d, 2026-01-31, or a time
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    until: When,
    /// A note for colleagues
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

/// Why a case is handed up.
#[derive(Args)]
pub struct Escalate {
    /// The case
    case: String,
    /// Why
    reason: String,
    #[command(flatten)]
    stamp: Stamp,
}

/// How a case was solved.
#[derive(Args)]
pub struct Solve {
    /// The case
    case: String,
    /// How
    #[arg(long, value_parser = code::<v1::CaseOutcome>())]
    outcome: v1::CaseOutcome,
    /// The root cause as you found it [default: as detected]
    #[arg(long, value_parser = code::<v1::ComplaintReason>())]
    reason: Option<v1::ComplaintReason>,
    /// A note for colleagues; needed for the outcome `other`
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

/// Which case to open again.
#[derive(Args)]
pub struct Reopen {
    /// The case
    case: String,
    /// A note for colleagues
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

/// Why a case should not have been opened.
#[derive(Args)]
pub struct Cancel {
    /// The case
    case: String,
    /// Why
    #[arg(long)]
    note: String,
    #[command(flatten)]
    stamp: Stamp,
}

/// Which case goes into which.
#[derive(Args)]
pub struct Merge {
    /// The case that ends
    case: String,
    /// The case that stays
    #[arg(long, value_name = "CASE")]
    into: String,
    /// Version of the case that stays you saw [default: the current one]
    #[arg(long, value_name = "ETAG")]
    into_etag: Option<String>,
    /// A note for colleagues
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

impl Note {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let version = self.stamp.of(session, &name).await?;
        let request = v1::AddCaseNoteRequest {
            name,
            etag: version.etag,
            fence: version.fence,
            text: self.text,
            ..Default::default()
        };
        changed(session, session.client.call(request).await?.case)
    }
}

impl Contact {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let version = self.stamp.of(session, &name).await?;
        let request = v1::RecordContactRequest {
            name,
            etag: version.etag,
            fence: version.fence,
            text: self.text.unwrap_or_default(),
            medium: self.by.into(),
            contact_time: self.at.map(|when| when.back(session.output.now)),
            message_id: self.message_id.unwrap_or_default(),
            ..Default::default()
        };
        changed(session, session.client.call(request).await?.case)
    }
}

impl Wait {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let version = self.stamp.of(session, &name).await?;
        let request = v1::WaitCaseRequest {
            name,
            etag: version.etag,
            fence: version.fence,
            wait_reason: self.turn.into(),
            until_time: self.until.map(|when| when.ahead(session.output.now)),
            note: self.note.unwrap_or_default(),
            ..Default::default()
        };
        changed(session, session.client.call(request).await?.case)
    }
}

impl Snooze {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let version = self.stamp.of(session, &name).await?;
        let request = v1::SnoozeCaseRequest {
            name,
            etag: version.etag,
            fence: version.fence,
            until_time: Some(self.until.ahead(session.output.now)),
            note: self.note.unwrap_or_default(),
            ..Default::default()
        };
        changed(session, session.client.call(request).await?.case)
    }
}

impl Escalate {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let version = self.stamp.of(session, &name).await?;
        let request = v1::EscalateCaseRequest {
            name,
            etag: version.etag,
            fence: version.fence,
            escalation_reason: self.reason,
            ..Default::default()
        };
        changed(session, session.client.call(request).await?.case)
    }
}

impl Solve {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let version = self.stamp.of(session, &name).await?;
        let request = v1::SolveCaseRequest {
            name,
            etag: version.etag,
            fence: version.fence,
            outcome: self.outcome.into(),
            reason: self.reason.map(Into::into),
            note: self.note.unwrap_or_default(),
            ..Default::default()
        };
        changed(session, session.client.call(request).await?.case)
    }
}

impl Reopen {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let version = self.stamp.of(session, &name).await?;
        let request = v1::ReopenCaseRequest {
            name,
            etag: version.etag,
            note: self.note.unwrap_or_default(),
            ..Default::default()
        };
        changed(session, session.client.call(request).await?.case)
    }
}

impl Cancel {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let version = self.stamp.of(session, &name).await?;
        let request = v1::CancelCaseRequest {
            name,
            etag: version.etag,
            fence: version.fence,
            note: self.note,
            ..Default::default()
        };
        changed(session, session.client.call(request).await?.case)
    }
}

impl Merge {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let into = session.name("cases", &self.into).await?;
        let version = self.stamp.of(session, &name).await?;
        let into_etag = match self.into_etag {
            Some(etag) => etag,
            None => read_case(session, &into).await?.etag,
        };
        let request = v1::MergeCaseRequest {
            name,
            etag: version.etag,
            fence: version.fence,
            into,
            into_etag,
            note: self.note.unwrap_or_default(),
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        session.output.one(&answer, || {
            let cases = [answer.case.as_ref(), answer.into.as_ref()];
            let lines: Vec<_> = cases.into_iter().flatten().map(super::told).collect();
            lines.join("\n")
        })
    }
}
