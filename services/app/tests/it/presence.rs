//! Presence as a lease of its own: what it allows, what becomes of cases when it ends.

use amends_app::agent::{AgentView, SetPresence};
use amends_app::case::{AddNote, AssignCase, ClaimCase, ClaimNextCase, WaitCase, WaitFor};
use amends_app::key::{CreateKey, RevokeKey};
use amends_app::{AppError, Principal, Result, Role, ShopScope};
use amends_domain::agent::{AgentRefused, PRESENCE_USUAL, Presence, Told};
use amends_domain::case::{Case, State};
use amends_domain::deadline::DeadlineKind;
use amends_domain::{Span, Time};
use amends_store::{deadline, event};

use crate::house::{House, call, everywhere};
use crate::make::{after, agent, ann, bob, case, case_id, minutes, root, shop, sue, target};

fn set(who: &Principal, presence: Presence, lasts: Span) -> SetPresence {
    SetPresence { shop: shop(), agent: who.name.clone(), presence, lasts }
}

async fn tell(house: &House, who: &Principal, presence: Presence, lasts: Span) -> AgentView {
    house.perform(who, set(who, presence, lasts)).await.unwrap()
}

fn next() -> ClaimNextCase {
    ClaimNextCase { shop: shop(), kinds: Vec::new(), languages: Vec::new(), level_max: None }
}

fn one(n: u32) -> ClaimCase {
    ClaimCase { shop: shop(), case: case_id(n) }
}

fn assign(case: &Case, to: &Principal) -> AssignCase {
    let agent = Some(to.name.clone());
    AssignCase { shop: shop(), case: case.id, version: case.version, agent, note: String::new() }
}

fn not_available<T: std::fmt::Debug>(result: Result<T>) -> (Presence, Time, Option<Time>) {
    match result {
        Err(AppError::Agent(AgentRefused::NotAvailable { presence, since, until, .. })) => {
            (presence, since, until)
        }
        other => panic!("{other:?}"),
    }
}

