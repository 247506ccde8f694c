//! The fields of a policy that can be set, by their paths in the contract.

mod sla;

use amends_proto::v1;

use crate::{
    amount::parse_amount,
    codes::{Code, parse},
    when::{parse_duration, proto_duration},
};

/// One field and its new value, known to be good.
#[derive(Clone, Debug)]
pub(crate) struct Set {
    /// Path of the field, for example `shop_rules.offer_life`.
    pub(crate) path: String,
    value: String,
}

impl Set {
    /// Puts the value into a policy.
    pub(crate) fn apply(&self, policy: &mut v1::Policy) {
        // It was tried when it was parsed, so nothing is lost here.
        let _tried = set(policy, &self.path, &self.value);
    }
}

/// Parses `field=value`.
pub(crate) fn parse_set(text: &str) -> Result<Set, String> {
    let (field, value) =
        text.split_once('=').ok_or("write a field and a value, for example offer_life=3d")?;
    let path = full(field);
    let mut scratch = v1::Policy::default();
    set(&mut scratch, &path, value)?;
    Ok(Set { path, value: value.to_owned() })
}

/// Parses the path of a field to unset. The server knows which there are.
pub(crate) fn parse_path(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("name a field, for example approval_limit".to_owned());
    }
    Ok(full(text))
}

fn full(field: &str) -> String {
    match field.split_once('.') {
        Some(_) => field.to_owned(),
        None => format!("shop_rules.{field}"),
    }
}

fn set(policy: &mut v1::Policy, path: &str, value: &str) -> Result<(), String> {
    match path.split_once('.') {
        Some(("shop_rules", field)) => rule(policy.shop_rules.get_or_insert_default(), field, value),
        Some(("channel_overrides", field)) => {
            channel(policy.channel_overrides.get_or_insert_default(), field, value)
        }
        Some(("sla", field)) => promises(policy.sla.get_or_insert_default(), field, value),
        _ => Err(unknown(path)),
    }
}

fn promises(policy: &mut v1::SlaPolicy, field: &str, value: &str) -> Result<(), String> {
    match field {
        "targets" => policy.targets = sla::targets(value)?,
        "calendar" => policy.calendar = Some(sla::calendar(value)?),
        _ => return Err(unknown(field)),
    }
    Ok(())
}

fn rule(rules: &mut v1::ShopRules, field: &str, value: &str) -> Result<(), String> {
    match field {
        "ask_opt_in" => rules.ask_opt_in = Some(truth(value)?),
        "ask_delay" => rules.ask_delay = Some(duration(value)?),
        "approval_limit" => rules.approval_limit = Some(parse_amount(value)?),
        "offer_life" => rules.offer_life = Some(duration(value)?),
        "buyer_reminder_after" => rules.buyer_reminder_after = Some(duration(value)?),
        "buyer_silence_after" => rules.buyer_silence_after = Some(duration(value)?),
        "auto_close_after" => rules.auto_close_after = Some(duration(value)?),
        "lease_life" => rules.lease_life = Some(duration(value)?),
        "agent_capacity" => rules.agent_capacity = Some(number(value)?),
        "deadline_margin" => rules.deadline_margin = Some(duration(value)?),
        "fulfilment_life" => rules.fulfilment_life = Some(duration(value)?),
        "reply_approval" => rules.reply_approval = Some(truth(value)?),
        "delivery_grace" => rules.delivery_grace = Some(duration(value)?),
        "incident_signals" => rules.incident_signals = Some(truth(value)?),
        "incident_complaints_min" => rules.incident_complaints_min = Some(number(value)?),
        "incident_units_min" => rules.incident_units_min = Some(number(value)?),
        "incident_base_weeks" => rules.incident_base_weeks = Some(number(value)?),
        "reply_delivery_life" => rules.reply_delivery_life = Some(duration(value)?),
        _ => return Err(unknown(field)),
    }
    Ok(())
}

