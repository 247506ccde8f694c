//! The judge's weights, as they are stored: what each sign says for and against each rule.

use super::signs::{BESIDE, ROWS, Sight, VERSION};
use crate::error::LintError;
use crate::rule::Rule;

/// Whether anything is forbidden at all, then one lane for each rule.
pub(super) const LANES: usize = 1 + Rule::ALL.len();

const MAGIC: &[u8; 16] = b"amends judge 01\n";
const HASH: usize = 32;
type Hash = [u8; HASH];

/// Weights and the scores from which on something follows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    /// Hash of the rule files that it was learnt beside.
    pub(crate) rules: Hash,
    /// Hash of the texts that it was learnt from.
    pub(crate) texts: Hash,
    /// From this score on a text is refused though no rule refuses it.
    pub(super) refuse: f32,
    /// Below this score what a rule found is let go.
    pub(super) keep: f32,
    /// What is known beside the rows, for each lane.
    pub(super) beside: Vec<[f32; LANES]>,
    /// A row's weight is its small number times its lane's scale.
    pub(super) scales: [f32; LANES],
    pub(super) rows: Vec<[i8; LANES]>,
}

impl Model {
    /// The score of each lane; above 0 is likelier than not.
    pub(super) fn scores(&self, sight: &Sight) -> [f32; LANES] {
        let mut sums = [0.0_f32; LANES];
        for rows in &sight.rows {
            let mut whole = [0_i32; LANES];
            for weights in rows.iter().filter_map(|row| self.rows.get(*row as usize)) {
                for (sum, weight) in whole.iter_mut().zip(weights) {
                    *sum += i32::from(*weight);
                }
            }
            let share = Sight::share(rows);
            for (sum, whole) in sums.iter_mut().zip(whole) {
                *sum += whole as f32 * share;
            }
        }
        for (sum, scale) in sums.iter_mut().zip(self.scales) {
            *sum *= scale;
        }
        for (value, weights) in sight.beside.iter().zip(&self.beside) {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += value * weight;
            }
        }
        sums
    }

    /// A model with its weights as numbers small enough to be stored by the hundred thousand; `rows` holds the
    /// weights of each lane.
    pub(super) fn of(rules: Hash, texts: Hash, beside: Vec<[f32; LANES]>, rows: &[Vec<f32>]) -> Self {
        let (mut scales, mut small) = ([0.0; LANES], vec![[0; LANES]; ROWS]);
        for (lane, (place, weights)) in scales.iter_mut().zip(rows).enumerate() {
            let most = weights.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
            let scale = most.max(f32::MIN_POSITIVE) / f32::from(i8::MAX);
            *place = scale;
            for (row, weight) in small.iter_mut().zip(weights) {
                if let Some(place) = row.get_mut(lane) {
                    *place = (weight / scale).round() as i8;
                }
            }
        }
        Self { rules, texts, refuse: f32::MAX, keep: f32::MAX, beside, scales, rows: small }
    }

    /// The bytes of its file.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ROWS * LANES + 1_024);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(self.rules);
        bytes.extend(self.texts);
        let numbers = [self.refuse, self.keep].into_iter().chain(self.beside.iter().flatten().copied());
        numbers.chain(self.scales).for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend(self.rows.iter().flatten().map(|weight| weight.cast_unsigned()));
        let hash = blake3::hash(&bytes);
        bytes.extend(hash.as_bytes());
        bytes
    }

    /// Reads a file, and checks that it is whole.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, LintError> {
        let bad = |problem: &str| LintError::Judge(problem.to_owned());
        let (body, hash) =
            bytes.split_last_chunk::<HASH>().ok_or_else(|| bad("is shorter than its checksum"))?;
        if blake3::hash(body).as_bytes() != hash {
            return Err(bad("does not match its checksum"));
        }
        let mut rest = body;
        let short = || bad("is shorter than it should be");
        if take::<{ MAGIC.len() }>(&mut rest).ok_or_else(short)? != *MAGIC {
            return Err(bad("is no file of the judge"));
        }
        if u32::from_le_bytes(take(&mut rest).ok_or_else(short)?) != VERSION {
            return Err(bad("was learnt from other signs; train it again"));
        }
        let model = Self::body(&mut rest).ok_or_else(short)?;
        if rest.is_empty() { Ok(model) } else { Err(bad("is longer than it should be")) }
    }

    fn body(rest: &mut &[u8]) -> Option<Self> {
        let (rules, texts) = (take(rest)?, take(rest)?);
        let (refuse, keep) = (number(rest)?, number(rest)?);
        let beside = (0..BESIDE).map(|_| lanes(rest)).collect::<Option<Vec<_>>>()?;
        let scales = lanes(rest)?;
        let mut rows = Vec::with_capacity(ROWS);
        for _ in 0..ROWS {
            rows.push(take::<LANES>(rest)?.map(u8::cast_signed));
        }
        Some(Self { rules, texts, refuse, keep, beside, scales, rows })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk::<N>()?;
    *rest = left;
    Some(*taken)
}

fn number(rest: &mut &[u8]) -> Option<f32> {
    Some(f32::from_le_bytes(take(rest)?)).filter(|number| number.is_finite())
}

fn lanes(rest: &mut &[u8]) -> Option<[f32; LANES]> {
    let mut lanes = [0.0; LANES];
    for lane in &mut lanes {
        *lane = number(rest)?;
    }
    Some(lanes)
}
