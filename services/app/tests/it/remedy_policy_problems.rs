//! Everything that can be wrong with a document of a remedy policy: document → what is said.

use amends_app::remedy_policy::{DocumentProblem, parse};
use amends_domain::remedy_policy::RemedyPolicy;

fn problems(document: &str) -> Vec<DocumentProblem> {
    parse(document, &RemedyPolicy::default(), "EUR".parse().unwrap()).err().unwrap_or_default()
}

/// Line, path, and words of what is said.
type Said = (u32, &'static str, &'static str);

#[track_caller]
fn check(document: &str, expected: &[Said]) {
    let found = problems(document);
    assert_eq!(found.len(), expected.len(), "{document}\n{found:#?}");
    for (found, (line, path, words)) in found.iter().zip(expected) {
        assert_eq!((found.line, found.path.as_str()), (*line, *path), "{document}\n{found:?}");
        assert!(found.problem.contains(words), "{document}\n{found:?} does not say {words:?}");
    }
}

#[test]
fn what_cannot_be_read_as_text_is_told_by_its_line() {
    check("[windows]\nfault = 30 days\n", &[(2, "", "")]);
    check("[limits\napproval = \"1\"\n", &[(1, "", "")]);
    check("[offers]\ncoupon = \"1%\"\ncoupon = \"2%\"\n", &[(3, "", "duplicate key")]);
}

#[test]
fn a_key_that_is_not_known_is_told_with_those_that_are() {
    check("[window]\n", &[(1, "window", "there are windows, costs")]);
    check(
        "[windows]\nfinal_sales = []\n",
        &[(2, "windows.final_sales", "there are no_fault, fault, final_sale")],
    );
    check("[order]\nbroken = [\"repair\"]\n", &[(2, "order.broken", "wrong-item, missing-part")]);
    check("bands = []\n", &[(1, "bands", "is not known here")]);
    let rule = "[[rule]]\nname = \"a\"\nif.requested = true\nthen.approval = true\nthen.unless = 1\n";
    check(
        rule,
        &[(3, "rule[1].if", "there are name, when, then"), (5, "rule[1].then.unless", "exclude, only")],
    );
}

#[test]
fn a_value_of_the_wrong_form_says_what_would_be_right() {
    check(
        "[costs]\nfreight = 4.50\n",
        &[(2, "costs.freight", "an amount in EUR such as \"12.50\" or a share")],
    );
    check("[costs]\nfreight = \"4,50\"\n", &[(2, "costs.freight", "not \"4,50\"")]);
    check("[limits]\nceiling = \"1.005\"\n", &[(2, "limits.ceiling", "an amount in EUR")]);
    check("[limits]\nceiling = \"10%\"\n", &[(2, "limits.ceiling", "an amount in EUR")]);
    check("[offers]\ncoupon = \"0.1\"\n", &[(2, "offers.coupon", "a share such as \"12.5%\"")]);
    check("[offers]\nlife = \"3d\"\n", &[(2, "offers.life", "\"3 days\"")]);
    check("[offers]\nowed_first = \"yes\"\n", &[(2, "offers.owed_first", "true or false")]);
    check("[windows]\nfault = \"forever\"\n", &[(2, "windows.fault", "\"any time\"")]);
    check("[scrutiny]\nevidence_from = \"2\"\n", &[(2, "scrutiny.evidence_from", "without quotes")]);
    check("[scrutiny]\nevidence_from = -1\n", &[(2, "scrutiny.evidence_from", "a whole number")]);
    check("[learning]\nbands = \"10.00\"\n", &[(2, "learning.bands", "a list in brackets")]);
    check("windows = 3\n", &[(1, "windows", "`[windows]`")]);
    check("[rule]\nname = \"a\"\n", &[(1, "rule", "`[[rule]]`")]);
    check("[[rule]]\nname = 1\nthen.approval = true\n", &[(2, "rule[1].name", "in quotes")]);
}

#[test]
fn a_word_that_does_not_exist_is_told_with_those_that_do() {
    let target = "[target]\nshare = \"3%\"\npenalty = \"1.00\"\ncomparator = \"above\"\n";
    check(target, &[(4, "target.comparator", "at-most, below")]);
    check("[order]\ndamaged = [\"refund\"]\n", &[(2, "order.damaged", "partial-refund")]);
    let rule = "[[rule]]\nname = \"a\"\nwhen.flags = [\"safety\", \"anger\"]\nthen.evidence = [\"letter\"]\n";
    check(rule, &[(3, "rule[1].when.flags", "extortion"), (4, "rule[1].then.evidence", "photo, video")]);
}

