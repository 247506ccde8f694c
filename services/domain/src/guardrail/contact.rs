//! How often, when and whether a buyer may be written to.
//!
//! What answers the buyer's own words may always come: a person who writes wants an answer. What
//! everyone reads below a review is written to nobody. Everything else is contact that the buyer
//! did not ask for, and is limited.

use super::hours::QuietHours;
use super::outgoing::{Kind, Outgoing, Refusal};
use super::rule::Rule;
use crate::{Span, Time};

/// So many messages in such a time.
const SHORT: usize = 1;
/// The time in which a buyer gets one message.
pub const CAP_SHORT: Span = Span::from_days(3);
const LONG: usize = 3;
/// The time in which a buyer gets three.
pub const CAP_LONG: Span = Span::from_days(30);

/// What is known about whoever would read it.
#[derive(Debug, Clone, Copy)]
pub struct Buyer<'a> {
    /// When the shop wrote to them unasked, over all cases and channels, in any order.
    pub contacts: &'a [Time],
    /// When they may be written to.
    pub hours: &'a QuietHours,
    /// Whether this answers what they wrote or requested themselves.
    pub answers: bool,
    /// Whether they want no more messages.
    pub opted_out: bool,
    /// Whether their data were erased.
    pub erased: bool,
    /// When what they bought was delivered, if known.
    pub delivered_at: Option<Time>,
}

impl Outgoing<'_> {
    /// Whether it is contact that the buyer did not ask for: it is limited, and counts.
    #[must_use]
    pub fn is_unasked(&self) -> bool {
        match self.kind {
            Kind::PublicReply(_) => false,
            Kind::PrivateReply | Kind::Offer(_) => !self.buyer.answers,
            Kind::Ask(_) | Kind::Reminder { .. } => true,
        }
    }
}

pub(super) fn check(out: &Outgoing<'_>, refusals: &mut Vec<Refusal>) {
    let buyer = &out.buyer;
    if buyer.erased {
        refusals.push(Refusal::new(Rule::G23, Vec::new()));
    }
    if !out.is_unasked() {
        return;
    }
    if buyer.opted_out {
        refusals.push(Refusal::new(Rule::G18, Vec::new()));
    }
    capped(buyer.contacts, out.now, refusals);
    if !buyer.hours.is_open(out.now) {
        let facts = vec![("hours", buyer.hours.printed()), ("zones", buyer.hours.zones())];
        refusals.push(Refusal::until(Rule::G17, facts, buyer.hours.next_open(out.now)));
    }
    if let (Some(window), Some(delivered_at)) = (out.policy.contact_window, buyer.delivered_at)
        && delivered_at + window <= out.now
    {
        let facts = vec![
            ("delivered_at", delivered_at.micros().to_string()),
            ("closed_at", (delivered_at + window).micros().to_string()),
        ];
        refusals.push(Refusal::new(Rule::ContactWindow, facts));
    }
}

fn capped(contacts: &[Time], now: Time, refusals: &mut Vec<Refusal>) {
    let mut newest = contacts.to_vec();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    // The cap is full again as long as the last but so many lies within it.
    let free_at = |most: usize, span| newest.get(most.saturating_sub(1)).map(|at| *at + span);
    let free_at = free_at(SHORT, CAP_SHORT).max(free_at(LONG, CAP_LONG)).filter(|at| *at > now);
    let Some(free_at) = free_at else { return };
    let within = |span| newest.iter().filter(|at| **at + span > now).count().to_string();
    let facts = vec![
        ("in_3_days", within(CAP_SHORT)),
        ("in_30_days", within(CAP_LONG)),
        ("last_contact_at", newest.first().map_or(0, |at| at.micros()).to_string()),
    ];
    refusals.push(Refusal::until(Rule::G16, facts, Some(free_at)));
}
