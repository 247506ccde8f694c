//! G01, G03, G05, G10, G11, G19 and the quota of asks.

use amends_domain::guardrail::{ASK_REST, Rule};
use amends_domain::policy::{AskPermission, AskQuota, ChannelPolicy, EditFrom, EditWindow};
use amends_domain::review::{EditState, ReviewHistory, ReviewVersion};
use amends_domain::{Span, Time};

use super::{Which, World, hold, just_before, noon, story, year_of};
use crate::make::{at, on_day, policy, seen};

use Which::{Ask, Reminder};

#[test]
fn g01_only_a_channel_that_says_yes_allows_an_ask() {
    for &ask in AskPermission::ALL {
        let mut world = World::new(Ask);
        world.policy = ChannelPolicy { ask, ..policy("own_store") };
        let refused: &[Rule] = if ask == AskPermission::Yes { &[] } else { &[Rule::G01] };
        assert_eq!(world.rules(), refused, "{ask}");
        world.by_request = true;
        let refused: &[Rule] = if ask == AskPermission::No { &[Rule::G01] } else { &[] };
        assert_eq!(world.rules(), refused, "{ask} by the channel's own request");
    }
    let delivered_at = Some(on_day(-1));
    let with = |channel| World { policy: policy(channel), delivered_at, ..World::new(Ask) };
    for channel in
        ["amazon", "taobao", "trustpilot", "lazada", "shopee", "tiktok_shop", "ebay", "nobody-knows"]
    {
        assert!(with(channel).rules().contains(&Rule::G01), "{channel}");
    }
    for channel in ["etsy", "shopify", "judge.me", "own_store"] {
        assert_eq!(with(channel).rules(), [], "{channel}");
    }
}

#[test]
fn g01_a_row_rules_from_its_first_instant_and_in_its_region_only() {
    use amends_domain::policy::in_force;
    let starts = noon();
    let row = |region: &str, ask| ChannelPolicy {
        region: region.to_owned(),
        effective_from: starts,
        ask,
        edit_window: EditWindow::Always,
        ..policy("shopee")
    };
    let own = [row("", AskPermission::No), row("SG", AskPermission::Yes)];
    let rules =
        |region, at| World { policy: in_force(&own, "shopee", region, at), ..World::new(Ask) }.rules();
    assert_eq!(rules("SG", just_before(starts)), [Rule::G01], "the row before");
    assert_eq!(rules("SG", starts), []);
    assert_eq!(rules("MY", starts), [Rule::G01], "next door");
    assert_eq!(rules("", starts), [Rule::G01]);
}

#[test]
fn g03_nobody_is_asked_before_every_promise_is_kept_and_a_day_has_passed() {
    assert_eq!(ASK_REST, Span::from_hours(24));
    let fulfilled = noon() - ASK_REST;
    hold(&[
        ("one is open", Ask, |w| w.remedies_promised = 1, &[Rule::G03]),
        ("fulfilled just now", Ask, |w| w.last_fulfilled_at = Some(noon()), &[Rule::G03]),
        ("a day ago", Ask, |w| w.last_fulfilled_at = Some(noon() - ASK_REST), &[]),
        (
            "a microsecond too early",
            Ask,
            |w| {
                w.last_fulfilled_at = Some(noon() - ASK_REST);
                w.now = just_before(noon());
            },
            &[Rule::G03],
        ),
        (
            "one refusal by one rule",
            Ask,
            |w| (w.remedies_promised, w.last_fulfilled_at) = (2, Some(noon())),
            &[Rule::G03],
        ),
    ]);
    let mut world = World::new(Ask);
    (world.last_fulfilled_at, world.now) = (Some(fulfilled), just_before(noon()));
    assert_eq!(world.not_before(), Some(noon()));
    world.remedies_promised = 1;
    assert_eq!(world.not_before(), None, "nobody knows when a promise will be kept");
}

#[test]
fn g05_an_ask_says_only_what_was_approved() {
    hold(&[
        ("approved words", Ask, |w| w.approved_words = true, &[]),
        ("other words", Ask, |w| w.approved_words = false, &[Rule::G05]),
    ]);
}

#[test]
fn g10_a_review_is_asked_about_once_and_never_reminded_of() {
    hold(&[
        ("never asked", Ask, |w| w.asked_at = None, &[]),
        ("asked long ago", Ask, |w| w.asked_at = Some(on_day(-400)), &[Rule::G10]),
        ("asked a microsecond ago", Ask, |w| w.asked_at = Some(just_before(noon())), &[Rule::G10]),
        ("reminds of something else", Reminder, |w| w.of_ask = false, &[]),
        ("reminds of an ask", Reminder, |w| w.of_ask = true, &[Rule::G10]),
    ]);
}

#[test]
fn g11_the_window_closes_to_the_microsecond() {
    let check = |edit_window, delivered_at, end: Time| {
        let mut world = World::new(Ask);
        world.policy = ChannelPolicy { edit_window, contact_window: None, ..policy("own_store") };
        (world.delivered_at, world.zone) = (delivered_at, "Asia/Tokyo");
        world.now = just_before(end);
        assert_eq!(world.rules(), [], "{edit_window:?}");
        world.now = end;
        assert_eq!(world.rules(), [Rule::G11], "{edit_window:?}");
        assert_eq!(world.not_before(), None);
    };
    let days = |from| EditWindow::Days { days: 30, from };
    check(days(EditFrom::FirstObserved), Some(on_day(-20)), on_day(30));
    check(days(EditFrom::Delivered), Some(on_day(-20)), on_day(10));
    let check = |edit_window, refused: &[Rule]| {
        let mut world = World::new(Ask);
        world.policy = ChannelPolicy { edit_window, ..policy("own_store") };
        world.now = on_day(10_000) + Span::from_hours(12);
        assert_eq!(world.rules(), refused);
    };
    check(EditWindow::Always, &[]);
    check(EditWindow::None, &[Rule::G11]);
}

