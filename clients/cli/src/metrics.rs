//! `amends metrics …`

mod agent_performance;
mod columns;
pub(crate) mod days;
mod figures;
pub(crate) mod form;
mod lag;
pub(crate) mod quality;
mod remedies;
mod response;
mod savings;
mod sheet;
pub(crate) mod spark;
mod wide;

use amends_proto::v1;
use clap::{Args, Subcommand, ValueEnum};

use crate::{
    codes::{code, parse},
    connection::Session,
};

use days::Days;
use figures::{Cut, room};
use form::Form;

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends metrics reversal --last 30d
  amends metrics reversal --from 2026-01-01 --to 2026-03-31 --bucket month
  amends metrics returns --all-shops --bucket week --by channel,region
  amends metrics returns --by reason,sku --export returns.csv
  amends metrics returns --where reason=wrong-item --json
  amends metrics time-to-reversal --last 180d --by reason
  amends metrics savings --from 2026-01-01 --to 2026-03-31
  amends metrics remedies --last 60d --reason damaged
  amends metrics remedies --csv --table comparison
  amends metrics fairness --from 2026-01-01 --csv > fairness.csv
  amends metrics handling --last 30d --bucket week
  amends metrics handling --by agent --json
  amends metrics sla --last 30d --by priority,target
  amends metrics satisfaction --last 90d --bucket month --export csat.csv
  amends metrics agents --last 28d --bucket week
  amends metrics agents --all-shops --agent mia --csv > mia.csv

A cohort is the days on which reviews were first observed, or units delivered.
Figures with a `*` may still change, because some windows are open. A rate is told
as 34/95 = 35.8 % (26.9–45.8): members, share, and its 95 % interval. On a terminal
only the columns that fit are shown, and a line of signs shows a rate over time.";

/// Which figures.
#[derive(Subcommand)]
pub enum Metrics {
    /// How many negative reviews were revised
    Reversal(Query),
    /// How many units came back, and how many returns were avoided
    Returns(Query),
    /// How long negative reviews take until they are reversed
    TimeToReversal(Query),
    /// What avoided returns were worth, naive beside causal
    Savings(savings::Savings),
    /// What became of remedies, and what the learned order caused
    Remedies(Remedies),
    /// Whether what is granted depends on stars
    Fairness(Fairness),
    /// How long buyers waited, and what became of cases
    Handling(Query),
    /// How many promises of time were kept
    Sla(Query),
    /// What buyers answered to surveys
    Satisfaction(Query),
    /// What agents did with their time, and what came of it
    Agents(agent_performance::Agents),
}

/// Which cases.
#[derive(Args)]
pub(crate) struct Cohort {
    #[command(flatten)]
    days: Days,
    /// Only this reason
    #[arg(long, value_parser = code::<v1::ComplaintReason>())]
    reason: Option<v1::ComplaintReason>,
}

/// Which remedies.
#[derive(Args)]
pub struct Remedies {
    #[command(flatten)]
    cohort: Cohort,
    /// Only this kind; may be repeated
    #[arg(long = "kind", value_name = "KIND", value_parser = code::<v1::RemedyKind>())]
    kinds: Vec<v1::RemedyKind>,
    /// Compare cases whose window is open as well
    #[arg(long)]
    include_immature: bool,
    /// Which part of the answer becomes a CSV
    #[arg(long, value_enum, default_value = "kinds")]
    table: Part,
    #[command(flatten)]
    form: Form,
}

/// A part of the answer about remedies.
#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// What became of each kind
    Kinds,
    /// Naive beside causal
    Comparison,
    /// What each kind would have cost, had it always come first
    Always,
}

/// Which remedies, by the day they were proposed.
#[derive(Args)]
pub struct Fairness {
    #[command(flatten)]
    cohort: Cohort,
    #[command(flatten)]
    form: Form,
}

