//! From a document to the policy it says, or everything that is wrong with it.

use amends_domain::Currency;
use amends_domain::remedy_policy::{self, Comparator, Gift, RemedyPolicy, Target};
use toml::de::DeTable;

use super::reader::Reader;
use super::rule;
use super::section::Section;
use super::values::{self, Coded};
use super::{DOCUMENT_BYTES_MAX, DocumentProblem};

/// The policy that a document says, with what it leaves out from `base`.
///
/// # Errors
/// With everything that is wrong, from the top of the document down.
pub fn parse(
    document: &str,
    base: &RemedyPolicy,
    currency: Currency,
) -> Result<RemedyPolicy, Vec<DocumentProblem>> {
    if document.len() > DOCUMENT_BYTES_MAX {
        let problem = format!("the document must have at most {} KiB", DOCUMENT_BYTES_MAX / 1024);
        return Err(vec![DocumentProblem { line: 0, path: String::new(), problem }]);
    }
    let mut reader = Reader::new(document, currency);
    let (whole, errors) = DeTable::parse_recoverable(document);
    for error in &errors {
        reader.broken(error.span().unwrap_or(0..0), error.message());
    }
    let mut policy = base.clone();
    read(&mut reader, whole.get_ref(), &mut policy);
    remedy_policy::problems(&policy, currency).into_iter().for_each(|problem| reader.found(problem));
    let problems = reader.into_problems();
    if problems.is_empty() { Ok(policy) } else { Err(problems) }
}

/// Reads one section, if it is there.
fn section<'t>(
    reader: &mut Reader,
    whole: &mut Section<'t>,
    name: &'static str,
    read: impl FnOnce(&mut Reader, &mut Section<'t>),
) {
    if let Some(cell) = whole.cell(reader, name)
        && let Some(mut inside) = Section::of(reader, &cell)
    {
        read(reader, &mut inside);
        inside.end(reader);
    }
}

fn read<'t>(reader: &mut Reader, whole: &'t DeTable<'t>, policy: &mut RemedyPolicy) {
    let mut whole = Section::whole(whole);
    section(reader, &mut whole, "windows", |r, s| {
        s.set(r, "no_fault", &mut policy.windows.no_fault, Reader::window);
        s.set(r, "fault", &mut policy.windows.fault, Reader::window);
        s.set(r, "final_sale", &mut policy.final_sale, Reader::names);
    });
    section(reader, &mut whole, "costs", |r, s| costs(r, s, policy));
    section(reader, &mut whole, "target", |r, s| policy.target = Some(target(r, s)));
    section(reader, &mut whole, "limits", |r, s| {
        s.set(r, "approval", &mut policy.approval_limit, Reader::money);
        s.set(r, "ceiling", &mut policy.ceiling, |r, cell| r.money(cell).map(Some));
        s.set(r, "keep_below", &mut policy.keep_below, Reader::money);
    });
    section(reader, &mut whole, "offers", |r, s| {
        s.set(r, "life", &mut policy.offer_life, Reader::span);
        s.set(r, "fulfilment", &mut policy.fulfilment_within, Reader::span);
        s.set(r, "coupon", &mut policy.coupon, Reader::share);
        s.set(r, "owed_first", &mut policy.owed_first, Reader::truth);
    });
    section(reader, &mut whole, "partial_refund", |r, s| {
        s.set(r, "first", &mut policy.partial_refund.first, Reader::share);
        s.set(r, "most", &mut policy.partial_refund.most, Reader::share);
    });
    section(reader, &mut whole, "gift", |r, s| policy.gift = Some(gift(r, s)));
    section(reader, &mut whole, "learning", |r, s| {
        s.set(r, "holdout", &mut policy.learning.holdout, Reader::share);
        s.set(r, "explore", &mut policy.learning.explore, Reader::share);
        s.set(r, "floor", &mut policy.learning.floor, Reader::share);
        s.set(r, "weight", &mut policy.learning.weight, Reader::count);
        s.set(r, "bands", &mut policy.bands, Reader::amounts);
    });
    section(reader, &mut whole, "scrutiny", |r, s| {
        s.set(r, "window", &mut policy.scrutiny.window, Reader::span);
        s.set(r, "evidence_from", &mut policy.scrutiny.evidence_from, Reader::count);
        s.set(r, "approval_from", &mut policy.scrutiny.approval_from, Reader::count);
        s.set(r, "ceiling", &mut policy.scrutiny.ceiling, Reader::share);
    });
    if let Some(cell) = whole.cell(reader, "order")
        && let Some(table) = Section::of(reader, &cell)
    {
        policy.order = by_word(reader, &table, Reader::some_words);
    }
    rule::read_all(reader, &mut whole, policy);
    whole.end(reader);
}

fn costs<'t>(r: &mut Reader, s: &mut Section<'t>, policy: &mut RemedyPolicy) {
    let costs = &mut policy.costs;
    s.set(r, "article", &mut costs.article, Reader::price);
    s.set(r, "freight", &mut costs.freight, Reader::price);
    s.set(r, "return_freight", &mut costs.return_freight, Reader::price);
    s.set(r, "unsellable", &mut costs.unsellable, Reader::price);
    s.set(r, "part", &mut costs.part, Reader::price);
    s.set(r, "repair", &mut costs.repair, Reader::price);
    s.set(r, "counted_return", &mut costs.counted_return, Reader::money);
    s.set(r, "return_share", &mut policy.return_share, Reader::share);
    if let Some(cell) = s.cell(r, "return_shares")
        && let Some(table) = Section::of(r, &cell)
    {
        policy.return_shares = by_word(r, &table, Reader::share);
    }
}

fn target<'t>(r: &mut Reader, s: &mut Section<'t>) -> Target {
    // The share and penalty that stand here are never used: without their own nothing is applied.
    let mut target = Target { share: 1, comparator: Comparator::AtMost, days: 30, penalty: 1 };
    s.require(r, &["share", "penalty"]);
    s.set(r, "share", &mut target.share, Reader::share);
    s.set(r, "comparator", &mut target.comparator, Reader::one_word);
    s.set(r, "days", &mut target.days, Reader::count);
    s.set(r, "penalty", &mut target.penalty, Reader::money);
    target
}

fn gift<'t>(r: &mut Reader, s: &mut Section<'t>) -> Gift {
    let mut gift = Gift { orders_from: 1, share: 1 };
    s.require(r, &["orders_from", "share"]);
    s.set(r, "orders_from", &mut gift.orders_from, Reader::count);
    s.set(r, "share", &mut gift.share, Reader::share);
    gift
}

/// A table whose keys are words, in the order of the enumeration.
fn by_word<'t, K: Coded + PartialEq, V>(
    reader: &mut Reader,
    table: &Section<'t>,
    read: impl Fn(&mut Reader, &super::reader::Cell<'t>) -> Option<V>,
) -> Vec<(K, V)> {
    let mut found: Vec<(K, V)> = Vec::new();
    for (name, cell) in table.entries(reader) {
        let Some(key) = values::read_word::<K>(name) else {
            let words = values::all_words::<K>();
            reader.wrong(&cell.path, cell.line, format!("is not known here; there are {words}"));
            continue;
        };
        if found.iter().any(|(before, _)| *before == key) {
            reader.wrong(&cell.path, cell.line, "is there twice; leave one out");
        } else if let Some(value) = read(reader, &cell) {
            found.push((key, value));
        }
    }
    let place = |key: &K| K::VALUES.iter().position(|value| value == key);
    found.sort_by_key(|(key, _)| place(key));
    found
}