#[test]
fn g11_nobody_is_asked_while_it_is_not_known_when_the_window_began() {
    let unknown = World { policy: policy("etsy"), ..World::new(Ask) };
    let why = "the edit window counts from the delivery, and when it was delivered is not known";
    assert_eq!(unknown.rules(), [Rule::G11]);
    assert_eq!(unknown.refusals()[0].facts, [("why", why.to_owned())]);
    assert_eq!(unknown.not_before(), None);
    let known = World { delivered_at: Some(on_day(-94)), ..unknown };
    assert_eq!(known.rules(), [], "the day before its last");
}

#[test]
fn g11_a_review_that_is_brought_in_late_is_as_old_as_the_channel_says() {
    let window = EditWindow::Days { days: 30, from: EditFrom::FirstObserved };
    let told = |modified: Time| {
        let mut world = World::new(Ask);
        world.policy = ChannelPolicy { edit_window: window, ..policy("own_store") };
        world.review = story(vec![ReviewVersion { platform_modified_at: Some(modified), ..seen(0, 1, 1) }]);
        world.rules()
    };
    assert_eq!(told(on_day(-60)), [Rule::G11]);
    assert_eq!(told(noon() - Span::from_days(30)), [Rule::G11]);
    assert_eq!(told(Time::from_micros((noon() - Span::from_days(30)).micros() + 1)), []);
    assert_eq!(told(on_day(3)), [], "never younger than it was seen");
}

#[test]
fn g11_a_rest_that_ends_after_the_window_is_never_over() {
    let mut world = World::new(Ask);
    let window = EditWindow::Days { days: 6, from: EditFrom::FirstObserved };
    world.policy = ChannelPolicy { edit_window: window, ..policy("own_store") };
    world.last_fulfilled_at = Some(noon());
    assert_eq!((world.rules(), world.not_before()), (vec![Rule::G03], None));
}

#[test]
fn g11_what_cannot_be_revised_is_not_asked_about() {
    let gone = ReviewVersion { visible: false, ..seen(1, 1, 1) };
    let says = |edit_state| story(vec![ReviewVersion { edit_state: Some(edit_state), ..seen(0, 1, 1) }]);
    let edited = |times: i64| story((0..=times).map(|i| seen(i, 1, i)).collect());
    let check = |review: ReviewHistory, edits_allowed, refused: &[Rule]| {
        let mut world = World::new(Ask);
        world.policy = ChannelPolicy { edits_allowed, ..policy("own_store") };
        world.review = review;
        assert_eq!(world.rules(), refused, "{:?} {edits_allowed:?}", world.review);
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
    check(edited(0), Some(0), &[Rule::G11]);
    check(edited(0), Some(1), &[]);
    check(edited(1), Some(1), &[Rule::G11]);
    check(edited(1), Some(2), &[]);
    check(edited(2), Some(2), &[Rule::G11]);
}

#[test]
fn g19_a_threat_ends_every_ask() {
    hold(&[
        ("no threat", Ask, |w| w.extortion = false, &[]),
        ("a threat", Ask, |w| w.extortion = true, &[Rule::G19]),
        ("what is owed is told all the same", Which::Private, |w| w.extortion = true, &[]),
    ]);
}

fn rationed(used: u32, reviews: u32) -> World {
    let quota = AskQuota { per_year: 5, per_thousand: 5, answer_within: None, ignored_count: true };
    let mut world = World::new(Ask);
    world.policy = ChannelPolicy { ask_quota: Some(quota), ..policy("own_store") };
    (world.used, world.reviews) = (used, reviews);
    world
}

#[test]
fn the_quota_is_the_larger_of_so_many_a_year_and_so_many_per_thousand_reviews() {
    let check = |used, reviews, refused: &[Rule]| {
        assert_eq!(rationed(used, reviews).rules(), refused, "{used} used at {reviews} reviews");
    };
    check(0, 0, &[]);
    check(4, 0, &[]);
    check(5, 0, &[Rule::AskQuota]);
    check(5, 1_199, &[Rule::AskQuota]);
    check(5, 1_200, &[]);
    check(6, 1_200, &[Rule::AskQuota]);
    check(49, 10_000, &[]);
    check(50, 10_000, &[Rule::AskQuota]);
}

#[test]
fn the_quota_begins_anew_with_the_year() {
    let mut world = rationed(5, 0);
    let (_, next) = year_of(noon());
    world.zone = "Asia/Tokyo";
    assert_eq!(world.not_before(), Some(next), "it is nine o'clock in Tokyo then");
    world.now = just_before(next);
    assert_eq!(world.rules(), [Rule::AskQuota]);
    world.now = next;
    assert_eq!(world.rules(), []);
    let (start, end) = year_of(at(0));
    assert_eq!((start, end), (Time::from_secs(1_767_225_600), Time::from_secs(1_798_761_600)));
    assert_eq!(year_of(just_before(end)), (start, end));
    assert_eq!(year_of(end).0, end);
}
