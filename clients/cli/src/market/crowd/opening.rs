//! What is planned for a buyer before anyone has reacted to anything.

use amends_proto::v1::{OrderState, ShipmentState};

use crate::market::{
    agenda::{Act, Note, Opinion},
    buyer::{Buyer, Temper},
    chance::Chance,
    time::{DAY, HOUR, START},
    truth::Gone,
};

/// How long people go on ordering. Later orders would leave no window to close.
const ORDERING: i64 = 40 * DAY;

/// The plan of a buyer.
pub(super) fn opening(buyer: &Buyer) -> Vec<(i64, Act)> {
    let mut chance = buyer.chance("opening");
    let ordered = START + chance.between(HOUR, ORDERING);
    let paid = ordered + chance.between(HOUR, 5 * HOUR);
    let mut plan = vec![(ordered, Act::Order(OrderState::Placed)), (paid, Act::Order(OrderState::Paid))];
    if buyer.temper == Temper::Canceller {
        plan.push((paid + chance.between(HOUR, 9 * HOUR), Act::Order(OrderState::Cancelled)));
        return plan;
    }
    let sent = paid + chance.between(10 * HOUR, 30 * HOUR);
    plan.push((sent, Act::Parcel(ShipmentState::InTransit)));
    let delivered = sent + chance.between(2 * DAY, 7 * DAY);
    let late = |plan: &mut Vec<_>, state| plan.push((sent + 4 * DAY, Act::Parcel(state)));
    let delivered = match buyer.temper {
        Temper::Lost => {
            late(&mut plan, ShipmentState::Lost);
            plan.push((sent + chance.between(6 * DAY, 9 * DAY), Act::Write(Note::Lost)));
            return plan;
        }
        Temper::Late => {
            late(&mut plan, ShipmentState::Delayed);
            delivered + 5 * DAY
        }
        _ => delivered,
    };
    plan.push((delivered, Act::Parcel(ShipmentState::Delivered)));
    moods(buyer.temper, delivered, &mut chance, &mut plan);
    plan
}

fn moods(temper: Temper, delivered: i64, chance: &mut Chance, plan: &mut Vec<(i64, Act)>) {
    let soon = delivered + chance.between(2 * HOUR, 5 * DAY);
    match temper {
        Temper::Silent | Temper::Lost | Temper::Canceller => {}
        Temper::Pleased => plan.push((soon, Act::Review(Opinion::Praise))),
        Temper::Grudging => plan.push((soon, Act::Review(Opinion::Grudge))),
        Temper::Asking => plan.push((soon, Act::Write(Note::Question))),
        Temper::Requester => plan.push((soon, Act::Request)),
        Temper::Critic | Temper::Late => complain(soon, chance, plan),
        Temper::Wisher => wish(soon, chance, plan),
        Temper::Furious => {
            wish(soon, chance, plan);
            complain(soon + chance.between(HOUR, 2 * DAY), chance, plan);
        }
    }
}

fn wish(at: i64, chance: &mut Chance, plan: &mut Vec<(i64, Act)>) {
    plan.push((at, Act::Write(Note::Wish)));
    if chance.percent(50) {
        plan.push((at + HOUR, Act::Write(Note::Machine)));
    }
    if chance.percent(40) {
        plan.push((at + chance.between(6 * HOUR, 20 * HOUR), Act::Write(Note::Nag)));
    }
}

fn complain(at: i64, chance: &mut Chance, plan: &mut Vec<(i64, Act)>) {
    plan.push((at, Act::Review(Opinion::Complaint)));
    if chance.percent(50) {
        // Only those that did not name their order have something to show.
        plan.push((at + chance.between(DAY, 4 * DAY), Act::Review(Opinion::Named)));
    }
    // Some things change whatever a shop does.
    let by_itself = chance.weighted(&[
        (79, None),
        (7, Some(Opinion::Reversed)),
        (4, Some(Opinion::Gone(Gone::ByPlatform))),
        (4, Some(Opinion::Gone(Gone::Vanished))),
        (3, Some(Opinion::Worsened)),
        (3, Some(Opinion::Reworded)),
    ]);
    if let Some(opinion) = by_itself.flatten() {
        plan.push((at + chance.between(5 * DAY, 25 * DAY), Act::Review(opinion)));
    }
}
