//! `amends quality …`

use amends_proto::v1;
use anyhow::Context;
use clap::{Args, Subcommand};

use crate::{
    args::Limit,
    codes::{code, word},
    connection::Session,
    output::table::{id, or_dash, table, text},
};

mod form;
mod scores;

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends quality form
  amends quality form --share 10 --minimum 2 --dispute-days 7 \\
    --criterion \"tone:1:5=Friendly and clear\" \\
    --criterion \"facts:3:5=What was promised is right\" \\
    --criterion \"privacy:2:1:critical=Nothing personal was told to a third person\"
  amends quality list --reviewable
  amends quality show smp_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends quality review smp_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f tone=4 facts=5 privacy=1 --note \"Well done\"
  amends quality dispute smp_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f \"The date was the carrier's\"
  amends quality resolve smp_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --upheld \"It was promised all the same\"
  amends quality resolve smp_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f tone=4 facts=5 privacy=1 \"You are right\"
  amends quality scores --last 90d --bucket month --csv

Cases are drawn by themselves on the Monday after the week in which they were solved. Who had
a part in a case cannot judge it; whom a review is about may dispute it once.";

/// What can be done about the quality of work.
#[derive(Subcommand)]
pub enum Quality {
    /// Show the form, or set a new one (supervisors)
    Form(form::FormArgs),
    /// List what was drawn, the newest first
    List(List),
    /// Show a sample with its form and what was written
    Show(Show),
    /// Judge a sample (supervisors)
    Review(Review),
    /// Dispute the review of your own work
    Dispute(Dispute),
    /// Decide about a dispute (supervisors)
    Resolve(Resolve),
    /// How much was judged, and how it came out
    Scores(scores::Scores),
}

/// Which samples to list.
#[derive(Args)]
pub struct List {
    /// Only those in this state
    #[arg(long, value_parser = code::<v1::SampleState>())]
    state: Option<v1::SampleState>,
    /// Only the work of this agent
    #[arg(long, default_value = "")]
    agent: String,
    /// Only what you may review
    #[arg(long)]
    reviewable: bool,
    #[command(flatten)]
    limit: Limit,
}

/// Which sample to show.
#[derive(Args)]
pub struct Show {
    /// The sample
    sample: String,
}

/// A judgement.
#[derive(Args)]
pub struct Review {
    /// The sample
    sample: String,
    /// What is given for each criterion, for example tone=4
    #[arg(required = true, value_name = "CRITERION=SCORE", value_parser = parse_score)]
    scores: Vec<v1::QualityScore>,
    /// A note for whom it is about
    #[arg(long, default_value = "")]
    note: String,
    /// Version of the sample you saw [default: the current one]
    #[arg(long, value_name = "ETAG")]
    etag: Option<String>,
}

/// A dispute.
#[derive(Args)]
pub struct Dispute {
    /// The sample
    sample: String,
    /// Why
    note: String,
    /// Version of the sample you saw [default: the current one]
    #[arg(long, value_name = "ETAG")]
    etag: Option<String>,
}

/// A decision.
#[derive(Args)]
pub struct Resolve {
    /// The sample
    sample: String,
    /// What is given instead, for example tone=4; then why
    #[arg(required = true, value_name = "CRITERION=SCORE|WHY")]
    words: Vec<String>,
    /// The review counts as it is
    #[arg(long)]
    upheld: bool,
    /// Version of the sample you saw [default: the current one]
    #[arg(long, value_name = "ETAG")]
    etag: Option<String>,
}

impl Quality {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Form(args) => args.run(session).await,
            Self::List(args) => args.run(session).await,
            Self::Show(args) => args.run(session).await,
            Self::Review(args) => args.run(session).await,
            Self::Dispute(args) => args.run(session).await,
            Self::Resolve(args) => args.run(session).await,
            Self::Scores(args) => args.run(session).await,
        }
    }
}

