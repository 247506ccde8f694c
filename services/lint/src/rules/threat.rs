//! Threats, legal intimidation, exposure.

use super::review::Found;
use crate::matcher::Hit;
use crate::part::Part;
use crate::rule::Rule;
use crate::scene::{FAR, Scene, Span, join};

/// Private things are exposed by a verb close by.
const EXPOSED_MAX: u32 = 60;
/// What is done to an account, or known of the buyer, stands close to it.
const NAMED_MAX: u32 = 44;
/// A veiled threat says in the next sentence what for.
const VEILED_MAX: u32 = 200;

/// What intimidates the buyer.
pub(crate) fn threat(scene: &Scene<'_, '_>, found: &mut Found) {
    let said = scene.of(Part::Threat).map(Hit::span).filter(|span| !scene.is_waived(*span));
    found.extend(said.map(|span| (Rule::Threat, span)));
    let force = scene.any(&[Part::Force, Part::Review]);
    for legal in scene.of(Part::Legal).map(Hit::span).filter(|span| !scene.is_waived(*span)) {
        if let Some(force) = force.iter().find(|force| scene.within(legal, **force, FAR)) {
            found.push((Rule::Threat, join(legal, *force)));
        }
    }
    let private = scene.any(&[Part::Private]);
    for expose in scene.of(Part::Expose).map(Hit::span).filter(|span| !scene.is_waived(*span)) {
        if let Some(private) = private
            .iter()
            .find(|private| !overlap(expose, **private) && scene.within(expose, **private, EXPOSED_MAX))
        {
            found.push((Rule::Threat, join(expose, *private)));
        }
    }
    let accounts = scene.any(&[Part::Account]);
    for block in scene.of(Part::Block).map(Hit::span).filter(|span| !scene.is_waived(*span)) {
        let account = accounts
            .iter()
            .find(|account| !overlap(block, **account) && scene.within(block, **account, NAMED_MAX));
        if let Some(account) = account {
            found.push((Rule::Threat, join(block, *account)));
        }
    }
    veiled(scene, &private, found);
}

/// "We have your address. It would be a pity if everyone learned who writes such reviews."
fn veiled(scene: &Scene<'_, '_>, private: &[Span], found: &mut Found) {
    if private.is_empty() || scene.has(Part::Thanks) {
        return;
    }
    let wishes = scene.any(&[Part::Force, Part::Expose, Part::Review, Part::Case]);
    for hold in scene.of(Part::Hold).map(Hit::span).filter(|span| !scene.is_waived(*span)) {
        let Some(known) = private.iter().find(|known| scene.within(hold, **known, NAMED_MAX)) else {
            continue;
        };
        let held = join(hold, *known);
        let near = |wish: &&Span| {
            !overlap(held, **wish)
                && scene.sentence(held).abs_diff(scene.sentence(**wish)) <= 2
                && scene.reading.gap(held, **wish) <= VEILED_MAX
        };
        if let Some(wish) = wishes.iter().find(near) {
            found.push((Rule::Threat, join(held, *wish)));
        }
    }
}

const fn overlap(a: Span, b: Span) -> bool {
    a.0 < b.1 && b.0 < a.1
}
