//! A policy as the document that says it, with every key and what it means.

use amends_domain::Currency;
use amends_domain::remedy_policy::RemedyPolicy;

use super::flat;
use super::keys::{KEYS, SECTIONS};

/// What comes from the shop's rules where a document is silent.
const FROM_SHOP_RULES: [(&str, &str); 3] =
    [("limits", "approval"), ("offers", "life"), ("offers", "fulfilment")];

/// The document of a policy: read again, it is the same policy.
#[must_use]
pub fn print(policy: &RemedyPolicy, currency: Currency) -> String {
    let mut out = format!("# What is offered instead of a return. Amounts are in {currency}.\n");
    let defaults = flat::fixed(&RemedyPolicy::default(), currency);
    let values = flat::fixed(policy, currency);
    for (section, about) in SECTIONS {
        let used = values.iter().any(|value| value.section == *section && value.text.is_some());
        let mark = if used { "" } else { "# " };
        line(&mut out, &format!("\n# {about}\n{mark}[{section}]"));
        let keys = KEYS.iter().filter(|key| key.section == *section);
        for key in keys {
            let of = |all: &[flat::Value]| {
                all.iter().find(|v| v.section == *section && v.key == key.name).and_then(|v| v.text.clone())
            };
            let default = default_of(section, key.name, of(&defaults));
            line(&mut out, &format!("# {} {default}", key.meaning));
            match of(&values) {
                Some(text) => line(&mut out, &format!("{} = {text}", key.name)),
                None => line(&mut out, &format!("# {} =", key.name)),
            }
        }
        if *section == "costs" {
            let about = "The share of buyers who return the article, for reasons that differ: 0% to 100%.";
            table(&mut out, "costs.return_shares", about, &flat::return_shares(policy));
        }
    }
    let about = "The fixed order of remedies by reason, where it is not the one that ships with the service.";
    table(&mut out, "order", about, &flat::order(policy));
    rules(&mut out, policy, currency);
    out
}

fn default_of(section: &str, key: &str, default: Option<String>) -> String {
    if FROM_SHOP_RULES.contains(&(section, key)) {
        return "Left out: what the shop's rules say.".to_owned();
    }
    match (section, key, default) {
        ("target", "comparator", _) => "Default \"at-most\".".to_owned(),
        ("target", "days", _) => "Default 30.".to_owned(),
        (_, _, Some(default)) => format!("Default {default}."),
        (_, _, None) => "No default.".to_owned(),
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}

fn table(out: &mut String, name: &str, about: &str, lines: &[(String, String)]) {
    let mark = if lines.is_empty() { "# " } else { "" };
    line(out, &format!("\n# {about}\n{mark}[{name}]"));
    for (key, text) in lines {
        line(out, &format!("{key} = {text}"));
    }
}

fn rules(out: &mut String, policy: &RemedyPolicy, currency: Currency) {
    line(
        out,
        "\n# Rules: every one that fits applies, from the first to the last. What they exclude and ask for",
    );
    line(out, "# adds up; of one value the last that is set holds.");
    for rule in &policy.rules {
        line(out, &format!("\n[[rule]]\nname = {}", flat::quoted(&rule.name)));
        for (key, text) in flat::rule(rule, currency) {
            line(out, &format!("{key} = {text}"));
        }
    }
}
