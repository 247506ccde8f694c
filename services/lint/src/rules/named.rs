//! Reviews that a message to the buyer names without a reason of its own: neither thanked for nor
//! told of. What is given or asked beside them is about them.

use super::review::{Asked, Found};
use crate::part::Part;
use crate::rule::Rule;
use crate::scene::{Scene, Span, join};

/// What is thanked for, regretted or told of stands in the sentence or one beside it, this close.
const TOLD_MAX: u32 = 80;
/// What is given stands in the sentence of the review or one beside it, this close.
const GIVEN_MAX: u32 = 220;

/// What is given in a message that names a review.
pub(crate) fn given(scene: &Scene<'_, '_>, asked: &Asked, found: &mut Found) {
    if scene.has(Part::Regardless) {
        return;
    }
    let mut gifts = scene.values();
    gifts.extend(scene.any(&[Part::Remedy]));
    for review in named(scene) {
        let near = |gift: &&Span| {
            let apart = scene.sentence(review).abs_diff(scene.sentence(**gift));
            apart <= 1 && scene.reading.gap(review, **gift) <= GIVEN_MAX && !overlap(review, **gift)
        };
        let Some(gift) = gifts.iter().find(near) else { continue };
        let tied = scene.said_with(review, &[Part::If, Part::Exchange, Part::For]);
        let rule = if tied && asked.revision().is_none() { Rule::Incentive } else { Rule::Mixed };
        found.push((rule, join(review, *gift)));
    }
}

/// The buyer's review, named for no reason that the message gives.
pub(crate) fn unexplained(scene: &Scene<'_, '_>, asked: &Asked, found: &mut Found) {
    // A plain ask to write or revise one is for the guardrails of asks.
    let plain = asked.write.iter().any(|write| scene.said_with(*write, &[Part::Please]));
    if scene.has(Part::Regardless) || plain || !asked.change.is_empty() {
        return;
    }
    let named = untold(scene, scene.any(&[Part::Named]));
    found.extend(named.into_iter().map(|review| (Rule::Pressure, review)));
}

/// Reviews that something may be given for. Stars may be those of a product, unless something is asked.
fn named(scene: &Scene<'_, '_>) -> Vec<Span> {
    let stars = scene.any(&[Part::Stars]);
    let mut reviews = untold(scene, scene.any(&[Part::Review, Part::Good]));
    reviews.retain(|review| {
        !stars.iter().any(|stars| overlap(*stars, *review))
            || scene.said_with(*review, &[Part::Please, Part::Exchange, Part::Change, Part::Write])
    });
    reviews
}

/// Reviews that are neither thanked for, nor regretted, nor told of.
fn untold(scene: &Scene<'_, '_>, mut reviews: Vec<Span>) -> Vec<Span> {
    let (noted, kind) = (scene.any(&[Part::Noted, Part::Took]), scene.any(&[Part::Thanks, Part::Sorry]));
    let pleas = scene.any(&[Part::Please]);
    reviews.retain(|review| {
        let gap = |other: &Span| scene.reading.gap(*other, *review);
        // What is asked in the same sentence, and closer, is asked about the review.
        let asked = pleas.iter().filter(|please| scene.same_sentence(**please, *review)).map(gap).min();
        let max = asked.unwrap_or(u32::MAX).min(TOLD_MAX + 1);
        let told = noted.iter().any(|noted| scene.same_sentence(*noted, *review) && gap(noted) < max);
        let near = |kind: &Span| scene.sentence(*kind).abs_diff(scene.sentence(*review)) <= 1;
        !scene.is_waived(*review) && !told && !kind.iter().any(|kind| near(kind) && gap(kind) < max)
    });
    reviews
}

const fn overlap(a: Span, b: Span) -> bool {
    a.0 < b.1 && b.0 < a.1
}
