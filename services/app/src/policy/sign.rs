//! A shop's own row of channel policy is signed off: by whom, when and why.

use std::time::Duration;

use amends_domain::policy::{ChannelPolicy, OptIn, ShopPolicy, SignOff, in_force, loosened};
use amends_domain::shop::Shop;
use amends_domain::{AgentId, Span, Time};

use super::PolicyChange;
use crate::error::{Violation, Why};
use crate::sla::LEAD;

/// From when on a row holds that is made now.
///
/// Every member of a figure is counted by the row of its own day, by every process and at any time. So a
/// row begins when every process knows it, and after anything that may be dated by now: clocks of others
/// may run ahead. And never before the last one.
pub(super) fn channel_from(policy: &ShopPolicy, now: Time, clock_skew: Duration) -> Time {
    let skew = Span::from_micros(i64::try_from(clock_skew.as_micros()).unwrap_or(i64::MAX));
    let last = policy.channel.iter().map(|row| row.effective_from).max();
    last.unwrap_or(Time::MIN).max(now + LEAD + skew)
}

/// Signs the row of a change that holds from `from` on; says what keeps it from being signed.
///
/// What the channel allows is not for the shop to decide, so a row that allows
/// more than the catalogue's must say why. Where the channel leaves nothing to
/// the owner, an ask contradicts it: then the change that allows it must name
/// where it is written otherwise, and no earlier change does so for it.
pub(super) fn sign_off(
    change: &mut PolicyChange,
    before: &ShopPolicy,
    shop: &Shop,
    (by, at): (&AgentId, Time),
    from: Time,
) -> Vec<Violation> {
    let reason = change.reason.take();
    let (channel, region) = (shop.channel.as_str(), shop.region.as_str());
    let known = in_force(&[], channel, region, from);
    let sofar = in_force(&before.channel, channel, region, from);
    let Some(row) = &mut change.channel else {
        return reason.into_iter().map(|_| wrong("reason", "belongs to a change of other fields")).collect();
    };
    let (looser, since) = (loosened(&known, row), loosened(&sofar, row));
    let earlier =
        sofar.signed_off.filter(|_| since.is_empty() && !looser.is_empty()).map(|signed| signed.reason);
    let reason = reason.or(earlier).unwrap_or_default();
    let mut found = Vec::new();
    if !looser.is_empty() && reason.trim().is_empty() {
        let problem = format!(
            "is required: the row allows more than the catalogue ({}), and whoever applies it signs it off",
            looser.join(", ")
        );
        found.push(wrong("reason", &problem));
    }
    let sourced = change.sourced && !row.source.trim().is_empty();
    if contradicts(&known, row, &looser, &since, sourced) {
        let problem = format!(
            "must name where it is written otherwise: the channel forbids this ask, and leaves the owner no choice ({})",
            known.source
        );
        found.push(wrong("source", &problem));
    }
    row.signed_off = Some(SignOff { by: by.to_string(), at, reason });
    found
}

/// A source that an earlier change named was named for something else.
fn contradicts(
    known: &ChannelPolicy,
    row: &ChannelPolicy,
    looser: &[&str],
    since: &[&str],
    sourced: bool,
) -> bool {
    let (asks, asks_anew) = (looser.contains(&"ask_permission"), since.contains(&"ask_permission"));
    known.opt_in == OptIn::Never && asks && (row.source == known.source || (asks_anew && !sourced))
}

fn wrong(field: &str, problem: &str) -> Violation {
    let field = format!("channel_overrides.{field}");
    Violation { field, problem: problem.to_owned(), why: Why::Malformed }
}
