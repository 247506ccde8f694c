//! Erasures of buyers.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::Erasure { name, erase_time, done, done_time, author, counts }
    v1::ErasedCounts {
        message_count, review_count, survey_count, note_count, reply_count, withdrawn_reply_count, remedy_count,
        shipment_count, return_count, event_count, answer_count,
    }
}
