//! Stock, and refunds of what was promised.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::StockLevel {
        sku, part, available_count, count_time, held_count, consumed_count, free_count,
    }
    v1::SetStockResponse { levels }
    v1::NextOffer { amount, allowed }
    v1::RefundStep {
        remedy, kind: RemedyKind, order_id, line_id, quantity, sku, item_disposal: ItemDisposal,
        buyer_return, refund_amount, paid, tracking,
    }
}