fn channel(channel: &mut v1::ChannelPolicy, field: &str, value: &str) -> Result<(), String> {
    let text = || Some(value.to_owned());
    match field {
        "effective_date" => channel.effective_date = text(),
        "negative_threshold" => channel.negative_threshold = Some(number(value)?),
        "ask_permission" => channel.ask_permission = Some(word::<v1::AskPermission>(value)?),
        "ask_needs_opt_in" => channel.ask_needs_opt_in = Some(truth(value)?),
        "edit_window_days" => channel.edit_window_days = Some(number(value)?),
        "edit_window_start" => {
            channel.edit_window_start = Some(word::<v1::EditWindowStart>(value)?);
        }
        "edits_max" => channel.edits_max = Some(number(value)?),
        "reply_locks_edit" => channel.reply_locks_edit = Some(truth(value)?),
        "replies_max" => channel.replies_max = Some(number(value)?),
        "reply_characters_max" => channel.reply_characters_max = Some(number(value)?),
        "contact_window_days" => channel.contact_window_days = Some(number(value)?),
        "counting_rule" => channel.counting_rule = Some(word::<v1::CountingRule>(value)?),
        "return_window_days" => channel.return_window_days = Some(number(value)?),
        "auto_approval_after" => channel.auto_approval_after = Some(duration(value)?),
        "ask_quota" => channel.ask_quota = Some(quota(value)?),
        "reason" => channel.reason = text(),
        "source" => channel.source = text(),
        "knowledge_date" => channel.knowledge_date = text(),
        "certainty" => channel.certainty = Some(word::<v1::PolicyCertainty>(value)?),
        _ => return Err(unknown(field)),
    }
    Ok(())
}

/// `5/5`, and `5/5/10` with the days in which a buyer answers; an ask that is ignored counts.
fn quota(value: &str) -> Result<v1::AskQuota, String> {
    let numbers: Vec<i32> = value.split('/').map(number).collect::<Result<_, _>>()?;
    let (&[per_year, per_thousand_reviews], answer_days) = (match numbers.as_slice() {
        [both @ .., days] if numbers.len() == 3 => (both, *days),
        both => (both, 0),
    }) else {
        return Err("write YEAR/THOUSAND or YEAR/THOUSAND/DAYS, for example 5/5/10".to_owned());
    };
    Ok(v1::AskQuota { per_year, per_thousand_reviews, answer_days, ignored_asks_count: true })
}

fn unknown(field: &str) -> String {
    format!("there is no field `{field}` that can be set; `amends policy show` names them")
}

fn truth(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err("write yes or no".to_owned()),
    }
}

fn number(value: &str) -> Result<i32, String> {
    value.parse().map_err(|_| "write a whole number".to_owned())
}

fn duration(value: &str) -> Result<prost_types::Duration, String> {
    parse_duration(value).map(proto_duration)
}

fn word<C: Code + Into<i32>>(value: &str) -> Result<i32, String> {
    parse::<C>(value).map(Into::into).ok_or_else(|| format!("`{value}` is none of its values"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_bare_field_is_one_of_the_shop() {
        let set = parse_set("offer_life=3d").unwrap();
        assert_eq!(set.path, "shop_rules.offer_life");
        let mut policy = v1::Policy::default();
        set.apply(&mut policy);
        let life = policy.shop_rules.unwrap().offer_life.unwrap();
        assert_eq!(life.seconds, 3 * 86_400);
    }

    #[test]
    fn what_the_catalogue_says_is_overridden_by_its_full_path() {
        let set = parse_set("channel_overrides.ask_permission=request-only").unwrap();
        let mut policy = v1::Policy::default();
        set.apply(&mut policy);
        let permission = policy.channel_overrides.unwrap().ask_permission();
        assert_eq!(permission, v1::AskPermission::RequestOnly);
    }

    #[test]
    fn a_quota_is_two_numbers_or_three() {
        let of = |text| quota(text).map(|q| (q.per_year, q.per_thousand_reviews, q.answer_days));
        assert_eq!(of("5/6"), Ok((5, 6, 0)));
        assert_eq!(of("5/6/10"), Ok((5, 6, 10)));
        for wrong in ["5", "5/6/7/8", "a/b", ""] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_field_or_value_that_is_not_known_is_a_usage_error() {
        for text in ["offer_life", "offer_life=soon", "colour=red", "ask_opt_in=maybe"] {
            assert!(parse_set(text).is_err(), "{text}");
        }
    }
}
