//! The spectral layout: the slowest modes of diffusion on the graph, which keep its global order.
//!
//! These are the leading eigenvectors of the normalized adjacency matrix, as umap-learn takes them, found by
//! subspace iteration with Chebyshev filters.

use ndarray::{Array2, Axis};
use rand::RngExt;
use rayon::prelude::*;

use super::fuzzy_graph::FuzzyGraph;
use crate::math::eigen;
use crate::math::random::seeded;

/// Degree of the polynomial that filters the block in one round.
const CHEBYSHEV_DEGREE: usize = 24;
const MAX_ROUNDS: usize = 24;
/// Residual norm at which an eigenvector is good enough for an initial layout.
const TOLERANCE: f32 = 2e-4;
/// Rows that are summed up by one task: fixed, so that the bits of a sum do not depend on the number of
/// threads.
const SUM_CHUNK: usize = 2_048;
/// Graphs of fewer than this many times the vectors iterated together are left to principal components: the
/// block would span a third of their dimensions and more.
const ROWS_PER_VECTOR: usize = 3;

/// One row of a block: the entries of its `B` vectors at one row of the graph.
type Block<const B: usize> = [f32; B];

/// The component of each row, numbered by first appearance, and the number of components.
pub(super) fn connected_components(graph: &FuzzyGraph) -> (Vec<usize>, usize) {
    const UNSEEN: usize = usize::MAX;
    let mut component = vec![UNSEEN; graph.n_rows()];
    let mut count = 0;
    let mut open = Vec::new();
    for start in 0..graph.n_rows() {
        if component[start] != UNSEEN {
            continue;
        }
        component[start] = count;
        open.push(start);
        while let Some(i) = open.pop() {
            for (j, _) in graph.edges(i) {
                if component[j] == UNSEEN {
                    component[j] = count;
                    open.push(j);
                }
            }
        }
        count += 1;
    }
    (component, count)
}

/// Layout of a connected graph, `[n, n_components]`, each axis scaled to -1..1; `None` for few rows, or when
/// the iteration fails.
pub(super) fn spectral_layout(graph: &FuzzyGraph, n_components: usize, seed: u64) -> Option<Array2<f32>> {
    // At least twice as many vectors as are wanted, so that these converge fast.
    match n_components {
        ..=4 => leading_modes::<8>(graph, n_components, seed),
        5..=8 => leading_modes::<16>(graph, n_components, seed),
        9..=16 => leading_modes::<32>(graph, n_components, seed),
        _ => leading_modes::<64>(graph, n_components, seed),
    }
}

/// The same by `B` vectors iterated together.
fn leading_modes<const B: usize>(graph: &FuzzyGraph, n_components: usize, seed: u64) -> Option<Array2<f32>> {
    let n = graph.n_rows();
    if n < ROWS_PER_VECTOR * B {
        return None;
    }
    let diffusion = Diffusion::new(graph);
    let mut rng = seeded(seed);
    let mut basis: Vec<Block<B>> =
        (0..n).map(|_| std::array::from_fn(|_| rng.random::<f32>() - 0.5)).collect();
    // The eigenvalues sought are close to 1, since edges join near rows only.
    let mut cutoff = 0.9;
    for _ in 0..MAX_ROUNDS {
        basis = diffusion.chebyshev_filter(basis, cutoff);
        diffusion.remove_stationary(&mut basis);
        cholesky_qr(&mut basis)?;
        let (values, residuals) = diffusion.rayleigh_ritz(&mut basis);
        if residuals.iter().take(n_components).all(|&residual| residual < TOLERANCE) {
            break;
        }
        // The next round damps all eigenvalues below the smallest of the block.
        cutoff = (values[B - 1] as f32).clamp(-0.5, 0.999);
    }
    let mut coordinates = Array2::from_shape_fn((n, n_components), |(i, axis)| {
        basis[i][axis] * diffusion.inverse_root_degree[i]
    });
    for mut axis in coordinates.axis_iter_mut(Axis(1)) {
        let largest = axis.iter().fold(0.0, |most: f32, &x| if x.abs() > most.abs() { x } else { most });
        // Dividing by the largest entry also settles the sign, which is arbitrary in an eigenvector.
        axis.mapv_inplace(|x| x / if largest == 0.0 { 1.0 } else { largest });
    }
    coordinates.iter().all(|x| x.is_finite()).then_some(coordinates)
}

