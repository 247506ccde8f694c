//! `amends reply …`

mod lint;
mod steps;

pub(crate) use lint::hint;

use amends_proto::v1;
use clap::{Args, Subcommand};

use crate::{
    args::{Limit, numbers},
    codes::{code, word},
    connection::Session,
    output::{
        Output,
        table::{id, or_dash, table, text},
    },
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends reply list --case case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends reply list --state awaiting-approval
  amends reply show rep_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends reply check rep_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends reply lint --language de \"Bitte nehmen Sie Ihre Bewertung zurück.\"
  amends reply approve rep_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends reply withdraw rep_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --note \"the parcel is found\"
  amends reply queue rep_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends reply queue rep_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --adopt   # a colleague's draft

Write one with `amends case reply`. A shop that wants another person to read replies
first says so with `amends policy update --set reply_approval=yes`. For a connector made of scripts, `reply begin`
claims a queued reply and `reply report` tells what became of it.";

/// What can be done with replies.
#[derive(Subcommand)]
pub enum Reply {
    /// List replies, the newest first
    List(List),
    /// Show a reply with its text
    Show {
        /// The reply
        reply: String,
    },
    /// Hand a draft, or a reply that failed, to the connectors
    Queue(steps::Queue),
    /// Tell whether a reply could be queued now, and which rules refuse
    Check(steps::Check),
    /// Look over words before they are sent: what would be refused, what would read better
    Lint(lint::Lint),
    /// Approve a reply that waits for another person (supervisors)
    Approve(steps::Approve),
    /// Take a reply back before a connector has it
    Withdraw(steps::Withdraw),
    /// Claim a queued reply for delivery (connectors)
    Begin(steps::Begin),
    /// Tell what became of a delivery (connectors)
    Report(steps::Report),
}

/// Which replies to list.
#[derive(Args)]
pub struct List {
    /// Only this case
    #[arg(long)]
    case: Option<String>,
    /// Only this state; may be repeated
    #[arg(long = "state", value_parser = code::<v1::ReplyState>())]
    states: Vec<v1::ReplyState>,
    #[command(flatten)]
    limit: Limit,
}

impl Reply {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::List(args) => args.run(session).await,
            Self::Show { reply } => {
                let reply = steps::read(session, &reply).await?;
                session.output.one(&reply, || shown(&session.output, &reply))
            }
            Self::Queue(args) => args.run(session).await,
            Self::Check(args) => args.run(session).await,
            Self::Lint(args) => args.run(session).await,
            Self::Approve(args) => args.run(session).await,
            Self::Withdraw(args) => args.run(session).await,
            Self::Begin(args) => args.run(session).await,
            Self::Report(args) => args.run(session).await,
        }
    }
}

/// A reply after a verb, and its case.
pub(crate) struct Changed {
    pub(crate) reply: Option<v1::Reply>,
    pub(crate) case: Option<v1::Case>,
}

pub(crate) fn changed(
    session: &Session,
    reply: Option<v1::Reply>,
    case: Option<v1::Case>,
) -> anyhow::Result<()> {
    let output = session.output;
    let changed = Changed { reply, case };
    output.one(&changed, || changed.reply.as_ref().map(|reply| told(&output, reply)).unwrap_or_default())
}

fn told(output: &Output, reply: &v1::Reply) -> String {
    let mut text = format!("{} is {}", id(&reply.name), word::<v1::ReplyState>(reply.state));
    match reply.state() {
        v1::ReplyState::AwaitingApproval => text.push_str(", another person has to approve it"),
        v1::ReplyState::Queued => text.push_str(", the connector takes it from here"),
        v1::ReplyState::Sending => {
            let due = output.time(reply.report_due_time.as_ref());
            text.push_str(&format!(", attempt {}, report due {due}", reply.attempt));
        }
        v1::ReplyState::Sent => text.push_str(&format!(" as {}", or_dash(&reply.message_id))),
        v1::ReplyState::Unknown => text.push_str(", look into the channel before anything else"),
        _ => {}
    }
    if !reply.failure.is_empty() {
        text.push_str(&format!(": {}", reply.failure));
    }
    if reply.stale {
        text.push_str(
            "\nIt was written under an earlier lease and is not sent; queue --adopt makes it yours.",
        );
    }
    text
}

fn shown(output: &Output, reply: &v1::Reply) -> String {
    let written = output.time(reply.draft_time.as_ref());
    let text = if reply.text_withheld { "(the text was erased, or is not for you)" } else { &reply.text };
    let to = if reply.public_reply { "public, below the review" } else { "private" };
    format!("{}\n{to}, by {}, written {written}\n\n{text}", told(output, reply), reply.agent)
}

impl List {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let parent = session.shop().await?;
        let case = match &self.case {
            Some(case) => session.name("cases", case).await?,
            None => String::new(),
        };
        let page = self
            .limit
            .pages(200, async |page_size, page_token| {
                let request = v1::ListRepliesRequest {
                    parent: parent.clone(),
                    page_size,
                    page_token,
                    case: case.clone(),
                    states: numbers(&self.states),
                };
                let answer = session.client.call(request).await?;
                Ok((answer.replies, answer.next_page_token))
            })
            .await?;
        let output = session.output;
        output.page("replies", &page, |replies| {
            let mut table = table(&["reply", "state", "since", "try", "agent", "case", "text"]);
            for reply in replies {
                let state = word::<v1::ReplyState>(reply.state);
                let stale = if reply.stale && is_open(reply.state()) { ", stale" } else { "" };
                table.add_row([
                    id(&reply.name).to_owned(),
                    format!("{state}{stale}"),
                    output.time(reply.state_time.as_ref()),
                    reply.attempt.to_string(),
                    or_dash(&reply.agent).to_owned(),
                    id(&reply.case).to_owned(),
                    beginning(&reply.text),
                ]);
            }
            text(&table)
        })
    }
}

/// Whether it could still be on its way, were it not stale.
fn is_open(state: v1::ReplyState) -> bool {
    use v1::ReplyState::{AwaitingApproval, Draft, Failed, Queued};
    matches!(state, Draft | AwaitingApproval | Queued | Failed)
}

/// The first words of a text, on one line.
fn beginning(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    or_dash(&short).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_shown_by_its_first_words() {
        assert_eq!(beginning("Hello"), "Hello");
        assert_eq!(beginning("Hello\nthere"), "Hello…");
        assert_eq!(beginning(&"é".repeat(50)), format!("{}…", "é".repeat(40)));
        assert_eq!(beginning(""), "-");
    }
}
