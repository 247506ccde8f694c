//! The form by which work is drawn and judged.

use amends_proto::v1;
use anyhow::Context;
use clap::Args;

use crate::connection::Session;
use crate::output::table::{table, text};

/// A new form, or none to show the one there is.
#[derive(Args)]
pub struct FormArgs {
    /// Share of solved cases that is drawn, in percent
    #[arg(long, value_name = "PERCENT", requires = "criteria")]
    share: Option<i32>,
    /// So many of each agent and week at least
    #[arg(long, value_name = "COUNT", requires = "criteria")]
    minimum: Option<i32>,
    /// For how many days a review may be disputed
    #[arg(long, value_name = "DAYS", requires = "criteria")]
    dispute_days: Option<i32>,
    /// A criterion: id, weight, most that can be given, `critical` where a 0 voids the rest, and what is asked
    #[arg(long = "criterion", id = "criteria", value_name = "ID:WEIGHT:MAX[:critical]=TITLE", value_parser = parse_criterion)]
    criteria: Vec<v1::QualityCriterion>,
    /// Show this version in place of the one that holds
    #[arg(long, conflicts_with = "criteria", default_value_t = 0)]
    version: i64,
    /// Version of the form you saw [default: the current one]
    #[arg(long, value_name = "ETAG", requires = "criteria")]
    etag: Option<String>,
}

impl FormArgs {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let parent = session.shop().await?;
        if self.criteria.is_empty() {
            let answer =
                session.client.call(v1::GetQualityFormRequest { parent, version: self.version }).await?;
            let form = answer.form.context("The server answered without the form.")?;
            return session.output.one(&form, || shown(&form));
        }
        let before = match &self.etag {
            Some(_) => None,
            None => {
                let request = v1::GetQualityFormRequest { parent: parent.clone(), version: 0 };
                match session.client.call(request).await {
                    Ok(answer) => answer.form,
                    Err(error) if error.reason() == Some(v1::Reason::QualityFormNotFound) => None,
                    Err(error) => return Err(error.into()),
                }
            }
        };
        let old = before.unwrap_or_default();
        let etag = if old.etag.is_empty() { "0".to_owned() } else { old.etag.clone() };
        let usual = |value: i32, usual: i32| if old.version > 0 { value } else { usual };
        let form = v1::QualityForm {
            share_percent: self.share.unwrap_or(usual(old.share_percent, 10)),
            minimum_per_week: self.minimum.unwrap_or(usual(old.minimum_per_week, 1)),
            dispute_days: self.dispute_days.unwrap_or(usual(old.dispute_days, 7)),
            criteria: self.criteria,
            ..Default::default()
        };
        let etag = self.etag.unwrap_or(etag);
        let request = v1::SetQualityFormRequest { parent, form: Some(form), etag, ..Default::default() };
        let form =
            session.client.call(request).await?.form.context("The server answered without the form.")?;
        session.output.one(&form, || shown(&form))
    }
}

/// The form in words, with its criteria.
pub(super) fn shown(form: &v1::QualityForm) -> String {
    let mut table = table(&["criterion", "weight", "most", "critical", "what is asked"]);
    for one in &form.criteria {
        let critical = if one.critical { "yes" } else { "" };
        table.add_row([
            one.id.as_str(),
            &one.weight.to_string(),
            &one.max_score.to_string(),
            critical,
            &one.title,
        ]);
    }
    format!(
        "Form {} by {}: {} % of what each agent solved in a week, {} at least; reviews may be disputed for {} days.\n\n{}",
        form.version,
        form.setter,
        form.share_percent,
        form.minimum_per_week,
        form.dispute_days,
        text(&table)
    )
}

fn parse_criterion(given: &str) -> Result<v1::QualityCriterion, String> {
    let wrong = || "write ID:WEIGHT:MAX=TITLE, for example tone:1:5=Friendly and clear".to_owned();
    let (head, title) = given.split_once('=').ok_or_else(wrong)?;
    let parts: Vec<&str> = head.split(':').collect();
    let (id, weight, max, critical) = match parts.as_slice() {
        [id, weight, max] => (id, weight, max, false),
        [id, weight, max, "critical"] => (id, weight, max, true),
        _ => return Err(wrong()),
    };
    Ok(v1::QualityCriterion {
        id: (*id).to_owned(),
        title: title.to_owned(),
        weight: weight.parse().map_err(|_| wrong())?,
        max_score: max.parse().map_err(|_| wrong())?,
        critical,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_criterion_is_written_in_one_word_and_a_title() {
        let one = parse_criterion("privacy:2:1:critical=Nothing = told").unwrap();
        assert_eq!((one.id.as_str(), one.weight, one.max_score, one.critical), ("privacy", 2, 1, true));
        assert_eq!(one.title, "Nothing = told");
        for wrong in ["tone", "tone:1=x", "tone:1:5:deadly=x", "tone:a:5=x"] {
            assert!(parse_criterion(wrong).is_err(), "{wrong}");
        }
    }
}