/// The normalized adjacency matrix `M = D^-1/2 W D^-1/2`, `W` the weights and `D` their row sums. Its largest
/// eigenvalue, 1, belongs to the stationary vector `D^1/2 1`, which orders nothing and is removed.
struct Diffusion<'g> {
    graph: &'g FuzzyGraph,
    /// Entries of `M`, in the order of the graph's edges.
    weights: Vec<f32>,
    /// Diagonal of `D^-1/2`, 0 for a row without edges.
    inverse_root_degree: Vec<f32>,
    /// The stationary vector, of length 1.
    stationary: Vec<f32>,
}

impl<'g> Diffusion<'g> {
    fn new(graph: &'g FuzzyGraph) -> Self {
        let n = graph.n_rows();
        let degree: Vec<f32> = (0..n).map(|i| graph.edges(i).map(|(_, weight)| weight).sum()).collect();
        let inverse_root_degree: Vec<f32> =
            degree.iter().map(|&degree| if degree > 0.0 { degree.sqrt().recip() } else { 0.0 }).collect();
        let mut weights = Vec::with_capacity(graph.weights.len());
        for i in 0..n {
            weights.extend(graph.edges(i).map(|(j, w)| w * inverse_root_degree[i] * inverse_root_degree[j]));
        }
        let total = degree.iter().map(|&d| f64::from(d)).sum::<f64>().sqrt() as f32;
        let stationary = degree.iter().map(|&degree| degree.sqrt() / total).collect();
        Diffusion { graph, weights, inverse_root_degree, stationary }
    }

    /// `scale (M x) + shift x + carry y`.
    fn multiply_add<const B: usize>(
        &self,
        x: &[Block<B>],
        y: &[Block<B>],
        [scale, shift, carry]: [f32; 3],
    ) -> Vec<Block<B>> {
        (0..x.len())
            .into_par_iter()
            .with_min_len(256)
            .map(|i| {
                let range = self.graph.offsets[i]..self.graph.offsets[i + 1];
                let mut sum = [0.0; B];
                for (&j, &weight) in self.graph.targets[range.clone()].iter().zip(&self.weights[range]) {
                    let row = &x[j as usize];
                    for lane in 0..B {
                        sum[lane] += weight * row[lane];
                    }
                }
                std::array::from_fn(|lane| scale * sum[lane] + shift * x[i][lane] + carry * y[i][lane])
            })
            .collect()
    }

    /// Applies the Chebyshev polynomial of `M` that stays within -1..1 on eigenvalues from -1 to `cutoff` and
    /// grows fast above (Zhou, Saad, Tiago & Chelikowsky 2006): components along larger eigenvalues come to
    /// dominate.
    fn chebyshev_filter<const B: usize>(&self, block: Vec<Block<B>>, cutoff: f32) -> Vec<Block<B>> {
        // The interval is mapped to -1..1, on which the recurrence is defined.
        let (center, half) = ((cutoff - 1.0) / 2.0, (cutoff + 1.0) / 2.0);
        let (scale, shift) = (1.0 / half, -center / half);
        let mut previous = block;
        let mut current = self.multiply_add(&previous, &previous, [scale, shift, 0.0]);
        for _ in 1..CHEBYSHEV_DEGREE {
            let next = self.multiply_add(&current, &previous, [2.0 * scale, 2.0 * shift, -1.0]);
            previous = std::mem::replace(&mut current, next);
        }
        current
    }

    /// Removes the component along the stationary vector from each vector of the block.
    fn remove_stationary<const B: usize>(&self, basis: &mut [Block<B>]) {
        let overlap: [f64; B] =
            column_sums(basis.len(), |i| std::array::from_fn(|lane| basis[i][lane] * self.stationary[i]));
        basis.par_iter_mut().zip(&self.stationary).for_each(|(row, stationary)| {
            for lane in 0..B {
                row[lane] -= overlap[lane] as f32 * stationary;
            }
        });
    }

    /// Rotates an orthonormal basis to the best approximations of eigenvectors in its span (Rayleigh-Ritz).
    /// Gives their eigenvalues, descending, and the norms of their residuals.
    fn rayleigh_ritz<const B: usize>(&self, basis: &mut [Block<B>]) -> (Vec<f64>, Vec<f32>) {
        let mut image = self.multiply_add(basis, basis, [1.0, 0.0, 0.0]);
        let mut projected = Array2::zeros((B, B));
        for (row, entries) in inner_products(basis, &image).into_iter().enumerate() {
            for (column, entry) in entries.into_iter().enumerate() {
                projected[[row, column]] = entry;
            }
        }
        let symmetric = (&projected + &projected.t()) / 2.0;
        let (values, rotation) = eigen::jacobi(symmetric);
        let rotation = rotation.mapv(|x| x as f32);
        let rotate = |row: &Block<B>| -> Block<B> {
            std::array::from_fn(|to| (0..B).map(|from| row[from] * rotation[[from, to]]).sum())
        };
        basis.par_iter_mut().for_each(|row| *row = rotate(row));
        image.par_iter_mut().for_each(|row| *row = rotate(row));
        let squared: [f64; B] = column_sums(basis.len(), |i| {
            std::array::from_fn(|lane| (image[i][lane] - values[lane] as f32 * basis[i][lane]).powi(2))
        });
        (values.to_vec(), squared.iter().map(|s| s.sqrt() as f32).collect())
    }
}

