//! What is told at the end, for people and for machines.

mod figures;
mod look;
mod text;

use std::{io::Write, time::Duration};

use amends_client::Client;
use serde_json::{Value, json};

use super::{Options, audit::Audit, post::Sent, tally::Tally};
use figures::{Pooled, Returned};
use look::Looked;

/// What the play found out by itself.
#[derive(Debug)]
pub(crate) struct Findings {
    /// How it was played.
    pub(crate) options: Options,
    /// How many weeks were played.
    pub(crate) weeks: i64,
    /// Signals.
    pub(crate) sent: Sent,
    /// What happened.
    pub(crate) tally: Tally,
    /// How often the books were compared.
    pub(crate) audits: u64,
    /// How many figures were compared.
    pub(crate) compared: u64,
    /// What differed.
    pub(crate) differences: Vec<String>,
    /// How long it took.
    pub(crate) took: Duration,
}

/// What came of the play.
#[derive(Debug)]
pub struct Report {
    /// Whether every served figure is what the market's own books say.
    pub truth_matches: bool,
    /// Every difference, in words.
    pub differences: Vec<String>,
    findings: Findings,
    reversal: Pooled,
    returned: Vec<Returned>,
    looked: Looked,
}

impl Report {
    /// Looks at what the service shows, and puts it together.
    ///
    /// # Errors
    /// When cases or remedies cannot be read.
    pub(crate) async fn new(
        supervisor: &Client,
        mut findings: Findings,
        audits: Vec<Audit>,
    ) -> anyhow::Result<Self> {
        let looked = look::look(supervisor).await?;
        let mut differences = std::mem::take(&mut findings.differences);
        let mut same = |what: &str, served: u64, was: u64| {
            if served != was {
                differences.push(format!("{what}: {served} are served and {was} were"));
            }
        };
        same("cases", looked.cases, findings.tally.cases);
        same("offers", looked.offers, findings.tally.offers);
        same("offers taken", looked.accepted, findings.tally.accepted);
        same("remedies fulfilled", looked.fulfilled, findings.tally.fulfilled);
        Ok(Self {
            truth_matches: differences.is_empty(),
            differences,
            reversal: Pooled::of(&audits),
            returned: figures::returned(&audits),
            looked,
            findings,
        })
    }

    /// Prints it to standard output, as one JSON object or as text.
    ///
    /// # Errors
    /// When nobody takes it.
    pub fn print(&self, json: bool) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if json {
            writeln!(out, "{}", self.json())?;
        } else {
            writeln!(out, "{}", self.text())?;
        }
        out.flush()?;
        Ok(())
    }

    /// The report for people.
    #[must_use]
    pub fn text(&self) -> String {
        text::text(self)
    }

    /// The report for machines.
    #[must_use]
    pub fn json(&self) -> Value {
        let Findings { options, sent, tally, audits, compared, took, .. } = &self.findings;
        let returns: serde_json::Map<String, Value> =
            self.returned.iter().map(|one| (one.channel.to_owned(), rate(one.rate))).collect();
        let avoided = self.avoided();
        json!({
            "truth_matches": self.truth_matches,
            "differences": self.differences,
            "figures_compared": compared,
            "comparisons": audits,
            "seed": options.seed,
            "buyers": options.buyers,
            "signals": sent.stored,
            "signals_sent_again": sent.again,
            "signals_late": sent.late,
            "cases": self.looked.cases,
            "cases_by_reason": self.looked.reasons,
            "offers": {
                "made": tally.offers,
                "approved": tally.approved,
                "accepted": tally.accepted,
                "declined": tally.declined,
                "expired": self.looked.expired,
                "fulfilled": tally.fulfilled,
            },
            "review_reversal": rate(self.reversal.rate()),
            "returns": returns,
            "avoided": {
                "provisional": avoided.provisional,
                "confirmed": avoided.confirmed,
                "failed": avoided.failed,
            },
            "seconds": took.as_secs_f64(),
        })
    }

    fn avoided(&self) -> amends_proto::v1::AvoidedCounts {
        let mut all = amends_proto::v1::AvoidedCounts::default();
        for one in &self.returned {
            all.provisional += one.avoided.provisional;
            all.confirmed += one.avoided.confirmed;
            all.failed += one.avoided.failed;
        }
        all
    }
}

fn rate((numerator, denominator): (i64, i64)) -> Value {
    let rate = (denominator > 0).then(|| numerator as f64 / denominator as f64);
    json!({ "numerator": numerator, "denominator": denominator, "rate": rate })
}
