//! The report as people read it.

use std::{collections::BTreeMap, fmt::Write};

use super::Report;
use crate::output::table;

/// The whole text.
pub(super) fn text(report: &Report) -> String {
    let mut text = heading(report);
    let parts = [
        ("Signals", signals(report)),
        ("Cases", cases(report)),
        ("Offers", offers(report)),
        ("Reviews", reviews(report)),
        ("Returns", returns(report)),
        ("One case", story(report)),
        ("Truth", truth(report)),
    ];
    for (name, part) in parts {
        let _ = write!(text, "\n\n{name}\n{}", indented(&part));
    }
    text
}

fn indented(part: &str) -> String {
    let lines: Vec<_> = part.lines().map(|line| format!("  {}", line.trim_end())).collect();
    lines.join("\n")
}

fn heading(report: &Report) -> String {
    let findings = &report.findings;
    format!(
        "{} weeks of six shops and {} buyers, played in {:.1} s (seed {})",
        findings.weeks,
        findings.options.buyers,
        findings.took.as_secs_f64(),
        findings.options.seed
    )
}

fn signals(report: &Report) -> String {
    let (sent, tally) = (report.findings.sent, &report.findings.tally);
    format!(
        "{} recorded; {} came late, {} came twice and counted once\n{} of {} wishes to return were heard",
        sent.stored, sent.late, sent.again, tally.wishes_heard, tally.wishes
    )
}

fn cases(report: &Report) -> String {
    let (looked, tally) = (&report.looked, &report.findings.tally);
    format!(
        "{} opened: {}\nby reason: {}\n{} claims by the agents; {} times a case changed under one, {} leases ran out",
        looked.cases,
        ranked(&looked.kinds),
        ranked(&looked.reasons),
        tally.claims,
        tally.conflicts,
        tally.lapsed
    )
}

/// `5 damaged, 3 quality`, the most frequent first.
fn ranked(counts: &BTreeMap<String, u64>) -> String {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let said: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    table::or_dash(&said.join(", ")).to_owned()
}

fn offers(report: &Report) -> String {
    let (looked, tally) = (&report.looked, &report.findings.tally);
    let mut text = format!(
        "{} made, {} of them approved by a supervisor: {} accepted, {} declined, {} expired\n\
         {} remedies fulfilled; {} failed at first and were done again",
        tally.offers,
        tally.approved,
        tally.accepted,
        tally.declined,
        looked.expired,
        tally.fulfilled,
        tally.failed
    );
    if !tally.refused.is_empty() {
        let refused: BTreeMap<_, _> = tally
            .refused
            .iter()
            .map(|(name, count)| (name.to_lowercase().replace('_', "-"), *count))
            .collect();
        let _ = write!(text, "\noffers the service refused: {}", ranked(&refused));
    }
    text
}

fn reviews(report: &Report) -> String {
    let funnel = &report.reversal.funnel;
    let (reversed, negative) = report.reversal.rate();
    let tally = &report.findings.tally;
    let mut text = format!(
        "negative {negative} → contacted {} → solved {} → asked {} → reversed {reversed} ({})\n\
         {} fell back, {} improved, {} reworded, {} worse, {} removed, {} vanished, {} unchanged",
        funnel.contacted,
        funnel.solved,
        funnel.asked,
        percent(reversed, negative),
        funnel.re_reversed,
        funnel.improved,
        funnel.text_only,
        funnel.worsened,
        funnel.removed_by_buyer + funnel.removed_by_platform,
        funnel.vanished,
        funnel.unchanged
    );
    if !tally.asks_refused.is_empty() {
        let _ = write!(text, "\nasks the rules refused: {}", ranked(&tally.asks_refused));
    }
    text
}

fn returns(report: &Report) -> String {
    let mut shown = table::table(&[
        "channel",
        "delivered",
        "requested",
        "counted",
        "return rate",
        "avoided",
        "provisional",
        "failed",
    ]);
    for one in &report.returned {
        let (counted, delivered) = one.rate;
        shown.add_row([
            one.channel.to_owned(),
            delivered.to_string(),
            one.requested.to_string(),
            counted.to_string(),
            percent(counted, delivered),
            one.avoided.confirmed.to_string(),
            one.avoided.provisional.to_string(),
            one.avoided.failed.to_string(),
        ]);
    }
    let avoided = report.avoided();
    format!(
        "{}\navoided in all: {} confirmed, {} provisional (the window is open), {} failed",
        table::text(&shown),
        avoided.confirmed,
        avoided.provisional,
        avoided.failed
    )
}

fn story(report: &Report) -> String {
    let Some(story) = &report.looked.story else { return "none was opened".to_owned() };
    let mut shown = table::table(&["when", "who", "what", "detail"]);
    for entry in &story.entries {
        shown.add_row(entry);
    }
    format!("{}\n{}", story.title, table::text(&shown))
}

fn truth(report: &Report) -> String {
    let findings = &report.findings;
    if report.truth_matches {
        return format!(
            "the served figures are what happened: {} figures in {} comparisons, none differs",
            findings.compared, findings.audits
        );
    }
    let mut text = format!("{} figures differ from what happened:", report.differences.len());
    for difference in &report.differences {
        let _ = write!(text, "\n{difference}");
    }
    text
}

fn percent(numerator: i64, denominator: i64) -> String {
    if denominator == 0 {
        return "-".to_owned();
    }
    format!("{:.1} %", numerator as f64 / denominator as f64 * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_is_named_first() {
        let counts = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 3), ("c".to_owned(), 3)]);
        assert_eq!(ranked(&counts), "3 b, 3 c, 1 a");
        assert_eq!(ranked(&BTreeMap::new()), "-");
    }

    #[test]
    fn a_share_of_nothing_is_no_number() {
        assert_eq!(percent(1, 0), "-");
        assert_eq!(percent(1, 4), "25.0 %");
    }
}
