//! Where a shop's own row allows more than the channel's.

use amends_domain::Span;
use amends_domain::policy::{
    AskPermission, AskQuota, Certainty, ChannelPolicy, CountingRule, EditFrom, EditWindow, catalogue,
    loosened,
};

use crate::make::policy;

#[track_caller]
fn check(base: &ChannelPolicy, own: ChannelPolicy, fields: &[&str]) {
    assert_eq!(loosened(base, &own), fields);
}

#[test]
fn a_row_allows_no_more_than_itself() {
    for row in catalogue() {
        check(row, row.clone(), &[]);
    }
}

#[test]
fn an_ask_goes_from_no_by_request_to_yes() {
    use AskPermission::{No, RequestOnly, Yes};
    for (i, from) in [No, RequestOnly, Yes].into_iter().enumerate() {
        for (j, to) in [No, RequestOnly, Yes].into_iter().enumerate() {
            let base = ChannelPolicy { ask: from, ..policy("shopee") };
            let own = ChannelPolicy { ask: to, ..base.clone() };
            assert_eq!(loosened(&base, &own) == ["ask_permission"], j > i, "{from} {to}");
        }
    }
}

#[test]
fn a_window_that_may_end_later_allows_more() {
    let days = |days, from| EditWindow::Days { days, from };
    let (thirty, later) = (days(30, EditFrom::FirstObserved), days(31, EditFrom::FirstObserved));
    let other = days(10, EditFrom::Delivered);
    for (from, to, looser) in [
        (EditWindow::None, thirty, true),
        (thirty, EditWindow::None, false),
        (thirty, later, true),
        (later, thirty, false),
        (thirty, EditWindow::Always, true),
        (EditWindow::Always, thirty, false),
        (thirty, other, true),
    ] {
        let base = ChannelPolicy { edit_window: from, ..policy("shopee") };
        let own = ChannelPolicy { edit_window: to, ..base.clone() };
        assert_eq!(!loosened(&base, &own).is_empty(), looser, "{from:?} {to:?}");
    }
}

#[test]
fn no_limit_is_more_than_any() {
    let base = ChannelPolicy { contact_window: Some(Span::from_days(30)), ..policy("lazada") };
    let own = ChannelPolicy {
        edits_allowed: None,
        reply_count: None,
        reply_length: Some(501),
        contact_window: None,
        ..base.clone()
    };
    let fields = ["edits_max", "replies_max", "reply_characters_max", "contact_window_days"];
    check(&base, own.clone(), &fields);
    check(&own, base, &[]);
}

#[test]
fn a_reply_that_no_longer_locks_allows_more() {
    let base = policy("etsy");
    let own = ChannelPolicy { reply_locks_edit: false, ..base.clone() };
    check(&base, own.clone(), &["reply_locks_edit"]);
    check(&own, base, &[]);
}

#[test]
fn a_quota_is_wider_in_any_of_its_parts() {
    let base = policy("ebay");
    let quota = base.ask_quota.unwrap();
    let with = |ask_quota| ChannelPolicy { ask_quota, ..base.clone() };
    for wider in [
        None,
        Some(AskQuota { per_year: 6, ..quota }),
        Some(AskQuota { per_thousand: 6, ..quota }),
        Some(AskQuota { ignored_count: false, ..quota }),
        Some(AskQuota { answer_within: Some(Span::from_days(11)), ..quota }),
        Some(AskQuota { answer_within: None, ..quota }),
    ] {
        check(&base, with(wider), &["ask_quota"]);
        check(&with(wider), base.clone(), &[]);
    }
    check(&policy("etsy"), ChannelPolicy { ask_quota: Some(quota), ..policy("etsy") }, &[]);
}

#[test]
fn more_negative_stars_are_more_reviews_to_ask_about() {
    let base = policy("shopee");
    let with = |negative_threshold| ChannelPolicy { negative_threshold, ..base.clone() };
    check(&base, with(base.negative_threshold + 1), &["negative_threshold"]);
    check(&base, with(base.negative_threshold), &[]);
    check(&base, with(base.negative_threshold - 1), &[]);
}

#[test]
fn where_a_reply_locks_the_edit_less_of_it_allows_the_reply() {
    let days = |days| EditWindow::Days { days, from: EditFrom::Delivered };
    let base = ChannelPolicy { edit_window: days(100), edits_allowed: Some(2), ..policy("etsy") };
    assert!(base.reply_locks_edit);
    let unlocked = ChannelPolicy { reply_locks_edit: false, ..base.clone() };
    type Change = fn(&mut ChannelPolicy);
    let less: [(&str, Change); 4] = [
        ("negative_threshold", |row| row.negative_threshold -= 1),
        ("edit_window_days", |row| {
            row.edit_window = EditWindow::Days { days: 99, from: EditFrom::Delivered }
        }),
        ("edit_window_days", |row| row.edit_window = EditWindow::None),
        ("edits_max", |row| row.edits_allowed = Some(1)),
    ];
    for (field, change) in less {
        let changed = |row: &ChannelPolicy| {
            let mut own = row.clone();
            change(&mut own);
            own
        };
        check(&base, changed(&base), &[field]);
        check(&unlocked, changed(&unlocked), &[]);
    }
}

#[test]
fn knowledge_is_no_permission() {
    let base = policy("shopee");
    let own = ChannelPolicy {
        negative_threshold: base.negative_threshold,
        counting: CountingRule::Approved,
        return_window: Span::from_days(90),
        auto_approval: None,
        certainty: Certainty::Documented,
        source: "elsewhere".to_owned(),
        ..base.clone()
    };
    check(&base, own, &[]);
}
