//! A rate over time on one line of text.

/// A share of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) numerator: i64,
    pub(crate) denominator: i64,
    /// It may still change.
    pub(crate) open: bool,
}

impl Part {
    #[expect(clippy::cast_precision_loss, reason = "a sign has eight heights")]
    fn value(self) -> Option<f64> {
        (self.denominator > 0).then(|| self.numerator as f64 / self.denominator as f64)
    }

    fn and(self, other: Self) -> Self {
        Self {
            numerator: self.numerator.saturating_add(other.numerator),
            denominator: self.denominator.saturating_add(other.denominator),
            open: self.open || other.open,
        }
    }
}

/// With which signs a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signs {
    /// Blocks of eight heights.
    Blocks,
    /// Digits, for what is no terminal or wants no ornament.
    Digits,
}

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const DIGITS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/// How many parts one sign stands for where a line has room for `room` signs.
pub(crate) fn parts_of_a_sign(parts: usize, room: usize) -> usize {
    parts.div_ceil(room.max(1)).max(1)
}

/// Parts next to each other as one: counts are added up, shares are not.
pub(crate) fn joined(parts: &[Part], of_a_sign: usize) -> Vec<Part> {
    let join = |some: &[Part]| some.iter().copied().fold(Part::default(), Part::and);
    parts.chunks(of_a_sign.max(1)).map(join).collect()
}

/// The highest share.
pub(crate) fn highest(parts: &[Part]) -> f64 {
    parts.iter().filter_map(|part| part.value()).fold(0.0, f64::max)
}

/// The line, from nothing to `top`; a dot where there is no member.
pub(crate) fn line(parts: &[Part], top: f64, signs: Signs) -> String {
    let heights: &[char] = match signs {
        Signs::Blocks => &BLOCKS,
        Signs::Digits => &DIGITS,
    };
    let sign = |part: &Part| match part.value() {
        None => '·',
        Some(value) => height(value, top, heights),
    };
    let line: String = parts.iter().map(sign).collect();
    if signs == Signs::Digits { line.replace('·', ".") } else { line }
}

fn height(value: f64, top: f64, heights: &[char]) -> char {
    let last = heights.len().saturating_sub(1);
    let share = if top > 0.0 { (value / top).clamp(0.0, 1.0) } else { 0.0 };
    #[expect(clippy::cast_precision_loss, reason = "there are at most ten heights")]
    let wanted = (share * last as f64).round();
    // The first sign that is as high, so that no float becomes an index.
    #[expect(clippy::cast_precision_loss, reason = "there are at most ten heights")]
    let found = heights.iter().enumerate().find(|(at, _)| *at as f64 >= wanted);
    found.map_or(' ', |(_, sign)| *sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(numerator: i64, denominator: i64) -> Part {
        Part { numerator, denominator, open: false }
    }

    #[test]
    fn a_line_goes_from_nothing_to_the_highest() {
        let parts = [part(0, 4), part(1, 4), part(0, 0), part(2, 4), part(4, 4)];
        assert_eq!(line(&parts, highest(&parts), Signs::Blocks), "▁▃·▅█");
        assert_eq!(line(&parts, highest(&parts), Signs::Digits), "02.59");
    }

    #[test]
    fn a_line_of_nothing_is_flat() {
        let parts = [part(0, 4), part(0, 9)];
        assert_eq!(line(&parts, highest(&parts), Signs::Blocks), "▁▁");
        assert_eq!(line(&[], 0.0, Signs::Blocks), "");
    }

    #[test]
    fn what_does_not_fit_is_added_up_not_averaged() {
        let parts = [part(1, 1), part(0, 9), part(5, 10)];
        assert_eq!(parts_of_a_sign(3, 2), 2);
        assert_eq!(joined(&parts, 2), [part(1, 10), part(5, 10)]);
        assert_eq!(parts_of_a_sign(1_096, 60), 19);
        assert_eq!(parts_of_a_sign(0, 0), 1);
    }
}
