//! The definitions, in the words of the page.

use crate::html::{Html, el};

const TERMS: [(&str, &str); 12] = [
    (
        "Cohort",
        "Everything is counted under its own day: a review under the day it was first seen, a unit under \
         the day it was delivered, a case under the day it was opened. A figure of March is about reviews \
         of March, whenever they were revised.",
    ),
    (
        "Negative, revised",
        "A review is negative if its stars were at or below the shop's threshold when it was first seen. \
         It is revised if it rose above the threshold later and did not sink again; if it sank, it fell \
         back. A review that was taken down is not revised.",
    ),
    (
        "Natural",
        "Reviews that were revised before any person acted, or without a case. What buyers would do anyway.",
    ),
    (
        "Returned",
        "A unit counts as returned when the channel counts it so within the window after its delivery: \
         each channel has its own rule.",
    ),
    (
        "Avoided",
        "A buyer wanted to return the unit, was helped, and no counted return followed. For good once the \
         window has closed; until then it may still come back.",
    ),
    (
        "Naive and causal",
        "Naive figures compare buyers who took help with those who did not: these differ in more than the \
         help. Causal figures compare cases that chance put into one of two orders of suggestions.",
    ),
    (
        "95 % interval",
        "How far chance alone may have moved a share (Wilson). Few cases make it wide. If the intervals of \
         two months overlap by much, there may be no difference between them.",
    ),
    (
        "May still change",
        "The window of at least one member is still open. In pictures: hollow, dashed and hatched. Without \
         the mark a figure changes only by late or corrected news.",
    ),
    ("Acceptance", "Offers that were accepted, of those that were accepted, declined or left to expire."),
    ("Carried out", "Remedies that were fulfilled. Their mean cost is what each of them cost the shop."),
    (
        "Promises kept",
        "Clocks that stopped in time, of those that stopped in time or ran over. Clocks that still run \
         and are not over do not count yet; those of cases that ended otherwise never do.",
    ),
    ("Points", "The difference of two shares: from 5 % to 3 % are 2 points."),
];

pub(super) fn body() -> Html {
    let terms = TERMS.into_iter().map(|(term, meaning)| el("dt", &[], term).and(el("dd", &[], meaning)));
    el("dl", &[], terms.collect::<Html>())
}
