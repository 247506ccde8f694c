//! `amends stock …`

use amends_proto::v1;
use clap::{Args, Subcommand};

use crate::{
    args::Limit,
    connection::Session,
    output::{
        Output,
        table::{table, text},
    },
    when::{When, parse_when},
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends stock set BOTTLE-750=12 BOTTLE-500=0
  amends stock set --part LID-7=40 --counted 2h
  amends stock list
  amends stock list --json | jq '.levels[] | select(.free_count < 5)'

Of two counts the later one holds. What was never counted restricts no offer.";

/// What can be done with stock.
#[derive(Subcommand)]
pub enum Stock {
    /// Tell how many of some articles there are (connectors)
    Set(Set),
    /// List what was counted, what is held and what is free
    List(List),
}

/// How much of it is wanted.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    limit: Limit,
}

/// What was counted.
#[derive(Args)]
pub struct Set {
    /// Articles and how many of each there are
    #[arg(required = true, value_name = "SKU=COUNT", value_parser = parse_level)]
    levels: Vec<(String, i64)>,
    /// They are parts of articles: what a missing part is sent from
    #[arg(long)]
    part: bool,
    /// When they were counted: 2h (ago), or a time [default: now]
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    counted: Option<When>,
}

fn parse_level(given: &str) -> Result<(String, i64), String> {
    let wrong = || "write an article and how many there are, for example BOTTLE-750=12".to_owned();
    let (sku, count) = given.rsplit_once('=').ok_or_else(wrong)?;
    let count: i64 = count.parse().map_err(|_| wrong())?;
    if sku.is_empty() || count < 0 { Err(wrong()) } else { Ok((sku.to_owned(), count)) }
}

impl Stock {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Set(args) => args.run(session).await,
            Self::List(args) => list(session, &args.limit).await,
        }
    }
}

impl Set {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let counted = self.counted.unwrap_or(When::At(output.now)).back(output.now);
        let level = |(sku, available_count): (String, i64)| v1::StockLevel {
            sku,
            part: self.part,
            available_count,
            count_time: Some(counted),
            ..Default::default()
        };
        let request = v1::SetStockRequest {
            parent: session.shop().await?,
            levels: self.levels.into_iter().map(level).collect(),
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        output.one(&answer, || shown(&output, &answer.levels))
    }
}

async fn list(session: &Session, limit: &Limit) -> anyhow::Result<()> {
    let parent = session.shop().await?;
    let page = limit
        .pages(1_000, async |page_size, page_token| {
            let request = v1::ListStockRequest { parent: parent.clone(), page_size, page_token };
            let answer = session.client.call(request).await?;
            Ok((answer.levels, answer.next_page_token))
        })
        .await?;
    let output = session.output;
    output.page("levels", &page, |levels| shown(&output, levels))
}

fn shown(output: &Output, levels: &[v1::StockLevel]) -> String {
    let mut table = table(&["article", "what", "free", "counted", "held", "sent since", "when"]);
    for level in levels {
        table.add_row([
            level.sku.as_str(),
            if level.part { "part" } else { "article" },
            &level.free_count.to_string(),
            &level.available_count.to_string(),
            &level.held_count.to_string(),
            &level.consumed_count.to_string(),
            &output.time(level.count_time.as_ref()),
        ]);
    }
    text(&table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_an_article_and_a_count() {
        assert_eq!(parse_level("A=B=3"), Ok(("A=B".to_owned(), 3)));
        for wrong in ["A", "A=", "=3", "A=-1", "A=many"] {
            assert!(parse_level(wrong).is_err(), "{wrong}");
        }
    }
}
