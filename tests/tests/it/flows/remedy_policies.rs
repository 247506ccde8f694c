//! The remedy policy as a document: checked, switched on now or later, and shown.

use amends_app::{Role, ShopScope};
use amends_client::{Error, v1};
use amends_domain::{Span, Time};
use amends_tests::harness::{MAIN, make_key};
use amends_tests::make::{LEAKS, order, review, stamp, time};
use amends_tests::{Desk, Harness, flow, process, refusal, refused};
use tonic::Code;
use v1::{Reason, RemedyKind};

flow!(
    a_document_that_was_checked_is_switched_on_and_suggestions_follow_it,
    a_document_with_problems_is_told_them_all_and_not_switched_on,
    a_version_that_somebody_else_made_meanwhile_is_told,
    a_version_for_later_takes_over_when_its_time_comes,
    a_document_is_switched_on_once_however_often_it_is_sent,
    only_admins_switch_a_document_on_and_no_connector_reads_it,
    a_dry_run_tells_what_would_have_been_offered,
    the_commands_check_compare_apply_and_show
);

/// What leaves out the replacement that the service would begin with.
const NO_REPLACEMENT: &str = "\
[[rule]]
name = \"nothing is sent twice\"
then.exclude = [\"replacement\"]
";

async fn check(h: &Harness, document: &str, cases: i32) -> v1::CheckRemedyPolicyResponse {
    let (parent, document) = (MAIN.to_owned(), document.to_owned());
    let request = v1::CheckRemedyPolicyRequest { parent, document, dry_run_cases: cases };
    h.client().call(request).await.unwrap()
}

fn applying(document: &str, etag: &str, from: Option<Time>) -> v1::ApplyRemedyPolicyRequest {
    v1::ApplyRemedyPolicyRequest {
        parent: MAIN.to_owned(),
        document: document.to_owned(),
        effective_time: from.map(stamp),
        etag: etag.to_owned(),
        ..Default::default()
    }
}

async fn apply(
    h: &Harness,
    document: &str,
    etag: &str,
    from: Option<Time>,
) -> Result<v1::RemedyPolicy, Error> {
    let answer = h.client().call(applying(document, etag, from)).await?;
    Ok(answer.policy.unwrap())
}

async fn get(h: &Harness, version: Option<i64>) -> Result<v1::RemedyPolicy, Error> {
    let request = v1::GetRemedyPolicyRequest { parent: MAIN.to_owned(), version };
    Ok(h.client().call(request).await?.policy.unwrap())
}

async fn desk(h: &Harness, number: usize) -> Desk {
    let (o, r) = (format!("o{number}"), format!("r{number}"));
    h.say(order(&o)).await;
    let case = h.say(review(&r, &o, 1, LEAKS)).await.case;
    Desk::work_on(h.client(), &case).await
}

fn offers(suggestion: &v1::Suggestion, kind: RemedyKind) -> bool {
    suggestion.alternatives.iter().any(|a| a.kind() == kind)
}

async fn a_document_that_was_checked_is_switched_on_and_suggestions_follow_it(h: &Harness) {
    let desk = desk(h, 1).await;
    let before = desk.suggest().await;
    assert!(offers(&before, RemedyKind::Replacement));
    assert_eq!(before.policy_version, "0");
    let checked = check(h, NO_REPLACEMENT, 0).await;
    assert_eq!((checked.version, checked.etag.as_str(), checked.problems.len()), (0, "0", 0));
    let paths: Vec<_> = checked.differences.iter().map(|d| d.path.as_str()).collect();
    assert_eq!(paths, ["rule \"nothing is sent twice\".then.exclude"]);
    assert!(checked.dry_run.is_none() && checked.effective_document.contains("[windows]"));
    let policy = apply(h, NO_REPLACEMENT, &checked.etag, None).await.unwrap();
    assert_eq!((policy.version, policy.etag.as_str(), policy.author.as_str()), (1, "1", "root"));
    assert_eq!((policy.document.as_str(), time(policy.effective_time)), (NO_REPLACEMENT, h.now()));
    assert_eq!(get(h, None).await.unwrap(), policy);
    let after = desk.suggest().await;
    assert_eq!(after.policy_version, "1");
    assert!(!offers(&after, RemedyKind::Replacement));
    let why = after.ineligible.iter().find(|not| not.kind() == RemedyKind::Replacement).unwrap();
    assert_eq!(why.rule, "policy_rule");
    assert!(check(h, NO_REPLACEMENT, 0).await.differences.is_empty());
    // What is printed as a whole is the same policy.
    assert!(check(h, &policy.effective_document, 0).await.differences.is_empty());
    happened(h).await;
}

/// A new version is told to whoever listens.
async fn happened(h: &Harness) {
    h.settle().await;
    let request = v1::ListEventsRequest {
        parent: MAIN.to_owned(),
        event_types: vec!["amends.policy.remedy_applied.v1".to_owned()],
        ..Default::default()
    };
    let events = h.client().call(request).await.unwrap().events;
    let resources: Vec<_> = events.into_iter().map(|event| event.resource.unwrap()).collect();
    let [v1::event::Resource::RemedyPolicySnapshot(told)] = &resources[..] else { panic!("{resources:?}") };
    assert_eq!((told.version, told.author.as_str(), time(told.effective_time)), (1, "root", h.now()));
}

async fn a_document_with_problems_is_told_them_all_and_not_switched_on(h: &Harness) {
    let wrong = "[offers]\ncoupon = \"0.1\"\nlive = \"3 days\"\n";
    let checked = check(h, wrong, 10).await;
    let told: Vec<_> = checked.problems.iter().map(|p| (p.line, p.path.as_str())).collect();
    assert_eq!(told, [(2, "offers.coupon"), (3, "offers.live")]);
    assert!(checked.differences.is_empty() && checked.dry_run.is_none());
    let failure = refused(apply(h, wrong, "0", None).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["document.offers.coupon", "document.offers.live"]);
    let past = apply(h, "", "0", Some(h.now() - Span::from_secs(1))).await;
    let failure = refused(past, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["effective_time"]);
    let unread = refused(apply(h, "", "", None).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&unread), ["etag"]);
    let request =
        v1::CheckRemedyPolicyRequest { parent: MAIN.to_owned(), dry_run_cases: 1_001, ..Default::default() };
    let _ = refused(h.client().call(request).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(get(h, None).await.unwrap().version, 0, "nothing was stored");
}

async fn a_version_that_somebody_else_made_meanwhile_is_told(h: &Harness) {
    apply(h, NO_REPLACEMENT, "0", None).await.unwrap();
    let failure = refused(apply(h, "", "0", None).await, Code::Aborted, Reason::EtagMismatch);
    assert_eq!(failure.metadata["current_etag"], "1");
    let missing = get(h, Some(2)).await;
    let _ = refused(missing, Code::NotFound, Reason::RemedyPolicyNotFound);
    let nowhere = v1::GetRemedyPolicyRequest { parent: "shops/nowhere".to_owned(), version: None };
    let _ = refused(h.client().call(nowhere).await, Code::NotFound, Reason::ShopNotFound);
}

async fn a_version_for_later_takes_over_when_its_time_comes(h: &Harness) {
    let desk = desk(h, 1).await;
    let begin = h.now() + Span::from_hours(2);
    let policy = apply(h, NO_REPLACEMENT, "0", Some(begin)).await.unwrap();
    assert_eq!((policy.version, time(policy.effective_time)), (1, begin));
    let now = get(h, None).await.unwrap();
    assert_eq!((now.version, now.etag.as_str()), (0, "1"), "the etag is the newest version's");
    assert!(offers(&desk.suggest().await, RemedyKind::Replacement));
    h.advance(Span::from_hours(2)).await;
    assert_eq!(get(h, None).await.unwrap().version, 1);
    assert!(!offers(&desk.suggest().await, RemedyKind::Replacement), "what is kept in memory ends with it");
}

async fn a_document_is_switched_on_once_however_often_it_is_sent(h: &Harness) {
    let request = v1::ApplyRemedyPolicyRequest { request_id: "one".to_owned(), ..applying("", "0", None) };
    let first = h.client().call(request.clone()).await.unwrap();
    assert_eq!(h.client().call(request.clone()).await.unwrap(), first);
    let other = v1::ApplyRemedyPolicyRequest { document: NO_REPLACEMENT.to_owned(), ..request };
    let _ = refused(h.client().call(other).await, Code::InvalidArgument, Reason::RequestIdReused);
    apply(h, NO_REPLACEMENT, "1", None).await.unwrap();
    let list =
        |page_token| v1::ListRemedyPoliciesRequest { parent: MAIN.to_owned(), page_size: 1, page_token };
    let page = h.client().call(list(String::new())).await.unwrap();
    assert_eq!((page.policies[0].version, page.policies[0].document.as_str()), (2, ""));
    let page = h.client().call(list(page.next_page_token)).await.unwrap();
    assert_eq!((page.policies.len(), page.policies[0].version), (1, 1));
}

async fn only_admins_switch_a_document_on_and_no_connector_reads_it(h: &Harness) {
    let supervisor = h.client_as("sam", &[Role::Supervisor]).await;
    let _ =
        refused(supervisor.call(applying("", "0", None)).await, Code::PermissionDenied, Reason::RoleMissing);
    let read = v1::GetRemedyPolicyRequest { parent: MAIN.to_owned(), version: None };
    assert!(supervisor.call(read.clone()).await.is_ok());
    let connector = h.client_as("con", &[Role::Ingest]).await;
    let _ = refused(connector.call(read).await, Code::PermissionDenied, Reason::RoleMissing);
    let request = v1::CheckRemedyPolicyRequest { parent: MAIN.to_owned(), ..Default::default() };
    let _ = refused(connector.call(request).await, Code::PermissionDenied, Reason::RoleMissing);
}

async fn a_dry_run_tells_what_would_have_been_offered(h: &Harness) {
    let mut suggested = Vec::new();
    for number in 1..=3 {
        let desk = desk(h, number).await;
        h.advance(Span::from_minutes(1)).await;
        suggested.push((desk.case.name.clone(), desk.suggest().await));
    }
    let same = check(h, "", 10).await.dry_run.unwrap();
    assert_eq!((same.cases.len(), same.changed_cases, same.incomparable_cases), (3, 0, 0));
    assert_eq!(same.expected_cost_then, same.expected_cost_now);
    // Whatever comes first on the newest case is not offered any more.
    let (newest, suggestion) = suggested.last().unwrap();
    let first = suggestion.alternatives[0].kind();
    let word = first.as_str_name().trim_start_matches("REMEDY_KIND_").to_lowercase();
    let document = format!("[[rule]]\nname = \"a\"\nthen.exclude = [\"{word}\"]\n");
    let run = check(h, &document, 2).await.dry_run.unwrap();
    assert_eq!(run.cases.len(), 2, "the newest two");
    assert_eq!(run.cases[0].case, *newest);
    assert_eq!(
        (run.cases[0].first_then(), run.cases[0].newly_excluded.as_slice()),
        (first, &[i32::from(first)][..])
    );
    assert_ne!(run.cases[0].first_now(), first);
    assert_eq!(run.cases[0].first_now(), suggestion.alternatives[1].kind(), "the next best");
    let cost = |place: usize| suggestion.alternatives[place].expected_cost.clone();
    assert_eq!(
        (run.cases[0].expected_cost_then.clone(), run.cases[0].expected_cost_now.clone()),
        (cost(0), cost(1))
    );
    let kind = run.kinds.iter().find(|kind| kind.kind() == first).unwrap();
    assert!(kind.newly_excluded >= 1 && kind.first_then >= 1 && kind.first_now == 0, "{run:?}");
    assert_eq!(get(h, None).await.unwrap().version, 0, "nothing was stored");
}

async fn the_commands_check_compare_apply_and_show(h: &Harness) {
    desk(h, 1).await.suggest().await;
    let token = make_key(&h.app, "ada", &[Role::Admin, Role::Analyst], ShopScope::All).await;
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("good.toml"), folder.path().join("bad.toml"));
    std::fs::write(&good, NO_REPLACEMENT).unwrap();
    std::fs::write(&bad, "[offers]\ncoupon = \"12\"\n").unwrap();
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
    let run = async |words: &[&str]| {
        let all = [words, &["--endpoint", &h.endpoint, "--shop", "main"]].concat();
        let output = process::amends(&all).env("AMENDS_API_KEY", &token).output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let (ok, said, why) = run(&["policy", "check", bad]).await;
    assert!(!ok && said.contains("bad.toml:2: offers.coupon must be a share"), "{said}{why}");
    assert!(why.contains("There is 1 problem"), "{why}");
    let (ok, said, why) = run(&["policy", "check", good, "--dry-run", "50"]).await;
    assert!(
        ok && said.contains("has no problems. 1 value differs") && said.contains("On the latest 1 cases"),
        "{said}{why}"
    );
    let (ok, said, _) = run(&["policy", "diff", good]).await;
    assert!(
        ok && said.contains("nothing is sent twice") && said.lines().all(|l| l.chars().count() <= 100),
        "{said}"
    );
    let (ok, _, why) = run(&["policy", "apply", good]).await;
    assert!(!ok && why.contains("--yes"), "{why}");
    let (ok, _, why) = run(&["policy", "apply", bad, "--yes"]).await;
    assert!(!ok && why.contains("There is 1 problem"), "{why}");
    let (ok, said, why) = run(&["policy", "apply", good, "--yes"]).await;
    assert!(ok && said.contains("Remedy policy version 1"), "{said}{why}");
    let (ok, said, _) = run(&["policy", "show", "--remedy"]).await;
    assert!(ok && said.ends_with(NO_REPLACEMENT), "{said}");
    let (ok, said, _) = run(&["policy", "show", "--remedy", "--effective", "--json"]).await;
    assert!(ok && said.contains("\"effectiveDocument\"") && said.contains("[windows]"), "{said}");
    let (ok, said, _) = run(&["policy", "versions"]).await;
    assert!(ok && said.contains("ada"), "{said}");
}
