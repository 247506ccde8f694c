//! Skills and capacity: who gets which case, and who sees it.

use std::collections::BTreeMap;

use amends_app::agent::{AgentChange, UpdateAgent};
use amends_app::case::{BoardQuery, CaseOrder, CaseSelection, ClaimCase, ClaimNextCase};
use amends_app::policy::{PolicyChange, UpdatePolicy};
use amends_app::{AppError, Principal, Settings};
use amends_domain::agent::AgentRefused;
use amends_domain::case::{Case, CaseKind};
use amends_domain::shop::Channel;

use crate::house::{House, call, everywhere, everywhere_with};
use crate::make::{after, agent, ann, bob, case, case_id, minutes, nan, root, shop, stranger, sue};

fn next() -> ClaimNextCase {
    ClaimNextCase { shop: shop(), kinds: Vec::new(), languages: Vec::new(), level_max: None }
}

async fn change(house: &House, who: &Principal, change: AgentChange) -> i64 {
    let version = house.app.agent(&sue(), &shop(), &who.name).await.map_or(1, |view| view.agent.version);
    let update = UpdateAgent { shop: shop(), agent: who.name.clone(), version, change };
    house.perform(&sue(), update).await.unwrap().agent.version
}

async fn speaks(house: &House, who: &Principal, languages: &[&str]) {
    let languages = Some(languages.iter().map(|tag| (*tag).to_owned()).collect());
    change(house, who, AgentChange { languages, ..AgentChange::default() }).await;
}

fn in_language(n: u32, language: &str) -> Case {
    Case { language: language.to_owned(), queued_at: after(minutes(i64::from(n))), ..case(n) }
}

