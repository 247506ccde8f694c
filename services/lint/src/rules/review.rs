//! Rules about reviews: incentives, pressure, removal, asks; and about requests of the buyer.

use crate::matcher::Hit;
use crate::part::Part;
use crate::rule::Rule;
use crate::scene::{FAR, Scene, Span, join};

/// Only a pronoun stands between.
const LEFT_OPEN_MAX: u32 = 5;

/// "Only" stands close to what is accepted.
const ONLY_MAX: u32 = 24;

/// A plea stands this close to what it asks for.
const PLEADED_MAX: u32 = 24;

/// What the rules find in a scene.
pub(crate) type Found = Vec<(Rule, Span)>;

/// What the buyer is asked to do with a review.
pub(crate) struct Asked {
    pub(crate) write: Vec<Span>,
    pub(crate) change: Vec<Span>,
    raise: Vec<Span>,
    remove: Vec<Span>,
    /// Good reviews, asked for or told of.
    good: Vec<Span>,
    targets: Vec<Span>,
    values: Vec<Span>,
}

impl Asked {
    pub(crate) fn of(scene: &Scene<'_, '_>) -> Self {
        let targets = scene.targets();
        let mut write = scene.acts(Part::Write, &targets);
        write.extend(scene.any(&[Part::Rate]).into_iter().filter(|span| scene.is_asked(*span)));
        write.retain(|span| !is_told(scene, *span));
        let mut change = scene.acts(Part::Change, &targets);
        change.extend(scene.acts_on_it(Part::Change, Part::ChangeIt, &targets));
        change.retain(|span| !is_done(scene, *span) && !is_left_open(scene, *span));
        let raise = scene.acts(Part::Raise, &targets);
        let mut remove = scene.acts(Part::Remove, &targets);
        remove.extend(scene.acts_on_it(Part::Remove, Part::RemoveIt, &targets));
        let good = good_reviews(scene);
        Self { write, change, raise, remove, good, targets, values: scene.values() }
    }

    fn acts(&self) -> impl Iterator<Item = Span> {
        [&self.write, &self.change, &self.raise, &self.remove].into_iter().flatten().copied()
    }

    /// Whether the buyer is asked to revise a review.
    pub(crate) fn revision(&self) -> Option<Span> {
        self.change.first().or(self.raise.first()).copied()
    }
}

/// "Whether or not you change your review": said of a change, without asking for one.
fn is_left_open(scene: &Scene<'_, '_>, act: Span) -> bool {
    scene.of(Part::Regardless).any(|open| open.end <= act.0 && scene.beside(open.span(), act, LEFT_OPEN_MAX))
}

/// "Thank you for leaving a review": told of, not asked for.
fn is_told(scene: &Scene<'_, '_>, act: Span) -> bool {
    is_told_by(scene, act, true)
}

/// "Glad that you changed your review": done. "Change the review you left" is still to do.
fn is_done(scene: &Scene<'_, '_>, act: Span) -> bool {
    is_told_by(scene, act, false)
}

fn is_told_by(scene: &Scene<'_, '_>, act: Span, noted_after: bool) -> bool {
    if scene.of(Part::Took).any(|took| scene.within(took.span(), act, FAR)) {
        return true;
    }
    let mut told = [Part::Thanks, Part::Noted, Part::Sorry].into_iter().flat_map(|part| scene.of(part));
    told.any(|hit| {
        let told = hit.span();
        if !noted_after && hit.part == Part::Noted && told.0 > act.0 {
            return false;
        }
        let (first, second) = if told.0 <= act.0 { (told, act) } else { (act, told) };
        let asked = scene.of(Part::Please).any(|please| {
            (please.start >= first.0 && please.end <= second.1)
                // "Could you change the rating you left": what was noted says which, not that.
                || (hit.part == Part::Noted && scene.beside(please.span(), act, PLEADED_MAX))
        });
        // Thanks come last in some languages, and then closely.
        let max = if told.0 <= act.0 { 40 } else { 24 };
        !asked && scene.beside(told, act, max)
    })
}

/// "Five stars", "a positive review".
fn good_reviews(scene: &Scene<'_, '_>) -> Vec<Span> {
    let mut good = scene.any(&[Part::Good]);
    let mut pair = |quality: Part, nouns: &[Part], max: u32| {
        let nouns = scene.any(nouns);
        for quality in scene.of(quality).map(Hit::span) {
            let near = nouns.iter().filter(|noun| scene.beside(quality, **noun, max));
            if let Some(noun) = near.min_by_key(|noun| scene.reading.gap(quality, **noun)) {
                good.push(join(quality, *noun));
            }
        }
    };
    pair(Part::Five, &[Part::Stars], 3);
    pair(Part::Praise, &[Part::Review, Part::Stars, Part::Rate], 18);
    good
}

