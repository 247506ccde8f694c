//! The rows that ship with the service: what was known, when, and how surely.

use std::sync::LazyLock;

use super::{AskPermission, Certainty, ChannelPolicy, CountingRule, EditFrom, EditWindow};
use crate::{Span, Time};

/// 2026-01-01T00:00:00Z: the day the knowledge of the seed rows is dated.
const KNOWN: Time = Time::from_secs(1_767_225_600);

/// One seed row, as narrow as a line of a table.
struct Row {
    channel: &'static str,
    region: &'static str,
    ask: AskPermission,
    edit: EditWindow,
    edits: Option<u8>,
    locks: bool,
    counting: CountingRule,
    auto_days: Option<i64>,
    certainty: Certainty,
    source: &'static str,
}

const fn days(days: u16, from: EditFrom) -> EditWindow {
    EditWindow::Days { days, from }
}

// A table reads best with a row to a line.
#[rustfmt::skip]
const ROWS: &[Row] = {
    use AskPermission::{No, RequestOnly, Yes};
    use Certainty::{Documented, Reported};
    use CountingRule::{
        Approved, GoodsReceived, ListedUnlessWithdrawn, Processed, RequestOpened, SellerFaultReturn,
        SellerFaultVerified,
    };
    use EditFrom::{Delivered, FirstObserved};
    &[
        Row { channel: "amazon", region: "", ask: No, edit: EditWindow::None, edits: None, locks: false, counting: GoodsReceived, auto_days: None, certainty: Documented, source: "seller code of conduct: no request to change a review, even after a solution" },
        Row { channel: "taobao", region: "", ask: No, edit: EditWindow::None, edits: None, locks: false, counting: Approved, auto_days: None, certainty: Reported, source: "rules against review solicitation" },
        Row { channel: "trustpilot", region: "", ask: No, edit: EditWindow::Always, edits: None, locks: false, counting: Approved, auto_days: None, certainty: Documented, source: "guidelines for businesses" },
        Row { channel: "lazada", region: "", ask: No, edit: days(30, FirstObserved), edits: Some(1), locks: false, counting: SellerFaultReturn, auto_days: Some(3), certainty: Reported, source: "one public reply, follow-up reviews carry no rating" },
        Row { channel: "shopee", region: "", ask: No, edit: days(30, FirstObserved), edits: Some(1), locks: false, counting: ListedUnlessWithdrawn, auto_days: Some(2), certainty: Documented, source: "open platform: editable, have edit once, expired; asking only by the owner's own row" },
        Row { channel: "shopee", region: "ID", ask: No, edit: days(120, FirstObserved), edits: Some(1), locks: false, counting: ListedUnlessWithdrawn, auto_days: Some(2), certainty: Reported, source: "a longer window is reported for Indonesia" },
        Row { channel: "tiktok_shop", region: "", ask: No, edit: EditWindow::None, edits: None, locks: false, counting: SellerFaultVerified, auto_days: Some(2), certainty: Reported, source: "seller fault refund and return rate" },
        Row { channel: "ebay", region: "", ask: RequestOnly, edit: days(30, FirstObserved), edits: Some(1), locks: false, counting: RequestOpened, auto_days: Some(3), certainty: Documented, source: "feedback revision request within 30 days" },
        Row { channel: "etsy", region: "", ask: Yes, edit: days(100, Delivered), edits: None, locks: true, counting: Approved, auto_days: None, certainty: Documented, source: "reviews can be edited for 100 days; a public reply ends that" },
        Row { channel: "shopify", region: "", ask: Yes, edit: EditWindow::Always, edits: None, locks: false, counting: Processed, auto_days: None, certainty: Documented, source: "the merchant's own store" },
        Row { channel: "judge.me", region: "", ask: Yes, edit: EditWindow::Always, edits: None, locks: false, counting: Processed, auto_days: None, certainty: Reported, source: "reviews of the merchant's own store, kept by an app" },
        Row { channel: "own_store", region: "", ask: Yes, edit: EditWindow::Always, edits: None, locks: false, counting: Approved, auto_days: None, certainty: Assumed, source: "the seller's own store" },
    ]
};
use Certainty::Assumed;

impl Row {
    fn policy(&self) -> ChannelPolicy {
        ChannelPolicy {
            channel: self.channel.to_owned(),
            region: self.region.to_owned(),
            effective_from: Time::MIN,
            negative_threshold: 3,
            ask: self.ask,
            edit_window: self.edit,
            edits_allowed: self.edits,
            reply_locks_edit: self.locks,
            counting: self.counting,
            return_window: Span::from_days(30),
            avoid_window: Span::from_days(30),
            auto_approval: self.auto_days.map(Span::from_days),
            source: self.source.to_owned(),
            known_at: KNOWN,
            certainty: self.certainty,
        }
    }
}

/// The seed rows.
#[must_use]
pub fn catalogue() -> &'static [ChannelPolicy] {
    static CATALOGUE: LazyLock<Vec<ChannelPolicy>> = LazyLock::new(|| ROWS.iter().map(Row::policy).collect());
    &CATALOGUE
}

/// The row of a channel nobody knows: it allows nothing.
pub(super) fn unknown(channel: &str) -> ChannelPolicy {
    ChannelPolicy {
        channel: channel.to_owned(),
        region: String::new(),
        effective_from: Time::MIN,
        negative_threshold: 3,
        ask: AskPermission::No,
        edit_window: EditWindow::None,
        edits_allowed: None,
        reply_locks_edit: false,
        counting: CountingRule::Approved,
        return_window: Span::from_days(30),
        avoid_window: Span::from_days(30),
        auto_approval: None,
        source: "no row for this channel: what is not known to be allowed is forbidden".to_owned(),
        known_at: KNOWN,
        certainty: Certainty::Assumed,
    }
}
