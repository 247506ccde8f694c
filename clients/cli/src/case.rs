//! `amends case …`

pub(crate) mod link;
mod picture;
mod plan;
mod queue;
mod read;
mod reply;
mod sla;
pub(crate) mod watch;
mod work;

use amends_proto::v1;
use clap::Subcommand;

pub(crate) use sla::seconds;

use crate::{codes::word, connection::Session, output::table::or_dash};

pub(crate) const EXAMPLES: &str = "\
A shift, from its beginning to its end:
  amends case watch                                           # in a window of its own
  amends agent available --for 8h                             # see `amends agent --help`
  amends case next
  amends case show case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends case watch case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f      # and who else looks at it
  amends case plan case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f       # what may be done next, and when
  amends remedy suggest case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends case contact case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --by chat \"We send the right size today\"
  amends case note case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f \"The warehouse has two left\"
  amends case reply case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f \"The new bottle leaves today\"
  amends case reply case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --template delay --set tracking=JX123
  amends case wait case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --for buyer --until 3d
  amends case snooze case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --until 4h
  amends case heartbeat case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f  # you need longer than five minutes
  amends case escalate case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f \"The buyer was hurt\"
  amends case merge case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --into case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e40
  amends case link case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --to case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e40 --as duplicates
  amends case unlink case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --to case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e40 --as duplicates
  amends case solve case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --outcome remedy-fulfilled
  amends case sla case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends case timeline case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends case release case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --note \"Going home\"
  amends agent offline                                        # whatever you still hold goes back

Looking around:
  amends case list --status queued --kind return
  amends case list --agent mia --sort newest --limit 10
  amends case watch --agent mia --agent tom --queue 0          # a supervisor's view of two
  amends case watch --json                                    # one notice a line, for a program

SLACK is the time to the nearest deadline that cannot be moved: red when it is over,
yellow in its last hour, -5m for five minutes ago. Colours are left out when the
output is no terminal or NO_COLOR is set. On a narrow terminal columns are left out;
piped, all are there.

A case is given by its id, or in full as shops/SHOP/cases/CASE. Writes are made
against the version and the lease that are current right now; `case show` prints
both. A script that read the case earlier should pass what it read with --etag and
--fence, so that nothing a colleague did meanwhile is overlooked.";

/// What can be done with cases.
#[derive(Subcommand)]
pub enum Case {
    /// Claim the case that matters most
    Next(queue::Next),
    /// List cases
    List(read::List),
    /// Show the whole picture of a case
    Show(read::Show),
    /// Plan the next permitted steps, in order and with their times
    Plan(plan::Plan),
    /// Claim a case
    Claim(queue::Claim),
    /// Give a case to an agent, or back to the queue (supervisors)
    Assign(queue::Assign),
    /// Keep your hold on a case for another while
    #[command(visible_alias = "renew")]
    Heartbeat(queue::Heartbeat),
    /// Give a case back to the queue
    Release(queue::Release),
    /// Write a note for colleagues
    Note(work::Note),
    /// Record that you answered the buyer
    Contact(work::Contact),
    /// Write a reply to the buyer and hand it to the channel's connector
    Reply(reply::Reply),
    /// Say that it is somebody else's turn
    Wait(work::Wait),
    /// Put a case off
    Snooze(work::Snooze),
    /// Hand a case to supervisors
    Escalate(work::Escalate),
    /// Mark a case solved
    Solve(work::Solve),
    /// Open a solved case again
    Reopen(work::Reopen),
    /// Merge a case into another one of the same buyer
    Merge(work::Merge),
    /// Take a case out that should not have been opened (supervisors)
    Cancel(work::Cancel),
    /// Link a case to another
    Link(link::Link),
    /// Take a link to another case away
    Unlink(link::Unlink),
    /// List what happened, the oldest first
    Timeline(read::Timeline),
    /// Explain its clocks: what was promised, and where the time went
    Sla(sla::Sla),
    /// Follow your board, or one case, as it changes
    #[command(after_help = watch::EXAMPLES)]
    Watch(watch::Watch),
}

impl Case {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Next(args) => args.run(session).await,
            Self::List(args) => args.run(session).await,
            Self::Show(args) => args.run(session).await,
            Self::Plan(args) => args.run(session).await,
            Self::Claim(args) => args.run(session).await,
            Self::Assign(args) => args.run(session).await,
            Self::Heartbeat(args) => args.run(session).await,
            Self::Release(args) => args.run(session).await,
            Self::Note(args) => args.run(session).await,
            Self::Contact(args) => args.run(session).await,
            Self::Reply(args) => args.run(session).await,
            Self::Wait(args) => args.run(session).await,
            Self::Snooze(args) => args.run(session).await,
            Self::Escalate(args) => args.run(session).await,
            Self::Solve(args) => args.run(session).await,
            Self::Reopen(args) => args.run(session).await,
            Self::Merge(args) => args.run(session).await,
            Self::Cancel(args) => args.run(session).await,
            Self::Link(args) => args.run(session).await,
            Self::Unlink(args) => args.run(session).await,
            Self::Timeline(args) => args.run(session).await,
            Self::Sla(args) => args.run(session).await,
            Self::Watch(args) => args.run(session).await,
        }
    }
}

/// A case after a verb, and the hold on it where the verb gave one.
pub(crate) struct Changed {
    pub(crate) case: Option<v1::Case>,
    pub(crate) lease: Option<v1::Lease>,
}

fn changed(session: &Session, case: Option<v1::Case>) -> anyhow::Result<()> {
    held(session, case, None)
}

fn held(session: &Session, case: Option<v1::Case>, lease: Option<v1::Lease>) -> anyhow::Result<()> {
    let output = session.output;
    let changed = Changed { case, lease };
    output.one(&changed, || {
        let mut lines = Vec::new();
        if let Some(case) = &changed.case {
            lines.push(told(case));
        }
        if let Some(lease) = &changed.lease {
            lines.push(format!(
                "lease {} (fence {}) ends {}",
                lease.lease_id,
                lease.fence,
                output.time(lease.expire_time.as_ref())
            ));
        }
        lines.join("\n")
    })
}

fn told(case: &v1::Case) -> String {
    format!(
        "{} is {}, agent {}, etag {}, fence {}",
        case.uid,
        word::<v1::CaseStatus>(case.status),
        or_dash(&case.agent),
        case.etag,
        case.fence
    )
}
