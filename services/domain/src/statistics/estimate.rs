//! A value with its interval.

/// A value with its interval at 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// The interval's lower end.
    pub lower: f64,
    /// The interval's upper end.
    pub upper: f64,
}

impl Estimate {
    /// So far to both sides.
    #[must_use]
    pub fn around(value: f64, half: f64) -> Self {
        Self { value, lower: value - half, upper: value + half }
    }

    /// Times a number that is not below zero.
    #[must_use]
    pub fn times(self, by: f64) -> Self {
        Self { value: self.value * by, lower: self.lower * by, upper: self.upper * by }
    }

    /// Whether the interval holds a value.
    #[must_use]
    pub fn covers(self, truth: f64) -> bool {
        (self.lower..=self.upper).contains(&truth)
    }
}
