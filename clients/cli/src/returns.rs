//! `amends return …`

use amends_proto::v1;
use clap::{Args, Subcommand};
use comfy_table::Cell;

use crate::{
    args::{Limit, numbers},
    codes::{code, word},
    connection::Session,
    output::table::{id, or_dash, table, text},
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends return list --verdict avoided-confirmed
  amends return list --order o-1001
  amends return show r-77";

/// What can be read about returns. They change only by signals.
#[derive(Subcommand)]
pub enum Return {
    /// List returns, the latest request first
    List(List),
    /// Show one return
    Show {
        /// The return, by its id or full name
        id: String,
    },
}

/// Which returns to list.
#[derive(Args)]
pub struct List {
    /// Only this status; may be repeated
    #[arg(long = "status", value_parser = code::<v1::ReturnStatus>())]
    statuses: Vec<v1::ReturnStatus>,
    /// Only this verdict; may be repeated
    #[arg(long = "verdict", value_parser = code::<v1::ReturnVerdict>())]
    verdicts: Vec<v1::ReturnVerdict>,
    /// Only this order
    #[arg(long)]
    order: Option<String>,
    /// Only this case
    #[arg(long)]
    case: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

impl Return {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        match self {
            Self::List(args) => list(session, args).await,
            Self::Show { id } => {
                let name = session.name("returns", &id).await?;
                let answer = session.client.call(v1::GetReturnRequest { name }).await?;
                output.some(answer.buyer_return.as_ref(), |back| output.details(back))
            }
        }
    }
}

async fn list(session: &Session, args: List) -> anyhow::Result<()> {
    let parent = session.shop().await?;
    let case = match &args.case {
        Some(case) => session.name("cases", case).await?,
        None => String::new(),
    };
    let page = args
        .limit
        .pages(200, async |page_size, page_token| {
            let request = v1::ListReturnsRequest {
                parent: parent.clone(),
                page_size,
                page_token,
                statuses: numbers(&args.statuses),
                verdicts: numbers(&args.verdicts),
                order_id: args.order.clone().unwrap_or_default(),
                case: case.clone(),
            };
            let answer = session.client.call(request).await?;
            Ok((answer.returns, answer.next_page_token))
        })
        .await?;
    let output = session.output;
    output.page("returns", &page, |returns| {
        let headings = ["return", "status", "verdict", "reason", "order", "requested", "deadline", "case"];
        let mut table = table(&headings);
        for back in returns {
            table.add_row([
                Cell::new(id(&back.name)),
                Cell::new(word::<v1::ReturnStatus>(back.status)),
                Cell::new(word::<v1::ReturnVerdict>(back.verdict)),
                Cell::new(back.reason.map_or("-".into(), word::<v1::ComplaintReason>)),
                Cell::new(or_dash(&back.order_id)),
                Cell::new(output.time(back.request_time.as_ref())),
                output.deadline(back.channel_deadline.as_ref()),
                Cell::new(id(&back.case)),
            ]);
        }
        text(&table)
    })
}