/// Whether a good review is asked for, rather than thanked for.
fn is_requested(scene: &Scene<'_, '_>, asked: &Asked, good: Span) -> bool {
    if scene.of(Part::Took).any(|took| scene.within(took.span(), good, FAR)) {
        return false;
    }
    let told = [Part::Thanks, Part::Noted, Part::Sorry].into_iter().flat_map(|part| scene.of(part));
    let told = told.map(Hit::span).filter(|told| scene.beside(*told, good, 60));
    let told = told.map(|told| scene.reading.gap(told, good)).min().unwrap_or(u32::MAX);
    let please = scene.of(Part::Please).map(Hit::span).filter(|please| !scene.is_waived(*please));
    let verbs =
        scene.of(Part::Write).map(Hit::span).filter(|verb| scene.is_asked(*verb) && !is_told(scene, *verb));
    let rates = asked.write.iter().copied();
    let requests = please.chain(verbs).chain(rates).filter(|request| scene.within(*request, good, 70));
    requests.map(|request| scene.reading.gap(request, good)).min().is_some_and(|nearest| nearest < told)
}

/// Stars or praise that are begged for, and reminders.
pub(crate) fn pressure(scene: &Scene<'_, '_>, asked: &Asked, found: &mut Found) {
    let mut refuse = |span: Span| found.push((Rule::Pressure, span));
    for good in &asked.good {
        if is_requested(scene, asked, *good) {
            refuse(*good);
        }
        let turned = asked.change.iter().find(|change| scene.within(**change, *good, 60));
        if let Some(change) = turned {
            refuse(join(*change, *good));
        }
    }
    asked.raise.iter().for_each(|raise| refuse(*raise));
    for (part, max) in [(Part::Remind, 60), (Part::Plea, FAR)] {
        for hit in scene.of(part).map(Hit::span).filter(|hit| !scene.is_waived(*hit)) {
            let about = asked.targets.iter().find(|target| scene.within(hit, **target, max));
            // "We noticed" begins reminders as well; thanks do not.
            let thanked = |target: &&Span| {
                scene.of(Part::Thanks).any(|thanks| scene.beside(thanks.span(), **target, 40))
            };
            if let Some(target) = about.filter(|target| !thanked(target)) {
                refuse(join(hit, *target));
            }
        }
    }
    only_good(scene, asked, found);
    direct(scene, Part::SayPressure, Rule::Pressure, found);
}

/// "Only five stars count."
fn only_good(scene: &Scene<'_, '_>, asked: &Asked, found: &mut Found) {
    for only in scene.of(Part::Only).map(Hit::span).filter(|only| !scene.is_waived(*only)) {
        let good = asked.good.iter().find(|good| scene.beside(only, **good, ONLY_MAX));
        if let Some(good) = good.filter(|good| !is_told(scene, **good)) {
            found.push((Rule::Pressure, join(only, *good)));
        }
    }
}

/// Reviews that are to be deleted or hidden.
pub(crate) fn removal(scene: &Scene<'_, '_>, asked: &Asked, found: &mut Found) {
    found.extend(asked.remove.iter().map(|span| (Rule::Removal, *span)));
    direct(scene, Part::SayRemoval, Rule::Removal, found);
}

/// Requests and disputes that the buyer is to give up.
pub(crate) fn withdrawal(scene: &Scene<'_, '_>, found: &mut Found) {
    let cases = scene.any(&[Part::Case]);
    let mut acts = scene.acts(Part::Withdraw, &cases);
    acts.extend(scene.acts_on_it(Part::Withdraw, Part::WithdrawIt, &cases));
    found.extend(acts.into_iter().map(|span| (Rule::Withdrawal, span)));
    direct(scene, Part::SayWithdrawal, Rule::Withdrawal, found);
}

