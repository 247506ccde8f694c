//! What storage and the detector take and give as it is, for whoever may use neither.

pub use amends_detect::Input as TextInput;
pub use amends_store::StoreError;
pub use amends_store::case::{CaseCursor, CaseFilter, CaseOrder};
pub use amends_store::event::{EventRow, StoredEvent};
pub use amends_store::message::MessageRow;
pub use amends_store::quality::SampleFilter;
pub use amends_store::returns::{ReturnFilter, ReturnRow};
pub use amends_store::review::{ReviewFilter, ReviewHead, ReviewRow};
pub use amends_store::signal::SignalRow;
