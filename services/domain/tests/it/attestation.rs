//! Each promise of an attestation: kept, broken, and where it does not arise.

use amends_domain::attestation::{
    Attestation, Decided, Evidence, Followed, Happened, OFFER_INPUTS, Promise, Record, Step, Suggested,
    TERMS_INPUTS, Verdict, WORDS, attest, beginning,
};
use amends_domain::event::Event;
use amends_domain::guardrail::{ASK_REST, Rule};
use amends_domain::remedy::RemedyKind;
use amends_domain::review::DiffKind;
use amends_domain::{CaseId, DecisionId, RemedyId, ReplyId, ReviewId, ShopId, Span, SuggestionId, Time};

use crate::make::at;

const KIND: RemedyKind = RemedyKind::Replacement;

fn case(n: u128) -> CaseId {
    CaseId::from_bits(n)
}

fn remedy() -> RemedyId {
    RemedyId::from_bits(7)
}

fn named(n: u128) -> DecisionId {
    DecisionId::from_bits(n)
}

fn review() -> ReviewId {
    ReviewId::new("r1").unwrap()
}

/// A log under way: every entry a minute after the one before.
#[derive(Clone)]
struct Log(Evidence);

impl Log {
    fn new() -> Self {
        Self(Evidence { case: case(1), events: Vec::new(), decisions: Vec::new(), suggestions: Vec::new() })
    }

    fn now(&self) -> Time {
        self.0.events.last().map_or(at(0), |last| last.at)
    }

    fn put(&mut self, of: u128, at: Time, event: Event) -> &mut Self {
        let seq = i64::try_from(self.0.events.len()).unwrap() + 1;
        self.0.events.push(Happened { seq, case: case(of), at, event });
        self
    }

    fn then(&mut self, event: Event) -> &mut Self {
        let at = self.now() + Span::from_minutes(1);
        self.put(1, at, event)
    }

    fn decided(&mut self, n: u128, action: &str, inputs: &[(&str, &str)]) -> &mut Self {
        let inputs = inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.0.decisions.push(Record {
            review: (action == "ask").then(|| review().to_string()),
            id: named(n),
            action: action.to_owned(),
            case: Some(case(1)),
            allowed: true,
            at: self.now(),
            policy_version: 1,
            rules: Vec::new(),
            inputs,
            terms: vec![("reason".to_owned(), "DAMAGED".to_owned())],
        });
        self
    }

    fn offer(&mut self) -> &mut Self {
        let suggestion = Some(SuggestionId::from_bits(8));
        self.then(Event::RemedyProposed { remedy: remedy(), kind: KIND, units: 1, suggestion });
        let (now, id) = (self.now(), remedy().to_string());
        self.decided(9, "offer", &[("remedy", &id), ("kind", "REPLACEMENT")]);
        let expires_at = now + Span::from_days(3);
        self.put(
            1,
            now,
            Event::RemedyOffered { remedy: remedy(), kind: KIND, expires_at, decision: Some(named(9)) },
        );
        let inputs = vec!["reason".to_owned(), "line.unit_price".to_owned()];
        self.0.suggestions.push(Suggested { id: SuggestionId::from_bits(8), inputs });
        self
    }

    fn accept(&mut self) -> &mut Self {
        let due_at = self.now() + Span::from_days(5);
        self.then(Event::RemedyAccepted {
            remedy: remedy(),
            kind: KIND,
            order: None,
            line: None,
            units: 1,
            amount: None,
            currency: None,
            article: String::new(),
            disposal: None,
            gift: None,
            coupon_code: None,
            note: None,
            due_at,
        })
    }

    fn fulfil(&mut self, at: Option<Time>) -> &mut Self {
        self.then(Event::RemedyFulfilled { remedy: remedy(), kind: KIND, tracking: "T".to_owned(), at })
    }

    fn ask(&mut self, n: u128, at: Time) -> &mut Self {
        self.put(1, at, Event::AskSent { review: review(), template: "en".to_owned(), decision: named(n) });
        self.decided(n, "ask", &[("rating", "2")])
    }

    fn record(&mut self, n: u128) -> &mut Record {
        self.0.decisions.iter_mut().find(|record| record.id == named(n)).unwrap()
    }

