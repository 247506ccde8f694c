//! Incidents that are heard by themselves: raised once, with the cases that belong to them.

use amends_app::case::{CancelCase, MergeCase, Target};
use amends_app::due::FireDeadline;
use amends_app::incident::{RemoveCases, ResolveIncident};
use amends_app::policy::{PolicyChange, UpdatePolicy};
use amends_app::{AppError, Call, Command, Work};
use amends_domain::case::Case;
use amends_domain::deadline::{Deadline, DeadlineKind};
use amends_domain::detection::Reason;
use amends_domain::incident::chart::Watch;
use amends_domain::incident::{Incident, IncidentState};
use amends_domain::subject::Subject;
use amends_domain::{AgentId, CaseId, ShopId};
use amends_store::{case, deadline, event};

use crate::house::{House, everywhere};
use crate::make::{days, root};
use crate::stage::{Stage, call, id};

/// A shop with a hundred units a week and one complaint about them, for twelve weeks.
async fn usual(house: &House) -> Stage<'_> {
    let stage = Stage::on(house, "own_store").await;
    for week in 0..13 {
        stage.delivered(&format!("bulk-{week}"), 100).await;
        if week < 12 {
            stage.broken(&format!("w{week}"), 1).await;
        }
        stage.pass(days(7)).await;
    }
    stage
}

/// So many complaints on one day.
async fn burst(stage: &Stage<'_>, name: &str, many: u32) -> Vec<CaseId> {
    let mut cases = Vec::new();
    for n in 0..many {
        cases.push(stage.broken(&format!("{name}{n}"), 1).await);
    }
    cases
}

async fn incidents(stage: &Stage<'_>) -> Vec<Incident> {
    stage.app.incidents(&root(), &stage.shop, None, None, 100).await.unwrap()
}

async fn members(stage: &Stage<'_>, incident: &Incident) -> Vec<CaseId> {
    let of = amends_store::incident::members(&[(stage.shop.clone(), incident.id)]);
    let found = of.all(&stage.app.store().reader()).await.unwrap();
    let mut cases: Vec<CaseId> = found.into_iter().map(|one| one.case).collect();
    cases.sort();
    cases
}

/// The daily look, as it stands in the table of deadlines.
async fn next_look(stage: &Stage<'_>) -> Deadline {
    let (conn, kind) = (stage.app.store().reader(), DeadlineKind::IncidentLook);
    let subject = stage.shop.to_string();
    let due_at = deadline::get(&conn, &stage.shop, kind, &subject).await.unwrap().unwrap();
    Deadline { shop: stage.shop.clone(), kind, subject, due_at }
}

fn sue() -> Call {
    call("sue", &[amends_app::Role::Supervisor])
}

fn timer() -> Call {
    Call::by_timer(&AgentId::new("timer").unwrap(), "timer.INCIDENT_LOOK")
}

