//! Rules of a document.

use amends_domain::remedy_policy::{RULES_MAX, RemedyPolicy, Rule, Then, When};
use toml::de::DeValue;

use super::reader::{Cell, Reader};
use super::section::Section;

/// Reads every `[[rule]]`, in the order in which they stand.
pub(super) fn read_all<'t>(reader: &mut Reader, whole: &mut Section<'t>, policy: &mut RemedyPolicy) {
    let Some(cell) = whole.cell(reader, "rule") else { return };
    let DeValue::Array(rules) = cell.value else {
        return reader.wrong(&cell.path, cell.line, "must begin with a line `[[rule]]`, in double brackets");
    };
    if rules.len() > RULES_MAX {
        let problem = format!("there must be at most {RULES_MAX} rules, not {}", rules.len());
        return reader.wrong(&cell.path, cell.line, problem);
    }
    policy.rules.clear();
    for (rule, number) in rules.iter().zip(1_usize..) {
        let (path, line) = (format!("rule[{number}]"), reader.line(rule.span()));
        reader.note(&path, line);
        let cell = Cell { path, line, value: rule.get_ref() };
        let rule = match Section::of(reader, &cell) {
            Some(table) => read(reader, table),
            // Kept, so that the numbers of those after it stay right.
            None => Rule { name: String::new(), when: When::default(), then: Then::default() },
        };
        policy.rules.push(rule);
    }
}

fn read<'t>(reader: &mut Reader, mut table: Section<'t>) -> Rule {
    let mut rule = Rule { name: String::new(), when: When::default(), then: Then::default() };
    table.require(reader, &["name", "then"]);
    table.set(reader, "name", &mut rule.name, Reader::name);
    if let Some(cell) = table.cell(reader, "when")
        && let Some(inside) = Section::of(reader, &cell)
    {
        when(reader, inside, &mut rule.when);
    }
    if let Some(cell) = table.cell(reader, "then")
        && let Some(inside) = Section::of(reader, &cell)
    {
        then(reader, inside, &mut rule.then);
    }
    table.end(reader);
    rule
}

fn when<'t>(r: &mut Reader, mut s: Section<'t>, when: &mut When) {
    s.set(r, "reasons", &mut when.reasons, Reader::some_words);
    s.set(r, "categories", &mut when.categories, Reader::some_names);
    s.set(r, "skus", &mut when.skus, Reader::some_skus);
    s.set(r, "flags", &mut when.flags, Reader::some_words);
    s.set(r, "paid_from", &mut when.paid_from, |r, cell| r.money(cell).map(Some));
    s.set(r, "paid_below", &mut when.paid_below, |r, cell| r.money(cell).map(Some));
    s.set(r, "delivered_for", &mut when.delivered_for, |r, cell| r.span(cell).map(Some));
    s.set(r, "requested", &mut when.requested, |r, cell| r.truth(cell).map(Some));
    s.set(r, "orders_from", &mut when.orders_from, |r, cell| r.count(cell).map(Some));
    s.end(r);
}

fn then<'t>(r: &mut Reader, mut s: Section<'t>, then: &mut Then) {
    s.set(r, "exclude", &mut then.exclude, Reader::some_words);
    s.set(r, "only", &mut then.only, Reader::some_words);
    s.set(r, "prefer", &mut then.prefer, Reader::some_words);
    s.set(r, "evidence", &mut then.evidence, Reader::some_words);
    s.set(r, "partial_refund", &mut then.partial_refund, |r, cell| r.share(cell).map(Some));
    s.set(r, "ceiling", &mut then.ceiling, |r, cell| r.share(cell).map(Some));
    s.set(r, "approval", &mut then.approval, Reader::truth);
    s.end(r);
}
