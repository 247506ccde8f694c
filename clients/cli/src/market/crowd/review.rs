//! How a buyer's review changes.

use super::Standing;
use crate::market::{
    agenda::{Act, Agenda, Opinion},
    buyer::Buyer,
    letter::{Letter, Shown, opinion as letter},
    time::DAY,
    truth::Gone,
};

/// A review is written or changes; nothing comes of what no longer makes sense.
pub(super) fn act(
    buyer: &Buyer,
    standing: &mut Standing,
    agenda: &mut Agenda,
    serial: &str,
    at: i64,
    opinion: Opinion,
) -> Option<Letter> {
    let shown = match standing.shown {
        None => first(buyer, opinion)?,
        Some(shown) => next(buyer, standing, shown, opinion)?,
    };
    if opinion == Opinion::Reversed {
        standing.was_reversed = true;
        let mut chance = buyer.chance("falls back");
        if chance.percent(9) {
            agenda.plan(at + chance.between(4 * DAY, 12 * DAY), buyer.number, Act::Review(Opinion::FellBack));
        }
    }
    standing.shown = Some(shown);
    Some(letter(buyer, serial, at, &shown))
}

fn first(buyer: &Buyer, opinion: Opinion) -> Option<Shown> {
    let words = buyer.words;
    let mut chance = buyer.chance("first review");
    let (stars, text) = match opinion {
        Opinion::Praise => (chance.between(4, 6), *chance.pick(words.praise)?),
        Opinion::Grudge => (5, *chance.pick(words.grudge)?),
        Opinion::Complaint => (chance.between(1, 4), buyer.caused("complaint", words.complaints).1),
        _ => return None,
    };
    // Some channels do not tell at first what a review is about.
    let named = !chance.percent(10);
    Some(Shown { stars: i32::try_from(stars).unwrap_or(1), text, gone: None, named })
}

fn next(buyer: &Buyer, standing: &Standing, shown: Shown, opinion: Opinion) -> Option<Shown> {
    if shown.gone.is_some() {
        return None;
    }
    let words = buyer.words;
    let negative = shown.stars <= 3;
    let reworded = Shown { text: words.reworded, ..shown };
    let mut chance = buyer.chance("revision");
    match opinion {
        Opinion::Reversed if negative => {
            let stars = if chance.percent(60) { 5 } else { 4 };
            Some(Shown { stars, text: chance.pick(words.revised)?, ..shown })
        }
        Opinion::Improved if shown.stars < 3 => Some(Shown { stars: shown.stars + 1, ..reworded }),
        Opinion::Worsened if negative && shown.stars > 1 => {
            Some(Shown { stars: shown.stars - 1, ..reworded })
        }
        Opinion::Reworded | Opinion::Improved | Opinion::Worsened if negative => Some(reworded),
        Opinion::FellBack if !negative && standing.was_reversed => Some(Shown { stars: 2, ..reworded }),
        // What was reversed stays where it is: who took a shop's trouble back does not hide it.
        Opinion::Gone(gone) if negative && !standing.was_reversed => Some(gone_as(shown, gone)),
        Opinion::Named if !shown.named => Some(Shown { named: true, ..shown }),
        _ => None,
    }
}

fn gone_as(shown: Shown, gone: Gone) -> Shown {
    Shown { gone: Some(gone), ..shown }
}