#[test]
fn a_value_out_of_bounds_says_the_bounds() {
    check("[windows]\nno_fault = \"30 minutes\"\n", &[(2, "windows.no_fault", "1 hour to 3650 days")]);
    check("[costs]\narticle = \"1001%\"\n", &[(2, "costs.article", "0% to 1000%")]);
    check("[costs]\nrepair = \"99999999999.00\"\n", &[(2, "costs.repair", "10000000000.00 EUR")]);
    check("[costs.return_shares]\nlate = \"101%\"\n", &[(2, "costs.return_shares.late", "0% to 100%")]);
    check("[target]\nshare = \"0%\"\npenalty = \"1.00\"\n", &[(2, "target.share", "0.01% to 100%")]);
    check("[target]\nshare = \"1%\"\npenalty = \"1\"\ndays = 366\n", &[(4, "target.days", "1 to 365")]);
    check("[limits]\nceiling = \"0\"\n", &[(2, "limits.ceiling", "0.01 EUR to")]);
    check("[offers]\nlife = \"61 days\"\n", &[(2, "offers.life", "1 hour to 60 days")]);
    check("[offers]\nfulfilment = \"366 days\"\n", &[(2, "offers.fulfilment", "1 hour to 365 days")]);
    check("[gift]\norders_from = 0\nshare = \"5%\"\n", &[(2, "gift.orders_from", "1 to 100000")]);
    check("[learning]\nholdout = \"51%\"\n", &[(2, "learning.holdout", "0% to 50%")]);
    check("[learning]\nweight = 0\n", &[(2, "learning.weight", "1 to 10000")]);
    check("[scrutiny]\nwindow = \"23 hours\"\n", &[(2, "scrutiny.window", "1 day to 3650 days")]);
    let rule = |line: &str| format!("[[rule]]\nname = \"a\"\nthen.approval = true\n{line}\n");
    check(&rule("when.orders_from = 0"), &[(4, "rule[1].when.orders_from", "1 to 100000")]);
    check(&rule("when.delivered_for = \"3651 days\""), &[(4, "rule[1].when.delivered_for", "3650 days")]);
    check(&rule("then.ceiling = \"100.01%\""), &[(4, "rule[1].then.ceiling", "0.01% to 100%")]);
}

#[test]
fn values_that_contradict_each_other_are_told() {
    check(
        "[windows]\nno_fault = \"90 days\"\nfault = \"60 days\"\n",
        &[(3, "windows.fault", "not be shorter")],
    );
    check(
        "[windows]\nno_fault = \"any time\"\n",
        &[(1, "windows.fault", "\"any time\" as windows.no_fault")],
    );
    check(
        "[partial_refund]\nfirst = \"80%\"\nmost = \"70%\"\n[scrutiny]\nceiling = \"80%\"\n",
        &[(3, "partial_refund.most", "partial_refund.first")],
    );
    check("[scrutiny]\nceiling = \"29%\"\n", &[(2, "scrutiny.ceiling", "partial_refund.first")]);
    check("[learning]\nexplore = \"1%\"\nfloor = \"2%\"\n", &[(3, "learning.floor", "learning.explore")]);
    check("[learning]\nbands = [\"10\", \"10\"]\n", &[(2, "learning.bands", "must rise")]);
    check("[learning]\nbands = [\"10\", \"5\"]\n", &[(2, "learning.bands", "must rise")]);
    let rule = |line: &str| format!("[[rule]]\nname = \"a\"\n{line}\n");
    check(
        &rule("then.partial_refund = \"71%\""),
        &[(3, "rule[1].then.partial_refund", "partial_refund.most")],
    );
    check(&rule("then.ceiling = \"10%\""), &[(3, "rule[1].then.ceiling", "partial_refund.first")]);
    let both = "then.ceiling = \"10%\"\nthen.partial_refund = \"11%\"";
    check(&rule(both), &[(3, "rule[1].then.ceiling", "the rule's partial_refund")]);
    check(&rule("then.ceiling = \"10%\"\nthen.exclude = [\"partial-refund\"]"), &[]);
}

