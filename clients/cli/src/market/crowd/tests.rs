use std::collections::BTreeMap;

use amends_proto::v1::{CaseOutcome, signal::Body};

use super::*;
use crate::market::{
    buyer::number_of,
    time::{DAY, END, START},
};

fn letters(all: Vec<Happening>) -> Vec<Letter> {
    let letter = |one| match one {
        Happening::Letter(letter) => Some(*letter),
        _ => None,
    };
    all.into_iter().filter_map(letter).collect()
}

#[test]
fn the_same_seed_plays_the_same_weeks() {
    let ids = |seed| -> Vec<_> {
        let happened = Crowd::new(seed, 60).happen(END);
        letters(happened).into_iter().map(|letter| (letter.signal.clone(), letter.signal)).collect()
    };
    assert_eq!(ids(5), ids(5));
    assert_ne!(ids(5), ids(6));
}

#[test]
fn everything_happens_within_the_play_and_under_an_id_of_its_own() {
    let mut seen = BTreeMap::new();
    for letter in letters(Crowd::new(1, 300).happen(END)) {
        let at = letter.signal.occur_time.map(|time| crate::market::time::read(&time)).unwrap_or_default();
        assert!((START..=END).contains(&at), "{letter:?}");
        let earlier = seen.insert(letter.signal.signal_id.clone(), at);
        assert_eq!(earlier, None, "{}", letter.signal.signal_id);
    }
    assert!(seen.len() > 1_200, "{}", seen.len());
}

#[test]
fn a_review_is_about_a_parcel_that_came() {
    let mut delivered = BTreeMap::new();
    for letter in letters(Crowd::new(2, 300).happen(END)) {
        let buyer = number_of(&letter.signal.signal_id);
        match letter.signal.body {
            Some(Body::Shipment(parcel)) if parcel.state() == amends_proto::v1::ShipmentState::Delivered => {
                delivered.insert(buyer, ());
            }
            Some(Body::Review(_)) => assert!(delivered.contains_key(&buyer)),
            _ => {}
        }
    }
}

#[test]
fn whoever_was_helped_does_not_press_on_with_the_request() {
    let mut crowd = Crowd::new(3, 200);
    let requester = (0..200).find(|number| {
        crowd.buyer(*number).is_some_and(|buyer| buyer.temper == crate::market::buyer::Temper::Requester)
    });
    let number = requester.unwrap_or_default();
    let mut now = START;
    while now < END && crowd.place(number).is_some_and(|(_, standing)| standing.request.is_none()) {
        now += DAY / 4;
        crowd.happen(now);
    }
    crowd.accepted(number);
    crowd.happen(now + 10 * DAY);
    let request = crowd.place(number).and_then(|(_, standing)| standing.request);
    let still = [crate::market::truth::Said::Requested, crate::market::truth::Said::Unknown];
    let gone = [crate::market::truth::Said::Withdrawn];
    assert!(request.is_some_and(|request| still.contains(&request.said) || gone.contains(&request.said)));
}

#[test]
fn who_never_wanted_a_return_opens_none() {
    let mut crowd = Crowd::new(4, 1);
    crowd.solved(0, CaseOutcome::ReturnProceeds, END);
    let requests = crowd.happen(END + 30 * DAY).into_iter().filter(|one| {
        matches!(one, Happening::Letter(letter) if matches!(letter.signal.body, Some(Body::ReturnRequest(_))))
    });
    let wishes = crowd.place(0).is_some_and(|(buyer, _)| {
        use crate::market::buyer::Temper::{Furious, Lost, Requester, Wisher};
        [Furious, Lost, Requester, Wisher].contains(&buyer.temper)
    });
    assert!(wishes || requests.count() == 0);
}
