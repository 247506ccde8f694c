//! Shops and their policies.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::Shop {
        name, display_name, channel, region, currency, time_zone, default_language, create_time,
        update_time, etag,
    }
    v1::Policy {
        name, version, effective_time, catalogue, channel_overrides, channel_effective,
        shop_rules, author, etag, sla,
    }
    v1::ChannelPolicy {
        channel, region, effective_date, negative_threshold, ask_permission: AskPermission,
        ask_needs_opt_in, edit_window_days, edit_window_start: EditWindowStart, edits_max,
        reply_locks_edit, replies_max, reply_characters_max, contact_window_days, ask_quota,
        counting_rule: CountingRule, return_window_days, auto_approval_after, source,
        knowledge_date, certainty: PolicyCertainty, owner_opt_in: OwnerOptIn, kpi, note, reason,
        signed_off_by, sign_off_time,
    }
    v1::AskQuota { per_year, per_thousand_reviews, answer_days, ignored_asks_count }
    v1::ListChannelsResponse { rows }
    v1::ChannelRow { policy, own, in_force_as: ChannelOrigin }
    v1::ShopRules {
        ask_opt_in, ask_delay, approval_limit, offer_life, buyer_reminder_after,
        buyer_silence_after, auto_close_after, lease_life, agent_capacity, deadline_margin,
        fulfilment_life, reply_approval, reply_delivery_life, delivery_grace,
        incident_signals, incident_complaints_min, incident_units_min, incident_base_weeks,
    }
}
