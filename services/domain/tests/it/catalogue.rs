//! The rows that ship with the service, and how their file is read.

use amends_domain::policy::{
    AskPermission, AskQuota, ChannelPolicy, EditWindow, OptIn, Origin, catalogue, catalogue_problems, find,
    in_force, parse_catalogue,
};
use amends_domain::{Span, Time};

use crate::make::{on_day, policy};

const ROW: &str = r#"
[[row]]
channel = "market"
region = ""
effective_from = 1970-01-01
negative_threshold = 3
ask = "YES"
owner_opt_in = "ANYWHERE"
edit_window = "30 from DELIVERED"
reply_locks_edit = false
counting = "APPROVED"
return_days = 30
avoid_days = 15
source = "a page"
known_at = 2026-01-01
certainty = "DOCUMENTED"
"#;

fn read(text: &str) -> Result<ChannelPolicy, Vec<String>> {
    parse_catalogue(text).map(|mut rows| rows.pop().unwrap())
}

/// The row with one line put in place of another.
fn changed(from: &str, to: &str) -> Result<ChannelPolicy, Vec<String>> {
    assert!(ROW.contains(from), "{from}");
    read(&ROW.replace(from, to))
}

#[track_caller]
fn refused(from: &str, to: &str, why: &str) {
    let problems = changed(from, to).unwrap_err();
    assert!(problems.iter().any(|problem| problem.contains(why)), "{problems:?}");
    assert!(problems.iter().all(|problem| problem.starts_with("line ")), "{problems:?}");
}

#[test]
fn the_file_that_ships_is_sound() {
    assert_eq!(catalogue_problems(), [] as [String; 0]);
    assert_eq!(catalogue().len(), 13);
    for row in catalogue() {
        assert_eq!(row.signed_off, None, "{}: nobody signs for what ships", row.channel);
        assert!(!row.source.is_empty() && row.known_at > Time::MIN, "{}", row.channel);
        let begins = in_force(&[], &row.channel, &row.region, row.effective_from);
        assert_eq!(begins, *row, "it holds from its first moment");
    }
}

#[test]
fn the_shipped_rows_say_what_an_ask_and_a_reply_may_be() {
    let says = |channel: &str| {
        let row = policy(channel);
        (row.ask, row.opt_in, row.edits_allowed, row.reply_locks_edit, row.reply_count, row.reply_length)
    };
    use AskPermission::{No, RequestOnly, Yes};
    use OptIn::{Anywhere, Never, PrivateChat};
    assert_eq!(says("amazon"), (No, Never, None, false, None, None));
    assert_eq!(says("taobao"), (No, Never, None, false, None, None));
    assert_eq!(says("trustpilot"), (No, Never, None, false, Some(1), None));
    assert_eq!(says("lazada"), (No, PrivateChat, Some(1), false, Some(1), Some(500)));
    assert_eq!(says("shopee"), (No, Anywhere, Some(1), false, Some(1), Some(500)));
    assert_eq!(says("tiktok_shop"), (No, Never, None, false, None, None));
    assert_eq!(says("ebay"), (RequestOnly, Never, Some(1), false, Some(1), None));
    assert_eq!(says("etsy"), (Yes, Anywhere, None, true, Some(1), None));
    assert_eq!(says("own_store"), (Yes, Anywhere, None, false, None, None));
    assert_eq!(policy("trustpilot").edit_window, EditWindow::Always);
    assert_eq!(policy("amazon").contact_window, Some(Span::from_days(30)));
    let quota = AskQuota {
        per_year: 5,
        per_thousand: 5,
        answer_within: Some(Span::from_days(10)),
        ignored_count: true,
    };
    let with_quota: Vec<_> = catalogue().iter().filter(|row| row.ask_quota.is_some()).collect();
    assert_eq!(with_quota.len(), 1);
    assert_eq!((with_quota[0].channel.as_str(), with_quota[0].ask_quota), ("ebay", Some(quota)));
}

#[test]
fn of_a_regions_rows_the_one_that_has_begun_holds() {
    let first_of_june = Time::from_secs(1_717_200_000);
    let before = Time::from_micros(first_of_june.micros() - 1);
    let kpi = |region, at| find(&[], "amazon", region, at);
    let (why, row) = kpi("US", first_of_june);
    assert!(why == Origin::RegionRow && row.kpi.contains("returns processing fee"), "{why} {row:?}");
    let (why, row) = kpi("US", before);
    assert!(why == Origin::ChannelRow && row.region.is_empty(), "{why} {row:?}");
    assert_eq!(kpi("DE", first_of_june).0, Origin::ChannelRow);
}

