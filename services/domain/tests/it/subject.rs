use amends_domain::subject::{Anchor, Subject};
use amends_domain::{ConversationId, LineId, OrderId, ReviewId};
use proptest::prelude::*;

fn subjects(a: &str, b: &str) -> Vec<Subject> {
    let order = OrderId::new(a).unwrap();
    vec![
        Subject::Line { order: order.clone(), line: LineId::new(b).unwrap() },
        Subject::Order { order },
        Subject::Review { review: ReviewId::new(a).unwrap() },
        Subject::Conversation { conversation: ConversationId::new(a).unwrap() },
    ]
}

#[test]
fn keys_read_back_whatever_the_identifiers_hold() {
    for (a, b) in
        [("o1", "1"), ("a:b", "c:d"), ("line:x", "order:y"), ("50%", "%2F"), ("a b", ".."), (":", ":")]
    {
        for subject in subjects(a, b) {
            assert_eq!(subject.to_string().parse(), Ok(subject.clone()), "{subject}");
        }
    }
}

#[test]
fn what_is_no_key_is_refused() {
    for key in [
        "",
        "line",
        "line:",
        "line:o",
        "line:o/",
        "line:/l",
        "line:a/b/c",
        "order:",
        "order:a/b",
        "sku:x",
        "o1",
    ] {
        assert!(key.parse::<Subject>().is_err(), "{key}");
    }
}

#[test]
fn a_line_hangs_on_its_order() {
    let [line, order, review, conversation] = subjects("a:b", "1").try_into().unwrap();
    assert_eq!(line.anchor(), order.anchor());
    assert_eq!(line.anchor().to_string(), "order:a:b");
    assert_eq!(review.anchor(), Anchor::Review(ReviewId::new("a:b").unwrap()));
    assert_eq!(conversation.anchor().to_string(), "conversation:a:b");
    assert_eq!((line.order(), review.order()), (order.order(), None));
    assert_eq!((line.line().map(LineId::as_str), order.line()), (Some("1"), None));
}

#[test]
fn a_subject_is_as_narrow_as_the_facts_allow() {
    let order = OrderId::new("o").unwrap();
    let line = LineId::new("1").unwrap();
    assert_eq!(Subject::of_order(order.clone(), Some(line)).to_string(), "line:o/1");
    assert_eq!(Subject::of_order(order, None).to_string(), "order:o");
}

proptest! {
    #[test]
    fn two_subjects_never_share_a_key(a in "[a-c:%]{1,4}", b in "[a-c:%]{1,4}", c in "[a-c:%]{1,4}", d in "[a-c:%]{1,4}") {
        for left in subjects(&a, &b) {
            for right in subjects(&c, &d) {
                prop_assert_eq!(left == right, left.to_string() == right.to_string());
            }
        }
    }
}