    fn attest(&self) -> Attestation {
        attest(&self.0)
    }

    fn verdict(&self, promise: Promise) -> Verdict {
        self.attest().checks.iter().find(|check| check.promise == promise).unwrap().verdict()
    }

    /// Only this promise is broken.
    fn breaks(&self, promise: Promise) {
        let broken: Vec<_> = self
            .attest()
            .checks
            .into_iter()
            .filter(|check| check.verdict() == Verdict::Broken)
            .map(|check| check.promise)
            .collect();
        assert_eq!(broken, [promise]);
        assert!(!self.attest().holds());
    }
}

/// Offered, accepted, fulfilled, and asked about a day later.
fn whole() -> Log {
    let mut log = Log::new();
    log.offer().accept().fulfil(None);
    let at = log.now() + ASK_REST;
    log.ask(10, at);
    log
}

#[test]
fn nothing_arises_where_nothing_went_out() {
    let log = Log::new();
    for promise in Promise::ALL {
        assert_eq!(log.verdict(*promise), Verdict::NotApplicable, "{promise}");
    }
    assert!(log.attest().holds());
}

#[test]
fn a_remedy_that_was_kept_before_the_ask_holds_and_says_by_what() {
    let found = whole().attest();
    let steps: Vec<Step> = found.links.iter().map(|link| link.step).collect();
    assert_eq!(steps, [Step::Offered, Step::Accepted, Step::Fulfilled, Step::Asked]);
    assert!(found.holds());
    let offered = &found.links[0];
    assert!(matches!(&offered.decided, Decided::By(record) if record.id == named(9)));
    assert!(matches!(&offered.followed, Followed::By(suggested) if suggested.inputs.len() == 2));
    assert_eq!(offered.kind, Some(KIND));
    assert_eq!(found.links[1].decided, Decided::Nothing);
    for promise in [Promise::OffersDecided, Promise::FulfilledBeforeAsk, Promise::OneAskPerReview] {
        assert_eq!(whole().verdict(promise), Verdict::Holds, "{promise}");
    }
    assert_eq!(whole().verdict(Promise::RefusalsKept), Verdict::NotApplicable);
}

#[test]
fn an_offer_without_its_decision_is_broken() {
    let decision_of = |event: &mut Event, to: Option<DecisionId>| {
        if let Event::RemedyOffered { decision, .. } = event {
            *decision = to;
        }
    };
    // One that an earlier version wrote, and one whose decision is gone: nothing else shows either.
    for to in [None, Some(named(99))] {
        let mut log = whole();
        log.0.events.iter_mut().for_each(|one| decision_of(&mut one.event, to));
        for promise in [Promise::OffersDecided, Promise::NoReviewInputs, Promise::DecidedWithOffer] {
            assert_eq!(log.verdict(promise), Verdict::Broken, "{promise} {to:?}");
        }
    }
}

#[test]
fn a_decision_about_something_else_lets_no_offer_pass() {
    let doctors: [fn(&mut Record); 5] = [
        |record| record.allowed = false,
        |record| record.rules = vec!["G20".to_owned()],
        |record| record.action = "reply".to_owned(),
        |record| record.case = Some(case(2)),
        |record| record.inputs[0].1 = RemedyId::from_bits(8).to_string(),
    ];
    for doctor in doctors {
        let mut log = whole();
        doctor(log.record(9));
        log.breaks(Promise::OffersDecided);
    }
}

#[test]
fn an_input_that_nobody_argued_for_is_broken() {
    for name in ["rating", "stars", "visible", "review", "anything_new"] {
        let input = (name.to_owned(), "2".to_owned());
        let mut log = whole();
        log.record(9).inputs.push(input.clone());
        log.breaks(Promise::NoReviewInputs);
        let mut log = whole();
        log.record(9).terms.push(input);
        log.breaks(Promise::NoReviewInputs);
        let mut log = whole();
        log.0.suggestions[0].inputs.push(name.to_owned());
        log.breaks(Promise::NoReviewInputs);
    }
    let mut log = whole();
    log.0.suggestions.clear();
    log.breaks(Promise::NoReviewInputs);
}

