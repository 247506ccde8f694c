//! Threats, legal intimidation, exposure.

use super::review::Found;
use crate::matcher::Hit;
use crate::part::Part;
use crate::rule::Rule;
use crate::scene::{FAR, Scene, join};

/// Private things are exposed by a verb close by.
const EXPOSED_MAX: u32 = 40;

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
        if let Some(private) = private.iter().find(|private| scene.beside(expose, **private, EXPOSED_MAX)) {
            found.push((Rule::Threat, join(expose, *private)));
        }
    }
}
