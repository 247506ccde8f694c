//! Promises, hours and clocks.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::SlaPolicy { targets, calendar, targets_effective_time, calendar_effective_time }
    v1::SlaTarget {
        metric: SlaMetric, kind: CaseKind, channel, least_priority, promised_time, hours: SlaHours,
    }
    v1::SlaCalendar { time_zone, week, exceptions }
    v1::SlaDay { weekday: Weekday, shifts }
    v1::SlaException { date, shifts }
    v1::SlaShift { opens, closes }
    v1::SlaClock {
        metric: SlaMetric, instance, start_time, stop_time, elapsed, promise, verdict: SlaVerdict,
        due_time,
    }
    v1::SlaPromise { promised_time, hours: SlaHours, effective_time, target_index }
    v1::SlaSegment { start_time, end_time, kind: SlaSegmentKind }
    v1::SlaAccount { clock, segments, running, outside_hours, paused, target }
    v1::SlaComparison { account, under_version, differs }
    v1::ExplainSlaResponse { clocks, policy_version, time_zone }
    v1::PriorityChanged { before, after }
    v1::SlaStep { metric: SlaMetric, instance, promised_time, due_time }
}