/// Something of value that is tied to a review.
pub(crate) fn incentive(scene: &Scene<'_, '_>, asked: &Asked, found: &mut Found) {
    for value in &asked.values {
        if let Some(tied) = tied_to(scene, asked, *value) {
            found.push((Rule::Incentive, join(*value, tied)));
        }
    }
    // A replacement is no gift, unless it is to be had for a review.
    for remedy in scene.any(&[Part::Remedy]) {
        let act = asked.acts().find(|act| scene.within(remedy, *act, FAR));
        if let Some(act) = act.filter(|_| {
            scene.said_with(remedy, &[Part::Exchange, Part::If])
                && !scene.said_with(remedy, &[Part::Regardless])
        }) {
            found.push((Rule::Incentive, join(remedy, act)));
        }
    }
    let proof = scene
        .of(Part::Proof)
        .map(Hit::span)
        .find(|proof| asked.targets.iter().any(|target| scene.within(*proof, *target, 60)));
    if let Some(proof) = proof.filter(|proof| scene.is_asked(*proof) && !asked.values.is_empty()) {
        found.push((Rule::Incentive, proof));
    }
    direct(scene, Part::SayIncentive, Rule::Incentive, found);
}

/// What of a review the value is tied to.
fn tied_to(scene: &Scene<'_, '_>, asked: &Asked, value: Span) -> Option<Span> {
    if scene.said_with(value, &[Part::Regardless]) {
        return None;
    }
    let acted = asked.acts().find(|act| scene.within(value, *act, FAR));
    acted
        .or_else(|| exchanged(scene, asked, value))
        .or_else(|| given_for(scene, asked, value))
        .or_else(|| asked.good.iter().copied().find(|good| stands_for(scene, value, *good)))
        .or_else(|| promised_beside(scene, asked, value))
}

/// "… in exchange … review".
fn exchanged(scene: &Scene<'_, '_>, asked: &Asked, value: Span) -> Option<Span> {
    let exchange =
        scene.of(Part::Exchange).map(Hit::span).find(|exchange| scene.within(value, *exchange, FAR))?;
    asked.targets.iter().copied().find(|target| scene.within(exchange, *target, 60))
}

/// "A coupon for your review".
fn given_for(scene: &Scene<'_, '_>, asked: &Asked, value: Span) -> Option<Span> {
    let fors: Vec<Span> = scene.of(Part::For).map(Hit::span).collect();
    let after = fors.iter().filter(|hit| hit.0 >= value.1 && scene.beside(value, **hit, 12));
    after
        .flat_map(|hit| {
            asked.targets.iter().filter(|target| target.0 >= hit.1).map(move |target| (hit, target))
        })
        .find(|(hit, target)| scene.beside(**hit, **target, 22) && !is_told(scene, value))
        .map(|(_, target)| *target)
}

/// "5 stars = 10 € voucher": a good review beside a value, neither thanked for.
fn stands_for(scene: &Scene<'_, '_>, value: Span, good: Span) -> bool {
    let told = [Part::Thanks, Part::Noted, Part::Sorry].into_iter().flat_map(|part| scene.of(part));
    let mut told = told.map(Hit::span);
    scene.within(value, good, 80) && !told.any(|told| scene.beside(told, good, 60))
}

/// "Leave us a review. We will send you a coupon."
fn promised_beside(scene: &Scene<'_, '_>, asked: &Asked, value: Span) -> Option<Span> {
    if !scene.said_with(value, &[Part::Exchange, Part::Give, Part::If]) {
        return None;
    }
    let good = asked.good.iter().copied().filter(|good| is_requested(scene, asked, *good));
    asked.acts().chain(good).find(|act| {
        scene.sentence(*act).abs_diff(scene.sentence(value)) <= 1 && scene.reading.gap(*act, value) <= FAR
    })
}

/// An ask to revise beside a remedy.
pub(crate) fn mixed(scene: &Scene<'_, '_>, asked: &Asked, found: &mut Found) {
    let Some(ask) = asked.revision() else { return };
    let remedy = scene.any(&[Part::Remedy]);
    if let Some(remedy) = asked.values.iter().chain(&remedy).find(|span| span.1 <= ask.0 || span.0 >= ask.1) {
        found.push((Rule::Mixed, join(ask, *remedy)));
    }
}

/// Whole expressions of a rule.
pub(crate) fn direct(scene: &Scene<'_, '_>, part: Part, rule: Rule, found: &mut Found) {
    let said = scene.of(part).map(Hit::span).filter(|span| !scene.is_waived(*span));
    let said: Vec<Span> = said.filter(|span| !is_told(scene, *span)).collect();
    found.extend(said.into_iter().map(|span| (rule, span)));
}
