//! Presence, skills, and what they mean to a case.

use amends_domain::agent::{Agent, AgentRefused, PRESENCE_USUAL, Presence, Reach, Skills, Told};
use amends_domain::case::{Case, CaseKind, Hold, Refused, State, Verb};
use amends_domain::shop::Channel;
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::make::{agent, at, claimed, hold, lease, queued, shop, working};

fn ann() -> Agent {
    Agent::unknown(shop(), agent("ann"))
}

fn told(presence: Presence, now: i64) -> Agent {
    let mut ann = ann();
    ann.tell(presence, PRESENCE_USUAL, at(now));
    ann
}

fn channel(name: &str) -> Channel {
    Channel::new(name).unwrap()
}

fn speaks(languages: &[&str]) -> Skills {
    Skills { languages: languages.iter().map(|tag| (*tag).to_owned()).collect(), ..Skills::default() }
}

fn case(kind: CaseKind, language: &str) -> Case {
    Case { kind, language: language.to_owned(), ..queued() }
}

#[test]
fn who_never_told_a_presence_is_bound_by_leases_alone() {
    assert_eq!(ann().presence(at(0)), None);
    assert_eq!((ann().may_claim(at(0)), ann().may_be_given(at(0))), (Ok(()), Ok(())));
    assert!(!ann().is_available(at(0)), "nobody knows that they are there");
}

#[test]
fn who_told_a_presence_is_bound_by_it() {
    let claims = |presence| told(presence, 0).may_claim(at(1)).is_ok();
    assert_eq!(Presence::ALL.iter().map(|p| claims(*p)).collect::<Vec<_>>(), [true, false, false]);
    let is_given = |presence| told(presence, 0).may_be_given(at(1)).is_ok();
    assert_eq!(Presence::ALL.iter().map(|p| is_given(*p)).collect::<Vec<_>>(), [true, true, false]);
}

#[test]
fn a_presence_that_is_over_is_trusted_by_nobody() {
    let ann = told(Presence::Available, 0);
    assert!(ann.is_available(at(299)));
    let over = Told { presence: Presence::Offline, since: at(300), until: None };
    assert_eq!(ann.presence(at(900)), Some(over));
    assert!(ann.told.unwrap().has_lapsed(at(300)) && !ann.told.unwrap().has_lapsed(at(299)));
    let refused = ann.may_claim(at(300)).unwrap_err();
    let (presence, since) = (Presence::Offline, at(300));
    assert_eq!(refused, AgentRefused::NotAvailable { agent: agent("ann"), presence, since, until: None });
}

#[test]
fn saying_the_same_again_moves_the_end_and_not_the_beginning() {
    let mut ann = told(Presence::Available, 0);
    ann.tell(Presence::Available, Span::from_hours(8), at(100));
    let until = Some(at(100) + Span::from_hours(8));
    assert_eq!(ann.told, Some(Told { presence: Presence::Available, since: at(0), until }));
    ann.tell(Presence::Away, PRESENCE_USUAL, at(200));
    assert_eq!(ann.told.unwrap().since, at(200));
    ann.tell(Presence::Offline, PRESENCE_USUAL, at(300));
    assert_eq!(ann.told, Some(Told { presence: Presence::Offline, since: at(300), until: None }));
    assert_eq!(ann.version, 1, "a heartbeat makes nobody's etag stale");
}

#[test]
fn a_presence_that_lapsed_begins_anew() {
    let mut ann = told(Presence::Available, 0);
    ann.tell(Presence::Available, PRESENCE_USUAL, at(1_000));
    assert_eq!(ann.told.unwrap().since, at(1_000));
}

#[test]
fn skills_are_compared_by_primary_language_and_an_unknown_one_fits() {
    let reach = speaks(&["pt-BR", "DE"]).reach(&channel("etsy"));
    for (language, fits) in [("pt", true), ("de-AT", true), ("id", false), ("", true), ("und", true)] {
        assert_eq!(reach.fits(&case(CaseKind::Review, language)), fits, "{language:?}");
    }
}

#[test]
fn skills_that_are_empty_reach_everything() {
    assert!(Skills::default().reach(&channel("etsy")).is_everything());
}

#[test]
fn a_channel_that_is_none_of_theirs_leaves_nothing() {
    let skills = Skills { channels: vec![channel("shopee")], ..Skills::default() };
    assert!(skills.reach(&channel("shopee")).is_everything());
    assert_eq!(skills.reach(&channel("etsy")), Reach::nothing());
    assert!(!Reach::nothing().fits(&queued()));
}

