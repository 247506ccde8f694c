//! Parts of documents that tests compute. `AMENDS_WRITE_DOCS=1` writes them anew.

/// That what stands in a page between `<!-- name: begin -->` and `<!-- name: end -->` is this.
#[track_caller]
pub(crate) fn kept(page: &str, name: &str, text: &str) {
    let path = format!("{}/../../docs/{page}", env!("CARGO_MANIFEST_DIR"));
    // Several tests keep parts of one page; they take turns.
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let as_it_stands = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let from = as_it_stands.find(&begin).unwrap_or_else(|| panic!("{page} has no {begin}")) + begin.len();
    let to = from + as_it_stands[from..].find(&end).unwrap();
    let mut wanted = as_it_stands.clone();
    wanted.replace_range(from..to, &format!("{text}\n"));
    if std::env::var_os("AMENDS_WRITE_DOCS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    drop(turn);
    let same = wanted == as_it_stands || std::env::var_os("AMENDS_WRITE_DOCS").is_some();
    assert!(same, "run the test with AMENDS_WRITE_DOCS=1 and look at the difference in {page}:\n{text}");
}
