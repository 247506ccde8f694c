//! One question to many things, on several cores.

use crate::error::EvalError;

/// The answers in the order of the things, whatever the number of cores.
pub(super) fn map<T: Sync, R: Send>(
    things: &[T],
    cores: usize,
    of: impl Fn(&T) -> R + Sync,
) -> Result<Vec<R>, EvalError> {
    let share = things.len().div_ceil(cores.max(1)).max(1);
    let of = &of;
    std::thread::scope(|scope| {
        let parts: Vec<_> = things
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(of).collect::<Vec<R>>()))
            .collect();
        let mut answers = Vec::with_capacity(things.len());
        for part in parts {
            answers.extend(part.join().map_err(|_| EvalError::Failed)?);
        }
        Ok(answers)
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn answers_keep_their_order_on_any_number_of_cores() {
        let things: Vec<u32> = (0..10).collect();
        for cores in [0, 1, 3, 10, 64] {
            assert_eq!(map(&things, cores, |thing| thing * 2).unwrap(), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
        }
        assert!(map(&[0_u32; 0], 4, |thing| *thing).unwrap().is_empty());
    }
}
