//! The real binary, killed and ended at the worst moments.

mod away;
mod desk;
mod goodbye;
mod grants;
mod kill;
mod replicas;
mod shift;
