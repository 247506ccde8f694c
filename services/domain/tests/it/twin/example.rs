//! The examples and the table of `docs/marketplace-twins.md`.

use amends_domain::twin::{Figure, Formula, Target};

use super::*;
use crate::page::kept;

const PAGE: &str = "marketplace-twins.md";

fn time_of_day(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[test]
fn the_table_of_the_page_is_the_table_that_ships() {
    let mut text = "\n| figure | region | tier | from | days | counted | target | holidays | known |\n\
                    |---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    let all = |text: &str| if text.is_empty() { "all".to_owned() } else { text.to_owned() };
    for row in table() {
        let least = row.conversations_min;
        let counted = match row.formula {
            Formula::SameDay { answer_by } => {
                format!(
                    "answered by {} of their day, which ends {}",
                    time_of_day(answer_by),
                    time_of_day(row.cut_off)
                )
            }
            Formula::MeanTime => format!("mean time to the answer, days end {}", time_of_day(row.cut_off)),
            Formula::Within { limit, latest } => {
                let hours = limit.as_secs_f64() / 3_600.0;
                let newest = latest
                    .map_or(String::new(), |l| format!("; the newest {} % weigh {} %", l.share, l.weight));
                format!("answered within {hours} h{newest}; at least {least} chats")
            }
        };
        let target = match row.target {
            Target::Percent(percent) => format!("≥ {percent} %"),
            Target::Time(time) => format!("≤ {} min", time.as_secs_f64() / 60.0),
        };
        let from =
            if row.valid_from == Time::MIN { "always".to_owned() } else { row.valid_from.day().to_string() };
        text += &format!(
            "| `{}` | {} | {} | {from} | {} | {counted} | {target} | {} | {}, {} |\n",
            row.name,
            all(&row.region),
            all(&row.tier),
            row.window_days,
            row.holidays.to_string().to_lowercase(),
            row.certainty,
            row.known_at.day()
        );
    }
    text.push('\n');
    for row in table() {
        let place = format!("{} {}", row.region, row.tier);
        let place = if place.trim().is_empty() { String::new() } else { format!(" ({})", place.trim()) };
        text += &format!("- **{}**{place}: {}. Source: {}.\n", row.name, row.note, row.source);
    }
    kept(PAGE, "rows", &text);
}

fn local(at: Time) -> String {
    let zone = jiff::tz::TimeZone::get("Asia/Jakarta").unwrap();
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap();
    zone.to_datetime(at).strftime("%-d %b %H:%M").to_string()
}

fn value(figure: &Figure, mean: bool) -> String {
    match figure.value {
        None => "none".to_owned(),
        Some(seconds) if mean => format!("{:.1} min", seconds / 60.0),
        Some(share) => format!("{:.1} % ({} of {})", 100.0 * share, figure.numerator, figure.denominator),
    }
}

fn told_of(name: &str, all: &[Conversation], at: &str) -> String {
    let (twin, place, at) = (twin(name), jakarta(), utc(at));
    let (now, next) = (figure(&twin, &place, all, at), next(&twin, &place, all, at));
    let mean = twin.formula == Formula::MeanTime;
    let rows: String = all
        .iter()
        .zip(now.standings.iter().zip(&next.if_none.standings))
        .map(|(c, (now, next))| {
            let answer = match c.answer {
                Answer::None => "–".to_owned(),
                Answer::OnlyAutomatic => "automatic".to_owned(),
                Answer::Human(at) => local(at),
            };
            format!("| {} | {} | {answer} | {now} | {next} |\n", c.id, local(c.received_at))
        })
        .collect();
    let list = match &next.rescue {
        Rescue::NoValue => "it has no value".to_owned(),
        Rescue::Safe => "nothing has to be answered for it".to_owned(),
        Rescue::Answer(list) | Rescue::Lost(list) => {
            let list = list.iter().map(|todo| format!("{} until {}", todo.id, local(todo.until)));
            let list = list.collect::<Vec<_>>().join(", ");
            let lost = matches!(next.rescue, Rescue::Lost(_));
            if lost { format!("it is missed, and nearest with {list}") } else { format!("answer {list}") }
        }
    };
    format!(
        "\n| chat | came | answered | at the last cut-off | at the next, if no more is answered |\n\
         |---|---|---|---|---|\n{rows}\nIt is {}. At the last cut-off ({}): {}. At the next ({}): {} if nothing \
         more is answered, {} if all is; {list}.\n",
        local(at),
        local(now.cut_off),
        value(&now, mean),
        local(next.if_none.cut_off),
        value(&next.if_none, mean),
        value(&next.if_all, mean)
    )
}

/// A week of one shop in Jakarta, which is seven hours ahead.
fn week() -> Vec<Conversation> {
    told(&[
        ("2026-03-05T02:00:00Z", "2026-03-05T02:20:00Z"),
        ("2026-03-06T10:59:00Z", "2026-03-06T12:00:00Z"),
        ("2026-03-06T11:00:00Z", "2026-03-07T02:00:00Z"),
        ("2026-03-08T04:00:00Z", "2026-03-08T13:00:00Z"),
        ("2026-03-09T03:00:00Z", "2026-03-09T03:05:00Z"),
        ("2026-03-10T01:00:00Z", "automatic"),
        ("2026-03-10T08:10:00Z", "-"),
        ("2026-03-10T08:20:00Z", "2026-03-10T08:25:00Z"),
        ("2026-03-10T08:28:00Z", "-"),
    ])
}

#[test]
fn the_examples_are_what_the_twins_count() {
    for name in ["lazada_same_day_response_rate", "shopee_chat_response_rate"] {
        kept(PAGE, name, &told_of(name, &week(), "2026-03-10T08:30:00Z"));
    }
    // One answer of a night spoils any mean; without it, a quick answer saves this one.
    let mut quick = week();
    quick.retain(|c| ["0", "1", "6", "8"].contains(&c.id.as_str()));
    let name = "lazada_response_time";
    kept(PAGE, name, &told_of(name, &quick, "2026-03-10T08:30:00Z"));
}
