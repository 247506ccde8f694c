//! Putting a remedy to the buyer.

use amends_proto::v1;
use anyhow::Context;
use clap::Args;
use jiff::SignedDuration;

use crate::{
    amount::parse_amount,
    args::Stamp,
    codes::code,
    connection::Session,
    when::{parse_duration, proto_duration},
};

use super::{changed, suggest};
use amends_proto::v1::suggest_remedies_request::Target;

/// What to offer.
#[derive(Args)]
#[group(required = true, id = "which", args = ["rank", "kind"])]
pub struct Offer {
    /// The case
    case: String,
    /// The alternative at this place of what `remedy suggest` ranks
    #[arg(long, value_name = "PLACE", value_parser = clap::value_parser!(i32).range(1..))]
    rank: Option<i32>,
    /// What is given, where you decide yourself
    #[arg(long, value_parser = code::<v1::RemedyKind>())]
    kind: Option<v1::RemedyKind>,
    /// The suggestion your own choice was made from
    #[arg(long, conflicts_with = "rank")]
    suggestion: Option<String>,
    /// Pieces it covers [default: as suggested, else 1]
    #[arg(long)]
    quantity: Option<i32>,
    /// Money given, for example 5.00EUR
    #[arg(long, value_parser = parse_amount)]
    amount: Option<v1::Money>,
    /// Article to send [default: the one ordered]
    #[arg(long)]
    sku: Option<String>,
    /// What the buyer does with the first article
    #[arg(long, value_parser = code::<v1::ItemDisposal>())]
    disposal: Option<v1::ItemDisposal>,
    /// What is missing, or how to help
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// A coupon made already
    #[arg(long, value_name = "CODE")]
    coupon: Option<String>,
    /// A coupon on top for a buyer who comes back, for example 5.00EUR
    #[arg(long, value_parser = parse_amount)]
    gift: Option<v1::Money>,
    /// The earlier remedy on the same line that did not hold
    #[arg(long, value_name = "REMEDY")]
    follows: Option<String>,
    /// How long the offer stands, for example 3d [default: the shop's rule]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    life: Option<SignedDuration>,
    /// What the buyer reads [default: the template]
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    stamp: Stamp,
}

impl Offer {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let case = session.name("cases", &self.case).await?;
        let (kind, base, suggestion) = self.basis(session, &case).await?;
        let follows = match &self.follows {
            Some(earlier) => session.name("remedies", earlier).await?,
            None => String::new(),
        };
        // After the suggestion, which may itself have moved the case on.
        let version = self.stamp.of(session, &case).await?;
        let request = v1::OfferRemedyRequest {
            case,
            etag: version.etag,
            fence: version.fence,
            suggestion,
            kind,
            terms: Some(self.terms(base)),
            life: self.life.map(proto_duration),
            customer_text: self.text.unwrap_or_default(),
            follows,
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        changed(session, answer.remedy, answer.case)
    }

    // The same case draws the same ranking, so suggesting again finds the
    // alternative the agent saw, and leaves a record that it was chosen from one.
    async fn basis(&self, session: &Session, case: &str) -> anyhow::Result<(i32, v1::RemedyTerms, String)> {
        let Some(rank) = self.rank else {
            let kind = self.kind.context("Say what is given with --kind.")?;
            let suggestion = match &self.suggestion {
                Some(suggestion) => session.name("suggestions", suggestion).await?,
                None => String::new(),
            };
            let terms = v1::RemedyTerms { quantity: 1, ..Default::default() };
            return Ok((kind.into(), terms, suggestion));
        };
        let suggestion = suggest::ask(session, Target::Case(case.to_owned()), 0).await?;
        let places = suggestion.alternatives.len();
        let alternative = suggestion
            .alternatives
            .into_iter()
            .find(|alternative| alternative.rank == rank)
            .with_context(|| format!("There is no place {rank}; {places} can be offered."))?;
        let terms = alternative.terms.unwrap_or_default();
        Ok((alternative.kind, terms, suggestion.name))
    }

    fn terms(&self, mut terms: v1::RemedyTerms) -> v1::RemedyTerms {
        terms.quantity = self.quantity.unwrap_or(terms.quantity);
        terms.amount = self.amount.clone().or(terms.amount);
        terms.sku = self.sku.clone().unwrap_or(terms.sku);
        terms.item_disposal = self.disposal.map(Into::into).or(terms.item_disposal);
        terms.description = self.description.clone().unwrap_or(terms.description);
        terms.gift = self.gift.clone().or(terms.gift);
        terms.coupon_code = self.coupon.clone().unwrap_or(terms.coupon_code);
        terms
    }
}
