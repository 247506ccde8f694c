//! The rules of an offer. No fact here says whether there is a rating, what it is, or who can see
//! it: what a buyer is given cannot depend on it (G08), because it cannot be named.

use super::outgoing::{Eyes, Outgoing, Refusal};
use super::rule::Rule;

/// What the decision about an offer depends on besides buyer and text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferFacts {
    /// Whether the text says that the return stays open, and until when where that is known.
    pub return_shown: bool,
    /// Whether it is an alternative to the return, and not the return itself.
    pub alternative: bool,
    /// Whether the buyer declined and was offered another alternative since.
    pub countered: bool,
    /// Whether it gives what the shop's policy does not grant by itself.
    pub beyond_policy: bool,
    /// Whether the shop's rules want another person to agree.
    pub needs_approval: bool,
}

pub(super) fn check(out: &Outgoing<'_>, offer: &OfferFacts, refusals: &mut Vec<Refusal>) {
    // Under a threat nobody gives more than the policy grants to anybody, four eyes or not.
    if out.extortion && offer.beyond_policy {
        refusals.push(Refusal::new(Rule::G19, vec![("beyond_policy", "true".to_owned())]));
    }
    if !offer.return_shown {
        let why = "the text does not say that the return stays open".to_owned();
        refusals.push(Refusal::new(Rule::G20, vec![("why", why)]));
    } else if offer.countered && offer.alternative {
        let why = "after a decline there is one counter-offer at most".to_owned();
        refusals.push(Refusal::new(Rule::G20, vec![("why", why)]));
    }
    if offer.needs_approval && out.eyes == Eyes::Two {
        refusals.push(Refusal::new(Rule::G21, vec![("needs_approval", "true".to_owned())]));
    }
}