impl List {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let (parent, state) = (session.shop().await?, self.state.map(i32::from));
        let (agent, reviewable) = (self.agent, self.reviewable);
        let page = self
            .limit
            .pages(200, async |page_size, page_token| {
                let (parent, agent) = (parent.clone(), agent.clone());
                let request =
                    v1::ListSamplesRequest { parent, page_size, page_token, state, agent, reviewable };
                let answer = session.client.call(request).await?;
                Ok((answer.samples, answer.next_page_token))
            })
            .await?;
        session.output.page("samples", &page, |samples| {
            let mut table = table(&["sample", "state", "week", "agent", "score", "reviewer", "case"]);
            for one in samples {
                let reviewer = one.review.as_ref().map(|review| review.reviewer.as_str()).unwrap_or_default();
                table.add_row([
                    id(&one.name),
                    &word::<v1::SampleState>(one.state),
                    &one.week,
                    &one.agent,
                    &points(one.score),
                    or_dash(reviewer),
                    id(&one.case),
                ]);
            }
            text(&table)
        })
    }
}

impl Show {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("samples", &self.sample).await?;
        let answer = session.client.call(v1::GetSampleRequest { name }).await?;
        session.output.one(&answer, || {
            let sample = answer.sample.as_ref().map(|one| session.output.details(one)).unwrap_or_default();
            let form = answer.form.as_ref().map(form::shown).unwrap_or_default();
            format!("{sample}\n\n{form}")
        })
    }
}

impl Review {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("samples", &self.sample).await?;
        let etag = etag(session, &name, self.etag).await?;
        let (scores, note) = (self.scores, self.note);
        let request = v1::ReviewSampleRequest { name, etag, scores, note, ..Default::default() };
        told(session, session.client.call(request).await?.sample)
    }
}

impl Dispute {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("samples", &self.sample).await?;
        let etag = etag(session, &name, self.etag).await?;
        let request = v1::DisputeReviewRequest { name, etag, note: self.note, ..Default::default() };
        told(session, session.client.call(request).await?.sample)
    }
}

impl Resolve {
    async fn run(mut self, session: &Session) -> anyhow::Result<()> {
        let note = self.words.pop().unwrap_or_default();
        let scores: Result<Vec<_>, String> = self.words.iter().map(|text| parse_score(text)).collect();
        let scores = scores.map_err(anyhow::Error::msg)?;
        if self.upheld != scores.is_empty() {
            anyhow::bail!("Say --upheld, or what is given instead for each criterion; and why.");
        }
        let name = session.name("samples", &self.sample).await?;
        let etag = etag(session, &name, self.etag).await?;
        let request = v1::ResolveDisputeRequest { name, etag, scores, note, ..Default::default() };
        told(session, session.client.call(request).await?.sample)
    }
}

async fn etag(session: &Session, name: &str, given: Option<String>) -> anyhow::Result<String> {
    if let Some(etag) = given {
        return Ok(etag);
    }
    let answer = session.client.call(v1::GetSampleRequest { name: name.to_owned() }).await?;
    Ok(answer.sample.context("The server answered without the sample.")?.etag)
}

fn told(session: &Session, sample: Option<v1::QualitySample>) -> anyhow::Result<()> {
    let sample = sample.context("The server answered without the sample.")?;
    session.output.one(&sample, || {
        let (state, score) = (word::<v1::SampleState>(sample.state), points(sample.score));
        format!("{} ({}) is {state}, score {score}, etag {}", id(&sample.name), sample.agent, sample.etag)
    })
}

fn points(score: Option<f64>) -> String {
    score.map_or("-".to_owned(), |score| format!("{score:.2}"))
}

fn parse_score(text: &str) -> Result<v1::QualityScore, String> {
    let wrong = || "write a criterion and what is given for it, for example tone=4".to_owned();
    let (criterion, score) = text.split_once('=').ok_or_else(wrong)?;
    Ok(v1::QualityScore { criterion: criterion.to_owned(), score: score.parse().map_err(|_| wrong())? })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_score_is_a_criterion_and_a_number() {
        let score = parse_score("tone=4").unwrap();
        assert_eq!((score.criterion.as_str(), score.score), ("tone", 4));
        assert!(parse_score("tone").is_err() && parse_score("tone=good").is_err());
        assert_eq!((points(Some(87.5)), points(None)), ("87.50".to_owned(), "-".to_owned()));
    }
}
