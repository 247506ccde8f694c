//! `amends review …`

mod attest;
mod due;

use amends_proto::v1;
use clap::{Args, Subcommand};

use crate::{
    args::{Limit, Stamp, numbers, read_case},
    codes::{code, word},
    connection::Session,
    output::{
        Output,
        table::{id, or_dash, stars, table, text},
    },
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends review list --negative --outcome reversed
  amends review versions r-501
  amends review due
  amends review due --by 6h --json | jq -r '.observations[].review'
  amends review check-ask r-501
  amends review check-ask r-501 --request   # as the channel's own revision request
  amends review ask r-501
  amends review attest case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f   # that no remedy depended on a review";

/// What can be done with reviews.
#[derive(Subcommand)]
pub enum Review {
    /// List reviews, the latest first
    List(List),
    /// Show one review
    Show {
        /// The review, by its id or full name
        id: String,
    },
    /// List the versions of a review, the oldest first
    Versions(Versions),
    /// List reviews that should be looked at again, the longest due first (connectors)
    Due(due::Due),
    /// Tell whether the buyer may be told that the review can be updated
    CheckAsk {
        /// The review, by its id or full name
        id: String,
        /// Template of the text [default: the neutral one]
        #[arg(long)]
        template: Option<String>,
        /// As the channel's own revision request; some channels take no other
        #[arg(long)]
        request: bool,
    },
    /// Tell the buyer, once and in neutral words, that the review can be updated
    Ask(Ask),
    /// Show the chain of decisions of a case: that no remedy depended on a review
    Attest(attest::Attest),
}

/// Which reviews to list.
#[derive(Args)]
pub struct List {
    /// Only those that were negative at first
    #[arg(long, conflicts_with = "positive")]
    negative: bool,
    /// Only those that were not
    #[arg(long)]
    positive: bool,
    /// Only this outcome; may be repeated
    #[arg(long = "outcome", value_parser = code::<v1::ReviewDiffKind>())]
    outcomes: Vec<v1::ReviewDiffKind>,
    /// Only this state of the ask; may be repeated
    #[arg(long = "ask-state", value_parser = code::<v1::AskState>())]
    ask_states: Vec<v1::AskState>,
    /// Only this order
    #[arg(long)]
    order: Option<String>,
    /// Only this article
    #[arg(long)]
    sku: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

/// Whose versions to list.
#[derive(Args)]
pub struct Versions {
    /// The review, by its id or full name
    id: String,
    #[command(flatten)]
    limit: Limit,
}

/// What to ask.
#[derive(Args)]
pub struct Ask {
    /// The review, by its id or full name
    id: String,
    /// Template of the text [default: the neutral one]
    #[arg(long)]
    template: Option<String>,
    /// As the channel's own revision request; some channels take no other
    #[arg(long)]
    request: bool,
    #[command(flatten)]
    stamp: Stamp,
}

impl Review {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        match self {
            Self::List(args) => list(session, args).await,
            Self::Versions(args) => versions(session, args).await,
            Self::Due(args) => args.run(session).await,
            Self::Ask(args) => ask(session, args).await,
            Self::Attest(args) => args.run(session).await,
            Self::Show { id } => {
                let review = read(session, &id).await?;
                output.one(&review, || output.details(&review))
            }
            Self::CheckAsk { id, template, request: revision_request } => {
                let request = v1::CheckAskRequest {
                    name: session.name("reviews", &id).await?,
                    template: template.unwrap_or_default(),
                    revision_request,
                };
                let answer = session.client.call(request).await?;
                output.some(answer.decision.as_ref(), |made| decision(&output, made))
            }
        }
    }
}

async fn read(session: &Session, given: &str) -> anyhow::Result<v1::Review> {
    let name = session.name("reviews", given).await?;
    let answer = session.client.call(v1::GetReviewRequest { name }).await?;
    answer.review.ok_or_else(|| anyhow::anyhow!("The server answered without the review."))
}

async fn list(session: &Session, args: List) -> anyhow::Result<()> {
    let parent = session.shop().await?;
    let page = args
        .limit
        .pages(200, async |page_size, page_token| {
            let request = v1::ListReviewsRequest {
                parent: parent.clone(),
                page_size,
                page_token,
                negative: (args.negative || args.positive).then_some(args.negative),
                outcomes: numbers(&args.outcomes),
                ask_states: numbers(&args.ask_states),
                order_id: args.order.clone().unwrap_or_default(),
                sku: args.sku.clone().unwrap_or_default(),
            };
            let answer = session.client.call(request).await?;
            Ok((answer.reviews, answer.next_page_token))
        })
        .await?;
    let output = session.output;
    output.page("reviews", &page, |reviews| {
        let mut table = table(&["review", "stars", "outcome", "ask", "order", "seen", "case"]);
        for review in reviews {
            table.add_row([
                id(&review.name),
                &stars(review.first_rating, review.current_rating),
                &word::<v1::ReviewDiffKind>(review.outcome),
                &word::<v1::AskState>(review.ask_state),
                or_dash(&review.order_id),
                &output.time(review.first_observe_time.as_ref()),
                id(&review.case),
            ]);
        }
        text(&table)
    })
}

async fn versions(session: &Session, args: Versions) -> anyhow::Result<()> {
    let parent = session.name("reviews", &args.id).await?;
    let page = args
        .limit
        .pages(200, async |page_size, page_token| {
            let request = v1::ListReviewVersionsRequest { parent: parent.clone(), page_size, page_token };
            let answer = session.client.call(request).await?;
            Ok((answer.versions, answer.next_page_token))
        })
        .await?;
    let output = session.output;
    output.page("versions", &page, |versions| {
        let mut table = table(&["version", "observed", "stars", "change", "text"]);
        for version in versions {
            let change = version.diff_kind.map(word::<v1::ReviewDiffKind>);
            table.add_row([
                &version.version.to_string(),
                &output.time(version.observe_time.as_ref()),
                &stars(version.rating, version.rating),
                change.as_deref().unwrap_or("-"),
                or_dash(&version.text),
            ]);
        }
        text(&table)
    })
}

async fn ask(session: &Session, args: Ask) -> anyhow::Result<()> {
    let review = read(session, &args.id).await?;
    if review.case.is_empty() {
        anyhow::bail!("This review belongs to no case, so there is nothing to ask about.");
    }
    let version = args.stamp.with(&read_case(session, &review.case).await?);
    let request = v1::AskRequest {
        name: review.name,
        etag: version.etag,
        fence: version.fence,
        template: args.template.unwrap_or_default(),
        revision_request: args.request,
        ..Default::default()
    };
    let answer = session.client.call(request).await?;
    session.output.one(&answer, || {
        let text = answer.decision.as_ref().map(|decision| decision.message_preview.as_str());
        format!("The buyer is told:\n{}", text.unwrap_or("-"))
    })
}

/// A decision: yes with its text, or no with every rule.
pub(crate) fn decision(output: &Output, decision: &v1::Decision) -> String {
    let mut lines = vec![if decision.allowed { "Allowed.".to_owned() } else { "Not allowed:".to_owned() }];
    for refusal in &decision.refusals {
        lines.push(format!("  {}  {}", refusal.rule, refusal.message));
    }
    if let Some(at) = decision.not_before_time.as_ref().filter(|_| !decision.allowed) {
        lines.push(format!("Allowed from {} on, if nothing else changes.", output.time(Some(at))));
    }
    if let Some(left) = decision.asks_left {
        lines.push(format!("Asks left this year: {left}"));
    }
    lines.extend(decision.hints.iter().map(crate::reply::hint));
    if !decision.facts.is_empty() {
        lines.push("Decided by:".to_owned());
        let facts = decision.facts.iter();
        lines.extend(facts.map(|fact| format!("  {} = {}", fact.name, fact.value)));
    }
    if !decision.message_preview.is_empty() {
        lines.push(format!("Text:\n  {}", decision.message_preview));
    }
    lines.join("\n")
}