async fn take(house: &House, who: &Principal) -> Option<u32> {
    let claimed = house.perform(who, next()).await.unwrap();
    claimed.map(|claimed| u32::try_from(claimed.summary.case.id.bits()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_case_is_the_next_that_fits_however_far_back_it_is() {
    everywhere(async |house| {
        let tx = house.app.store().begin().await.unwrap();
        let mut cases: Vec<Case> = (1..=1_500).map(|n| in_language(n, "en")).collect();
        cases.push(in_language(1_501, "de-AT"));
        cases.push(in_language(1_502, ""));
        amends_store::case::insert(&cases).run(&tx).await.unwrap();
        tx.commit().await.unwrap();
        speaks(house, &ann(), &["de", "fr"]).await;
        assert_eq!(take(house, &ann()).await, Some(1_501));
        assert_eq!(take(house, &ann()).await, Some(1_502), "an unknown language fits all");
        assert_eq!(take(house, &ann()).await, None);
        assert_eq!(take(house, &bob()).await, Some(1));
        let narrow = ClaimNextCase { kinds: vec![CaseKind::Delivery], ..next() };
        assert!(house.perform(&bob(), narrow).await.unwrap().is_none(), "wishes narrow further");
        let wider = ClaimNextCase { languages: vec!["en".to_owned()], ..next() };
        assert!(house.perform(&ann(), wider).await.unwrap().is_none(), "wishes widen nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_outside_the_skills_cannot_be_claimed_by_its_name() {
    everywhere(async |house| {
        house.insert(&in_language(1, "id")).await;
        let channels = Some(vec![Channel::new("shopee").unwrap()]);
        let kinds = Some(vec![CaseKind::Return]);
        let missing = async |who: &Principal| match house
            .perform(who, ClaimCase { shop: shop(), case: case_id(1) })
            .await
        {
            Err(AppError::Agent(AgentRefused::NotSkilled { what, of_case, of_agent, .. })) => {
                (what, of_case, of_agent)
            }
            other => panic!("{other:?}"),
        };
        speaks(house, &ann(), &["de", "fr"]).await;
        assert_eq!(missing(&ann()).await, ("language", "id".to_owned(), "de, fr".to_owned()));
        change(house, &ann(), AgentChange { kinds, ..AgentChange::default() }).await;
        assert_eq!(missing(&ann()).await, ("kind", "REVIEW".to_owned(), "RETURN".to_owned()));
        change(house, &ann(), AgentChange { channels, ..AgentChange::default() }).await;
        assert_eq!(missing(&ann()).await, ("channel", "own_store".to_owned(), "shopee".to_owned()));
        assert_eq!(take(house, &ann()).await, None);
        assert_eq!(take(house, &bob()).await, Some(1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_who_ask_at_once_each_get_what_fits_them() {
    everywhere(async |house| {
        let tongues = ["de", "id", "pt", "ja"];
        for n in 0..40_u32 {
            // Those that few can take come first, so that looking at the head alone finds nothing.
            let language = tongues[usize::try_from(3 - n / 10).unwrap()];
            house.insert(&in_language(n, language)).await;
        }
        let crew: Vec<Principal> =
            (0..12).map(|n| Principal { name: agent(&format!("agent{n}")), ..ann() }).collect();
        for (n, who) in crew.iter().enumerate() {
            speaks(house, who, &tongues[n % 4..=n % 4]).await;
            let capacity = Some(Some(u32::try_from(1 + n % 3).unwrap()));
            change(house, who, AgentChange { capacity, ..AgentChange::default() }).await;
        }
        let asked = crew.iter().flat_map(|who| (0..4).map(move |_| who.clone())).map(|who| {
            let app = house.app.clone();
            tokio::spawn(async move {
                (who.name.clone(), app.claim_next(call(&who), next(), |_| Vec::new()).await)
            })
        });
        let mut got: BTreeMap<amends_domain::AgentId, Vec<Case>> = BTreeMap::new();
        for one in asked.collect::<Vec<_>>() {
            let (name, answer) = one.await.unwrap();
            match answer {
                Ok(amends_app::Answer::Fresh(Some(claimed))) => {
                    got.entry(name).or_default().push(claimed.summary.case);
                }
                Err(AppError::AtCapacity { held, max }) => assert_eq!(held, max),
                other => panic!("{other:?}"),
            }
        }
        for (n, who) in crew.iter().enumerate() {
            let cases = &got[&who.name];
            assert_eq!(cases.len(), 1 + n % 3, "{} gets as many as they may hold", who.name);
            assert!(cases.iter().all(|case| case.language == tongues[n % 4]), "{cases:?}");
        }
        let mut all: Vec<_> = got.values().flatten().map(|case| case.id).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "nobody got another's");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agents_own_capacity_comes_before_the_shops_and_that_before_the_setting() {
    let settings = Settings { agent_capacity: 3, ..Settings::default() };
    everywhere_with(settings, async |house| {
        for n in 1..=9 {
            house.insert(&case(n)).await;
        }
        let filled = async |who: &Principal| loop {
            match house.perform(who, next()).await {
                Ok(Some(_)) => {}
                Err(AppError::AtCapacity { held, max }) => break (held, max),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(filled(&ann()).await, (3, 3));
        let rule = |cases| PolicyChange { agent_capacity: Some(cases), ..PolicyChange::default() };
        let update = |version, change| UpdatePolicy { shop: shop(), version, change };
        let refused =
            house.app.change_shop(call(&root()), update(0, rule(Some(1_001))), |_| Vec::new()).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))));
        house.app.change_shop(call(&root()), update(0, rule(Some(2))), |_| Vec::new()).await.unwrap();
        assert_eq!(filled(&bob()).await, (2, 2));
        change(house, &bob(), AgentChange { capacity: Some(Some(4)), ..AgentChange::default() }).await;
        assert_eq!(filled(&bob()).await, (4, 4));
        assert_eq!(house.app.agent(&ann(), &shop(), &agent("ann")).await.unwrap().capacity, 2);
        house.app.change_shop(call(&root()), update(1, rule(None)), |_| Vec::new()).await.unwrap();
        assert_eq!(house.app.agent(&ann(), &shop(), &agent("ann")).await.unwrap().capacity, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_sees_what_fits_and_their_own_and_a_supervisor_sees_all() {
    everywhere(async |house| {
        house.insert(&in_language(1, "de")).await;
        house.insert(&in_language(2, "id")).await;
        house.insert(&in_language(3, "id")).await;
        house.perform(&ann(), ClaimCase { shop: shop(), case: case_id(3) }).await.unwrap();
        speaks(house, &ann(), &["de"]).await;
        let sees = async |who: &Principal| {
            let all = CaseSelection::default();
            let page = house.app.cases(who, &shop(), &all, CaseOrder::Queue, None, 50).await.unwrap();
            let mut listed: Vec<u128> = page.cases.iter().map(|one| one.case.id.bits()).collect();
            listed.sort_unstable();
            let agents = vec![agent("ann")];
            let query = BoardQuery { shop: shop(), agents, selection: all, queue_size: 50 };
            let board = house.app.board(who, &query).await.unwrap();
            let mut shown: Vec<u128> = board.cases.iter().map(|(_, case)| case.id.bits()).collect();
            shown.sort_unstable();
            assert_eq!(listed, shown);
            listed
        };
        assert_eq!(sees(&ann()).await, [1, 3]);
        for who in [bob(), sue(), nan()] {
            assert_eq!(sees(&who).await, [1, 2, 3], "{}", who.name);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn skills_are_a_supervisors_decision_and_an_old_version_changes_nothing() {
    everywhere(async |house| {
        let update = |version| UpdateAgent {
            shop: shop(),
            agent: agent("ann"),
            version,
            change: AgentChange { capacity: Some(Some(1)), ..AgentChange::default() },
        };
        assert!(matches!(house.perform(&ann(), update(1)).await, Err(AppError::RoleMissing { .. })));
        assert!(matches!(house.perform(&stranger(), update(1)).await, Err(AppError::NotFound { .. })));
        assert_eq!(house.perform(&sue(), update(1)).await.unwrap().agent.version, 2);
        let old = house.perform(&sue(), update(1)).await;
        assert!(matches!(old, Err(AppError::EtagStale { seen: 1, current: 2 })), "{old:?}");
    })
    .await;
}