#[test]
fn it_is_told_why_a_row_holds() {
    let why = |own: &[ChannelPolicy], channel, region| find(own, channel, region, on_day(0)).0;
    assert_eq!(why(&[], "shopee", "ID"), Origin::RegionRow);
    assert_eq!(why(&[], "shopee", "TH"), Origin::ChannelRow);
    assert_eq!(why(&[], "bazaar", "TH"), Origin::DefaultDeny);
    let own = [ChannelPolicy { region: "TH".to_owned(), ..policy("shopee") }];
    assert_eq!((why(&own, "shopee", "TH"), why(&own, "shopee", "ID")), (Origin::OwnRow, Origin::RegionRow));
}

#[test]
fn what_a_row_leaves_out_is_no_limit_and_what_it_says_is_read() {
    let row = read(ROW).unwrap();
    assert_eq!((row.edits_allowed, row.reply_count, row.reply_length), (None, None, None));
    assert_eq!((row.contact_window, row.ask_quota, row.auto_approval), (None, None, None));
    assert_eq!((row.return_window, row.avoid_window), (Span::from_days(30), Span::from_days(15)));
    assert_eq!((row.kpi.as_str(), row.note.as_str()), ("", ""));
    let more = "edits_allowed = 2\nreplies = 3\nreply_characters = 80000\ncontact_days = 9\nkpi = \"k = 1 # 2\"\nsource";
    let row = changed("source", more).unwrap();
    assert_eq!((row.edits_allowed, row.reply_count, row.reply_length), (Some(2), Some(3), Some(80_000)));
    assert_eq!((row.contact_window, row.kpi.as_str()), (Some(Span::from_days(9)), "k = 1 # 2"));
}

#[test]
fn a_key_that_is_unknown_missing_or_twice_is_told_with_its_line() {
    refused("source = ", "sauce = ", "no row has a sauce");
    refused("source = ", "sauce = ", "line 2: the row says no source");
    refused("avoid_days = 15", "return_days = 15", "return_days is there twice");
    refused("avoid_days = 15", "avoid_days", "must be `key = value`");
    assert!(read("channel = \"market\"\n[[row]]").is_err(), "a value before the first row");
}

#[test]
fn a_value_that_means_nothing_is_refused() {
    refused("\"YES\"", "\"PERHAPS\"", "PERHAPS");
    refused("\"YES\"", "YES", "must stand in plain quotes");
    refused("= 2026-01-01", "= 2026-02-30", "is no day");
    refused("= 2026-01-01", "= 2026-01-01T10:00", "is no day");
    refused("= 1970-01-01", "= 1969-12-31", "is no day");
    refused("avoid_days = 15", "avoid_days = 0", "windows of at least a day");
    refused("avoid_days = 15", "avoid_days = -1", "avoid_days");
    refused("= 3", "= 5", "1–4 stars");
    refused("\"market\"", "\"Mar ket\"", "no name of a channel");
    refused("region = \"\"", "region = \"de\"", "no ISO 3166-1");
    refused("30 from DELIVERED", "0 from DELIVERED", "edit window of no days");
    refused("30 from DELIVERED", "30 DELIVERED", "must be NONE, ALWAYS");
    refused("30 from DELIVERED", "NONE", "lets ask for what cannot be edited");
    refused("source", "asks_per_year = 5\nsource", "half of a quota");
    refused("source", "ask_answer_days = 5\nsource", "half of a quota");
    refused("source", "replies = 0\nsource", "a reply of nothing");
    refused("source", "edits_allowed = 0\nsource", "allows no edit");
}

#[test]
fn two_rows_of_one_day_are_refused_and_two_days_are_not() {
    let twice = format!("{ROW}{ROW}");
    let problems = parse_catalogue(&twice).unwrap_err();
    assert!(problems.len() == 1 && problems[0].contains("two rows of one day"), "{problems:?}");
    let later = twice.replacen("1970-01-01", "2026-06-01", 1);
    assert_eq!(parse_catalogue(&later).unwrap().len(), 2);
}
