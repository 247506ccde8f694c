//! `amends metrics …`

mod figures;
mod remedies;

use amends_proto::v1;
use clap::{Args, Subcommand};
use jiff::{SignedDuration, ToSpan, civil::Date, tz::TimeZone};

use crate::{
    codes::{code, parse},
    connection::Session,
    when::{parse_day, parse_duration},
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends metrics reversal --last 30d
  amends metrics reversal --from 2026-01-01 --to 2026-03-31 --bucket month
  amends metrics returns --by reason --by sku
  amends metrics returns --where reason=wrong-item --json
  amends metrics remedies --last 60d --reason damaged
  amends metrics fairness --from 2026-01-01 --json

A cohort is the days on which reviews were first observed, or units delivered.
Figures with a `*` may still change, because some windows are open.";

/// Which figures.
#[derive(Subcommand)]
pub enum Metrics {
    /// How many negative reviews were revised
    Reversal(Query),
    /// How many units came back, and how many returns were avoided
    Returns(Query),
    /// What became of remedies, and what the learned order caused
    Remedies(Remedies),
    /// Whether what is granted depends on stars
    Fairness(Fairness),
}

/// Which days.
#[derive(Args)]
pub(crate) struct Cohort {
    /// First day of the cohort
    #[arg(long, value_name = "DAY", value_parser = parse_day, conflicts_with = "last")]
    from: Option<Date>,
    /// Last day of the cohort [default: today]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    to: Option<Date>,
    /// How far the cohort reaches back, in days
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = parse_duration)]
    last: SignedDuration,
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
}

/// Which remedies, by the day they were proposed.
#[derive(Args)]
pub struct Fairness {
    #[command(flatten)]
    cohort: Cohort,
}

/// Whose figures, and how they are split.
#[derive(Args)]
pub struct Query {
    /// First day of the cohort
    #[arg(long, value_name = "DAY", value_parser = parse_day, conflicts_with = "last")]
    from: Option<Date>,
    /// Last day of the cohort [default: today]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    to: Option<Date>,
    /// How far the cohort reaches back, in days
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = parse_duration)]
    last: SignedDuration,
    /// How time is cut
    #[arg(long, value_parser = code::<v1::TimeBucket>())]
    bucket: Option<v1::TimeBucket>,
    /// What to split by; up to twice
    #[arg(long = "by", value_name = "DIMENSION", value_parser = code::<v1::Dimension>())]
    by: Vec<v1::Dimension>,
    /// Only members with this value, for example reason=damaged; may be repeated
    #[arg(long = "where", value_name = "DIMENSION=VALUE", value_parser = parse_filter)]
    filters: Vec<v1::DimensionValue>,
}

impl Metrics {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let parent = session.shop().await?;
        match self {
            Self::Reversal(query) => {
                let request = v1::GetReviewReversalRequest {
                    parent,
                    cohort: Some(query.cohort(output.now)?),
                    bucket: query.bucket.map(Into::into),
                    dimensions: query.by.iter().map(|by| (*by).into()).collect(),
                    filters: query.filters,
                };
                let answer = session.client.call(request).await?;
                output.one(&answer, || figures::reversal(&answer))
            }
            Self::Returns(query) => {
                let request = v1::GetReturnsRequest {
                    parent,
                    cohort: Some(query.cohort(output.now)?),
                    bucket: query.bucket.map(Into::into),
                    dimensions: query.by.iter().map(|by| (*by).into()).collect(),
                    filters: query.filters,
                };
                let answer = session.client.call(request).await?;
                output.one(&answer, || figures::returns(&answer))
            }
            Self::Remedies(query) => {
                let request = v1::GetRemedyPerformanceRequest {
                    parent,
                    cohort: Some(query.cohort.days(output.now)?),
                    reason: query.cohort.reason.map(Into::into),
                    kinds: query.kinds.iter().map(|kind| (*kind).into()).collect(),
                    include_immature: query.include_immature,
                };
                let answer = session.client.call(request).await?;
                output.one(&answer, || remedies::performance(&answer))
            }
            Self::Fairness(Fairness { cohort }) => {
                let request = v1::GetRemedyFairnessRequest {
                    parent,
                    cohort: Some(cohort.days(output.now)?),
                    reason: cohort.reason.map(Into::into),
                };
                let answer = session.client.call(request).await?;
                output.one(&answer, || remedies::fairness(&answer))
            }
        }
    }
}

impl Query {
    fn cohort(&self, now: jiff::Timestamp) -> anyhow::Result<v1::DateRange> {
        days(self.from, self.to, self.last, now)
    }
}

impl Cohort {
    fn days(&self, now: jiff::Timestamp) -> anyhow::Result<v1::DateRange> {
        days(self.from, self.to, self.last, now)
    }
}

fn days(
    from: Option<Date>,
    to: Option<Date>,
    reach: SignedDuration,
    now: jiff::Timestamp,
) -> anyhow::Result<v1::DateRange> {
    let last = match to {
        Some(day) => day,
        None => now.to_zoned(TimeZone::UTC).date(),
    };
    let start = match from {
        Some(day) => day,
        None => last.checked_sub(reach)?,
    };
    if start > last {
        anyhow::bail!("The cohort begins on {start}, after its last day, {last}.");
    }
    Ok(v1::DateRange {
        start_date: start.to_string(),
        // People name the last day that counts, the contract the first that does not.
        end_date: last.checked_add(1.day())?.to_string(),
    })
}

fn parse_filter(text: &str) -> Result<v1::DimensionValue, String> {
    let wrong = || "write a dimension and a value, for example reason=damaged".to_owned();
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
    fn a_cohort_ends_with_the_last_day_that_was_named() {
        let query = Query {
            from: Some("2026-01-01".parse().unwrap()),
            to: Some("2026-01-31".parse().unwrap()),
            last: SignedDuration::ZERO,
            bucket: None,
            by: Vec::new(),
            filters: Vec::new(),
        };
        let cohort = query.cohort(jiff::Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(cohort.start_date, "2026-01-01");
        assert_eq!(cohort.end_date, "2026-02-01");
    }

    #[test]
    fn a_filter_takes_the_word_of_a_value() {
        let filter = parse_filter("reason=wrong-item").unwrap();
        assert_eq!(filter.value, "WRONG_ITEM");
        assert_eq!(parse_filter("sku=a-b").unwrap().value, "a-b");
        assert!(parse_filter("colour=red").is_err());
    }
}