/// Makes the vectors of a block orthonormal by the Cholesky factor of their inner products, twice for
/// accuracy (CholeskyQR2, Fukaya, Nakatsukasa, Yanagisawa & Yamamoto 2014); `None` when they are linearly
/// dependent.
#[allow(clippy::needless_range_loop)] // triangular solves read as their formulas do
fn cholesky_qr<const B: usize>(basis: &mut [Block<B>]) -> Option<()> {
    for _ in 0..2 {
        let mut inverse = [[0.0f64; B]; B];
        let mut factor = [[0.0f64; B]; B];
        let gram = inner_products(basis, basis);
        for i in 0..B {
            for j in 0..=i {
                let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
                let rest = gram[i][j] - known;
                factor[i][j] = if i == j { rest.sqrt() } else { rest / factor[j][j] };
            }
            // The root of a negative rest is NaN, which means dependent vectors too.
            if factor[i][i].is_nan() || factor[i][i] <= 1e-7 * gram[i][i].sqrt() {
                return None;
            }
        }
        for column in 0..B {
            for row in column..B {
                let known: f64 = (column..row).map(|k| factor[row][k] * inverse[k][column]).sum();
                inverse[row][column] = (f64::from(u8::from(row == column)) - known) / factor[row][row];
            }
        }
        basis.par_iter_mut().for_each(|row| {
            *row = std::array::from_fn(|to| (0..=to).map(|from| row[from] * inverse[to][from] as f32).sum());
        });
    }
    Some(())
}

/// The sum of `row(i)` over all `i` below `n`, in chunks of a fixed size that are added up in their order.
fn column_sums<const B: usize>(n: usize, row: impl Fn(usize) -> Block<B> + Sync) -> [f64; B] {
    let chunks: Vec<[f64; B]> = (0..n.div_ceil(SUM_CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut sum = [0.0; B];
            for i in chunk * SUM_CHUNK..((chunk + 1) * SUM_CHUNK).min(n) {
                let values = row(i);
                for lane in 0..B {
                    sum[lane] += f64::from(values[lane]);
                }
            }
            sum
        })
        .collect();
    chunks.iter().fold([0.0; B], |total, sum| std::array::from_fn(|lane| total[lane] + sum[lane]))
}

/// The inner products of every vector of `x` with every vector of `y`.
fn inner_products<const B: usize>(x: &[Block<B>], y: &[Block<B>]) -> [[f64; B]; B] {
    std::array::from_fn(|from| column_sums(x.len(), |i| std::array::from_fn(|to| x[i][from] * y[i][to])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_laid_out_as_a_circle() {
        let n = 200;
        let targets = (0..n).flat_map(|i| {
            let mut neighbors = [(i + n - 1) % n, (i + 1) % n].map(|j| j as u32);
            neighbors.sort_unstable();
            neighbors
        });
        let offsets = (0..=n).map(|i| 2 * i).collect();
        let graph = FuzzyGraph { offsets, targets: targets.collect(), weights: vec![1.0; 2 * n] };
        let positions = spectral_layout(&graph, 2, 7).expect("a ring is connected");
        // Both eigenvectors have the same eigenvalue: they are any orthogonal pair, each scaled to 1.
        let center = positions.mean_axis(Axis(0)).expect("not empty");
        assert!(center.iter().all(|x| x.abs() < 0.02), "{center}");
        let overlap = positions.column(0).dot(&positions.column(1)) / n as f32;
        assert!(overlap.abs() < 0.02, "{overlap}");
        for position in positions.rows() {
            assert!((position.dot(&position).sqrt() - 1.0).abs() < 0.03, "{position}");
        }
        for (i, position) in positions.rows().into_iter().enumerate() {
            let step = &position - &positions.row((i + 1) % n);
            let expected = 2.0 * (std::f32::consts::PI / n as f32).sin();
            assert!((step.dot(&step).sqrt() / expected - 1.0).abs() < 0.3, "{i} {step}");
        }
    }
}
