//! `amends twins`

use amends_proto::v1;

use crate::{
    codes::word,
    connection::Session,
    output::{
        Output,
        table::{id, table, text},
    },
    when::{When, parse_day, parse_when},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends twins
  amends twins --tier MALL --at 2026-03-10T08:00:00Z
  amends twins --away 2026-02-16/2026-02-22 --json

Each figure is counted as the marketplace counts it: at its last cut-off, and at the next
one if nothing more is answered, or if everything is that still can be. The service does
not know the tier of the shop, nor when it was away (holiday or vacation mode).";

/// For whom, and when.
#[derive(clap::Args)]
pub struct Args {
    /// The moment it is asked for; a duration looks back [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    at: Option<When>,
    /// The tier of sellers the shop is in, for example MALL
    #[arg(long, default_value = "")]
    tier: String,
    /// A span in which the shop was away, its end not included; plain dates begin where the shop is; may be repeated
    #[arg(long, value_name = "FROM/TO", value_parser = parse_span)]
    away: Vec<(Edge, Edge)>,
}

impl Args {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let zone = if self.away.is_empty() { TimeZone::UTC } else { session.zone().await? };
        let span = |(from, to): &(Edge, Edge)| {
            anyhow::Ok(v1::AwaySpan {
                start_time: Some(from.moment(output.now, &zone)?),
                end_time: Some(to.moment(output.now, &zone)?),
            })
        };
        let request = v1::GetMarketplaceTwinsRequest {
            parent: session.shop().await?,
            at_time: self.at.map(|at| at.back(output.now)),
            tier: self.tier,
            away: self.away.iter().map(span).collect::<anyhow::Result<_>>()?,
        };
        let answer = session.client.call(request).await?;
        output.one(&answer, || shown(&output, &answer))
    }
}

/// Where a span begins or ends: a moment, or the first one of a day where the shop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Moment(When),
    Day(Date),
}

impl Edge {
    fn moment(self, now: Timestamp, zone: &TimeZone) -> anyhow::Result<prost_types::Timestamp> {
        match self {
            Self::Moment(when) => Ok(when.back(now)),
            Self::Day(day) => Ok(When::At(day.to_zoned(zone.clone())?.timestamp()).back(now)),
        }
    }
}

fn parse_span(text: &str) -> Result<(Edge, Edge), String> {
    let (from, to) =
        text.split_once('/').ok_or_else(|| "write a span as 2026-02-16/2026-02-22".to_owned())?;
    // What is more than a date is a moment, though it begins with one.
    let edge = |text: &str| match parse_day(text) {
        Ok(day) if text.len() == "2026-02-16".len() => Ok(Edge::Day(day)),
        _ => parse_when(text).map(Edge::Moment),
    };
    Ok((edge(from)?, edge(to)?))
}

fn shown(output: &Output, answer: &v1::GetMarketplaceTwinsResponse) -> String {
    if answer.twins.is_empty() {
        return "No figures are known of this shop's channel.".to_owned();
    }
    let mut figures = table(&["figure", "last", "target", "next if none", "next if all", "cut-off", "so"]);
    let mut parts = Vec::new();
    for twin in &answer.twins {
        let next = twin.next_if_none.as_ref();
        figures.add_row([
            twin.figure.clone(),
            value(twin, twin.current.as_ref()),
            next.map_or("-".to_owned(), |next| target(twin, next)),
            value(twin, next),
            value(twin, twin.next_if_all.as_ref()),
            next.map_or("-".to_owned(), |next| output.time(next.cut_off_time.as_ref())),
            word::<v1::TwinRescue>(twin.rescue),
        ]);
        if !twin.to_answer.is_empty() {
            parts.push(to_answer(output, twin));
        }
    }
    parts.insert(0, text(&figures));
    if !answer.holiday_dates.is_empty() {
        parts.push(format!("Holidays of the shop's calendar: {}.", answer.holiday_dates.join(", ")));
    }
    parts.push(format!("{} conversations were looked at.", answer.conversation_count));
    parts.join("\n\n")
}

fn to_answer(output: &Output, twin: &v1::MarketplaceTwin) -> String {
    let mut list = table(&["conversation", "case", "came", "answer by"]);
    for one in &twin.to_answer {
        list.add_row([
            &one.conversation_id,
            id(&one.case),
            &output.time(one.receive_time.as_ref()),
            &output.time(one.answer_by_time.as_ref()),
        ]);
    }
    let does = match twin.rescue() {
        v1::TwinRescue::Lost => "is lost; these bring it nearest",
        _ => "is saved by answering these",
    };
    let more = usize::try_from(twin.to_answer_count).unwrap_or(0).saturating_sub(twin.to_answer.len());
    let more = if more > 0 { format!("\n… and {more} more") } else { String::new() };
    format!("{} {does}:\n{}{more}", twin.figure, text(&list))
}

/// `80.0 % (4/5)`, or the minutes of a time.
fn value(twin: &v1::MarketplaceTwin, figure: Option<&v1::TwinFigure>) -> String {
    let Some((figure, value)) = figure.and_then(|figure| Some((figure, figure.value?))) else {
        return "-".to_owned();
    };
    match twin.unit() {
        v1::TwinUnit::Seconds => format!("{:.1} min of {}", value / 60.0, figure.denominator),
        // Over a common denominator, the whole numbers say little.
        _ if !figure.parts.is_empty() => format!("{:.1} %", value * 100.0),
        _ => format!("{:.1} % ({}/{})", value * 100.0, figure.numerator, figure.denominator),
    }
}

fn target(twin: &v1::MarketplaceTwin, figure: &v1::TwinFigure) -> String {
    match twin.unit() {
        v1::TwinUnit::Seconds => format!("≤ {:.0} min", figure.target / 60.0),
        _ => format!("≥ {:.0} %", figure.target * 100.0),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn figure(value: Option<f64>) -> Option<v1::TwinFigure> {
        Some(v1::TwinFigure { numerator: 4, denominator: 5, value, target: 0.85, ..Default::default() })
    }

    #[test]
    fn a_figure_says_what_it_is_made_of_and_what_saves_it() {
        let output = Output { json: false, colour: false, now: "2026-03-10T00:00:00Z".parse().unwrap() };
        let todo = v1::ConversationToAnswer { conversation_id: "talk-1".to_owned(), ..Default::default() };
        let twin = v1::MarketplaceTwin {
            figure: "lazada_same_day_response_rate".to_owned(),
            unit: v1::TwinUnit::Share.into(),
            current: figure(None),
            next_if_none: figure(Some(0.8)),
            rescue: v1::TwinRescue::Answer.into(),
            to_answer: vec![todo],
            to_answer_count: 3,
            ..Default::default()
        };
        let answer = v1::GetMarketplaceTwinsResponse { twins: vec![twin], ..Default::default() };
        let shown = shown(&output, &answer);
        assert!(shown.contains("80.0 % (4/5)") && shown.contains("≥ 85 %"), "{shown}");
        assert!(shown.contains("talk-1") && shown.contains("… and 2 more"), "{shown}");
    }

    #[test]
    fn a_channel_without_figures_says_so() {
        let output = Output { json: false, colour: false, now: "2026-03-10T00:00:00Z".parse().unwrap() };
        let shown = shown(&output, &v1::GetMarketplaceTwinsResponse::default());
        assert_eq!(shown, "No figures are known of this shop's channel.");
    }

    #[test]
    fn a_span_has_two_ends() {
        assert!(parse_span("2026-02-16/2026-02-22").is_ok());
        assert!(parse_span("2026-02-16").is_err());
    }
}