#[test]
fn a_rule_that_can_never_fit_or_does_nothing_is_told() {
    let never =
        "[[rule]]\nname = \"a\"\nwhen.paid_from = \"10\"\nwhen.paid_below = \"10\"\nthen.approval = true\n";
    check(never, &[(4, "rule[1].when.paid_below", "never fits")]);
    let below_nothing = "[[rule]]\nname = \"a\"\nwhen.paid_below = \"0\"\nthen.approval = true\n";
    check(below_nothing, &[(3, "rule[1].when.paid_below", "0.01 EUR")]);
    check("[[rule]]\nname = \"a\"\nthen.approval = false\n", &[(3, "rule[1].then", "does nothing")]);
    check("[[rule]]\nname = \"a\"\n", &[(1, "rule[1].then", "is missing")]);
    let preferred = "[[rule]]\nname = \"a\"\nthen.only = [\"repair\"]\nthen.prefer = [\"coupon\"]\n";
    check(preferred, &[(4, "rule[1].then.prefer", "`coupon`, which the same rule does not offer")]);
}

#[test]
fn a_rule_that_leaves_nothing_to_offer_is_told() {
    let only = "[[rule]]\nname = \"a\"\nthen.only = [\"repair\"]\nthen.exclude = [\"repair\"]\n";
    check(only, &[(3, "rule[1].then.only", "leave at least one")]);
    let always = |name: &str, kind: &str| format!("[[rule]]\nname = \"{name}\"\nthen.only = [\"{kind}\"]\n");
    let two = always("a", "repair") + &always("b", "coupon");
    check(&two, &[(6, "rule[2].then", "with the rules before it that always fit")]);
    check(
        &(always("a", "repair")
            + "[[rule]]\nname = \"b\"\nwhen.requested = true\nthen.only = [\"coupon\"]\n"),
        &[],
    );
}

#[test]
fn names_are_there_once_and_of_a_sensible_length() {
    let rule = |name: &str| format!("[[rule]]\nname = \"{name}\"\nthen.approval = true\n");
    check(&(rule("a") + &rule("b") + &rule("a")), &[(8, "rule[3].name", "is the name of rule[1] too")]);
    check(&rule(""), &[(2, "rule[1].name", "is empty")]);
    check(&rule(&"x".repeat(101)), &[(2, "rule[1].name", "100 characters")]);
    check("[[rule]]\nthen.approval = true\n", &[(1, "rule[1].name", "is missing")]);
    check("[windows]\nfinal_sale = [\"a\", \"b\", \"a\"]\n", &[(2, "windows.final_sale", "names `a` twice")]);
    check("[order]\nlate = [\"reship\", \"RESHIP\"]\n", &[(2, "order.late", "names `reship` twice")]);
    check("[order]\nlate = [\"reship\"]\nLATE = [\"reship\"]\n", &[(2, "order.late", "is there twice")]);
    check("[order]\nlate = []\n", &[(2, "order.late", "is empty")]);
    check(
        "[[rule]]\nname = \"a\"\nwhen.skus = []\nthen.approval = true\n",
        &[(3, "rule[1].when.skus", "is empty")],
    );
}

#[test]
fn limits_of_a_document_hold() {
    let long = format!("# {}\n", "x".repeat(256 * 1024));
    check(&long, &[(0, "", "256 KiB")]);
    let rules: String =
        (0..2_001).map(|n| format!("[[rule]]\nname = \"{n}\"\nthen.approval = true\n")).collect();
    check(&rules, &[(1, "rule", "at most 2000 rules, not 2001")]);
    let names: Vec<String> = (0..201).map(|n| format!("\"{n}\"")).collect();
    let list = format!("[windows]\nfinal_sale = [{}]\n", names.join(", "));
    check(&list, &[(2, "windows.final_sale", "at most 200 entries")]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once_from_the_top_down() {
    let document = "\
[windows]
no_fault = \"30 minutes\"

[costs]
freight = 4.50
fright = \"4.50\"

[partial_refund]
first = \"80%\"
most = \"70%\"

[[rule]]
name = \"one\"
when.reasons = [\"brokn\"]
then.only = []
";
    check(
        document,
        &[
            // What the document says about first makes another value wrong that it does not name.
            (0, "scrutiny.ceiling", "partial_refund.first"),
            (2, "windows.no_fault", "1 hour"),
            (5, "costs.freight", "in quotes"),
            (6, "costs.fright", "is not known here"),
            (10, "partial_refund.most", "partial_refund.first"),
            (14, "rule[1].when.reasons", "not \"brokn\""),
            (15, "rule[1].then.only", "is empty"),
        ],
    );
}
