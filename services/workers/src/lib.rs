//! amends-workers
