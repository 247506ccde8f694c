//! Agents.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::Agent {
        name, presence: AgentPresence, presence_time, presence_expire_time, skills, capacity,
        capacity_effective, held_cases, etag,
    }
    v1::AgentSkills { languages, channels, kinds: CaseKind }
}
