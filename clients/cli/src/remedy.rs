//! `amends remedy …`

mod offer;
mod steps;
mod suggest;

use amends_proto::v1;
use clap::{Args, Subcommand};

use crate::{
    amount::money,
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
  amends remedy suggest case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends remedy suggest case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --explain
  amends remedy suggestion sug_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends remedy suggest --reason damaged --order O-1001 --line 1
  amends remedy suggest --reason wrong-size --price 39.90EUR --delivered 3d
  amends remedy offer case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --rank 1
  amends remedy offer case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --kind partial-refund --amount 5.00EUR
  amends remedy answer rem_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f accepted
  amends remedy answer rem_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f countered --counter 12.50EUR
  amends remedy fulfil rem_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --tracking JX123";

/// What can be done with remedies.
#[derive(Subcommand)]
pub enum Remedy {
    /// Rank what could be offered, and say what could not and why
    Suggest(Box<suggest::Suggest>),
    /// Show what was stored of a suggestion: its inputs, and every number
    Suggestion(suggest::Stored),
    /// Put a remedy to the buyer
    Offer(Box<offer::Offer>),
    /// Approve a remedy above the limit (supervisors)
    Approve(steps::Approve),
    /// Record what the buyer said
    Answer(steps::Answer),
    /// Take a remedy back before it was accepted
    Withdraw(steps::Withdraw),
    /// Report how far the carrying out is
    Fulfil(steps::Fulfil),
    /// List remedies, the newest first
    List(List),
}

/// Which remedies to list.
#[derive(Args)]
pub struct List {
    /// Only this case
    #[arg(long)]
    case: Option<String>,
    /// Only this state; may be repeated
    #[arg(long = "state", value_parser = code::<v1::RemedyState>())]
    states: Vec<v1::RemedyState>,
    /// Only this kind; may be repeated
    #[arg(long = "kind", value_parser = code::<v1::RemedyKind>())]
    kinds: Vec<v1::RemedyKind>,
    /// Only this order
    #[arg(long)]
    order: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

impl Remedy {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Suggest(args) => args.run(session).await,
            Self::Suggestion(args) => args.run(session).await,
            Self::Offer(args) => args.run(session).await,
            Self::Approve(args) => args.run(session).await,
            Self::Answer(args) => args.run(session).await,
            Self::Withdraw(args) => args.run(session).await,
            Self::Fulfil(args) => args.run(session).await,
            Self::List(args) => args.run(session).await,
        }
    }
}

/// A remedy after a verb, and its case.
pub(crate) struct Changed {
    pub(crate) remedy: Option<v1::Remedy>,
    pub(crate) case: Option<v1::Case>,
    /// What may be offered next to a buyer who wants another amount.
    pub(crate) next_offer: Option<v1::NextOffer>,
}

fn changed(session: &Session, remedy: Option<v1::Remedy>, case: Option<v1::Case>) -> anyhow::Result<()> {
    tell(session, &Changed { remedy, case, next_offer: None })
}

fn tell(session: &Session, changed: &Changed) -> anyhow::Result<()> {
    let output = session.output;
    output.one(changed, || {
        let remedy = changed.remedy.as_ref().map(|remedy| told(&output, remedy));
        let next = changed.next_offer.as_ref().map(next).unwrap_or_default();
        format!("{}{next}", remedy.unwrap_or_default())
    })
}

fn next(next: &v1::NextOffer) -> String {
    match (&next.amount, next.allowed) {
        (Some(amount), true) => format!("\nYou may offer {} next.", money(amount)),
        (Some(amount), false) => {
            format!("\nNearest to the wish would be {}, but no further offer may be made.", money(amount))
        }
        (None, _) => "\nThe bounds leave no room for another amount.".to_owned(),
    }
}

fn told(output: &Output, remedy: &v1::Remedy) -> String {
    let kind = word::<v1::RemedyKind>(remedy.kind);
    let state = word::<v1::RemedyState>(remedy.state);
    let mut text = format!("{} ({kind}) is {state}", id(&remedy.name));
    if let Some(value) = &remedy.granted_value {
        text.push_str(&format!(", worth {}", money(value)));
    }
    if remedy.state() == v1::RemedyState::Offered {
        let ends = output.time(remedy.expire_time.as_ref());
        text.push_str(&format!(", the offer ends {ends}"));
    }
    if let Some(wish) = &remedy.counter_amount {
        text.push_str(&format!(", the buyer wants {}", money(wish)));
    }
    if !remedy.refunded_by.is_empty() {
        text.push_str(&format!(", REFUNDED by the channel: {}", id(&remedy.refunded_by)));
    }
    if !remedy.customer_text.is_empty() {
        text.push_str(&format!("\nThe buyer reads:\n{}", remedy.customer_text));
    }
    text
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
                let request = v1::ListRemediesRequest {
                    parent: parent.clone(),
                    page_size,
                    page_token,
                    case: case.clone(),
                    states: numbers(&self.states),
                    kinds: numbers(&self.kinds),
                    order_id: self.order.clone().unwrap_or_default(),
                };
                let answer = session.client.call(request).await?;
                Ok((answer.remedies, answer.next_page_token))
            })
            .await?;
        let output = session.output;
        output.page("remedies", &page, |remedies| {
            let mut table =
                table(&["remedy", "kind", "state", "worth", "order", "offer ends", "agent", "case"]);
            for remedy in remedies {
                table.add_row([
                    id(&remedy.name).into(),
                    word::<v1::RemedyKind>(remedy.kind).into(),
                    word::<v1::RemedyState>(remedy.state).into(),
                    remedy.granted_value.as_ref().map_or("-".to_owned(), money).into(),
                    or_dash(&remedy.order_id).into(),
                    output.deadline(remedy.expire_time.as_ref()),
                    or_dash(&remedy.agent).into(),
                    id(&remedy.case).into(),
                ]);
            }
            text(&table)
        })
    }
}
