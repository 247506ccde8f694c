//! The table of twins: that it is sound, that what is unsound is told, and which row holds.

use super::*;
use amends_domain::twin::{Formula, Target, parse, problems};

const ROW: &str = r#"
[[row]]
name = "fast"
channel = "bazaar"
region = ""
tier = ""
valid_from = 2026-01-01
window_days = 7
cut_off = "18:00"
formula = "SAME_DAY"
answer_by = "19:00"
holidays = "OUT"
comparator = "AT_LEAST"
target_percent = 85
source = "somebody"
known_at = 2026-01-01
certainty = "ASSUMED"
"#;

fn without(key: &str) -> String {
    ROW.lines().filter(|line| !line.starts_with(key)).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_table_that_ships_is_sound() {
    assert_eq!(problems(), [] as [String; 0]);
    assert_eq!(table().len(), 5);
    let of = |channel: &str| in_force(table(), channel, "ID", "", utc("2026-03-01T00:00:00Z"));
    let names = |channel| of(channel).map(|row| row.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names("lazada"), ["lazada_response_time", "lazada_same_day_response_rate"]);
    assert_eq!(names("shopee"), ["shopee_chat_response_rate", "shopee_chat_response_rate_30_days"]);
    assert_eq!(names("etsy"), [] as [&str; 0]);
}

#[test]
fn what_the_seed_rows_ask_for_is_what_is_written_in_the_design() {
    let hours = |n| Span::from_hours(n);
    let rate = twin("lazada_same_day_response_rate");
    assert_eq!((rate.window_days, rate.cut_off, rate.target), (7, 18 * 60, Target::Percent(85)));
    assert_eq!(rate.formula, Formula::SameDay { answer_by: 19 * 60 });
    assert_eq!(twin("lazada_response_time").target, Target::Time(Span::from_minutes(30)));
    let chat = twin("shopee_chat_response_rate");
    assert_eq!((chat.window_days, chat.conversations_min, chat.target), (90, 2, Target::Percent(75)));
    let Formula::Within { limit, latest: Some(latest) } = chat.formula else { panic!() };
    assert_eq!((limit, latest.share, latest.weight), (hours(12), 25, 50));
    let plain = twin("shopee_chat_response_rate_30_days");
    assert_eq!(plain.formula, Formula::Within { limit: hours(12), latest: None });
}

#[test]
fn a_region_wins_over_all_then_a_tier_then_the_row_that_began_last_and_what_ended_is_gone() {
    let row = |region: &str, tier: &str, from: &str, until: &str, percent: u8| {
        let text = ROW.replace("region = \"\"", &format!("region = \"{region}\""));
        let text = text.replace("tier = \"\"", &format!("tier = \"{tier}\""));
        let until = if until.is_empty() { String::new() } else { format!("valid_until = {until}\n") };
        let text = text.replace("valid_from = 2026-01-01\n", &format!("valid_from = {from}\n{until}"));
        text.replace("target_percent = 85", &format!("target_percent = {percent}"))
    };
    let text = [
        row("", "", "2026-01-01", "", 10),
        row("", "", "2026-02-01", "2026-03-01", 20),
        row("", "MALL", "2026-01-01", "", 30),
        row("TH", "", "2026-01-01", "", 40),
        row("TH", "MALL", "2026-02-01", "", 50),
    ]
    .concat();
    let rows = parse(&text).unwrap();
    let target = |region: &str, tier: &str, day: &str| {
        let mut found = in_force(&rows, "bazaar", region, tier, date(day).start());
        let target = found.next().map(|row| row.target);
        assert!(found.next().is_none());
        match target {
            Some(Target::Percent(percent)) => percent,
            _ => 0,
        }
    };
    assert_eq!(target("", "", "2025-12-31"), 0);
    assert_eq!(
        [target("", "", "2026-01-01"), target("", "", "2026-02-28"), target("", "", "2026-03-01")],
        [10, 20, 10]
    );
    assert_eq!([target("VN", "MALL", "2026-02-02"), target("TH", "", "2026-02-02")], [30, 40]);
    assert_eq!([target("TH", "MALL", "2026-01-31"), target("TH", "MALL", "2026-02-01")], [40, 50]);
}

#[test]
fn a_row_that_makes_no_sense_is_refused_with_its_reason() {
    assert!(parse(ROW).is_ok());
    let changed = [
        ("answer_by = \"19:00\"", "answer_by = \"18:00\"", "answers after its cut-off"),
        ("cut_off = \"18:00\"", "cut_off = \"24:00\"", "must be a time of day"),
        ("cut_off = \"18:00\"", "cut_off = \"6:00\"", "must be a time of day"),
        ("window_days = 7", "window_days = 0", "must look at 1–366 days"),
        ("target_percent = 85", "target_percent = 101", "must aim at 1–100 %"),
        ("target_percent = 85", "target_minutes = 30", "of another kind than its formula"),
        ("target_percent = 85", "target_percent = 85\ntarget_minutes = 30", "must say one of"),
        ("comparator = \"AT_LEAST\"", "comparator = \"AT_MOST\"", "must want a rate to be at least"),
        ("formula = \"SAME_DAY\"", "formula = \"SOME_DAY\"", "is no formula"),
        ("region = \"\"", "region = \"th\"", "no ISO 3166-1"),
        ("source = \"somebody\"", "source = \"\"", "needs a source"),
        ("name = \"fast\"", "name = \"Fast\"", "is no name of a figure"),
        ("channel = \"bazaar\"", "channel = \"\"", "is no figure of a channel"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_until = 2026-01-01", "ends before"),
        ("holidays = \"OUT\"", "holidays = \"MAYBE\"", "is not a Holidays"),
        ("holidays = \"OUT\"", "holidays = \"OUT\"\nweight = 3", "no row has a weight"),
        ("window_days = 7", "window_days = 7\nconversations_min = 0", "no value of no conversation"),
    ];
    for (from, to, why) in changed {
        let found = parse(&ROW.replace(from, to)).unwrap_err().join("; ");
        assert!(found.contains(why), "{to}: {found}");
    }
    let within = ROW
        .replace("formula = \"SAME_DAY\"\nanswer_by = \"19:00\"", "formula = \"WITHIN\"\nanswer_hours = 12");
    assert!(parse(&within).is_ok());
    let half = within.replace("answer_hours = 12", "answer_hours = 12\nlatest_percent = 25");
    assert!(parse(&half).unwrap_err().join("").contains("half of a weight"));
    let whole = within
        .replace("answer_hours = 12", "answer_hours = 12\nlatest_percent = 25\nlatest_weight_percent = 100");
    assert!(parse(&whole).unwrap_err().join("").contains("by 1–99 %"));
    assert!(parse(&format!("{ROW}{ROW}")).unwrap_err().join("").contains("two rows of one day"));
    for key in
        ["name", "channel", "tier", "window_days", "cut_off", "answer_by", "holidays", "source", "certainty"]
    {
        let found = parse(&without(key)).unwrap_err().join("; ");
        assert!(found.contains(&format!("the row says no {key}")), "{key}: {found}");
    }
}
