//! Which row of policy is in force.

use amends_domain::Time;
use amends_domain::policy::{
    AskPermission, ChannelPolicy, CountingRule, EditFrom, EditWindow, ShopPolicy, in_force,
};

use crate::make::{on_day, policy};

fn row(source: &str, channel: &str, region: &str, day: i64) -> ChannelPolicy {
    ChannelPolicy {
        channel: channel.to_owned(),
        region: region.to_owned(),
        effective_from: on_day(day),
        source: source.to_owned(),
        ..policy("own_store")
    }
}

fn source(own: &[ChannelPolicy], region: &str, at: Time) -> String {
    in_force(own, "etsy", region, at).source
}

#[test]
fn the_shops_own_row_wins_then_the_region_then_the_later_day() {
    let all = row("all", "etsy", "", 1);
    let de = row("de", "etsy", "DE", 1);
    let de_later = row("de later", "etsy", "DE", 10);
    let shipped = policy("etsy").source;
    for own in [vec![all.clone(), de.clone(), de_later.clone()], vec![de_later, de, all]] {
        assert_eq!(source(&own, "DE", on_day(20)), "de later");
        assert_eq!(source(&own, "DE", on_day(5)), "de");
        assert_eq!(source(&own, "FR", on_day(20)), "all");
        assert_eq!(source(&own, "", on_day(20)), "all");
        assert_eq!(source(&own, "DE", on_day(0)), shipped);
    }
    // A later row for all regions does not undo what was said of the region.
    let own = [row("de", "etsy", "DE", 1), row("all later", "etsy", "", 10)];
    assert_eq!(source(&own, "DE", on_day(20)), "de");
    assert_eq!(source(&[row("other", "ebay", "", 1)], "DE", on_day(20)), shipped);
}

#[test]
fn a_row_holds_from_its_first_microsecond() {
    let own = [row("own", "etsy", "", 1)];
    assert_eq!(source(&own, "", on_day(1)), "own");
    assert_ne!(source(&own, "", Time::from_micros(on_day(1).micros() - 1)), "own");
}

#[test]
fn a_regions_shipped_row_wins_over_the_one_for_all() {
    let window = |region| in_force(&[], "shopee", region, on_day(0)).edit_window;
    let days = |days| EditWindow::Days { days, from: EditFrom::FirstObserved };
    assert_eq!((window("ID"), window("MY"), window("")), (days(120), days(30), days(30)));
}

#[test]
fn a_channel_nobody_knows_may_do_nothing() {
    for channel in ["", "nobody", "Etsy", "etsy ", "amazon.de"] {
        let unknown = in_force(&[], channel, "DE", on_day(0));
        assert_eq!((unknown.channel.as_str(), unknown.ask), (channel, AskPermission::No));
        assert_eq!((unknown.edit_window, unknown.counting), (EditWindow::None, CountingRule::Approved));
    }
}

#[test]
fn the_shipped_rows_say_what_each_channel_is_known_to_say() {
    let check = |channel: &str, ask, counting| {
        let row = policy(channel);
        assert_eq!((row.ask, row.counting), (ask, counting), "{channel}");
    };
    check("amazon", AskPermission::No, CountingRule::GoodsReceived);
    check("taobao", AskPermission::No, CountingRule::Approved);
    check("trustpilot", AskPermission::No, CountingRule::Approved);
    check("lazada", AskPermission::No, CountingRule::SellerFaultReturn);
    check("shopee", AskPermission::No, CountingRule::ListedUnlessWithdrawn);
    check("tiktok_shop", AskPermission::No, CountingRule::SellerFaultVerified);
    check("ebay", AskPermission::RequestOnly, CountingRule::RequestOpened);
    check("etsy", AskPermission::Yes, CountingRule::Approved);
    check("shopify", AskPermission::Yes, CountingRule::Processed);
    check("judge.me", AskPermission::Yes, CountingRule::Processed);
    check("own_store", AskPermission::Yes, CountingRule::Approved);
}

#[test]
fn windows_are_counted_from_the_right_day() {
    let days = |from| EditWindow::Days { days: 10, from };
    let (seen, delivered) = (on_day(5), Some(on_day(1)));
    assert_eq!(days(EditFrom::FirstObserved).ends_at(seen, delivered), Some(on_day(15)));
    assert_eq!(days(EditFrom::Delivered).ends_at(seen, delivered), Some(on_day(11)));
    assert_eq!(days(EditFrom::Delivered).ends_at(seen, None), Some(on_day(15)));
    assert_eq!(EditWindow::Always.ends_at(seen, None), Some(Time::MAX));
    assert_eq!(EditWindow::None.ends_at(seen, delivered), None);
}

#[test]
fn a_shop_that_decided_nothing_gets_the_documented_defaults() {
    let policy = ShopPolicy::default();
    let hours = |span: amends_domain::Span| span.micros() / 3_600_000_000;
    assert_eq!((hours(policy.remind_after), hours(policy.give_up_after)), (3 * 24, 7 * 24));
    assert_eq!((hours(policy.close_after), policy.lease.micros()), (4 * 24, 300_000_000));
}
