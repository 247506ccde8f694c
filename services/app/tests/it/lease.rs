use amends_app::AppError;
use amends_app::case::{AddNote, AssignCase, ClaimCase, ReleaseCase, RenewLease};
use amends_domain::LeaseId;
use amends_domain::case::{Case, Refused, State};
use amends_domain::{Span, Time};

use crate::house::{everywhere, everywhere_with};
use crate::make::{after, agent, ann, bob, case, case_id, minutes, shop, sue, target};

fn renew(case: &Case) -> RenewLease {
    let lease = case.handling.lease().map_or(LeaseId::from_bits(0), |lease| lease.id);
    RenewLease { shop: shop(), case: case.id, lease, fence: case.fence }
}

fn release(case: &Case) -> ReleaseCase {
    ReleaseCase { target: target(case), lease: case.handling.lease().map(|l| l.id), note: String::new() }
}

fn assign(case: &Case, to: Option<&str>) -> AssignCase {
    AssignCase {
        shop: shop(),
        case: case.id,
        version: case.version,
        agent: to.map(agent),
        note: "please".to_owned(),
    }
}

/// The last microsecond before a time.
fn just_before(time: Time) -> Time {
    time - Span::from_micros(1)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_moves_the_lease_and_not_the_version() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        house.clock.advance_to(after(minutes(4)));
        let held = house.perform(&ann(), renew(&case)).await.unwrap();
        assert_eq!((held.lease.expires_at, held.fence), (after(minutes(9)), case.fence));
        assert_eq!(house.case(case.id).await.version, case.version);
        house.advance(just_before(after(minutes(9)))).await;
        assert_eq!(house.case(case.id).await.handling.state(), State::Claimed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_ends_at_its_very_microsecond() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        house.advance(just_before(after(minutes(5)))).await;
        house.perform(&ann(), crate::house::contact(&case)).await.unwrap();
        let case = house.case(case.id).await;
        house.clock.advance_to(after(minutes(5)));
        let late = house.perform(&ann(), AddNote { target: target(&case), text: "late".to_owned() }).await;
        assert!(matches!(late, Err(AppError::Case(Refused::LeaseExpired))));
        house.settle().await;
        let case = house.case(case.id).await;
        assert_eq!((case.handling.state(), case.abandon_count), (State::Queued, 1));
        assert_eq!(house.words(case.id).await.last(), Some(&"case.lease_expired"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_of_an_older_hold_another_lease_or_another_agent_is_refused() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let stale = house.perform(&ann(), RenewLease { fence: 0, ..renew(&case) }).await;
        assert!(matches!(stale, Err(AppError::Case(Refused::FenceStale { seen: 0, current: 1, .. }))));
        let other = house.perform(&ann(), RenewLease { lease: LeaseId::from_bits(9), ..renew(&case) }).await;
        assert!(matches!(other, Err(AppError::Case(Refused::NotHolder))));
        let stranger = house.perform(&bob(), renew(&case)).await;
        assert!(matches!(stranger, Err(AppError::Case(Refused::NotHolder))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_case_keeps_its_place_and_nobody_is_preferred() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        house.clock.advance_to(after(minutes(1)));
        let released = house.perform(&ann(), release(&case)).await.unwrap().case;
        assert_eq!(released.handling.state(), State::Queued);
        assert_eq!((released.queued_at, released.preferred_agent), (case.queued_at, None));
        house.advance(after(minutes(60))).await;
        assert_eq!(
            house.words(case.id).await,
            ["case.claimed", "case.released"],
            "no lease is left to expire"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_with_another_lease_or_an_old_version_is_refused() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let other = ReleaseCase { lease: Some(LeaseId::from_bits(9)), ..release(&case) };
        let refused = house.perform(&ann(), other).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::NotHolder))));
        let mut old = release(&case);
        old.target.version -= 1;
        let refused = house.perform(&ann(), old).await;
        let current = case.version;
        assert!(
            matches!(refused, Err(AppError::Case(Refused::VersionStale { current: c, .. })) if c == current)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_gives_a_case_to_another_and_the_old_hold_is_worth_nothing() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let assigned = house.perform(&sue(), assign(&case, Some("bob"))).await.unwrap();
        let held = assigned.held.unwrap();
        assert_eq!((held.fence, &held.lease.agent), (2, &agent("bob")));
        let late = house.perform(&ann(), AddNote { target: target(&case), text: "late".to_owned() }).await;
        assert!(matches!(late, Err(AppError::Case(Refused::FenceStale { seen: 1, current: 2, .. }))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_puts_a_case_back_into_the_queue() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let back = house.perform(&sue(), assign(&case, None)).await.unwrap();
        assert!(back.held.is_none());
        assert_eq!(back.summary.case.handling.state(), State::Queued);
        let queued = back.summary.case;
        let again = house.perform(&sue(), assign(&queued, None)).await;
        assert!(matches!(again, Err(AppError::Case(Refused::NoArrow { from: State::Queued, .. }))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_supervisor_assigns_and_only_what_they_saw() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        let case = house.case(case_id(1)).await;
        let refused = house.perform(&ann(), assign(&case, Some("bob"))).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
        let old = AssignCase { version: 0, ..assign(&case, Some("bob")) };
        let refused = house.perform(&sue(), old).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::VersionStale { seen: 0, current: 1 }))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_at_capacity_is_assigned_nothing_more() {
    let settings = amends_app::Settings { agent_capacity: 1, ..amends_app::Settings::default() };
    everywhere_with(settings, async |house| {
        let held = house.claimed(1).await;
        house.insert(&case(2)).await;
        let refused = house.perform(&sue(), assign(&case(2), Some("ann"))).await;
        assert!(matches!(refused, Err(AppError::AtCapacity { held: 1, max: 1 })));
        house.perform(&sue(), assign(&held, Some("ann"))).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_third_lease_that_runs_out_escalates() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        for round in 1..=3 {
            house.perform(&ann(), ClaimCase { shop: shop(), case: case_id(1) }).await.unwrap();
            house.advance(after(minutes(5 * round))).await;
        }
        let case = house.case(case_id(1)).await;
        assert_eq!((case.abandon_count, case.level), (3, 1));
        assert_eq!(house.words(case.id).await.last(), Some(&"case.escalated"));
    })
    .await;
}
