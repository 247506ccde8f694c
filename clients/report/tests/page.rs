//! The page as whoever opens it gets it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod made;

use std::collections::BTreeSet;

use amends_proto::v1;
use amends_report::{Report, render};
use made::{busy, days, empty, rate};

/// What must hold of every page; answers it.
#[track_caller]
fn page(report: &Report) -> String {
    let page = render(report);
    balanced(&page);
    for nonsense in ["NaN", "inf%", "inf ", "-inf", "Infinity"] {
        assert!(!page.contains(nonsense), "{nonsense}");
    }
    for other in [
        "<script",
        "<iframe",
        "<object",
        "<link",
        "<img",
        "javascript:",
        "@import",
        " style=",
        "href=\"http",
        " src=",
    ] {
        assert!(!page.contains(other), "{other}");
    }
    let ids: Vec<&str> = values(&page, " id=\"");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id stands twice: {ids:?}");
    let links = [" href=\"#", " aria-labelledby=\"", "\"url(#"].map(|mark| values(&page, mark));
    for link in links.into_iter().flatten() {
        let link = link.trim_end_matches(')');
        assert!(unique.contains(link), "{link} leads nowhere");
    }
    page
}

fn values<'a>(page: &'a str, mark: &str) -> Vec<&'a str> {
    page.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Every element is closed where it must be.
#[track_caller]
fn balanced(page: &str) {
    let body = page.strip_prefix("<!doctype html>\n").unwrap();
    let mut open = Vec::new();
    for part in body.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap();
        let name = tag.split(' ').next().unwrap();
        match name.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed), "{part}"),
            None if name == "meta" || name == "br" => {}
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn a_report_says_its_figures_with_what_they_are_made_of() {
    let page = page(&busy("2026-01-01", 13, 7));
    for told in [
        "Kettle &amp; Co",
        "1 Jan 2026 to 1 Apr 2026",
        "33 of 95 reviews that began negative are above the threshold now.",
        "98 of 1,234 units delivered count as returned on this channel.",
        "Another 1 rose and fell back.",
        "Revised, and still above the threshold</th><td class=\"number\">33</td>",
        "Causal: 140 cases in the learned order, 60 in the fixed one, 3 left out",
        "Caused by the learned order of suggestions: 7.0 (−2.8 to 16.8, 95\u{a0}% interval).",
        "490 of 530 promises to buyers were kept.",
        "First response</th><td class=\"number\">189</td><td class=\"number\">2\u{a0}h 5\u{a0}min</td>",
        "120 of\u{a0}190",
        "Even: stars make no difference beyond chance.",
        "2 incidents in these days, 1 still open.",
        "<bdi>Lids of batch 7 leak</bdi>",
        "76.7\u{a0}%",
        "12.50\u{a0}GBP",
        "18 cases whose window is still open are not compared yet.",
        "These figures hold for what was known on 1 Apr 2026, 09:30 UTC.",
    ] {
        assert!(page.contains(told), "{told}");
    }
}

#[test]
fn what_may_still_change_is_marked_in_words_and_in_the_picture() {
    let page = page(&busy("2026-01-01", 13, 7));
    assert!(page.contains("class=\"may-change\">may still change"));
    assert!(page.contains("class=\"dot open\"") && page.contains("class=\"line open\""));
    assert!(page.contains("fill=\"url(#reviews-chart-hatch)\""));
    let mut known = busy("2026-01-01", 13, 7);
    for row in &mut known.returns_over_time.rows {
        row.return_rate_units.as_mut().unwrap().mature = true;
    }
    assert!(!self::page(&known).contains("fill=\"url(#returns-chart-hatch)\""));
}

#[test]
fn whatever_somebody_wrote_stays_a_text() {
    let evil = "\"><script>alert(1)</script>'&\u{0}\u{202e}<b>";
    let mut report = busy("2026-01-01", 3, 7);
    report.shop = v1::Shop {
        name: format!("shops/{evil}"),
        display_name: evil.to_owned(),
        channel: evil.to_owned(),
        region: evil.to_owned(),
        ..Default::default()
    };
    report.currency.code = evil.to_owned();
    report.days = days(evil, evil);
    for row in &mut report.reversal_over_time.rows {
        row.cohort = Some(days(evil, evil));
    }
    for one in &mut report.incidents {
        let texts = [
            &mut one.title,
            &mut one.resolution,
            &mut one.product,
            &mut one.variant,
            &mut one.sku,
            &mut one.carrier,
        ];
        for text in texts {
            evil.clone_into(text);
        }
    }
    let page = page(&report);
    assert!(!page.contains("<b>") && !page.contains("alert(1)</script>"));
    assert!(page.contains("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;\u{fffd}"));
}

