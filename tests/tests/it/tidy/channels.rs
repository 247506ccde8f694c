//! The page about channels says what the catalogue says.

use amends_domain::policy::{ChannelPolicy, EditWindow, OptIn, catalogue};
use amends_domain::{Span, Time};

const BEGIN: &str = "<!-- rows: begin -->\n";
const END: &str = "<!-- rows: end -->\n";

#[test]
fn the_page_about_channels_is_equal_to_the_catalogue() {
    let page = std::fs::read_to_string(super::root().join("docs/channels.md")).unwrap();
    let (_, rest) = page.split_once(BEGIN).unwrap();
    let (written, _) = rest.split_once(END).unwrap();
    let expected = rows();
    assert!(written == expected, "docs/channels.md should say between its marks:\n{expected}");
}

fn rows() -> String {
    let mut text = "| channel | region | from | ask | owner may allow | edit window | public reply | contact | asks | a return counts | auto-approval | known |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n".to_owned();
    for row in catalogue() {
        let cells = [
            row.channel.clone(),
            if row.region.is_empty() { "all".to_owned() } else { row.region.clone() },
            if row.effective_from == Time::MIN {
                "always".to_owned()
            } else {
                row.effective_from.day().to_string()
            },
            row.ask.to_string(),
            opt_in(row),
            edit(row),
            reply(row),
            row.contact_window.map_or("–".to_owned(), |window| format!("{} days", days(window))),
            asks(row),
            row.counting.to_string(),
            row.auto_approval.map_or("–".to_owned(), |after| format!("{} days", days(after))),
            format!("{}, {}", row.certainty, row.known_at.day()),
        ];
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text.push('\n');
    for row in catalogue() {
        let region = if row.region.is_empty() { String::new() } else { format!(" {}", row.region) };
        let said = [("", &row.note), ("Measured: ", &row.kpi), ("Source: ", &row.source)];
        let said = said.iter().filter(|(_, text)| !text.is_empty());
        let said: Vec<_> = said.map(|(of, text)| format!("{of}{text}.")).collect();
        text.push_str(&format!("- **{}{region}**: {}\n", row.channel, said.join(" ")));
    }
    text
}

fn days(span: Span) -> i64 {
    span.micros() / Span::from_days(1).micros()
}

fn opt_in(row: &ChannelPolicy) -> String {
    match row.opt_in {
        OptIn::Never => "no",
        OptIn::PrivateChat => "in private chat",
        OptIn::Anywhere => "yes",
    }
    .to_owned()
}

fn edit(row: &ChannelPolicy) -> String {
    let window = match row.edit_window {
        EditWindow::None => return "none or not known".to_owned(),
        EditWindow::Always => "any time".to_owned(),
        EditWindow::Days { days, from } => format!("{days} days from {from}"),
    };
    let times = row.edits_allowed.map(|times| format!(", {times}×")).unwrap_or_default();
    format!("{window}{times}")
}

fn reply(row: &ChannelPolicy) -> String {
    let count = row.reply_count.map_or("any number".to_owned(), |count| format!("{count}"));
    let length = row.reply_length.map(|length| format!(" of {length} characters")).unwrap_or_default();
    let locks = if row.reply_locks_edit { "; locks the edit" } else { "" };
    format!("{count}{length}{locks}")
}

fn asks(row: &ChannelPolicy) -> String {
    let Some(quota) = row.ask_quota else { return "–".to_owned() };
    let answer =
        quota.answer_within.map(|within| format!(", answered in {} days", days(within))).unwrap_or_default();
    let ignored = if quota.ignored_count { ", ignored ones count" } else { "" };
    format!("{} a year or {} per 1,000 reviews{answer}{ignored}", quota.per_year, quota.per_thousand)
}
