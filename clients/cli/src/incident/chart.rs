//! `amends incident chart`

use amends_proto::v1;
use clap::Args;

use crate::{
    codes::{code, word},
    connection::Session,
    metrics::spark::{Part, Signs, highest, line},
    output::{
        Output,
        table::{table, text},
    },
};

/// The chart of an article and a reason.
#[derive(Args)]
pub struct Chart {
    /// The article
    #[arg(long)]
    sku: String,
    /// What buyers complain about
    #[arg(long, value_parser = code::<v1::ComplaintReason>())]
    reason: v1::ComplaintReason,
    /// How many weeks, the last of which ended with yesterday
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(i32).range(1..=104))]
    weeks: i32,
}

impl Chart {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let parent = session.shop().await?;
        let (sku, reason, weeks) = (self.sku, i32::from(self.reason), self.weeks);
        let request = v1::GetControlChartRequest { parent, sku: sku.clone(), reason, weeks };
        let answer = session.client.call(request).await?;
        session.output.one(&answer, || {
            let about = format!("{} about {sku}", word::<v1::ComplaintReason>(reason));
            shown(&about, &answer, &session.output)
        })
    }
}

fn shown(about: &str, chart: &v1::GetControlChartResponse, output: &Output) -> String {
    let part = |one: &v1::ControlPoint| Part {
        numerator: one.complaint_count,
        denominator: one.unit_count,
        open: false,
    };
    let parts: Vec<Part> = chart.points.iter().map(part).collect();
    let mut rows = table(&["week from", "complaints", "usual", "units", "share", "limit", ""]);
    for one in &chart.points {
        rows.add_row([
            output.time(one.from_time.as_ref()),
            one.complaint_count.to_string(),
            one.expected_count.map_or_else(|| "-".to_owned(), |usual| format!("{usual:.1}")),
            one.unit_count.to_string(),
            percent(one.share),
            percent(one.upper_limit),
            said(one).to_owned(),
        ]);
    }
    let drawn = line(&parts, highest(&parts), Signs::Blocks);
    let pairs = chart.pair_count;
    format!(
        "{about}: {drawn}\n{}\n{pairs} pairs of an article and a reason are looked at together",
        text(&rows)
    )
}

fn said(one: &v1::ControlPoint) -> &'static str {
    match (one.signal, one.share.zip(one.upper_limit)) {
        (true, _) => "SIGNAL",
        (false, Some((share, limit))) if share > limit => "above",
        _ => "",
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_a_line_and_a_table_that_names_the_signal() {
        let usual = v1::ControlPoint {
            complaint_count: 2,
            unit_count: 160,
            share: Some(0.0125),
            centre: Some(0.0125),
            upper_limit: Some(0.05),
            expected_count: Some(2.0),
            ..Default::default()
        };
        let above = v1::ControlPoint { complaint_count: 9, share: Some(0.056_25), ..usual };
        let signal = v1::ControlPoint { complaint_count: 16, share: Some(0.1), signal: true, ..usual };
        let unknown = v1::ControlPoint::default();
        let chart =
            v1::GetControlChartResponse { points: vec![unknown, usual, above, signal], pair_count: 14 };
        let told = shown("wrong_size about S", &chart, &Output::new(false));
        assert!(told.starts_with("wrong_size about S: ·▂▅█\n"), "{told}");
        assert!(told.contains("SIGNAL") && told.contains("above") && told.contains("5.62 %"), "{told}");
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    }
}
