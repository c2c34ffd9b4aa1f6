//! Starting layout: the slowest eigenvectors of diffusion on the graph, which keep its global order.

use ndarray::{Array2, Axis};
use rand::RngExt;
use rayon::prelude::*;

use super::fuzzy::Graph;
use crate::math::eigen;
use crate::math::random::seeded;

/// Vectors iterated together: more than the two wanted, so that these converge quickly.
const WIDTH: usize = 8;
/// Degree of the Chebyshev polynomial of one round.
const DEGREE: usize = 24;
const ROUNDS: usize = 24;
/// Residual at which an eigenvector is good enough to start from.
const TOLERANCE: f32 = 2e-4;
/// Rows summed at a time: fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 2_048;
/// Components smaller than this, or when there are more than so many, are placed by other means.
const SMALLEST: usize = 3 * WIDTH;
pub(super) const MOST_COMPONENTS: usize = 64;

type Lanes = [f32; WIDTH];

/// The component that each row belongs to, numbered by first appearance, and how many there are.
pub(super) fn components(graph: &Graph) -> (Vec<usize>, usize) {
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

/// Layout of one connected graph, `[n, 2]`, each axis scaled to -1..1; `None` when it is too small.
pub(super) fn layout(graph: &Graph, seed: u64) -> Option<Array2<f32>> {
    let n = graph.n_rows();
    if n < SMALLEST {
        return None;
    }
    let diffusion = Diffusion::new(graph);
    let mut rng = seeded(seed);
    let mut basis: Vec<Lanes> = (0..n).map(|_| std::array::from_fn(|_| rng.random::<f32>() - 0.5)).collect();
    // The eigenvalues looked for are close to 1, for rows are joined with near ones only.
    let mut cut = 0.9;
    for _ in 0..ROUNDS {
        basis = diffusion.filter(basis, cut);
        diffusion.remove_stationary(&mut basis);
        orthonormalise(&mut basis)?;
        let (values, residuals) = diffusion.rotate_to_eigenvectors(&mut basis);
        if residuals.iter().take(2).all(|&residual| residual < TOLERANCE) {
            break;
        }
        // Eigenvalues below the block's last are damped in the next round.
        cut = (values[WIDTH - 1] as f32).clamp(-0.5, 0.999);
    }
    let mut coordinates = Array2::zeros((n, 2));
    for (mut place, (vector, scale)) in
        coordinates.axis_iter_mut(Axis(0)).zip(basis.iter().zip(&diffusion.inverse_root_degree))
    {
        place[0] = vector[0] * scale;
        place[1] = vector[1] * scale;
    }
    for mut axis in coordinates.axis_iter_mut(Axis(1)) {
        let largest = axis.iter().fold(0.0, |most: f32, &x| if x.abs() > most.abs() { x } else { most });
        // Scales, and settles the sign, which is arbitrary in an eigenvector.
        axis.mapv_inplace(|x| x / if largest == 0.0 { 1.0 } else { largest });
    }
    coordinates.iter().all(|x| x.is_finite()).then_some(coordinates)
}

/// `D^-1/2 W D^-1/2`: its largest eigenvalue, 1, belongs to the stationary vector `D^1/2 1`.
struct Diffusion<'g> {
    graph: &'g Graph,
    weights: Vec<f32>,
    inverse_root_degree: Vec<f32>,
    stationary: Vec<f32>,
}