#[test]
fn no_list_of_inputs_names_a_review_and_each_has_its_reason() {
    for allowed in OFFER_INPUTS.iter().chain(TERMS_INPUTS) {
        for word in ["review", "rating", "star", "visib", "asked_"] {
            assert!(!allowed.name.contains(word), "{}", allowed.name);
        }
        assert!(!allowed.why.is_empty(), "{}", allowed.name);
    }
}

#[test]
fn a_decision_of_another_moment_is_broken() {
    for by in [-1, 1] {
        let mut log = whole();
        log.record(9).at = log.record(9).at + Span::from_micros(by);
        log.breaks(Promise::DecidedWithOffer);
    }
}

#[test]
fn an_ask_before_the_promise_is_kept_is_broken() {
    let mut log = Log::new();
    log.offer().accept();
    let later = log.now() + Span::from_days(9);
    log.ask(10, later);
    log.breaks(Promise::FulfilledBeforeAsk);
    // A failure leaves the promise open.
    let mut log = Log::new();
    log.offer().accept().then(Event::RemedyFailed { remedy: remedy(), why: "lost".to_owned() });
    let later = log.now() + Span::from_days(9);
    log.ask(10, later);
    log.breaks(Promise::FulfilledBeforeAsk);
}

#[test]
fn a_day_passes_between_fulfilment_and_ask_to_the_last_microsecond() {
    for (wait, verdict) in
        [(Span::from_micros(ASK_REST.micros() - 1), Verdict::Broken), (ASK_REST, Verdict::Holds)]
    {
        let mut log = Log::new();
        log.offer().accept().fulfil(None);
        let at = log.now() + wait;
        log.ask(10, at);
        assert_eq!(log.verdict(Promise::FulfilledBeforeAsk), verdict);
    }
    // What counts is when it was done, not when somebody told so.
    let mut log = Log::new();
    log.offer().accept();
    let done = log.now();
    log.fulfil(Some(done));
    log.ask(10, done + ASK_REST);
    assert_eq!(log.verdict(Promise::FulfilledBeforeAsk), Verdict::Holds);
}

#[test]
fn what_was_never_accepted_holds_no_ask_back_and_what_came_later_neither() {
    let mut log = Log::new();
    log.offer().then(Event::RemedyDeclined { remedy: remedy(), wish: None, currency: None });
    let at = log.now();
    log.ask(10, at);
    log.accept();
    assert_eq!(log.verdict(Promise::FulfilledBeforeAsk), Verdict::Holds);
}

#[test]
fn a_second_ask_about_a_review_is_broken() {
    let mut log = whole();
    let at = log.now() + Span::from_days(1);
    log.ask(11, at);
    log.breaks(Promise::OneAskPerReview);
}

#[test]
fn what_goes_out_without_a_passing_decision_is_broken() {
    let mut log = whole();
    log.record(10).allowed = false;
    log.breaks(Promise::OutgoingDecided);
    let reply = ReplyId::from_bits(3);
    let sending = |decision| Event::ReplySending { reply, attempt: 1, until: at(99), decision };
    let mut log = whole();
    log.then(sending(None));
    log.breaks(Promise::OutgoingDecided);
    let mut log = whole();
    log.then(sending(Some(named(12)))).decided(12, "delivery", &[("reply", &reply.to_string())]);
    assert_eq!(log.verdict(Promise::OutgoingDecided), Verdict::Holds);
    log.record(12).inputs.clear();
    log.breaks(Promise::OutgoingDecided);
    let mut log = whole();
    log.record(10).review = Some("another".to_owned());
    log.breaks(Promise::OutgoingDecided);
}

#[test]
fn what_another_case_promised_binds_an_ask_from_the_merge_on() {
    let merged = |before_the_ask: bool| {
        let mut log = Log::new();
        log.offer().accept();
        for one in &mut log.0.events {
            one.case = case(2);
        }
        log.record(9).case = Some(case(2));
        let absorbed = Event::CaseAbsorbed { from: case(2) };
        if before_the_ask {
            log.then(absorbed.clone());
        }
        let later = log.now() + Span::from_days(1);
        log.ask(10, later);
        if !before_the_ask {
            log.then(absorbed);
        }
        log.verdict(Promise::FulfilledBeforeAsk)
    };
    assert_eq!(merged(true), Verdict::Broken);
    assert_eq!(merged(false), Verdict::Holds, "at the ask it was another case, which the rules did not see");
}

