//! Savings: what avoided returns were worth, and who came back.

use amends_app::metrics::{CausalMissing, Days, Savings};
use amends_app::remedy::{SuggestRemedies, Target};
use amends_app::{AppError, Role};
use amends_domain::case::Outcome;
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::returns::ReturnStatus;
use amends_domain::saving::RetainedBy;
use amends_domain::{Day, Span};

use crate::house::everywhere;
use crate::make::START;
use crate::page;
use crate::stage::{Stage, analyst, ann, call, money};

fn days(count: i32) -> Days {
    let from = START.day();
    Days { from, until: Day::from_number(from.number() + count) }
}

async fn savings(stage: &Stage<'_>) -> Savings {
    stage.app.savings(&analyst(), &stage.shop, days(28)).await.unwrap()
}

/// A buyer who wants to send something of 100.00 back, and is helped with a remedy.
async fn helped(stage: &Stage<'_>, order: &str, kind: RemedyKind, terms: Terms) {
    stage.delivered(order, 1).await;
    let case = stage.wants_return(order, ReturnStatus::Requested).await;
    stage.claim(case).await;
    stage.pass(Span::from_minutes(10)).await;
    stage.claim(case).await;
    stage.fulfilled(case, kind, terms).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_in_the_books_is_told_by_what_kept_it() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        helped(&stage, "o1", RemedyKind::PartialRefund, money(2_500)).await;
        helped(&stage, "o2", RemedyKind::Replacement, Terms::default()).await;
        helped(&stage, "o3", RemedyKind::Coupon, money(500)).await;
        helped(&stage, "o4", RemedyKind::Replacement, Terms::default()).await;
        let told = savings(&stage).await;
        let kept: Vec<_> =
            told.retained.iter().map(|one| (one.by, one.units, one.revenue, one.confirmed)).collect();
        let expected = [
            (RetainedBy::Credit, 1, 10_000, 0),
            (RetainedBy::KeepItem, 1, 7_500, 0),
            (RetainedBy::Replacement, 2, 20_000, 0),
        ];
        assert_eq!(kept, expected);
        assert_eq!((told.naive.provisional, told.naive.confirmed, told.naive.failed), (4, 0, 0));
        // One is approved all the same, which the channel counts.
        stage.wants_return("o4", ReturnStatus::Approved).await;
        stage.pass(Span::from_days(60)).await;
        let told = savings(&stage).await;
        assert_eq!((told.naive.confirmed, told.naive.failed), (3, 1));
        let replaced = told.retained.iter().find(|one| one.by == RetainedBy::Replacement).unwrap();
        assert_eq!((replaced.units, replaced.revenue, replaced.confirmed), (1, 10_000, 10_000));
        let before = Days { from: Day::from_number(START.day().number() - 9), until: START.day() };
        let earlier = stage.app.savings(&analyst(), &stage.shop, before).await.unwrap();
        assert_eq!(earlier.retained, [], "of other days");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_anything_to_compare_with_there_is_no_cause_and_it_is_said_why() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        helped(&stage, "o1", RemedyKind::Coupon, money(500)).await;
        let told = savings(&stage).await;
        assert_eq!(told.causal, Err(CausalMissing::NoMatureCase));
        assert_eq!(told.saved.cases, 0);
        assert_eq!(told.distance, None, "no target, no distance");
        assert_eq!(told.currency.as_str(), "EUR");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buyers_come_back_within_ninety_days_or_not() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        // One is talked to and orders again, one is not helped, one never had a case.
        let solved = stage.broken("o1", 1).await;
        let failed = stage.broken("o2", 1).await;
        stage.delivered("o3", 1).await;
        stage.worked(solved).await;
        stage.solve(solved, Outcome::TalkedThrough).await;
        stage.worked(failed).await;
        stage.solve(failed, Outcome::NoAnswer).await;
        // After the solution, before the case is closed for good: that is four days later.
        stage.pass(Span::from_days(1)).await;
        stage.ordered_by("o9", "o1").await;
        stage.pass(Span::from_days(4)).await;
        let now = savings(&stage).await;
        let counts =
            |one: amends_app::metrics::Repeat| (one.rate.numerator, one.rate.denominator, one.waiting);
        assert_eq!([counts(now.solved), counts(now.failed), counts(now.without)], [(0, 0, 1); 3]);
        stage.pass(Span::from_days(91)).await;
        let later = savings(&stage).await;
        assert_eq!(counts(later.solved), (1, 1, 0));
        assert_eq!(counts(later.failed), (0, 1, 0));
        assert_eq!(counts(later.without), (0, 1, 0));
        assert!(!later.sampled);
        let shown = |one: amends_app::metrics::Repeat| {
            format!("{} of {}, {} waiting", one.rate.numerator, one.rate.denominator, one.waiting)
        };
        let all = |told: &Savings| [told.solved, told.failed, told.without].map(shown).join(" / ");
        let rows = [("5 days after the solution", all(&now)), ("96 days after it", all(&later))];
        page::kept("savings.md", "again", &table(&rows));
    })
    .await;
}