impl<'g> Diffusion<'g> {
    fn new(graph: &'g Graph) -> Self {
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

    /// `scale (M x) + shift x + carry y`, row by row.
    fn step(&self, x: &[Lanes], y: &[Lanes], [scale, shift, carry]: [f32; 3]) -> Vec<Lanes> {
        (0..x.len())
            .into_par_iter()
            .with_min_len(256)
            .map(|i| {
                let range = self.graph.offsets[i]..self.graph.offsets[i + 1];
                let mut sum = [0.0; WIDTH];
                for (&j, &weight) in self.graph.targets[range.clone()].iter().zip(&self.weights[range]) {
                    let row = &x[j as usize];
                    for lane in 0..WIDTH {
                        sum[lane] += weight * row[lane];
                    }
                }
                std::array::from_fn(|lane| scale * sum[lane] + shift * x[i][lane] + carry * y[i][lane])
            })
            .collect()
    }

    /// Chebyshev polynomial that stays within -1..1 on eigenvalues from -1 to `cut` and grows fast above
    /// (Zhou, Saad, Tiago & Chelikowsky 2006).
    fn filter(&self, start: Vec<Lanes>, cut: f32) -> Vec<Lanes> {
        let (center, half) = ((cut - 1.0) / 2.0, (cut + 1.0) / 2.0);
        let (scale, shift) = (1.0 / half, -center / half);
        let mut previous = start;
        let mut current = self.step(&previous, &previous, [scale, shift, 0.0]);
        for _ in 1..DEGREE {
            let next = self.step(&current, &previous, [2.0 * scale, 2.0 * shift, -1.0]);
            previous = std::mem::replace(&mut current, next);
        }
        current
    }

    fn remove_stationary(&self, basis: &mut [Lanes]) {
        let overlap = sums(basis.len(), |i| std::array::from_fn(|lane| basis[i][lane] * self.stationary[i]));
        basis.par_iter_mut().zip(&self.stationary).for_each(|(row, stationary)| {
            for lane in 0..WIDTH {
                row[lane] -= overlap[lane] as f32 * stationary;
            }
        });
    }

    /// Rayleigh-Ritz: eigenvalues, descending, and residuals; the basis becomes the eigenvectors.
    fn rotate_to_eigenvectors(&self, basis: &mut [Lanes]) -> (Vec<f64>, Vec<f32>) {
        let mut image = self.step(basis, basis, [1.0, 0.0, 0.0]);
        let mut projected = Array2::zeros((WIDTH, WIDTH));
        for (row, entries) in products(basis, &image).into_iter().enumerate() {
            for (column, entry) in entries.into_iter().enumerate() {
                projected[[row, column]] = entry;
            }
        }
        let symmetric = (&projected + &projected.t()) / 2.0;
        let (values, rotation) = eigen::jacobi(symmetric);
        let rotation = rotation.mapv(|x| x as f32);
        let turn = |row: &Lanes| -> Lanes {
            std::array::from_fn(|to| (0..WIDTH).map(|from| row[from] * rotation[[from, to]]).sum())
        };
        basis.par_iter_mut().for_each(|row| *row = turn(row));
        image.par_iter_mut().for_each(|row| *row = turn(row));
        let squared = sums(basis.len(), |i| {
            std::array::from_fn(|lane| (image[i][lane] - values[lane] as f32 * basis[i][lane]).powi(2))
        });
        (values.to_vec(), squared.iter().map(|s| s.sqrt() as f32).collect())
    }
}

/// Gram-Schmidt over all columns at once by the Cholesky factor of their products, twice for accuracy;
/// `None` when they are not independent.
#[allow(clippy::needless_range_loop)] // triangular solves read as their formulas do
fn orthonormalise(basis: &mut [Lanes]) -> Option<()> {
    for _ in 0..2 {
        let mut inverse = [[0.0f64; WIDTH]; WIDTH];
        let mut factor = [[0.0f64; WIDTH]; WIDTH];
        let gram = products(basis, basis);
        for i in 0..WIDTH {
            for j in 0..=i {
                let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
                let rest = gram[i][j] - known;
                factor[i][j] = if i == j { rest.sqrt() } else { rest / factor[j][j] };
            }
            // A negative rest has no root: NaN means dependent too.
            if factor[i][i].is_nan() || factor[i][i] <= 1e-7 * gram[i][i].sqrt() {
                return None;
            }
        }
        for column in 0..WIDTH {
            for row in column..WIDTH {
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

/// Sums over rows in chunks of a fixed size, each added up in order.
fn sums(n: usize, row: impl Fn(usize) -> Lanes + Sync) -> [f64; WIDTH] {
    let chunks: Vec<[f64; WIDTH]> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut sum = [0.0; WIDTH];
            for i in chunk * CHUNK..((chunk + 1) * CHUNK).min(n) {
                let values = row(i);
                for lane in 0..WIDTH {
                    sum[lane] += f64::from(values[lane]);
                }
            }
            sum
        })
        .collect();
    chunks.iter().fold([0.0; WIDTH], |total, sum| std::array::from_fn(|lane| total[lane] + sum[lane]))
}

/// The products of every column of `x` with every column of `y`.
fn products(x: &[Lanes], y: &[Lanes]) -> [[f64; WIDTH]; WIDTH] {
    std::array::from_fn(|from| sums(x.len(), |i| std::array::from_fn(|to| x[i][from] * y[i][to])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_laid_out_as_a_circle() {
        let n = 200;
        let targets = (0..n).flat_map(|i| {
            let mut beside = [(i + n - 1) % n, (i + 1) % n].map(|j| j as u32);
            beside.sort_unstable();
            beside
        });
        let offsets = (0..=n).map(|i| 2 * i).collect();
        let graph = Graph { offsets, targets: targets.collect(), weights: vec![1.0; 2 * n] };
        let places = layout(&graph, 7).expect("a ring is connected");
        // Two axes of the same eigenvalue: any two that are upright on each other, each scaled to 1.
        let center = places.mean_axis(Axis(0)).expect("not empty");
        assert!(center.iter().all(|x| x.abs() < 0.02), "{center}");
        let overlap = places.column(0).dot(&places.column(1)) / n as f32;
        assert!(overlap.abs() < 0.02, "{overlap}");
        for place in places.rows() {
            assert!((place.dot(&place).sqrt() - 1.0).abs() < 0.03, "{place}");
        }
        for (i, place) in places.rows().into_iter().enumerate() {
            let step = &place - &places.row((i + 1) % n);
            let expected = 2.0 * (std::f32::consts::PI / n as f32).sin();
            assert!((step.dot(&step).sqrt() / expected - 1.0).abs() < 0.3, "{i} {step}");
        }
    }
}
