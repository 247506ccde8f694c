#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;

fn read(file: &str) -> Vec<Text> {
    read_rows(file.as_bytes(), "en_shop").unwrap().unwrap().into_iter().map(|(_, text)| text).collect()
}

fn refused(file: &str) -> String {
    read_rows(file.as_bytes(), "en_shop").unwrap_err().to_string()
}

#[test]
fn a_label_counts_before_stars_and_stars_alone_tell_the_unhappy_and_praise() {
    let check = |label: &str, rating: &str, negative: Option<bool>, is_praise: bool| {
        let rows = read(&format!("label\trating\ttext\n{label}\t{rating}\tt\n"));
        let found: Vec<_> = rows.iter().map(|row| (row.negative, row.is_praise)).collect();
        assert_eq!(found, [(negative, is_praise)], "{label:?} {rating:?}");
    };
    check("", "1", Some(true), false);
    check("", "2.0", Some(true), false);
    check("", "3", Some(false), false);
    check("", "4", Some(false), true);
    check("", "5", Some(false), true);
    check("neg", "5", Some(true), false);
    check("neu", "5", Some(false), false);
    check("pos", "1", Some(false), true);
    check("neg", "0", Some(true), false);
    check("", "", None, false);
}

#[test]
fn a_rating_that_is_none_is_named_by_its_line() {
    let rows = |label: &str, rating: &str| {
        refused(&format!("label\trating\ttext\n\t5\tfine\n{label}\t{rating}\tt\n"))
    };
    for rating in ["0", "5.5", "-1"] {
        let expect = format!("line 3: {rating} is no rating: without a label it must be 1 to 5 stars");
        assert_eq!(rows("", rating), expect);
    }
    for rating in ["NaN", "inf", "five"] {
        assert_eq!(rows("", rating), format!("line 3: {rating:?} is no rating"));
        assert_eq!(rows("pos", rating), format!("line 3: {rating:?} is no rating"));
    }
}

#[test]
fn an_unknown_intent_is_named_by_its_line_beside_the_known_ones() {
    let file = |label: &str| format!("intent\tlabel\ttext\nx\tother\tt\nx\t{label}\tt\n");
    let lane = 1 << HeadLabels::lane(Topic::Intent);
    let check = |label: &str, known: u32, set: u32| {
        let heads = read(&file(label)).last().map(|row| row.heads);
        assert_eq!(heads, Some(HeadLabels { known, set }), "{label}");
    };
    check("return_request", lane, lane);
    check("refund_status", lane, 0);
    check("other", lane, 0);
    check("complaint", 0, 0);
    for label in ["refund_request", ""] {
        let known = "return_request, refund_status, complaint, other";
        assert_eq!(refused(&file(label)), format!("line 3: {label:?} is none of {known}"));
    }
}

#[test]
fn a_byte_order_mark_and_line_ends_of_two_signs_change_nothing() {
    for file in [
        "text\tlabel\nit broke\tneg\n\nfine\tpos\n",
        "label\tintent\ttext\nother\tx\thello\n",
        "kind\tnegative\tintent\treasons\tflags\ttext\nmessage\t1\t0\tDAMAGED\tSAFETY\tsharp\n",
        "text\trating\nfine\t5\n",
    ] {
        assert_eq!(read(file), read(&format!("\u{feff}{}", file.replace('\n', "\r\n"))));
    }
}

#[test]
fn bytes_that_are_no_text_are_named_by_their_line() {
    let file = b"label\ttext\npos\tfine\nneg\t\xff\n";
    let problem = read_rows(file.as_slice(), "en").unwrap_err().to_string();
    assert!(problem.starts_with("line 3: "), "{problem}");
}