/// Whose figures, and how they are split.
#[derive(Args)]
pub struct Query {
    #[command(flatten)]
    days: Days,
    /// All shops you may read together, each with the days of its own time zone
    #[arg(long)]
    all_shops: bool,
    /// How time is cut
    #[arg(long, value_parser = code::<v1::TimeBucket>())]
    bucket: Option<v1::TimeBucket>,
    /// What to split by; up to two
    #[arg(long = "by", value_name = "DIMENSION", value_delimiter = ',', value_parser = code::<v1::Dimension>())]
    by: Vec<v1::Dimension>,
    /// Only members with this value, for example reason=damaged; may be repeated
    #[arg(long = "where", value_name = "DIMENSION=VALUE", value_parser = parse_filter)]
    filters: Vec<v1::DimensionValue>,
    #[command(flatten)]
    form: Form,
}

impl Metrics {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Reversal(query) => query.reversal(session).await,
            Self::Returns(query) => query.returns(session).await,
            Self::TimeToReversal(query) => query.time_to_reversal(session).await,
            Self::Savings(args) => args.run(session).await,
            Self::Remedies(args) => args.run(session).await,
            Self::Fairness(args) => args.run(session).await,
            Self::Handling(query) => query.handling(session).await,
            Self::Sla(query) => query.sla(session).await,
            Self::Satisfaction(query) => query.satisfaction(session).await,
            Self::Agents(args) => args.run(session).await,
        }
    }
}

impl Query {
    fn check(&self) -> anyhow::Result<()> {
        if self.by.len() > 2 {
            anyhow::bail!("Figures are split by two dimensions at most; ask twice, or narrow with --where.");
        }
        Ok(())
    }

    async fn parent(&self, session: &Session) -> anyhow::Result<String> {
        if self.all_shops { Ok("shops/-".to_owned()) } else { session.shop().await }
    }

    async fn reversal(self, session: &Session) -> anyhow::Result<()> {
        self.check()?;
        let output = session.output;
        let cohort = self.days.range(session).await?;
        let request = v1::GetReviewReversalRequest {
            parent: self.parent(session).await?,
            cohort: Some(cohort.clone()),
            bucket: self.bucket.map(Into::into),
            dimensions: self.by.iter().map(|by| (*by).into()).collect(),
            filters: self.filters,
        };
        let answer = session.client.call(request).await?;
        let cut = Cut::new(&output, cohort, self.bucket);
        let sheet = || columns::reversal(&answer, &self.by);
        self.form.tell(&output, &answer, sheet, || figures::reversal(&answer, &cut))
    }

    async fn time_to_reversal(self, session: &Session) -> anyhow::Result<()> {
        self.check()?;
        let output = session.output;
        let cohort = self.days.range(session).await?;
        let request = v1::GetTimeToReversalRequest {
            parent: session.shop().await?,
            cohort: Some(cohort.clone()),
            bucket: self.bucket.map(Into::into),
            dimensions: self.by.iter().map(|by| (*by).into()).collect(),
            filters: self.filters,
        };
        let answer = session.client.call(request).await?;
        let cut = Cut::new(&output, cohort, self.bucket);
        self.form.tell(&output, &answer, || lag::sheet(&answer, &self.by), || lag::shown(&answer, &cut))
    }

    async fn returns(self, session: &Session) -> anyhow::Result<()> {
        self.check()?;
        let output = session.output;
        let cohort = self.days.range(session).await?;
        let request = v1::GetReturnsRequest {
            parent: self.parent(session).await?,
            cohort: Some(cohort.clone()),
            bucket: self.bucket.map(Into::into),
            dimensions: self.by.iter().map(|by| (*by).into()).collect(),
            filters: self.filters,
        };
        let answer = session.client.call(request).await?;
        let cut = Cut::new(&output, cohort, self.bucket);
        let sheet = || columns::returns(&answer, &self.by);
        self.form.tell(&output, &answer, sheet, || figures::returns(&answer, &cut))
    }

