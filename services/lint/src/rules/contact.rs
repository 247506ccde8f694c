//! Ways to talk or pay outside the marketplace.

use super::review::Found;
use crate::matcher::Hit;
use crate::part::Part;
use crate::rule::Rule;
use crate::scene::{FAR, Scene, Span, join};
use crate::shape::{Seen, Shape};

/// A word that says what a number is stands close before it.
const NAMED_MAX: u32 = 30;

/// Contact outside the marketplace.
pub(crate) fn off_platform(scene: &Scene<'_, '_>, shapes: &[Seen], found: &mut Found) {
    let mut refuse = |span: Span| found.push((Rule::OffPlatform, span));
    for seen in shapes {
        let is_contact = match seen.shape {
            Shape::Email | Shape::Url => true,
            Shape::Phone | Shape::Digits => is_phone(scene, seen),
            Shape::Handle => scene.said_with(seen.span(), &[Part::Contact, Part::Messenger]),
            _ => false,
        };
        if is_contact {
            refuse(seen.span());
        }
    }
    for messenger in scene.of(Part::Messenger).map(Hit::span).filter(|span| !scene.is_waived(*span)) {
        let contact = scene
            .of(Part::Contact)
            .map(Hit::span)
            .find(|contact| *contact != messenger && scene.within(messenger, *contact, FAR));
        if let Some(contact) = contact {
            refuse(join(messenger, contact));
        } else if let Some(name) =
            shapes.iter().find(|seen| is_name(seen) && scene.within(messenger, seen.span(), 24))
        {
            refuse(join(messenger, name.span()));
        }
    }
    for outside in scene.of(Part::Outside).map(Hit::span).filter(|span| !scene.is_waived(*span)) {
        refuse(outside);
    }
}

fn is_name(seen: &Seen) -> bool {
    matches!(seen.shape, Shape::Phone | Shape::Digits | Shape::Handle | Shape::Code)
}

/// Whether digits are a phone number: by their shape unless they are said to be a parcel's, or by the words.
pub(super) fn is_phone(scene: &Scene<'_, '_>, seen: &Seen) -> bool {
    let before = |part: Part, max: u32| {
        let hits = scene.of(part).map(Hit::span);
        let gaps = hits.filter(|hit| hit.1 <= seen.start && scene.within(*hit, seen.span(), max));
        gaps.map(|hit| scene.reading.gap(hit, seen.span())).min().unwrap_or(u32::MAX)
    };
    // "Call 0532 …" and "from 0532 … call us".
    let after = |part: Part| {
        let hits = scene.of(part).map(Hit::span).filter(|hit| hit.0 >= seen.end);
        let gaps = hits.filter(|hit| scene.within(*hit, seen.span(), NAMED_MAX));
        gaps.map(|hit| scene.reading.gap(hit, seen.span())).min().unwrap_or(u32::MAX)
    };
    let phone = before(Part::Phone, NAMED_MAX).min(after(Part::Phone));
    let order = before(Part::Order, NAMED_MAX).min(after(Part::Order));
    let messenger = before(Part::Messenger, NAMED_MAX);
    match seen.shape {
        Shape::Phone => order == u32::MAX || phone.min(messenger) < order,
        Shape::Digits => phone.min(messenger) < order,
        _ => false,
    }
}