#[test]
fn a_shop_without_anything_is_told_so_in_sentences() {
    let page = page(&empty("2026-01-01", "2026-04-01"));
    for told in [
        "No negative review was first seen in these days.",
        "Nothing was delivered in these days",
        "Nothing was suggested or offered in these days.",
        "Too few remedies to tell",
        "No incident was open in these days.",
        "How to read this",
        "<bdi>main</bdi>",
    ] {
        assert!(page.contains(told), "{told}");
    }
    assert!(!page.contains("<svg"), "there is nothing to draw");
}

#[test]
fn one_day_is_one_dot_with_its_interval() {
    let page = page(&busy("2026-01-01", 1, 1));
    assert!(page.contains("class=\"whisker\"") && !page.contains("<polygon"));
    assert!(page.contains("cx=\"50.000%\"") && page.contains("text-anchor=\"middle\">1 Jan 2026<"));
}

#[test]
fn three_years_fit_by_month_and_by_day() {
    let months = page(&busy("2023-01-01", 36, 30));
    assert!(months.contains("<polygon") && months.contains("15 Dec 2025"));
    let daily = page(&busy("2023-01-01", 1_096, 1));
    assert!(daily.len() < 4_000_000, "{} bytes", daily.len());
}

#[test]
fn a_gap_in_time_is_a_gap_in_the_line() {
    let mut report = busy("2026-01-01", 4, 7);
    report.reversal_over_time.rows.clear();
    report.returns_over_time.rows.remove(1);
    let page = page(&report);
    assert_eq!(page.matches("<line class=\"line").count(), 1, "only the last two cohorts touch");
}

#[test]
fn huge_numbers_and_strange_ones_are_shown_and_do_not_fail() {
    let mut report = busy("2026-01-01", 13, 7);
    let most = i64::MAX;
    let huge = Some(rate(most, most, true));
    let row = report.reversal.rows.first_mut().unwrap();
    row.reversal_rate_all = huge;
    row.funnel =
        Some(v1::ReviewFunnel { negative: most, reversed: most, improved: i64::MIN, ..Default::default() });
    row.net_stars_recovered = Some(v1::Mean { sum: i64::MIN, count: 1, value: Some(f64::MIN), mature: true });
    for row in &mut report.promises.rows {
        (row.met, row.breached) = (most, most);
    }
    let strange = Some(v1::Estimate { value: f64::NAN, lower: f64::NEG_INFINITY, upper: f64::MAX });
    report.remedies.causal.as_mut().unwrap().avoided_causal = strange;
    report.fairness.rows.first_mut().unwrap().excess = strange;
    for row in &mut report.returns_over_time.rows {
        let rate = row.return_rate_units.as_mut().unwrap();
        (rate.value, rate.upper, rate.lower) = (Some(f64::NAN), Some(f64::INFINITY), None);
    }
    let page = page(&report);
    assert!(page.contains("9,223,372,036,854,775,807 of 9,223,372,036,854,775,807 reviews"));
}

#[test]
fn rates_of_nothing_have_no_value() {
    let mut report = busy("2026-01-01", 2, 7);
    for row in &mut report.reversal_over_time.rows {
        row.reversal_rate_all = Some(v1::Rate::default());
    }
    report.remedies.kinds = vec![v1::RemedyKindPerformance::default()];
    let page = page(&report);
    assert!(!page.contains("reviews-chart"), "no cohort has a member");
    assert!(page.contains("0 of\u{a0}0"));
}

#[test]
fn a_page_is_for_everybody_and_from_nobody_else() {
    let page = page(&busy("2026-01-01", 13, 7));
    assert!(page.contains("<html lang=\"en\">") && page.contains("<title>Kettle &amp; Co: 1 Jan 2026"));
    assert!(page.contains("content=\"default-src &#39;none&#39;; style-src &#39;sha256-"));
    assert!(page.contains("<main id=\"content\">") && page.contains("href=\"#content\""));
    let pictures = page.matches("<svg ").count();
    let named = page.matches("role=\"img\" aria-labelledby=").count();
    let beside = page.matches("aria-hidden=\"true\" focusable=\"false\"").count();
    // A picture has words of its own, or stands beside its numbers; two are the ground of others.
    assert_eq!(pictures, named + beside + 2);
    assert_eq!(page.matches("<table>").count(), page.matches("<caption>").count());
    assert_eq!(
        page.matches("class=\"frame\" role=\"region\" tabindex=\"0\" aria-label=").count(),
        page.matches("<table>").count()
    );
}

#[test]
fn the_same_report_is_the_same_page() {
    assert_eq!(render(&busy("2026-01-01", 13, 7)), render(&busy("2026-01-01", 13, 7)));
}