fn table(rows: &[(&str, String)]) -> String {
    let rows: Vec<String> = rows.iter().map(|(name, value)| format!("| {name} | {value} |\n")).collect();
    format!("| figure | value |\n|---|---|\n{}", rows.concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_net_saving_in_the_documentation_is_what_the_service_tells() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let helps = [
            ("o1", RemedyKind::Replacement, Terms::default()),
            ("o2", RemedyKind::PartialRefund, money(2_500)),
            ("o3", RemedyKind::Coupon, money(500)),
        ];
        for (order, kind, terms) in helps {
            stage.delivered(order, 1).await;
            let case = stage.wants_return(order, ReturnStatus::Requested).await;
            let (shop, target) = (stage.shop.clone(), Target::Case(case));
            let suggest = SuggestRemedies { shop, target, units: 1, stock: Vec::new() };
            stage.app.perform(ann(), suggest).await.unwrap();
            stage.claim(case).await;
            stage.fulfilled(case, kind, terms).await;
        }
        // The third is approved all the same, which the channel counts.
        stage.wants_return("o3", ReturnStatus::Approved).await;
        stage.pass(Span::from_days(120)).await;
        let told = savings(&stage).await.saved;
        let euros = |minor: i64| format!("{:.2}", minor as f64 / 100.0);
        let rows = [
            ("cases with fulfilled help whose window has closed", told.cases.to_string()),
            ("what their returns would have lost, less what one lost all the same", euros(told.avoided_loss)),
            ("what their remedies cost", euros(told.remedy_cost)),
            ("net saving, naive", euros(told.avoided_loss - told.remedy_cost)),
        ];
        page::kept("savings.md", "net", &table(&rows));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_read_figures_or_names_no_days_is_refused() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let agent = call("ann", &[Role::Agent]).principal;
        let refused = stage.app.savings(&agent, &stage.shop, days(28)).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })), "{refused:?}");
        for wrong in [0, -1, 1_101] {
            let refused = stage.app.savings(&analyst(), &stage.shop, days(wrong)).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))), "{wrong}: {refused:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_from_before_the_wish_makes_room_for_later_help() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let complaint = stage.broken("o1", 2).await;
        stage.worked(complaint).await;
        stage.fulfilled(complaint, RemedyKind::PartialRefund, money(500)).await;
        stage.pass(Span::from_days(1)).await;
        let wish = stage.wants_return("o1", ReturnStatus::Requested).await;
        stage.claim(wish).await;
        stage.fulfilled(wish, RemedyKind::Replacement, Terms::default()).await;
        let told = savings(&stage).await;
        assert_eq!((told.naive.provisional, told.naive.failed), (1, 0));
    })
    .await;
}