#[test]
fn a_refusal_keeps_the_decision_that_refused() {
    let refused = Event::ActionRefused {
        action: "ask".to_owned(),
        rule: Rule::G03,
        also: Vec::new(),
        decision: named(13),
    };
    let mut log = whole();
    log.then(refused).decided(13, "ask", &[]);
    (log.record(13).allowed, log.record(13).rules) = (false, vec!["G03".to_owned(), "G17".to_owned()]);
    assert_eq!(log.verdict(Promise::RefusalsKept), Verdict::Holds);
    assert_eq!(log.attest().links.last().unwrap().about, "ask");
    let mut other = log.clone();
    other.record(13).rules.remove(0);
    other.breaks(Promise::RefusalsKept);
    log.record(13).allowed = true;
    log.breaks(Promise::RefusalsKept);
}

#[test]
fn a_review_stands_beside_the_chain_and_changes_nothing_of_it() {
    let (mut seen, bare) = (whole(), whole());
    let at = bare.now();
    let observed = |days| Event::ReviewObserved {
        review: review(),
        diff: DiffKind::Worsened,
        rating: Some(1),
        observed_at: at + Span::from_days(days),
    };
    seen.then(observed(2)).then(observed(-3));
    let (with, without) = (seen.attest(), bare.attest());
    assert_eq!(with.links, without.links);
    assert_eq!(with.checks, without.checks);
    assert_eq!(with.beside[0].first_observed_at, Some(at - Span::from_days(3)));
    assert_eq!(with.beside[0].last_observed_at, Some(at + Span::from_days(2)));
    assert_eq!(with.beside[0].asked_at, without.beside[0].asked_at);
}

#[test]
fn what_became_part_of_a_case_stands_where_it_did() {
    let mut log = whole();
    let before = log.attest();
    let other = RemedyId::from_bits(70);
    let offered = Event::RemedyExpired { remedy: other };
    let early = at(1);
    log.put(2, early, offered);
    log.0.events.last_mut().unwrap().seq = 0;
    let now = log.now() + Span::from_days(30);
    log.put(1, now, Event::CaseAbsorbed { from: case(2) });
    let after = log.attest();
    let (kept, new) = after.links.split_at(before.links.len());
    assert_eq!(kept, before.links, "what was printed is the beginning of what is printed");
    assert_eq!(new.iter().map(|link| link.step).collect::<Vec<_>>(), [Step::Expired, Step::Absorbed]);
    assert!(after.holds());
}

#[test]
fn every_word_that_is_looked_at_is_one() {
    assert!(WORDS.iter().all(|word| Event::WORDS.contains(word)));
}

#[test]
fn the_exact_text_of_a_link_is_what_it_always_was() {
    let mut log = whole();
    log.record(9).inputs.push(("odd=name".to_owned(), "a\\b\nc\rd".to_owned()));
    let link = &log.attest().links[0];
    let expected = format!(
        "number=1\nstep=OFFERED\nat={now}\ncase={case}\nabout={remedy}\nkind=REPLACEMENT\nfulfilled_at=\nrule=\n\
         decision={id}\ndecision.action=offer\ndecision.case={case}\ndecision.allowed=true\ndecision.at={now}\n\
         decision.policy_version=1\ndecision.input.kind=REPLACEMENT\n\
         decision.input.odd\\=name=a\\\\b\\nc\\rd\ndecision.input.remedy={remedy}\n\
         decision.terms.reason=DAMAGED\nsuggestion={suggestion}\nsuggestion.input=line.unit_price\n\
         suggestion.input=reason\n",
        now = link.at.micros(),
        case = case(1),
        remedy = remedy(),
        id = named(9),
        suggestion = SuggestionId::from_bits(8),
    );
    assert_eq!(link.canonical(), expected);
    let shop = ShopId::new("main").unwrap();
    assert_eq!(beginning(&shop, case(1)), format!("amends.attestation.v1\nshop=main\ncase={}\n", case(1)));
}