/// The words of shifts that the event stream tells, with the facts that say who and why.
async fn shifts(house: &House) -> Vec<String> {
    house.settle().await;
    let stored = event::after(&house.app.store().reader(), None, 0, 1_000).await.unwrap();
    let shifts = stored.iter().filter(|one| one.row.event.word().starts_with("agent."));
    shifts
        .map(|one| {
            assert_eq!(one.row.case, None);
            let facts = one.row.event.facts();
            let fact = |name| facts.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value.as_str());
            format!("{} {} {}", one.row.event.word(), fact("agent"), fact("cause")).trim_end().to_owned()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_told_a_presence_claims_only_while_available() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        house.insert(&case(2)).await;
        tell(house, &ann(), Presence::Away, minutes(30)).await;
        let away = (Presence::Away, after(minutes(0)), Some(after(minutes(30))));
        assert_eq!(not_available(house.perform(&ann(), next()).await), away);
        assert_eq!(not_available(house.perform(&ann(), one(1)).await), away);
        tell(house, &ann(), Presence::Available, minutes(30)).await;
        assert!(house.perform(&ann(), next()).await.unwrap().is_some());
        tell(house, &ann(), Presence::Offline, PRESENCE_USUAL).await;
        let offline = (Presence::Offline, after(minutes(0)), None);
        assert_eq!(not_available(house.perform(&ann(), next()).await), offline);
        assert!(
            house.perform(&bob(), next()).await.unwrap().is_some(),
            "who never told one is bound by none"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_keeps_their_cases_and_may_be_given_more_and_who_is_offline_may_not() {
    everywhere(async |house| {
        let held = house.working(1).await;
        house.insert(&case(2)).await;
        tell(house, &ann(), Presence::Away, minutes(4)).await;
        assert_eq!(house.case(held.id).await, held);
        let again = house.perform(&ann(), one(1)).await.unwrap();
        assert_eq!(again.held.fence, held.fence, "what one holds may be renewed");
        house.perform(&sue(), assign(&case(2), &ann())).await.unwrap();
        house.insert(&case(3)).await;
        tell(house, &bob(), Presence::Offline, PRESENCE_USUAL).await;
        let refused = house.perform(&sue(), assign(&case(3), &bob())).await;
        assert_eq!(not_available(refused).0, Presence::Offline);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_off_gives_everything_back_to_its_place_and_counts_as_no_abandon() {
    everywhere(async |house| {
        let working = house.working(1).await;
        let claimed = house.claimed(2).await;
        let parked = house.working(3).await;
        let wait =
            WaitCase { target: target(&parked), wait_for: WaitFor::Buyer, until: None, note: String::new() };
        let parked = house.perform(&ann(), wait).await.unwrap().case;
        tell(house, &ann(), Presence::Available, minutes(60)).await;
        let view = tell(house, &ann(), Presence::Offline, PRESENCE_USUAL).await;
        assert_eq!(view.held, 0);
        for before in [working, claimed] {
            let back = house.case(before.id).await;
            assert_eq!((back.handling.state(), back.queued_at), (State::Queued, before.queued_at));
            assert_eq!((back.abandon_count, back.preferred_agent), (0, None));
            assert_eq!(house.words(before.id).await.last(), Some(&"case.released"));
            let reader = house.app.store().reader();
            let lease =
                deadline::get(&reader, &shop(), DeadlineKind::LeaseExpiry, &before.id.to_string()).await;
            assert_eq!(lease.unwrap(), None);
            let late = AddNote { target: target(&before), text: "late".to_owned() };
            assert!(house.perform(&ann(), late).await.is_err(), "a write under the old hold is refused");
        }
        assert_eq!(house.case(parked.id).await, parked, "what is parked stays parked");
        assert_eq!(shifts(house).await, ["agent.available ann", "agent.offline ann SIGNED_OFF"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_presence_that_runs_out_fires_once_gives_back_and_counts_as_an_abandon() {
    everywhere(async |house| {
        tell(house, &ann(), Presence::Available, minutes(4)).await;
        let held = house.working(1).await;
        house.advance(after(minutes(3))).await;
        assert_eq!(house.case(held.id).await, held);
        house.clock.advance_to(after(minutes(4)));
        let due = house.app.run_due(10);
        let twin = house.app.run_due(10);
        let (one, other) = tokio::join!(due, twin);
        one.unwrap();
        other.unwrap();
        house.settle().await;
        let back = house.case(held.id).await;
        assert_eq!((back.handling.state(), back.abandon_count), (State::Queued, 1));
        let words = house.words(held.id).await;
        assert_eq!(words.iter().filter(|word| **word == "case.lease_expired").count(), 1);
        assert_eq!(shifts(house).await, ["agent.available ann", "agent.offline ann EXPIRED"]);
        let ann = house.app.agent(&ann(), &shop(), &agent("ann")).await.unwrap();
        let (presence, since) = (Presence::Offline, after(minutes(4)));
        assert_eq!(ann.agent.told, Some(Told { presence, since, until: None }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_trusts_a_presence_whose_time_is_over_before_its_timer_comes() {
    everywhere(async |house| {
        tell(house, &ann(), Presence::Available, minutes(4)).await;
        let held = house.claimed(1).await;
        house.insert(&case(2)).await;
        house.clock.advance_to(after(minutes(4)));
        let over = (Presence::Offline, after(minutes(4)), None);
        assert_eq!(not_available(house.perform(&ann(), next()).await), over);
        let seen = house.app.agent(&ann(), &shop(), &agent("ann")).await.unwrap();
        assert_eq!(seen.told.unwrap().presence, Presence::Offline);
        // Coming back ends what is over first: its cases go, as if the timer had been faster.
        let back = tell(house, &ann(), Presence::Available, minutes(4)).await;
        assert_eq!((back.told.unwrap().since, back.held), (after(minutes(4)), 0));
        assert_eq!(house.case(held.id).await.abandon_count, 1);
        let told = ["agent.available ann", "agent.offline ann EXPIRED", "agent.available ann"];
        assert_eq!(shifts(house).await, told);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_moves_the_end_and_tells_nothing() {
    everywhere(async |house| {
        tell(house, &ann(), Presence::Available, minutes(4)).await;
        let held = house.claimed(1).await;
        for n in 1..=2 {
            house.advance(after(minutes(2 * n))).await;
            let view = tell(house, &ann(), Presence::Available, minutes(4)).await;
            let until = Some(after(minutes(2 * n + 4)));
            assert_eq!(
                view.told,
                Some(Told { presence: Presence::Available, since: after(minutes(0)), until })
            );
        }
        house.perform(&ann(), one(1)).await.unwrap();
        house.advance(after(minutes(7))).await;
        assert_eq!(house.case(held.id).await.handling.state(), State::Claimed);
        assert_eq!(shifts(house).await, ["agent.available ann"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_of_a_presence_that_was_moved_is_set_again_to_where_it_belongs() {
    everywhere(async |house| {
        tell(house, &ann(), Presence::Available, minutes(10)).await;
        let early = amends_domain::deadline::Deadline {
            shop: shop(),
            kind: DeadlineKind::PresenceExpiry,
            subject: "ann".to_owned(),
            due_at: after(minutes(1)),
        };
        let tx = house.app.store().begin().await.unwrap();
        tx.send(deadline::apply(&[amends_domain::deadline::DeadlineChange::Set(early)])).await.unwrap();
        tx.commit().await.unwrap();
        house.advance(after(minutes(2))).await;
        assert_eq!(shifts(house).await, ["agent.available ann"]);
        house.advance(after(minutes(10))).await;
        assert_eq!(shifts(house).await, ["agent.available ann", "agent.offline ann EXPIRED"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_says_of_others_only_that_they_are_gone() {
    everywhere(async |house| {
        let held = house.claimed(1).await;
        let by_bob = house.perform(&bob(), set(&ann(), Presence::Offline, PRESENCE_USUAL)).await;
        assert!(matches!(by_bob, Err(AppError::RoleMissing { .. })));
        let here = house.perform(&sue(), set(&ann(), Presence::Available, PRESENCE_USUAL)).await;
        assert!(matches!(here, Err(AppError::Invalid(_))));
        house.perform(&sue(), set(&ann(), Presence::Offline, PRESENCE_USUAL)).await.unwrap();
        assert_eq!(house.case(held.id).await.handling.state(), State::Queued);
        assert_eq!(shifts(house).await, ["agent.offline ann SIGNED_OFF_BY_OTHER"]);
        for wrong in [Span::from_secs(29), Span::from_hours(13)] {
            let refused = house.perform(&ann(), set(&ann(), Presence::Away, wrong)).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))));
        }
    })
    .await;
}

/// What an agent writes while their presence ends is there before, or is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_under_way_is_before_the_end_of_the_presence_or_refused() {
    everywhere(async |house| {
        for round in 1..=40_u32 {
            tell(house, &ann(), Presence::Available, minutes(60)).await;
            let held = house.claimed(round).await;
            house.insert(&case(1_000 + round)).await;
            let note = AddNote { target: target(&held), text: "on the way".to_owned() };
            let app = &house.app;
            let leave = set(&ann(), Presence::Offline, PRESENCE_USUAL);
            let (note, left, claimed) = tokio::join!(
                app.perform(call(&ann()), note),
                app.perform(call(&ann()), leave),
                app.perform(call(&ann()), one(1_000 + round)),
            );
            left.unwrap();
            let words = house.words(held.id).await;
            let at = |word| words.iter().position(|one| *one == word);
            match note {
                Ok(_) => assert!(at("case.note_added") < at("case.released"), "{words:?}"),
                Err(AppError::Case(_)) => assert_eq!(at("case.note_added"), None),
                Err(other) => panic!("{other:?}"),
            }
            assert!(matches!(&claimed, Ok(_) | Err(AppError::Agent(_))), "{claimed:?}");
            for id in [held.id, case_id(1_000 + round)] {
                assert_eq!(
                    house.case(id).await.handling.state(),
                    State::Queued,
                    "nothing stays with who left"
                );
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_last_key_is_revoked_is_gone_and_what_they_held_goes_back() {
    everywhere(async |house| {
        let key = |name: &str| CreateKey {
            name: agent(name),
            roles: vec![Role::Agent],
            shops: ShopScope::All,
            expires_at: None,
        };
        let first = house.perform(&root(), key("ann")).await.unwrap();
        let second = house.perform(&root(), key("ann")).await.unwrap();
        tell(house, &ann(), Presence::Available, Span::from_hours(8)).await;
        house.claimed(1).await;
        house.perform(&root(), RevokeKey { id: first.id }).await.unwrap();
        house.settle().await;
        assert_eq!(house.case(case_id(1)).await.handling.owner(), Some(&agent("ann")), "one key is left");
        house.perform(&root(), RevokeKey { id: second.id }).await.unwrap();
        house.settle().await;
        assert_eq!(house.case(case_id(1)).await.handling.state(), State::Queued);
    })
    .await;
}
