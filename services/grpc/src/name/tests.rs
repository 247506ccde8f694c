#![expect(clippy::expect_used, reason = "a test may panic")]

use super::*;

#[test]
fn names_go_round() {
    let shop: ShopId = "main".parse().expect("a shop");
    let case: CaseId = "case_0123456789abcdef0123456789abcdef".parse().expect("a case");
    let name = of(&shop, &case);
    assert_eq!(name, "shops/main/cases/case_0123456789abcdef0123456789abcdef");
    assert_eq!(Fields::new().named("n", &name), Some((shop.clone(), case)));
    assert_eq!(Fields::new().shop("n", "shops/main"), Some(shop.clone()));
    assert_eq!(Fields::new().policy_of("n", "shops/main/policy"), Some(shop));
}

#[test]
fn other_names_are_refused() {
    for bad in
        ["", "main", "shops/main", "shops/main/remedies/x", "shops/main/cases/case_1", "shops/m/cases/"]
    {
        let mut fields = Fields::new();
        assert_eq!(fields.named::<CaseId>("n", bad), None, "{bad}");
        assert!(!fields.is_clean());
    }
    let other: ShopId = "other".parse().expect("a shop");
    let mut fields = Fields::new();
    assert_eq!(fields.named_in::<ReviewId>("n", "shops/main/reviews/r1", Some(&other)), None);
    assert_eq!(Fields::new().named_in::<ReviewId>("n", "", Some(&other)), Some(None));
}

#[test]
fn an_etag_is_a_version() {
    assert_eq!(Fields::new().etag("e", "7"), Some(7));
    for bad in ["", "0", "-1", "x", "W/7"] {
        assert_eq!(Fields::new().etag("e", bad), None, "{bad}");
    }
}
