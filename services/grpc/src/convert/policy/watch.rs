//! From when on complaints open an incident.

use amends_domain::incident::chart::Watch;
use amends_proto::v1 as pb;

use crate::fields::Fields;

/// Sets one bound, or takes it back to the default; says whether there is such a field.
pub(super) fn set(f: &mut Fields, field: &str, rules: &pb::ShopRules, watch: &mut Watch) -> bool {
    let default = Watch::default();
    let mut number = |field, wire: Option<i32>, to: &mut u32, default| match wire.map(u32::try_from) {
        None => *to = default,
        Some(Ok(number)) => *to = number,
        Some(Err(_)) => {
            f.refuse::<()>(field, "must not be negative");
        }
    };
    match field {
        "signals" => watch.on = rules.incident_signals.unwrap_or(default.on),
        "complaints_min" => number(
            "policy.shop_rules.incident_complaints_min",
            rules.incident_complaints_min,
            &mut watch.least_complaints,
            default.least_complaints,
        ),
        "units_min" => number(
            "policy.shop_rules.incident_units_min",
            rules.incident_units_min,
            &mut watch.least_units,
            default.least_units,
        ),
        "base_weeks" => number(
            "policy.shop_rules.incident_base_weeks",
            rules.incident_base_weeks,
            &mut watch.base_weeks,
            default.base_weeks,
        ),
        _ => return false,
    }
    true
}
