//! The guardrails of the ask: each rule allowed, refused, and at its boundary.

use amends_domain::guardrail::{ASK_REST, AskInput, Rule, check_ask, check_reply};
use amends_domain::policy::{AskPermission, ChannelPolicy, EditFrom, EditWindow};
use amends_domain::review::{EditState, ReviewHistory, ReviewVersion, replay};
use amends_domain::{Span, Time};

use crate::make::{at, on_day, policy, seen};

fn story(versions: Vec<ReviewVersion>) -> ReviewHistory {
    replay(versions, 3).1
}

fn negative() -> ReviewHistory {
    story(vec![seen(0, 1, 1)])
}

/// An ask that nothing speaks against.
fn clean<'a>(policy: &'a ChannelPolicy, review: &'a ReviewHistory) -> AskInput<'a> {
    AskInput {
        policy,
        review,
        delivered_at: None,
        remedies_promised: 0,
        last_fulfilled_at: None,
        asked_at: None,
        opted_out: false,
        erased: false,
        extortion: false,
        now: on_day(5),
    }
}

fn rules(input: &AskInput<'_>) -> Vec<Rule> {
    check_ask(input).into_iter().map(|refusal| refusal.rule).collect()
}

fn just_before(time: Time) -> Time {
    Time::from_micros(time.micros() - 1)
}

#[test]
fn a_clean_ask_is_allowed() {
    assert_eq!(rules(&clean(&policy("own_store"), &negative())), []);
}

#[test]
fn only_a_channel_that_says_yes_allows_an_ask() {
    let review = negative();
    for &ask in AskPermission::ALL {
        let policy = ChannelPolicy { ask, ..policy("own_store") };
        let refused = if ask == AskPermission::Yes { vec![] } else { vec![Rule::G01] };
        assert_eq!(rules(&clean(&policy, &review)), refused, "{ask}");
    }
    for channel in
        ["amazon", "taobao", "trustpilot", "lazada", "shopee", "tiktok_shop", "ebay", "nobody-knows"]
    {
        assert!(rules(&clean(&policy(channel), &review)).contains(&Rule::G01), "{channel}");
    }
    for channel in ["etsy", "shopify", "judge.me", "own_store"] {
        assert_eq!(rules(&clean(&policy(channel), &review)), [], "{channel}");
    }
}

#[test]
fn nobody_is_asked_before_every_promise_is_kept_and_a_day_has_passed() {
    let (policy, review) = (policy("own_store"), negative());
    let clean = clean(&policy, &review);
    assert_eq!(rules(&AskInput { remedies_promised: 1, ..clean }), [Rule::G03]);
    let fulfilled = at(1_000);
    let asked_at = |now| rules(&AskInput { last_fulfilled_at: Some(fulfilled), now, ..clean });
    assert_eq!(asked_at(fulfilled), [Rule::G03]);
    assert_eq!(asked_at(just_before(fulfilled + ASK_REST)), [Rule::G03]);
    assert_eq!(asked_at(fulfilled + ASK_REST), []);
    assert_eq!(ASK_REST, Span::from_hours(24));
    let both = AskInput { remedies_promised: 2, last_fulfilled_at: Some(fulfilled), now: fulfilled, ..clean };
    assert_eq!(rules(&both), [Rule::G03], "one refusal by one rule");
}

#[test]
fn a_review_is_asked_about_once() {
    let (policy, review) = (policy("own_store"), negative());
    assert_eq!(rules(&AskInput { asked_at: Some(on_day(-400)), ..clean(&policy, &review) }), [Rule::G10]);
}

#[test]
fn the_window_closes_to_the_microsecond() {
    let review = negative();
    let check = |edit_window, delivered_at, end: Time| {
        let policy = ChannelPolicy { edit_window, ..policy("own_store") };
        let at = |now| rules(&AskInput { delivered_at, now, ..clean(&policy, &review) });
        assert_eq!(at(just_before(end)), [], "{edit_window:?}");
        assert_eq!(at(end), [Rule::G11], "{edit_window:?}");
    };
    let days = |from| EditWindow::Days { days: 30, from };
    check(days(EditFrom::FirstObserved), Some(on_day(-20)), on_day(30));
    check(days(EditFrom::Delivered), Some(on_day(-20)), on_day(10));
    check(days(EditFrom::Delivered), None, on_day(30));
    let check = |edit_window, refused: &[Rule]| {
        let policy = ChannelPolicy { edit_window, ..policy("own_store") };
        assert_eq!(rules(&AskInput { now: on_day(10_000), ..clean(&policy, &review) }), refused);
    };
    check(EditWindow::Always, &[]);
    check(EditWindow::None, &[Rule::G11]);
}