#[test]
fn the_refusal_names_the_skill_that_is_missing() {
    let mut ann = ann();
    ann.skills = Skills { kinds: vec![CaseKind::Review], channels: vec![channel("etsy")], ..speaks(&["de"]) };
    let missing = |case: &Case, on: &str| match ann.must_fit(case, &channel(on)) {
        Err(AgentRefused::NotSkilled { what, of_case, .. }) => (what, of_case),
        other => panic!("{other:?}"),
    };
    assert_eq!(missing(&case(CaseKind::Review, "de"), "lazada"), ("channel", "lazada".to_owned()));
    assert_eq!(missing(&case(CaseKind::Return, "de"), "etsy"), ("kind", "RETURN".to_owned()));
    assert_eq!(missing(&case(CaseKind::Review, "id"), "etsy"), ("language", "id".to_owned()));
    assert_eq!(ann.must_fit(&case(CaseKind::Review, "de-CH"), &channel("etsy")), Ok(()));
}

#[test]
fn the_case_of_an_agent_who_is_gone_goes_back_to_its_place() {
    for held in [claimed(), working()] {
        let back = held.clone().apply(Verb::AgentGone { abandoned: false }, at(40)).unwrap();
        assert_eq!((back.handling.state(), back.queued_at), (State::Queued, held.queued_at));
        assert_eq!((back.abandon_count, back.level, &back.preferred_agent), (0, 0, &None));
        let late = back.apply(Verb::Act { hold: hold(&held) }, at(41));
        assert!(late.is_err(), "what they write now comes too late");
    }
}

#[test]
fn the_third_presence_that_lapses_escalates_like_a_lease_does() {
    let mut case = queued();
    for n in 1..=3 {
        case = case.apply(Verb::Claim { lease: lease("ann", at(900)) }, at(n)).unwrap();
        case = case.apply(Verb::AgentGone { abandoned: true }, at(n)).unwrap();
    }
    assert_eq!((case.abandon_count, case.level), (3, 1));
}

#[test]
fn a_case_is_handed_back_to_the_agent_who_had_it_and_to_nobody_else() {
    let case = working();
    let waiting =
        case.clone().apply(Verb::WaitBuyer { hold: hold(&case), give_up_at: at(600) }, at(30)).unwrap();
    let woken = waiting.apply(Verb::BuyerMessage { at: at(50) }, at(50)).unwrap();
    assert_eq!(woken.preferred_agent, Some(agent("ann")));
    let wrong = woken.clone().apply(Verb::HandBack { lease: lease("bob", at(350)) }, at(50));
    assert_eq!(wrong, Err(Refused::NotHolder));
    let back = woken.apply(Verb::HandBack { lease: lease("ann", at(350)) }, at(50)).unwrap();
    assert_eq!((back.handling.state(), back.fence), (State::Working, case.fence + 1));
    assert_eq!(back.waiting_since, Some(at(50)));
    let old = Hold { fence: case.fence, ..hold(&back) };
    assert!(matches!(back.check(&old, at(51)), Err(Refused::FenceStale { .. })), "it is a new hold");
}

fn some_tags() -> impl Strategy<Value = Vec<String>> {
    let tag = prop::sample::select(vec!["en", "de", "pt-BR", "PT", "zh-Hant", "id"]);
    prop::collection::vec(tag.prop_map(str::to_owned), 0..4)
}

fn some_kinds() -> impl Strategy<Value = Vec<CaseKind>> {
    prop::collection::vec(prop::sample::select(CaseKind::ALL), 0..3)
}

proptest! {
    #[test]
    fn what_two_reach_together_is_what_each_of_them_reaches(
        (k1, k2) in (some_kinds(), some_kinds()),
        (l1, l2) in (some_tags(), some_tags()),
        kind in prop::sample::select(CaseKind::ALL),
        language in prop::sample::select(vec!["", "und", "en-GB", "de", "pt", "zh", "id", "fr"]),
    ) {
        let (one, other) = (Reach::of(&k1, &l1), Reach::of(&k2, &l2));
        let case = case(kind, language);
        let both = one.clone().and(other.clone());
        prop_assert_eq!(both.fits(&case), one.fits(&case) && other.fits(&case));
        prop_assert!(!both.is_everything() || (one.is_everything() && other.is_everything()));
    }

    #[test]
    fn however_a_presence_is_told_it_never_outlives_its_end(
        steps in prop::collection::vec((prop::sample::select(Presence::ALL), 30_i64..43_200, 0_i64..50_000), 1..12)
    ) {
        let mut ann = ann();
        let mut now: Time = at(0);
        for (presence, lasts, wait) in steps {
            ann.tell(presence, Span::from_secs(lasts), now);
            let end = now + Span::from_secs(lasts);
            prop_assert_eq!(ann.presence(now).unwrap().presence, presence);
            now = now + Span::from_secs(wait);
            let expected = if now < end { presence } else { Presence::Offline };
            prop_assert_eq!(ann.presence(now).unwrap().presence, expected);
            prop_assert!(ann.presence(now).unwrap().since <= now);
            prop_assert_eq!(ann.may_claim(now).is_ok(), expected == Presence::Available);
        }
    }
}
