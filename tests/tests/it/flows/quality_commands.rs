//! Quality sampling and the time of agents, by commands.

use std::fs;

use amends_app::{Role, ShopScope};
use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::{MAIN, last, make_key};
use amends_tests::make::{LEAKS, order, review};
use amends_tests::{Desk, Harness, flow};

use super::reports::amends;

flow!(a_sample_goes_its_way_by_commands, sheets_tell_what_the_service_says);

async fn sample(h: &Harness) -> v1::QualitySample {
    let request = v1::ListSamplesRequest { parent: MAIN.to_owned(), ..Default::default() };
    h.client().call(request).await.unwrap().samples.remove(0)
}

/// A form, a case that mia solved, and the keys of mia, sam and kim.
async fn drawn(h: &Harness) -> [String; 3] {
    let mut keys = Vec::new();
    for (name, role) in [("mia", Role::Agent), ("sam", Role::Supervisor), ("kim", Role::Supervisor)] {
        keys.push(make_key(&h.app, name, &[role], ShopScope::All).await);
    }
    let [mia, sam, kim] = keys.try_into().unwrap();
    let criteria = ["--criterion", "tone:1:5=Friendly", "--criterion", "facts:3:1:critical=Right"];
    let form = [&["quality", "form", "--share", "100", "--dispute-days", "3"][..], &criteria].concat();
    amends(h, &sam, &form).await.unwrap();
    amends(h, &sam, &["quality", "form"]).await.unwrap();
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let client = amends_tests::harness::connect(&h.endpoint, Some(mia.clone())).await;
    let mut desk = Desk::work_on(&client, &case).await;
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    h.advance(Span::from_days(7)).await;
    [mia, sam, kim]
}

async fn a_sample_goes_its_way_by_commands(h: &Harness) {
    let [mia, sam, kim] = drawn(h).await;
    let name = sample(h).await.name;
    let id = last(&name);
    amends(h, &sam, &["quality", "list", "--reviewable"]).await.unwrap();
    amends(h, &sam, &["quality", "review", id, "tone=4", "facts=1", "--note", "Well done"]).await.unwrap();
    amends(h, &mia, &["quality", "show", id]).await.unwrap();
    amends(h, &mia, &["quality", "dispute", id, "It was better than that"]).await.unwrap();
    let both = amends(h, &kim, &["quality", "resolve", id, "--upheld", "tone=5", "why"]).await.unwrap_err();
    assert!(both.contains("--upheld"), "{both}");
    let own = amends(h, &sam, &["quality", "resolve", id, "--upheld", "No"]).await.unwrap_err();
    assert!(own.contains("wrote the review"), "{own}");
    amends(h, &kim, &["quality", "resolve", id, "tone=5", "facts=1", "You are right"]).await.unwrap();
    let after = sample(h).await;
    assert_eq!((after.state(), after.score), (v1::SampleState::Resolved, Some(100.0)));
    let form = ["quality", "form", "--minimum", "3", "--criterion", "tone:1:5=Friendly"];
    amends(h, &sam, &form).await.unwrap();
    let get = v1::GetQualityFormRequest { parent: MAIN.to_owned(), version: 0 };
    let form = h.client().call(get).await.unwrap().form.unwrap();
    assert_eq!((form.version, form.share_percent, form.minimum_per_week, form.dispute_days), (2, 100, 3, 3));
}

async fn sheets_tell_what_the_service_says(h: &Harness) {
    let [_, sam, _] = drawn(h).await;
    let name = sample(h).await.name;
    amends(h, &sam, &["quality", "review", last(&name), "tone=5", "facts=1"]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figures.csv");
    let days = ["--from", "2026-03-01", "--to", "2026-03-31", "--export", path.to_str().unwrap()];
    amends(h, &sam, &[&["quality", "scores"][..], &days].concat()).await.unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let mine = text.lines().find(|line| line.contains(",mia,")).unwrap();
    assert!(mine.starts_with("2026-03-01,2026-04-01,mia,1,100,"), "{text}");
    amends(h, &sam, &[&["metrics", "agents"][..], &days].concat()).await.unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let heads: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let mine: Vec<&str> = text.lines().find(|line| line.contains(",mia,")).unwrap().split(',').collect();
    let cell = |name: &str| mine[heads.iter().position(|head| *head == name).unwrap()];
    assert_eq!((cell("solved"), cell("contacts"), cell("mean_score.value")), ("1", "1", "100"));
    assert_eq!((cell("present"), cell("occupancy.value")), ("0", ""), "she never told a presence");
}
