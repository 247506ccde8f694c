//! Following a board, or one case.

use amends_client::WatchStream;
use amends_proto::v1;
use clap::Args;
use v1::watch_case_response::Notice;

use crate::{
    args::numbers,
    codes::code,
    connection::Session,
    output::{
        Output,
        entry::{actor, describe},
    },
};

use super::{picture::viewing, told};

mod board;

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends case watch
  amends case watch --queue 30 --kind return
  amends case watch --agent mia --queue 0
  amends case watch case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends case watch case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --after 12 --json

On a terminal the board stays in place and is drawn anew when something changes; leave
it with Ctrl-C. Piped, every change is a line: + for a case that came, ~ for one that
changed, - for one that left. It connects again by itself.

While you follow a case, colleagues who have it open see that. Looking is not claiming.";

/// What to follow.
#[derive(Args)]
pub struct Watch {
    /// The case [default: your board]
    #[arg(conflicts_with_all = ["agents", "kinds", "reasons", "priorities", "order", "queue"])]
    case: Option<String>,
    /// Whose board, by id; may be repeated [default: yours]
    #[arg(long = "agent")]
    agents: Vec<String>,
    /// How many cases of the head of the queue to show as well, 0 to 100
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(i32).range(0..=100))]
    queue: i32,
    /// Only this kind; may be repeated
    #[arg(long = "kind", value_parser = code::<v1::CaseKind>())]
    kinds: Vec<v1::CaseKind>,
    /// Only with this root cause; may be repeated
    #[arg(long = "reason", value_parser = code::<v1::ComplaintReason>())]
    reasons: Vec<v1::ComplaintReason>,
    /// Only of this priority; may be repeated
    #[arg(long = "priority", value_parser = code::<v1::CasePriority>())]
    priorities: Vec<v1::CasePriority>,
    /// Only this order
    #[arg(long)]
    order: Option<String>,
    /// Of a case, only entries after this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0, requires = "case")]
    after: i64,
}

impl Watch {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match &self.case {
            Some(case) => {
                let name = session.name("cases", case).await?;
                one(session, name, self.after).await
            }
            None => {
                let parent = session.shop().await?;
                board::follow(session, self.request(parent)).await
            }
        }
    }

    fn request(self, parent: String) -> v1::WatchCasesRequest {
        let filter = v1::CaseFilter {
            kinds: numbers(&self.kinds),
            reasons: numbers(&self.reasons),
            priorities: numbers(&self.priorities),
            agents: self.agents,
            order_id: self.order.unwrap_or_default(),
            ..v1::CaseFilter::default()
        };
        v1::WatchCasesRequest {
            parent,
            filter: Some(filter),
            queue_size: self.queue,
            ..v1::WatchCasesRequest::default()
        }
    }
}

async fn one(session: &Session, name: String, after_sequence: i64) -> anyhow::Result<()> {
    let request = v1::WatchCaseRequest { name, after_sequence, ..v1::WatchCaseRequest::default() };
    let mut stream = WatchStream::new(&session.client, request);
    let mut alone = true;
    loop {
        let notice = stream.next().await?;
        let output = session.output.at_this_moment();
        if output.json {
            output.json_line(&notice)?;
            continue;
        }
        let line = match notice.notice {
            Some(Notice::Case(case)) => format!("{} slack {}", told(&case), output.slack(&case).content()),
            Some(Notice::Entry(entry)) => happened(&output, &entry),
            Some(Notice::Viewers(told)) if told.viewers.is_empty() => {
                if std::mem::replace(&mut alone, true) {
                    continue;
                }
                "Nobody else has it open.".to_owned()
            }
            Some(Notice::Viewers(told)) => {
                alone = false;
                viewing(&output, &told.viewers)
            }
            Some(Notice::Heartbeat(_) | Notice::GoingAway(_)) | None => continue,
        };
        output.line(&line)?;
    }
}

fn happened(output: &Output, entry: &v1::TimelineEntry) -> String {
    // The moment itself: "now" would be said of every line.
    let when = entry.occur_time.as_ref().and_then(crate::when::timestamp);
    let when = when.map_or("-".to_owned(), |time| time.strftime("%F %T").to_string());
    let (what, detail) = describe(output, entry.entry.as_ref());
    format!("{:>4}  {when}  {}  {what}  {detail}", entry.sequence, actor(entry.actor.as_ref()))
}
