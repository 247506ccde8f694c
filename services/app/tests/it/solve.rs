use amends_app::AppError;
use amends_app::case::{ReopenCase, SolveCase};
use amends_domain::case::{Case, Handling, Outcome, Refused, State};
use amends_domain::detection::Reason;
use amends_domain::order::{Help, HelpKind, Units};
use amends_domain::returns::Verdict;
use amends_domain::tally::Measure;
use amends_store::{order, review};

use crate::house::{House, everywhere};
use crate::make::{
    START, after, ann, case_id, days, line, minutes, offered, order_id, review as a_review, review_id, shop,
    sue, target,
};

fn solve(case: &Case, outcome: Outcome) -> SolveCase {
    SolveCase { target: target(case), outcome, note: String::new(), reason: None }
}

fn reopen(case: &Case) -> ReopenCase {
    ReopenCase { shop: shop(), case: case.id, version: case.version, note: String::new() }
}

async fn the_line(house: &House) -> amends_domain::order::Line {
    order::get(&house.app.store().reader(), &shop(), &order_id(1)).await.unwrap().remove(0)
}

async fn solved_at(house: &House) -> Option<amends_domain::Time> {
    let key = (shop(), review_id(1));
    review::by_ids(&[key]).all(&house.app.store().reader()).await.unwrap()[0].handling.solved_at
}

#[tokio::test(flavor = "multi_thread")]
async fn a_solved_case_stamps_its_review_and_closes_by_itself() {
    everywhere(async |house| {
        house.insert_review(a_review(1)).await;
        let case = house.working(1).await;
        house.clock.advance_to(after(minutes(3)));
        let solved = house.perform(&ann(), solve(&case, Outcome::NotRecoverable)).await.unwrap().case;
        assert!(matches!(solved.handling, Handling::Solved { outcome: Outcome::NotRecoverable, .. }));
        assert_eq!(solved_at(house).await, Some(after(minutes(3))));
        assert_eq!(house.counted(Measure::Solved).await, 1);
        house.advance(after(days(5))).await;
        assert_eq!(house.case(case.id).await.handling.state(), State::Closed);
        let again = house.perform(&ann(), reopen(&house.case(case.id).await)).await;
        assert!(matches!(again, Err(AppError::Case(Refused::NoArrow { from: State::Closed, .. }))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn talking_it_through_avoids_the_return_and_confirms_when_the_window_closes() {
    everywhere(async |house| {
        house.insert_line(line(1)).await;
        let case = house.working(1).await;
        house.perform(&ann(), solve(&case, Outcome::TalkedThrough)).await.unwrap();
        let helped = the_line(house).await;
        assert_eq!(helped.helped, Some(Help { kind: HelpKind::TalkedThrough, at: after(days(0)), units: 2 }));
        assert_eq!(helped.verdict(), Verdict::AvoidedProvisional);
        assert_eq!(house.counted(Measure::IntentProvisional).await, 2);
        house.advance(after(days(29))).await;
        assert_eq!(the_line(house).await.verdict(), Verdict::AvoidedProvisional);
        house.advance(after(days(40))).await;
        let confirmed = the_line(house).await;
        assert_eq!(confirmed.confirmed_at, Some(after(days(30))), "when the window closed");
        let provisional = house.counted(Measure::IntentProvisional).await;
        let measured = (provisional, house.counted(Measure::IntentConfirmed).await);
        assert_eq!(measured, (0, 2));
        let words = house.words(case.id).await;
        assert_eq!(words.iter().filter(|w| **w == "return.verdict_changed").count(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_that_was_given_before_is_not_overwritten_by_talk() {
    everywhere(async |house| {
        let given = Help { kind: HelpKind::Remedy, at: after(days(0)), units: 1 };
        house.insert_line(amends_domain::order::Line { helped: Some(given), ..line(1) }).await;
        let case = house.working(1).await;
        house.perform(&ann(), solve(&case, Outcome::TalkedThrough)).await.unwrap();
        assert_eq!(the_line(house).await.helped, Some(given));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_solved_while_a_remedy_is_in_flight() {
    everywhere(async |house| {
        let case = house.working(1).await;
        house.insert_remedy(offered(1)).await;
        let refused = house.perform(&ann(), solve(&case, Outcome::Other)).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "OTHER needs a note");
        let refused = house.perform(&ann(), solve(&case, Outcome::NotRecoverable)).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::RemedyInFlight))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cause_the_agent_found_comes_first() {
    everywhere(async |house| {
        let case = house.working(1).await;
        let found = SolveCase { reason: Some(Reason::WrongSize), ..solve(&case, Outcome::NotRecoverable) };
        let solved = house.perform(&ann(), found).await.unwrap().case;
        assert_eq!(solved.reasons, [Reason::WrongSize, Reason::Damaged]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_case_cannot_be_solved_nor_an_old_version() {
    everywhere(async |house| {
        house.insert(&crate::make::case(2)).await;
        let queued = house.case(case_id(2)).await;
        let refused = house.perform(&sue(), solve(&queued, Outcome::NotACase)).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::NoArrow { from: State::Queued, .. }))));
        let case = house.working(1).await;
        let mut old = solve(&case, Outcome::NotACase);
        old.target.version -= 1;
        let refused = house.perform(&ann(), old).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::VersionStale { .. }))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reopened_case_is_queued_again_does_not_close_and_keeps_when_it_was_solved() {
    everywhere(async |house| {
        house.insert_review(a_review(1)).await;
        let case = house.working(1).await;
        let solved = house.perform(&ann(), solve(&case, Outcome::NotRecoverable)).await.unwrap().case;
        let stale = house.perform(&ann(), ReopenCase { version: 1, ..reopen(&solved) }).await;
        assert!(matches!(stale, Err(AppError::Case(Refused::VersionStale { seen: 1, .. }))));
        let again = house.perform(&ann(), reopen(&solved)).await.unwrap().case;
        assert_eq!((again.handling.state(), again.reopen_count), (State::Queued, 1));
        house.advance(after(days(10))).await;
        assert_eq!(house.case(case.id).await.handling.state(), State::Queued);
        assert!(solved_at(house).await.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_from_before_the_wish_makes_room_for_talk() {
    everywhere(async |house| {
        let early = Help { kind: HelpKind::Remedy, at: START - days(1), units: 1 };
        house.insert_line(amends_domain::order::Line { helped: Some(early), ..line(1) }).await;
        let case = house.working(1).await;
        house.perform(&ann(), solve(&case, Outcome::TalkedThrough)).await.unwrap();
        let now = the_line(house).await;
        assert_eq!(now.helped.map(|help| (help.kind, help.units)), Some((HelpKind::TalkedThrough, 2)));
        assert_eq!(now.verdict(), Verdict::AvoidedProvisional);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_avoids_no_more_units_than_were_wanted_back() {
    everywhere(async |house| {
        for (number, wanted, avoided) in [(1, 1, 1), (2, 9, 2)] {
            let requested = Some(Units { at: START, units: wanted });
            house.insert_line(amends_domain::order::Line { requested, ..line(number) }).await;
            let case = house.working(number).await;
            house.perform(&ann(), solve(&case, Outcome::TalkedThrough)).await.unwrap();
            let lines = order::get(&house.app.store().reader(), &shop(), &order_id(number)).await.unwrap();
            assert_eq!(lines[0].avoided_units(), avoided, "{wanted} of two");
        }
    })
    .await;
}
