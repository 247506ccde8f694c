#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;

const FULL: &str = "kind\tnegative\tintent\treasons\tflags\ttext\n";

fn read(stem: &str, file: &str) -> Texts {
    let mut texts = Texts::default();
    texts.add(file.as_bytes(), stem).unwrap();
    texts
}

fn refused(file: &str) -> String {
    Texts::default().add(file.as_bytes(), "en").unwrap_err().to_string()
}

/// Two languages, rated and fully labelled.
fn mixed() -> Texts {
    let mut texts = read(
        "labelled",
        "lang\tlabel\ttext\n\
         en\tneg\tTerrible, it arrived broken and nobody answers. Worst purchase ever.\n\
         en\tpos\tLovely, works as described, thank you so much.\n\
         de\tneg\tSchrecklich, die Tasse kam kaputt an, nie wieder.\n\
         de\tneu\tDie Tasse ist blau und fasst einen halben Liter.\n",
    );
    let full = format!(
        "{FULL}message\t1\t1\tDAMAGED\t-\tThe cup arrived broken, I want my money back.\n\
         message\t0\t0\t-\t-\tLovely cup, thank you so much.\n"
    );
    texts.add(full.as_bytes(), "en").unwrap();
    texts
}

#[test]
fn the_scores_of_a_group_agree_with_a_hand_count() {
    let one = |(negative, probability): (bool, f64)| Judged {
        negative,
        said: probability >= 0.5,
        probability,
        identified: negative,
    };
    let scores = Scores::of(&[(true, 0.9), (true, 0.4), (false, 0.6), (false, 0.1)].map(one));
    assert_eq!((scores.texts, scores.negatives), (4, 2));
    assert_eq!([scores.precision, scores.recall, scores.f1, scores.language_accuracy], [0.5; 4]);
    assert_eq!(scores.roc_auc, Some(0.75));
}

#[test]
fn rows_are_read_by_the_names_in_the_header_and_only_label_and_text_are_needed() {
    let whole = "text\tid\tlang\tsource\tdomain\trating\tlabel\nit broke\ta\ten\tx\t\t2\tneg\nfine\tb\ten\tx\t\t\tpos\n";
    let short = "label\ttext\nneg\tit broke\npos\tfine\n";
    let rows = |texts: Texts| {
        texts.rated.into_iter().map(|row| (row.language, row.negative, row.text)).collect::<Vec<_>>()
    };
    let expect = [("it broke", true), ("fine", false)]
        .map(|(text, negative)| ("en".to_owned(), Some(negative), text.to_owned()));
    assert_eq!(rows(read("labelled", whole)), expect);
    assert_eq!(rows(read("en_shop", short)), expect);
}

#[test]
fn a_byte_order_mark_and_line_ends_of_two_signs_change_nothing() {
    let plain = "label\trating\ttext\nneg\t1\tit broke\n\n\t5\tfine\n";
    let marked = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
    assert_eq!(read("en", plain).rated, read("en", &marked).rated);
    let full = format!("{FULL}message\t1\t0\t-\t-\tbad\n");
    let marked = format!("\u{feff}{}", full.replace('\n', "\r\n"));
    assert_eq!(read("en", &full).full, read("en", &marked).full);
}

#[test]
fn a_bad_row_is_named_by_its_line() {
    let header = "id\tlang\tsource\tdomain\trating\tlabel\ttext\n";
    let check = |file: String, expect: &str| assert_eq!(refused(&file), expect);
    check(format!("{header}a\ten\tx\t\t\tbad\tt\n"), "line 2: \"bad\" is none of neg, neu, pos");
    check(format!("{header}\na\ten\n"), "line 3: has 2 fields, the header 7");
    check(format!("{header}a\ten\tx\t\t\t\tt\n"), "line 2: nothing says whether it is negative");
    check(
        format!("{header}a\ten\tx\t\t9\t\tt\n"),
        "line 2: 9 is no rating: without a label it must be 1 to 5 stars",
    );
    for columns in ["id\tlang\n", "", "text\tcolour\n"] {
        assert!(refused(columns).starts_with("the header names no labels that are known"), "{columns:?}");
    }
}

#[test]
fn rated_and_fully_labelled_texts_are_scored_beside_each_other() {
    let evaluation = evaluate(&Detector::embedded().unwrap(), &mixed()).unwrap();
    let report = evaluation.negative.unwrap();
    assert_eq!(report.languages.keys().collect::<Vec<_>>(), ["de", "en"]);
    assert_eq!((report.pooled.texts, report.pooled.negatives), (4, 2));
    let wishes = evaluation.wishes.unwrap();
    let english = wishes.get("en").unwrap();
    assert_eq!((wishes.len(), english.texts), (1, 2));
    let labelled = [english.negative, english.intent, english.reasons, english.flags].map(|c| c.labelled);
    assert_eq!(labelled, [1, 1, 1, 0]);
}

#[test]
fn the_figures_are_the_same_on_any_number_of_cores() {
    let detector = Detector::embedded().unwrap();
    let on = |cores| evaluate_on(cores, &detector, &mixed()).unwrap();
    assert_eq!(on(1), on(2));
    assert_eq!(on(1), on(7));
}

#[test]
fn where_there_is_one_kind_of_text_there_are_no_figures_of_the_other() {
    let detector = Detector::embedded().unwrap();
    let rated = evaluate(&detector, &read("en", "label\ttext\nneg\tit broke\n")).unwrap();
    assert!(rated.negative.is_some() && rated.wishes.is_none());
    let nothing = read("en", "label\ttext\n");
    assert!(nothing.is_empty());
    assert_eq!(evaluate(&detector, &nothing).unwrap(), Evaluation { negative: None, wishes: None });
}
