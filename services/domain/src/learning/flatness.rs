//! Whether groups whose members lie in strata were treated alike.

use super::moments::{Estimate, Moments};
use crate::statistics::Z;
use crate::statistics::tails::chi_square_tail;

/// How far apart groups are once what they are made of is taken out.
#[derive(Debug, Clone, PartialEq)]
pub struct Flatness {
    /// For each group: how many, and by how much its members are above the others of their strata.
    pub groups: Vec<(i64, Option<Estimate>)>,
    /// The statistic of the test.
    pub q: f64,
    /// Its degrees of freedom.
    pub freedom: u32,
    /// How likely a statistic at least as large is where all groups are alike.
    pub p: f64,
}

/// A pivot below this share of the largest is none.
const PIVOT_MIN: f64 = 1e-9;

/// Compares groups whose members lie in strata, `cells[stratum][group]`.
///
/// With `n_sg` members of group g in stratum s, their mean `ȳ_sg` and the stratum's `ȳ_s`, group g is
/// above its strata by `u_g = Σ_s n_sg·(ȳ_sg − ȳ_s)`, whose covariance where all are alike is
/// `V_gh = σ²·Σ_s n_sg·(δ_gh − n_sh/n_s)`, σ² pooled within strata. `u_g / V_gg·σ²` is by how much a
/// member of g is above the others of its stratum. Whether groups differ is the stratified score
/// statistic `Q = uᵀV⁻u`, a weighted Cochran's Q (Biometrics 10 (1954): 417–451, §6), against
/// chi-square of the rank of V. A group that shares no stratum with another says nothing.
#[must_use]
pub fn flatness(cells: &[Vec<Moments>], groups: usize) -> Flatness {
    let mut u = vec![0.0; groups];
    let mut v = vec![vec![0.0; groups]; groups];
    let mut counts = vec![0_i64; groups];
    let (mut within, mut freedom) = (0.0, 0_i64);
    for stratum in cells {
        let all = stratum.iter().fold(Moments::default(), |sum, cell| sum.and(*cell));
        let Some(mean) = all.mean() else { continue };
        within += (all.squares - all.sum * mean).max(0.0);
        freedom += all.n - 1;
        for (g, cell) in stratum.iter().enumerate().take(groups) {
            add(&mut counts, g, cell.n);
            add(&mut u, g, cell.sum - cell.n as f64 * mean);
            for (h, other) in stratum.iter().enumerate().take(groups) {
                let own = if g == h { cell.n as f64 } else { 0.0 };
                if let Some(row) = v.get_mut(g) {
                    add(row, h, own - cell.n as f64 * other.n as f64 / all.n as f64);
                }
            }
        }
    }
    let variance = within / freedom.max(1) as f64;
    let above = |g: usize| {
        let weight = v.get(g).and_then(|row| row.get(g)).copied().filter(|own| *own > PIVOT_MIN)?;
        let value = u.get(g)? / weight;
        Some(Estimate::around(value, Z * (variance / weight).sqrt()))
    };
    let groups = counts.iter().enumerate().map(|(g, n)| (*n, above(g))).collect();
    let (solved, rank) = quadratic(v.clone(), u.clone());
    // Where everyone got the same, what is left is rounding.
    let q = if variance > 1e-12 { solved / variance } else { 0.0 };
    Flatness { groups, q, freedom: rank, p: chi_square_tail(q, rank) }
}

fn add<T: std::ops::AddAssign + Copy>(to: &mut [T], at: usize, more: T) {
    if let Some(place) = to.get_mut(at) {
        *place += more;
    }
}

/// `uᵀV⁻u` by elimination with the largest pivot first, and the rank of `V`, which is symmetric and
/// positive semidefinite.
fn quadratic(mut v: Vec<Vec<f64>>, mut u: Vec<f64>) -> (f64, u32) {
    let diagonal = |v: &[Vec<f64>], g: usize| v.get(g).and_then(|row| row.get(g)).copied().unwrap_or(0.0);
    let largest = (0..u.len()).map(|g| diagonal(&v, g)).fold(0.0, f64::max);
    let mut left: Vec<usize> = (0..u.len()).collect();
    let (mut sum, mut rank) = (0.0, 0);
    while let Some(place) = (0..left.len()).max_by(|a, b| {
        let of = |at: &usize| left.get(*at).map_or(0.0, |g| diagonal(&v, *g));
        of(a).total_cmp(&of(b))
    }) {
        let pivot = left.swap_remove(place);
        let size = diagonal(&v, pivot);
        if size <= largest * PIVOT_MIN || size <= 0.0 {
            break;
        }
        let (row, value) = (v.get(pivot).cloned().unwrap_or_default(), u.get(pivot).copied().unwrap_or(0.0));
        sum += value * value / size;
        rank += 1;
        for g in &left {
            let factor = row.get(*g).copied().unwrap_or(0.0) / size;
            add(&mut u, *g, -factor * value);
            if let Some(own) = v.get_mut(*g) {
                for (h, of_pivot) in row.iter().enumerate() {
                    add(own, h, -factor * of_pivot);
                }
            }
        }
    }
    (sum, rank)
}