async fn raised(stage: &Stage<'_>) -> usize {
    let conn = stage.app.store().reader();
    let all = event::after(&conn, Some(std::slice::from_ref(&stage.shop)), 0, 100_000).await.unwrap();
    all.iter().filter(|stored| stored.row.event.word() == "incident.raised").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn complaints_far_above_the_usual_raise_one_incident_with_its_cases() {
    everywhere(async |house| {
        let stage = usual(house).await;
        assert!(incidents(&stage).await.is_empty(), "the usual is no incident");
        let mut cases = burst(&stage, "b", 10).await;
        cases.sort();
        stage.pass(days(1)).await;
        let found = incidents(&stage).await;
        let [incident] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((incident.about.reason, incident.opened_by.as_str()), (Some(Reason::Damaged), "service"));
        assert_eq!(incident.about.sku, Some(id("SKU-1")));
        let signal = incident.signal.unwrap();
        assert_eq!((signal.week.count, signal.base.count, signal.weeks, signal.pairs), (10, 11, 12, 1));
        assert!(signal.factor().unwrap() > 5.0, "{signal:?}");
        assert_eq!(members(&stage, incident).await, cases);
        assert_eq!(incident.cases, 10);
        for case in &cases {
            assert_eq!(stage.words(*case).await.last(), Some(&"incident.joined"));
        }
        // Day after day the week is still far above: it is one signal.
        stage.pass(days(5)).await;
        assert_eq!((incidents(&stage).await.len(), raised(&stage).await), (1, 1));
        // Who complains while it is open joins at the next look.
        let late = stage.broken("late", 1).await;
        stage.pass(days(1)).await;
        let found = incidents(&stage).await;
        assert!(members(&stage, &found[0]).await.contains(&late));
        assert_eq!(found[0].cases, 11);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_and_a_crash_raise_it_once() {
    everywhere(async |house| {
        let stage = usual(house).await;
        burst(&stage, "b", 10).await;
        let look = next_look(&stage).await;
        house.clock.advance_to(look.due_at);
        let fire = FireDeadline { deadline: look.clone() };
        let died = stage.app.perform(timer(), Dying(fire.clone())).await;
        assert!(matches!(died, Err(AppError::Internal(_))));
        assert_eq!((incidents(&stage).await.len(), raised(&stage).await), (0, 0));
        assert_eq!(next_look(&stage).await, look);
        let race = (0..4).map(|_| {
            let (app, fire) = (stage.app.clone(), fire.clone());
            tokio::spawn(async move { app.perform(timer(), fire).await.unwrap() })
        });
        let done = futures::future::join_all(race.collect::<Vec<_>>()).await;
        assert_eq!(done.into_iter().filter(|fired| *fired.as_ref().unwrap()).count(), 1);
        house.settle().await;
        assert_eq!((incidents(&stage).await.len(), raised(&stage).await), (1, 1));
        assert!(next_look(&stage).await.due_at > look.due_at);
    })
    .await;
}

/// Does what a command does, and dies before it is committed.
#[derive(Clone)]
struct Dying<C>(C);

impl<C: Command> Command for Dying<C> {
    type Output = C::Output;
    const NAME: &'static str = C::NAME;

    fn shop(&self) -> Option<&ShopId> {
        self.0.shop()
    }

    async fn run(self, work: &mut Work) -> Result<C::Output, AppError> {
        self.0.run(work).await?;
        Err(AppError::Internal("died".to_owned()))
    }
}

async fn resolve(stage: &Stage<'_>, incident: &Incident) {
    let (shop, incident, version) = (stage.shop.clone(), incident.id, incident.version);
    let resolve = ResolveIncident { shop, incident, version, note: "Better boxes.".to_owned() };
    stage.app.perform(sue(), resolve).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_it_is_resolved_only_a_new_week_raises_another() {
    everywhere(async |house| {
        let stage = usual(house).await;
        burst(&stage, "b", 10).await;
        stage.pass(days(1)).await;
        resolve(&stage, &incidents(&stage).await[0]).await;
        burst(&stage, "c", 14).await;
        stage.pass(days(6)).await;
        assert_eq!(incidents(&stage).await.len(), 1, "the week began while it was open");
        stage.delivered("bulk-next", 100).await;
        stage.pass(days(3)).await;
        burst(&stage, "d", 20).await;
        stage.pass(days(1)).await;
        let found = incidents(&stage).await;
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].state(), IncidentState::Open);
        assert_eq!((raised(&stage).await, found[0].signal.unwrap().week.count), (2, 20));
    })
    .await;
}

/// Another reason of a case, as whoever corrects it leaves it.
async fn correct(stage: &Stage<'_>, case: CaseId, reasons: &[Reason]) {
    let before = stage.case(case).await;
    let after = Case { reasons: reasons.to_vec(), version: before.version + 1, ..before.clone() };
    let tx = stage.app.store().begin().await.unwrap();
    tx.send(case::update(&[(after, before.version)])).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_case_says_at_the_look_counts_and_who_was_taken_out_stays_out() {
    everywhere(async |house| {
        let stage = usual(house).await;
        let cases = burst(&stage, "b", 12).await;
        correct(&stage, cases[0], &[Reason::Late, Reason::Damaged]).await;
        correct(&stage, cases[1], &[]).await;
        stage.pass(days(1)).await;
        let incident = incidents(&stage).await.remove(0);
        assert_eq!((incident.signal.unwrap().week.count, incident.cases), (10, 10));
        // The reason of one is heard later, and one is taken out by a person.
        correct(&stage, cases[1], &[Reason::Damaged]).await;
        let (shop, incident) = (stage.shop.clone(), incident.id);
        let remove = RemoveCases { shop, incident, cases: vec![cases[2]] };
        stage.app.perform(sue(), remove).await.unwrap();
        stage.pass(days(2)).await;
        let incident = incidents(&stage).await.remove(0);
        let within = members(&stage, &incident).await;
        assert!(within.contains(&cases[1]) && !within.contains(&cases[2]) && !within.contains(&cases[0]));
        assert_eq!(incident.cases, 10);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn merged_and_cancelled_cases_do_not_count_beside_the_one_they_became() {
    everywhere(async |house| {
        let stage = usual(house).await;
        let kept = stage.broken("b0", 1).await;
        stage.ordered_by("b1", "b0").await;
        let before = stage.case(kept).await;
        let subject = Subject::of_order(id("b1"), Some(id("1")));
        let twin = Case { id: CaseId::from_bits(77), subject, ..before };
        let tx = stage.app.store().begin().await.unwrap();
        case::insert(std::slice::from_ref(&twin)).run(&tx).await.unwrap();
        tx.commit().await.unwrap();
        let none = stage.broken("b2", 1).await;
        let week = async || {
            let about = (&id("SKU-1"), Reason::Damaged);
            let chart = stage.app.control_chart(&root(), &stage.shop, about, 2).await.unwrap();
            chart.points.last().unwrap().point.judged.sample.count
        };
        stage.pass(days(1)).await;
        assert_eq!(week().await, 3);
        let unheld = async |case| Target { fence: 0, ..stage.target(case).await };
        let (target, into_version) = (unheld(twin.id).await, stage.case(kept).await.version);
        let merge = MergeCase { target, into: kept, into_version, note: "one lamp".to_owned() };
        stage.app.perform(sue(), merge).await.unwrap();
        assert_eq!(week().await, 2);
        let cancel = CancelCase { target: unheld(none).await, note: "a mistake".to_owned() };
        stage.app.perform(sue(), cancel).await.unwrap();
        assert_eq!(week().await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_does_not_want_it_is_not_told_and_keeps_its_look() {
    everywhere(async |house| {
        let stage = usual(house).await;
        let off = PolicyChange {
            incidents: Some(Watch { on: false, ..Watch::default() }),
            ..PolicyChange::default()
        };
        let update = UpdatePolicy { shop: stage.shop.clone(), version: 0, change: off };
        stage.app.change_shop(crate::house::call(&root()), update, |_| Vec::new()).await.unwrap();
        burst(&stage, "b", 10).await;
        stage.pass(days(2)).await;
        assert!(incidents(&stage).await.is_empty());
        assert!(next_look(&stage).await.due_at > stage.now());
        let wrong = PolicyChange {
            incidents: Some(Watch { least_complaints: 1, base_weeks: 53, ..Watch::default() }),
            ..PolicyChange::default()
        };
        let update = UpdatePolicy { shop: stage.shop.clone(), version: 1, change: wrong };
        let Err(AppError::Invalid(found)) = house.perform(&root(), update).await else { panic!() };
        let fields: Vec<&str> = found.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["shop_rules.incident_complaints_min", "shop_rules.incident_base_weeks"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_a_handful_of_statements_however_many_articles_complain() {
    everywhere(async |house| {
        let stage = usual(house).await;
        burst(&stage, "b", 10).await;
        let look = next_look(&stage).await;
        house.clock.advance_to(look.due_at);
        let before = stage.app.store().counters().statements();
        stage.app.perform(timer(), FireDeadline { deadline: look }).await.unwrap();
        let spent = stage.app.store().counters().statements() - before;
        assert!(spent <= 40, "{spent}");
        assert_eq!(incidents(&stage).await.len(), 1);
    })
    .await;
}