    async fn handling(self, session: &Session) -> anyhow::Result<()> {
        self.check()?;
        let output = session.output;
        let cohort = self.days.range(session).await?;
        let request = v1::GetHandlingRequest {
            parent: session.shop().await?,
            cohort: Some(cohort.clone()),
            bucket: self.bucket.map(Into::into),
            dimensions: self.by.iter().map(|by| (*by).into()).collect(),
            filters: self.filters,
        };
        let answer = session.client.call(request).await?;
        let cut = Cut::new(&output, cohort, self.bucket);
        let sheet = || response::handling_sheet(&answer, &self.by);
        self.form.tell(&output, &answer, sheet, || response::handling(&answer, &cut))
    }

    async fn sla(self, session: &Session) -> anyhow::Result<()> {
        self.check()?;
        let output = session.output;
        let cohort = self.days.range(session).await?;
        let request = v1::GetSlaAttainmentRequest {
            parent: session.shop().await?,
            cohort: Some(cohort.clone()),
            bucket: self.bucket.map(Into::into),
            dimensions: self.by.iter().map(|by| (*by).into()).collect(),
            filters: self.filters,
        };
        let answer = session.client.call(request).await?;
        let cut = Cut::new(&output, cohort, self.bucket);
        let sheet = || response::sla_sheet(&answer, &self.by);
        self.form.tell(&output, &answer, sheet, || response::sla(&answer, &cut))
    }

    async fn satisfaction(self, session: &Session) -> anyhow::Result<()> {
        self.check()?;
        let output = session.output;
        let cohort = self.days.range(session).await?;
        let request = v1::GetSatisfactionRequest {
            parent: session.shop().await?,
            cohort: Some(cohort.clone()),
            bucket: self.bucket.map(Into::into),
            dimensions: self.by.iter().map(|by| (*by).into()).collect(),
            filters: self.filters,
        };
        let answer = session.client.call(request).await?;
        let cut = Cut::new(&output, cohort, self.bucket);
        let sheet = || response::satisfaction_sheet(&answer, &self.by);
        self.form.tell(&output, &answer, sheet, || response::satisfaction(&answer, &cut))
    }
}

impl Remedies {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let request = v1::GetRemedyPerformanceRequest {
            parent: session.shop().await?,
            cohort: Some(self.cohort.days.range(session).await?),
            reason: self.cohort.reason.map(Into::into),
            kinds: self.kinds.iter().map(|kind| (*kind).into()).collect(),
            include_immature: self.include_immature,
        };
        let answer = session.client.call(request).await?;
        let sheet = || match self.table {
            Part::Kinds => columns::kinds(&answer),
            Part::Comparison => columns::comparison(&answer),
            Part::Always => columns::always(&answer),
        };
        self.form.tell(&output, &answer, sheet, || remedies::performance(&answer, room()))
    }
}

impl Fairness {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let request = v1::GetRemedyFairnessRequest {
            parent: session.shop().await?,
            cohort: Some(self.cohort.days.range(session).await?),
            reason: self.cohort.reason.map(Into::into),
        };
        let answer = session.client.call(request).await?;
        let sheet = || columns::fairness(&answer);
        self.form.tell(&output, &answer, sheet, || remedies::fairness(&answer))
    }
}

fn parse_filter(text: &str) -> Result<v1::DimensionValue, String> {
    let wrong = || {
        "write a dimension (those of --by) and a value, for example reason=damaged or sku=BOTTLE-750"
            .to_owned()
    };
    let (dimension, value) = text.split_once('=').ok_or_else(wrong)?;
    let dimension: v1::Dimension = parse(dimension).ok_or_else(wrong)?;
    let value = match dimension {
        // Enum values are stored by their names; people type them as words.
        v1::Dimension::Reason | v1::Dimension::RemedyKind => value.to_ascii_uppercase().replace('-', "_"),
        _ => value.to_owned(),
    };
    Ok(v1::DimensionValue { dimension: dimension.into(), value })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_filter_takes_the_word_of_a_value() {
        let filter = parse_filter("reason=wrong-item").unwrap();
        assert_eq!(filter.value, "WRONG_ITEM");
        assert_eq!(parse_filter("sku=a-b").unwrap().value, "a-b");
        assert!(parse_filter("colour=red").is_err());
    }
}