#[test]
fn what_cannot_be_revised_is_not_asked_about() {
    let gone = ReviewVersion { visible: false, ..seen(1, 1, 1) };
    let says = |edit_state| story(vec![ReviewVersion { edit_state: Some(edit_state), ..seen(0, 1, 1) }]);
    let check = |review: ReviewHistory, edits_allowed, refused: &[Rule]| {
        let policy = ChannelPolicy { edits_allowed, ..policy("own_store") };
        assert_eq!(rules(&clean(&policy, &review)), refused, "{review:?} {edits_allowed:?}");
    };
    check(story(vec![seen(0, 1, 1), gone]), None, &[Rule::G11]);
    check(story(vec![seen(0, 1, 1), seen(1, 5, 1)]), None, &[Rule::G11]);
    check(story(vec![seen(0, 1, 1), seen(1, 5, 1), seen(2, 1, 1)]), None, &[]);
    check(story(Vec::new()), None, &[Rule::G11]);
    check(says(EditState::Expired), None, &[Rule::G11]);
    check(says(EditState::Editable), Some(1), &[]);
    check(says(EditState::EditedOnce), None, &[]);
    check(says(EditState::EditedOnce), Some(1), &[Rule::G11]);
    check(says(EditState::EditedOnce), Some(2), &[]);
}

#[test]
fn every_edit_that_was_seen_uses_up_one() {
    let edited = |times: i64| story((0..=times).map(|i| seen(i, 1, i)).collect());
    let check = |times, edits_allowed, allowed: bool| {
        let policy = ChannelPolicy { edits_allowed: Some(edits_allowed), ..policy("own_store") };
        assert_eq!(rules(&clean(&policy, &edited(times))).is_empty(), allowed, "{times} of {edits_allowed}");
    };
    check(0, 0, false);
    check(0, 1, true);
    check(1, 1, false);
    check(1, 2, true);
    check(2, 2, false);
}

#[test]
fn opt_out_threats_and_erasure_end_every_ask() {
    let (policy, review) = (policy("own_store"), negative());
    let clean = clean(&policy, &review);
    assert_eq!(rules(&AskInput { opted_out: true, ..clean }), [Rule::G18]);
    assert_eq!(rules(&AskInput { extortion: true, ..clean }), [Rule::G19]);
    assert_eq!(rules(&AskInput { erased: true, ..clean }), [Rule::G23]);
}

#[test]
fn every_rule_that_refuses_is_named_with_its_facts() {
    let (policy, review) = (policy("amazon"), story(vec![seen(0, 5, 1)]));
    let all = AskInput {
        remedies_promised: 2,
        asked_at: Some(at(7)),
        opted_out: true,
        erased: true,
        extortion: true,
        ..clean(&policy, &review)
    };
    let refusals = check_ask(&all);
    assert_eq!(refusals.iter().map(|r| r.rule).collect::<Vec<_>>(), Rule::ALL);
    let facts = |rule| &refusals.iter().find(|r| r.rule == rule).unwrap().facts;
    assert!(facts(Rule::G01).contains(&("channel", "amazon".to_owned())));
    assert_eq!(facts(Rule::G03), &[("remedies_promised", "2".to_owned())]);
    assert_eq!(facts(Rule::G10), &[("asked_at", at(7).micros().to_string())]);
    assert_eq!(facts(Rule::G11), &[("why", "the review is not negative".to_owned())]);
}

#[test]
fn what_an_agent_writes_goes_to_no_buyer_who_was_erased() {
    assert_eq!(check_reply(false), []);
    assert_eq!(check_reply(true).iter().map(|refusal| refusal.rule).collect::<Vec<_>>(), [Rule::G23]);
}
