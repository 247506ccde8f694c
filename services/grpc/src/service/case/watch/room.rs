//! Room for watches: so many in all, and so many for each principal.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use amends_app::{AppError, Principal, telemetry};
use amends_domain::AgentId;

/// Who watches how often.
#[derive(Debug, Clone)]
pub(super) struct Room {
    taken: Arc<Mutex<HashMap<AgentId, usize>>>,
    principal_max: usize,
    all_max: usize,
}

/// One watch's place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    taken: Arc<Mutex<HashMap<AgentId, usize>>>,
    name: AgentId,
}

impl Room {
    pub(super) fn new(principal_max: usize, all_max: usize) -> Self {
        Self { taken: Arc::default(), principal_max, all_max }
    }

    pub(super) fn enter(&self, principal: &Principal) -> Result<Seat, AppError> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = taken.values().sum();
        let own = taken.get(&principal.name).copied().unwrap_or(0);
        let full = |max, whom| {
            telemetry::shed("watches");
            Err(AppError::TooManyWatches { max, whom })
        };
        if own >= self.principal_max {
            return full(self.principal_max, "one principal");
        }
        if all >= self.all_max {
            return full(self.all_max, "the service");
        }
        taken.insert(principal.name.clone(), own + 1);
        Ok(Seat { taken: Arc::clone(&self.taken), name: principal.name.clone() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.name) {
            Some(seats) if *seats > 1 => *seats -= 1,
            _ => drop(taken.remove(&self.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use amends_app::{Role, ShopScope};

    use super::*;

    fn principal(name: &str) -> Principal {
        Principal { name: name.parse().unwrap(), roles: vec![Role::Agent], shops: ShopScope::All }
    }

    #[test]
    fn a_seat_is_free_again_when_it_is_left() {
        let room = Room::new(2, 3);
        let (mia, tom) = (principal("mia"), principal("tom"));
        let first = room.enter(&mia).unwrap();
        let second = room.enter(&mia).unwrap();
        assert!(matches!(room.enter(&mia), Err(AppError::TooManyWatches { max: 2, .. })));
        let third = room.enter(&tom).unwrap();
        assert!(matches!(room.enter(&tom), Err(AppError::TooManyWatches { max: 3, .. })));
        drop(first);
        let again = room.enter(&tom).unwrap();
        drop((second, third, again));
        assert!(room.taken.lock().unwrap().is_empty());
    }
}
