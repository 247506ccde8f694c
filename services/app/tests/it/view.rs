use amends_app::AppError;
use amends_app::case::{CaseOrder, CaseSelection, NextVerb, NotNow, next_verbs};
use amends_domain::case::{Case, Refused, State, Status, VerbKind};

use crate::house::everywhere;
use crate::make::{
    START, after, ann, bob, buyer, case, case_id, line, minutes, nan, offered, review, shop, stranger, sue,
};

fn allowed(verbs: &[NextVerb]) -> Vec<VerbKind> {
    verbs.iter().filter(|next| next.refused.is_none()).map(|next| next.verb).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_view_holds_the_whole_picture() {
    everywhere(async |house| {
        house.insert_line(line(1)).await;
        house.insert_review(review(1)).await;
        house.insert(&Case { buyer: Some(buyer(1)), ..case(2) }).await;
        let held = house.working(1).await;
        house.insert_remedy(offered(1)).await;
        let view = house.app.case_view(&ann(), &shop(), held.id).await.unwrap();
        assert_eq!((view.summary.case, view.summary.status), (held, Status::Offered));
        assert_eq!((view.lines.len(), view.reviews.len(), view.summary.remedies.len()), (1, 1, 1));
        assert_eq!(view.history.cases.iter().map(|c| c.case.id).collect::<Vec<_>>(), [case_id(2)]);
        assert_eq!(view.timeline_number, 3);
        let solve = view.next.iter().find(|next| next.verb == VerbKind::Solve).unwrap();
        assert_eq!(solve.refused, Some(NotNow::Case(Refused::RemedyInFlight)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_of_another_shop_and_one_that_never_was_look_the_same() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        let hidden = house.app.case_view(&stranger(), &shop(), case_id(1)).await;
        assert!(matches!(hidden, Err(AppError::NotFound { .. })));
        let missing = house.app.case_view(&ann(), &shop(), case_id(9)).await;
        assert!(matches!(missing, Err(AppError::NotFound { .. })));
        let missing = house.app.timeline(&ann(), &shop(), case_id(9), None, 0, 10).await;
        assert!(matches!(missing, Err(AppError::NotFound { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_paged_in_its_order_and_narrowed_by_what_storage_cannot_look_up() {
    everywhere(async |house| {
        for n in 1..=5 {
            let opened_at = after(minutes(i64::from(n)));
            house.insert(&Case { opened_at, level: u8::try_from(n % 2).unwrap(), ..case(n) }).await;
        }
        let odd = CaseSelection { level: Some(1), ..CaseSelection::default() };
        let (who, shop) = (ann(), shop());
        let list = |after| house.app.cases(&who, &shop, &odd, CaseOrder::Opened, after, 2);
        let first = list(None).await.unwrap();
        assert_eq!(first.cases.iter().map(|c| c.case.id).collect::<Vec<_>>(), [case_id(5), case_id(3)]);
        let second = list(first.next).await.unwrap();
        assert_eq!(second.cases.iter().map(|c| c.case.id).collect::<Vec<_>>(), [case_id(1)]);
        assert!(second.next.is_none());
        let none = CaseSelection { statuses: vec![Status::Solved], ..CaseSelection::default() };
        let page = house.app.cases(&who, &shop, &none, CaseOrder::Queue, None, 2).await.unwrap();
        assert!(page.cases.is_empty() && page.next.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeline_is_numbered_without_gaps_and_read_on_from_anywhere() {
    everywhere(async |house| {
        // Other cases' events lie between.
        house.working(2).await;
        let held = house.claimed(1).await;
        house.working(3).await;
        house.perform(&ann(), crate::house::contact(&held)).await.unwrap();
        let read = |after, number, limit| {
            let app = &house.app;
            async move { app.timeline(&nan(), &shop(), case_id(1), after, number, limit).await.unwrap() }
        };
        let all = read(None, 0, 100).await;
        assert_eq!(all.entries.iter().map(|e| e.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(all.entries.iter().all(|e| e.text.is_none()), "an analyst does not read what people wrote");
        let first = read(None, 0, 2).await;
        let rest = read(first.next, 0, 2).await;
        assert_eq!((rest.entries, rest.next), (all.entries[2..].to_vec(), None));
        assert_eq!(read(None, 2, 100).await.entries, all.entries[2..]);
        assert!(read(None, 9, 100).await.entries.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn next_verbs_are_those_that_would_not_be_refused() {
    everywhere(async |house| {
        let held = house.working(1).await;
        let verbs = |who| allowed(&next_verbs(&held, &who, false, START));
        let worker = [
            VerbKind::Release,
            VerbKind::Note,
            VerbKind::Act,
            VerbKind::WaitBuyer,
            VerbKind::WaitThirdParty,
            VerbKind::Snooze,
            VerbKind::Escalate,
            VerbKind::Solve,
            VerbKind::Merge,
        ];
        assert_eq!(verbs(ann()), worker);
        assert_eq!(verbs(bob()), []);
        let supervisor =
            [VerbKind::Assign, VerbKind::Note, VerbKind::Escalate, VerbKind::Merge, VerbKind::Cancel];
        assert_eq!(verbs(sue()), supervisor);
        assert_eq!(verbs(nan()), []);
        assert_eq!(allowed(&next_verbs(&case(2), &ann(), false, START)), [VerbKind::Claim]);
        assert_eq!(held.handling.state(), State::Working);
    })
    .await;
}
