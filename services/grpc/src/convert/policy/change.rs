//! A change of a policy: the fields that the mask names, and no others.

use amends_app::policy::{PolicyChange, PolicyView};
use amends_domain::policy::{ChannelPolicy, ShopPolicy};
use amends_domain::shop::Shop;
use amends_domain::{ShopId, Span};
use amends_proto::v1 as pb;
use prost_types::Duration;

use super::{overrides, watch};
use crate::convert::sla;
use crate::fields::Fields;

/// The longest reason of a row of the shop's own.
const REASON_CHARACTERS_MAX: usize = 1_000;

/// A change as it was asked for.
#[derive(Debug, Clone)]
pub struct PolicyUpdate {
    /// The shop.
    pub shop: ShopId,
    /// The version the caller saw; none where the caller did not say.
    pub version: Option<i64>,
    paths: Vec<String>,
    overrides: pb::ChannelPolicy,
    rules: pb::ShopRules,
    sla: pb::SlaPolicy,
}

/// The domain form of the parts that need nothing else to be known.
pub fn parse_update(fields: &mut Fields, request: pb::UpdatePolicyRequest) -> Option<PolicyUpdate> {
    let paths = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
    if paths.is_empty() || paths.len() > 100 {
        fields.refuse::<()>("update_mask", "must name 1–100 fields");
    }
    let policy = fields.required("policy", request.policy)?;
    let (shop, version) = fields.inside("policy", |f| {
        let shop = f.policy_of("name", &policy.name);
        let version = match policy.etag.parse() {
            Ok(version) if version >= 0 => Some(Some(version)),
            _ if policy.etag.is_empty() => Some(None),
            _ => f.refuse("etag", "is not an etag of this service"),
        };
        Some((shop?, version?))
    })?;
    let overrides = policy.channel_overrides.unwrap_or_default();
    let (rules, sla) = (policy.shop_rules.unwrap_or_default(), policy.sla.unwrap_or_default());
    Some(PolicyUpdate { shop, version, paths, overrides, rules, sla })
}

impl PolicyUpdate {
    /// What changes, given what holds now. A field that is named and unset goes
    /// back to the catalogue or the default.
    pub fn change(self, fields: &mut Fields, shop: &Shop, now: &PolicyView) -> PolicyChange {
        let mut change = PolicyChange::default();
        let mut row: Option<ChannelPolicy> = None;
        let base = now.catalogue.as_ref().unwrap_or(&now.effective);
        for (index, path) in self.paths.iter().enumerate() {
            if let Some(field) = path.strip_prefix("channel_overrides.") {
                if field == "reason" {
                    change.reason = self.reason(fields);
                    continue;
                }
                change.sourced |= field == "source" && self.overrides.source.is_some();
                let row = row.get_or_insert_with(|| now.effective.clone());
                if !overrides::set(fields, field, &self.overrides, row, base) {
                    unknown(fields, index);
                }
            } else if let Some(field) = path.strip_prefix("shop_rules.incident_") {
                let watch = change.incidents.get_or_insert(now.policy.incidents);
                if !watch::set(fields, field, &self.rules, watch) {
                    unknown(fields, index);
                }
            } else if let Some(field) = path.strip_prefix("shop_rules.") {
                if !self.set_rule(fields, field, &mut change, shop) {
                    unknown(fields, index);
                }
            } else if !self.set_sla(fields, path, &mut change) {
                unknown(fields, index);
            }
        }
        change.channel = row;
        change
    }

    fn reason(&self, f: &mut Fields) -> Option<String> {
        let reason = self.overrides.reason.clone().unwrap_or_default();
        f.inside("policy", |f| {
            f.inside("channel_overrides", |f| f.text("reason", reason, REASON_CHARACTERS_MAX))
        })
    }

    fn set_sla(&self, f: &mut Fields, path: &str, change: &mut PolicyChange) -> bool {
        f.inside("policy", |f| {
            f.inside("sla", |f| match path {
                "sla.targets" => {
                    change.targets = sla::parse_targets(f, self.sla.targets.clone());
                    true
                }
                "sla.calendar" => {
                    change.hours = sla::parse_calendar(f, self.sla.calendar.clone());
                    true
                }
                _ => false,
            })
        })
    }

    fn set_rule(&self, f: &mut Fields, field: &str, change: &mut PolicyChange, shop: &Shop) -> bool {
        let rules = &self.rules;
        let default = ShopPolicy::default();
        let mut span = |name, wire: Option<Duration>, default| {
            at_least_zero(f, name, wire).map(|s| s.unwrap_or(default))
        };
        match field {
            "offer_life" => change.offer_life = span("offer_life", rules.offer_life, default.offer_life),
            "buyer_reminder_after" => {
                change.remind_after =
                    span("buyer_reminder_after", rules.buyer_reminder_after, default.remind_after);
            }
            "buyer_silence_after" => {
                change.give_up_after =
                    span("buyer_silence_after", rules.buyer_silence_after, default.give_up_after);
            }
            "auto_close_after" => {
                change.close_after = span("auto_close_after", rules.auto_close_after, default.close_after);
            }
            "lease_life" => change.lease = span("lease_life", rules.lease_life, default.lease),
            "agent_capacity" => match rules.agent_capacity.map(u32::try_from) {
                None => change.agent_capacity = Some(None),
                Some(Ok(cases)) => change.agent_capacity = Some(Some(cases)),
                Some(Err(_)) => {
                    f.refuse::<()>("policy.shop_rules.agent_capacity", "must be 1–1,000");
                }
            },
            "fulfilment_life" => {
                change.fulfilment_within =
                    span("fulfilment_life", rules.fulfilment_life, default.fulfilment_within);
            }
            "reply_delivery_life" => {
                change.reply_delivery =
                    span("reply_delivery_life", rules.reply_delivery_life, default.reply_delivery);
            }
            "delivery_grace" => {
                change.delivery_grace = span("delivery_grace", rules.delivery_grace, default.delivery_grace);
            }
            "reply_approval" => {
                change.reply_approval = Some(rules.reply_approval.unwrap_or(default.reply_approval));
            }
            "approval_limit" => match &rules.approval_limit {
                None => change.approval_limit = Some(default.approval_limit),
                Some(limit) if limit.currency != shop.currency.as_str() => {
                    f.refuse::<()>(
                        "policy.shop_rules.approval_limit.currency",
                        "must be the currency of the shop",
                    );
                }
                Some(limit) => change.approval_limit = Some(limit.minor_units),
            },
            _ => return false,
        }
        true
    }
}

fn unknown(fields: &mut Fields, index: usize) {
    fields.inside("update_mask", |f| {
        f.entry("paths", index, |f| f.refuse::<()>("", "names no field that can be changed (yet)"));
    });
}

/// Bounds of their own are checked where the policy is kept.
pub(super) fn at_least_zero(
    f: &mut Fields,
    name: &'static str,
    wire: Option<Duration>,
) -> Option<Option<Span>> {
    f.span_or_none(name, wire, Span::ZERO..=Span::from_days(3_650), "must be 0–3,650 days")
}
