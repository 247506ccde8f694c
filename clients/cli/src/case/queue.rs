//! Getting hold of a case, keeping it, giving it back.

use amends_proto::v1;
use anyhow::Context;
use clap::Args;

use crate::{
    args::{Stamp, numbers, read_case},
    codes::code,
    connection::Session,
};

use super::held;

/// Which case to take next.
#[derive(Args)]
pub struct Next {
    /// Only this kind; may be repeated
    #[arg(long = "kind", value_parser = code::<v1::CaseKind>())]
    kinds: Vec<v1::CaseKind>,
    /// Only buyers with this language, for example id; may be repeated
    #[arg(long = "language")]
    languages: Vec<String>,
    /// Only cases escalated up to this level
    #[arg(long, value_name = "LEVEL")]
    level_max: Option<i32>,
}

/// Which case to claim.
#[derive(Args)]
pub struct Claim {
    /// The case
    case: String,
}

/// Whom to give a case to.
#[derive(Args)]
#[group(required = true, id = "whom", args = ["agent", "to_queue"])]
pub struct Assign {
    /// The case
    case: String,
    /// Id of the agent
    #[arg(long)]
    agent: Option<String>,
    /// Back to the queue
    #[arg(long)]
    to_queue: bool,
    /// A note for colleagues
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

/// Which hold to keep.
#[derive(Args)]
pub struct Heartbeat {
    /// The case
    case: String,
    /// The lease [default: yours on this case]
    #[arg(long)]
    lease: Option<String>,
    /// The fence of the lease [default: the current one]
    #[arg(long, requires = "lease")]
    fence: Option<i64>,
}

/// Which hold to give up.
#[derive(Args)]
pub struct Release {
    /// The case
    case: String,
    /// The lease [default: yours on this case]
    #[arg(long)]
    lease: Option<String>,
    /// A note for colleagues
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

impl Next {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let request = v1::ClaimNextCaseRequest {
            parent: session.shop().await?,
            kinds: numbers(&self.kinds),
            languages: self.languages,
            level_max: self.level_max,
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        match answer.case {
            None if !session.output.json => session.output.line("No case is waiting for you."),
            case => held(session, case, answer.lease),
        }
    }
}

impl Claim {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let answer = claim(session, name).await?;
        held(session, answer.case, answer.lease)
    }
}

impl Assign {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let version = self.stamp.of(session, &name).await?;
        let request = v1::AssignCaseRequest {
            name,
            etag: version.etag,
            agent: self.agent.unwrap_or_default(),
            note: self.note.unwrap_or_default(),
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        held(session, answer.case, answer.lease)
    }
}

impl Heartbeat {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let Some(lease_id) = self.lease else {
            let (case, lease) = own(session, name).await?;
            return held(session, Some(case), Some(lease));
        };
        let fence = match self.fence {
            Some(fence) => fence,
            None => read_case(session, &name).await?.fence,
        };
        let request = v1::RenewLeaseRequest { name, lease_id, fence, ..Default::default() };
        let answer = session.client.call(request).await?;
        held(session, None, answer.lease)
    }
}

impl Release {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let (version, lease_id) = match self.lease {
            Some(lease) => (self.stamp.of(session, &name).await?, lease),
            None => {
                let (case, lease) = own(session, name.clone()).await?;
                (self.stamp.with(&case), lease.lease_id)
            }
        };
        let request = v1::ReleaseCaseRequest {
            name,
            etag: version.etag,
            fence: version.fence,
            lease_id,
            note: self.note.unwrap_or_default(),
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        held(session, answer.case, None)
    }
}

async fn claim(session: &Session, name: String) -> anyhow::Result<v1::ClaimCaseResponse> {
    let request = v1::ClaimCaseRequest { name, ..Default::default() };
    Ok(session.client.call(request).await?)
}

// Claiming what one holds already renews the lease and names it. What nobody holds
// is left alone: a heartbeat that takes a case would be a surprise.
async fn own(session: &Session, name: String) -> anyhow::Result<(v1::Case, v1::Lease)> {
    let case = read_case(session, &name).await?;
    if case.lease_expire_time.is_none() {
        anyhow::bail!("Nobody holds this case now; claim it first.");
    }
    let answer = claim(session, name).await?;
    answer.case.zip(answer.lease).context("The server answered without the lease.")
}
