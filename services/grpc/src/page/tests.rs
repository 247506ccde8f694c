#![expect(clippy::expect_used, reason = "a test may panic")]

use amends_domain::Time;

use super::*;

fn cases(parent: &str, page_size: i32, page_token: &str) -> pb::ListCasesRequest {
    let (parent, page_token) = (parent.to_owned(), page_token.to_owned());
    pb::ListCasesRequest { parent, page_size, page_token, ..pb::ListCasesRequest::default() }
}

fn open(mut request: pb::ListCasesRequest) -> Result<Page<CaseCursor>, Vec<String>> {
    let mut fields = Fields::new();
    let page = Page::open(&mut fields, &mut request, 50, 200);
    page.ok_or_else(|| fields.into_violations().into_iter().map(|violation| violation.field).collect())
}

#[test]
fn a_token_leads_on_in_the_same_list_and_nowhere_else() {
    let cursor = CaseCursor {
        take_by: Time::from_micros(9),
        priority: 70,
        at: Time::from_micros(5),
        id: "case_0123456789abcdef0123456789abcdef".parse().expect("an id"),
    };
    let first = open(cases("shops/a", 10, "")).expect("the first page");
    assert_eq!((first.after, first.limit), (None, 10));
    let token = first.token(Some(&cursor));
    let second = open(cases("shops/a", 20, &token)).expect("the second page");
    assert_eq!(second.after, Some(cursor));
    assert_eq!(open(cases("shops/b", 10, &token)).expect_err("another list"), ["page_token"]);
    for bad in ["x", "!!!!", "AAAA"] {
        assert_eq!(open(cases("shops/a", 10, bad)).expect_err("no token"), ["page_token"]);
    }
    assert_eq!(first.token(None), "");
}

#[test]
fn a_page_has_a_size_within_bounds() {
    assert_eq!(open(cases("shops/a", 0, "")).expect("the default").limit, 50);
    assert_eq!(open(cases("shops/a", 200, "")).expect("the most").limit, 200);
    for bad in [-1, 201, i32::MIN] {
        assert_eq!(open(cases("shops/a", bad, "")).expect_err("out of bounds"), ["page_size"]);
    }
}

#[test]
fn an_id_with_a_space_survives_a_token() {
    let cursor: (Time, ReviewId) = (Time::from_micros(9), "my review 1".parse().expect("an id"));
    let written = cursor.write();
    let words: Vec<&str> = written.split(' ').collect();
    assert_eq!(<(Time, ReviewId)>::read(&words), Some(cursor));
}
