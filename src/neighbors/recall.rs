//! Rows whose true neighbors are known: half of them set how far the search goes, the others tell what it finds.

use ndarray::{ArrayView2, Axis};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::candidates::Candidates;
use super::distance_tile::{MR, Panels, Row};
use super::exact::by_distance;
use crate::math::distance::squared_distance;
use crate::math::linalg::mean_row;
use crate::math::random::sample_rows;
use crate::math::simd;

/// Rows drawn, and the seed of the draw.
const SAMPLE: usize = 300;
const SEED: u64 = 42;
/// Candidates beyond those asked for, so that rounding seldom forces a row to be measured against all others.
const EXTRA_CANDIDATES: usize = 9;
/// Parts of the rows that are searched one beside the other, and rows of a block that are packed at once.
const PARTS: usize = 64;
const BLOCK: usize = 256;

/// Rows drawn for one purpose.
#[derive(Clone, Copy)]
pub(super) enum Half {
    Setting = 0,
    Telling = 1,
}

/// A sample of rows with their true neighbors.
pub(super) struct Truth {
    /// Row numbers, and squared distances and numbers of their neighbors, nearest first.
    sample: Vec<(usize, Vec<(f64, u32)>)>,
}

impl Truth {
    /// The `k` nearest other rows of a sample of rows, by comparison with all.
    pub(super) fn measure(rows: ArrayView2<f32>, k: usize) -> Truth {
        let centered = Centered::new(rows);
        let sample = sample_rows(rows.nrows(), SAMPLE, SEED);
        let capacity = k + EXTRA_CANDIDATES;
        let found = centered.candidates(&sample, capacity);
        let rounding = (rows.ncols() as f64 + 10.0) * f64::from(f32::EPSILON) * 4.0;
        let nearest = |(place, &i): (usize, &usize)| {
            let mut near: Vec<(f32, u32)> = found.iter().flat_map(|part| part[place].iter()).collect();
            near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let limit = near.get(capacity - 1).map_or(f64::INFINITY, |&(squared, _)| f64::from(squared));
            let measure = |j: u32| (squared_distance(rows.row(i), rows.row(j as usize)), j);
            let mut near: Vec<(f64, u32)> = near.iter().take(capacity).map(|&(_, j)| measure(j)).collect();
            near.sort_unstable_by(by_distance);
            if near[k - 1].0 * centered.scale.powi(2) + rounding >= limit {
                near = (0..rows.nrows() as u32).filter(|&j| j as usize != i).map(measure).collect();
                near.select_nth_unstable_by(k - 1, by_distance);
                near.truncate(k);
                near.sort_unstable_by(by_distance);
            }
            near.truncate(k);
            (i, near)
        };
        Truth { sample: sample.par_iter().enumerate().map(nearest).collect() }
    }

    /// Sampled rows and their neighbors.
    pub(super) fn of(&self, half: Half) -> impl Iterator<Item = &(usize, Vec<(f64, u32)>)> {
        // Where there is but one row, it serves both.
        let first = (half as usize).min(self.sample.len() - 1);
        self.sample.iter().skip(first).step_by(2)
    }

    /// Share of the neighbors that lie no farther than the farthest true one; `found` gives a row's squared distances.
    pub(super) fn recall<'a>(&self, half: Half, found: impl Fn(usize) -> &'a [f64]) -> f32 {
        let (mut hits, mut all) = (0, 0);
        for (i, near) in self.of(half) {
            // Of equally distant rows, any is as true as another.
            let farthest = near[near.len() - 1].0;
            hits += found(*i).iter().filter(|&&squared| squared <= farthest).count();
            all += near.len();
        }
        hits as f32 / all as f32
    }
}

/// Rows relative to their mean and scaled to a length of at most 1, so that squares neither overflow nor vanish.
struct Centered<'a> {
    rows: ArrayView2<'a, f32>,
    mean: Vec<f64>,
    scale: f64,
}

impl<'a> Centered<'a> {
    fn new(rows: ArrayView2<'a, f32>) -> Self {
        let mean = mean_row(rows.axis_iter(Axis(0))).to_vec();
        let squared = |i: usize| -> f64 {
            rows.row(i).iter().zip(&mean).map(|(&x, m)| (f64::from(x) - m).powi(2)).sum()
        };
        let largest = (0..rows.nrows()).into_par_iter().map(squared).reduce(|| 0.0, f64::max).sqrt();
        // A power of two changes no digit.
        let scale = if largest > 0.0 { (-largest.log2().ceil()).exp2() } else { 1.0 };
        Centered { rows, mean, scale }
    }

    fn write(&self, i: usize, place: &mut [f32]) {
        for ((place, &x), m) in place.iter_mut().zip(self.rows.row(i)).zip(&self.mean) {
            *place = ((f64::from(x) - m) * self.scale) as f32;
        }
    }

    /// The nearest rows of each sampled row in each part of the rows.
    fn candidates(&self, sample: &[usize], capacity: usize) -> Vec<Vec<Candidates>> {
        let (n, d) = self.rows.dim();
        let mut values = vec![0.0; sample.len() * d];
        values.par_chunks_exact_mut(d).zip(sample).for_each(|(place, &i)| self.write(i, place));
        let queries: Vec<Row> = values.chunks_exact(d).map(Row::new).collect();
        let part = n.div_ceil(PARTS);
        let search = |number: usize| {
            let mut found: Vec<Candidates> = sample.iter().map(|_| Candidates::new(capacity)).collect();
            let mut block = vec![0.0; BLOCK * d];
            let rows = number * part..n.min((number + 1) * part);
            for first in rows.clone().step_by(BLOCK) {
                let count = BLOCK.min(rows.end - first);
                for (place, i) in block.chunks_exact_mut(d).zip(first..first + count) {
                    self.write(i, place);
                }
                let panels = Panels::new(d, block.chunks_exact(d).take(count).map(Row::new));
                let scan = BlockScan { panels: &panels, first, queries: &queries, sample, found: &mut found };
                simd::dispatch(scan);
            }
            found
        };
        (0..n.div_ceil(part)).into_par_iter().map(search).collect()
    }
}

/// The search of a block of rows, of which `first` is the first, for all sampled rows.
struct BlockScan<'a> {
    panels: &'a Panels,
    first: usize,
    queries: &'a [Row<'a>],
    sample: &'a [usize],
    found: &'a mut [Candidates],
}

impl WithSimd for BlockScan<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let BlockScan { panels, first, queries, sample, found } = self;
        let groups = queries.chunks(MR).zip(sample.chunks(MR)).zip(found.chunks_mut(MR));
        for ((queries, sample), found) in groups {
            let mut tile = [queries[0]; MR];
            let mut limits = [f32::NEG_INFINITY; MR];
            for (place, &query) in queries.iter().enumerate() {
                (tile[place], limits[place]) = (query, found[place].limit());
            }
            panels.for_each_below(simd, &tile, &mut limits, |place, column, squared| {
                if first + column != sample[place] {
                    found[place].take(squared, (first + column) as u32);
                }
                found[place].limit()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbors::exact;
    use ndarray::Array2;

    #[test]
    fn the_truth_is_that_of_the_exact_search() {
        let spread = Array2::from_shape_fn((900, 9), |(i, j)| ((i * (j + 7) * 31 + i * i) % 1_013) as f32);
        // Far from the origin, rows that differ by less than single precision resolves.
        let mut far = spread.mapv(|x| x / 1e4);
        far.rows_mut().into_iter().step_by(2).for_each(|mut row| row[3] += 4e4);
        for rows in [&spread * 1e30, far, spread] {
            let (indices, squared) = exact::knn_self(rows.view(), 7).unwrap();
            let truth = Truth::measure(rows.view(), 7);
            for half in [Half::Setting, Half::Telling] {
                for (i, near) in truth.of(half) {
                    let found: (Vec<f64>, Vec<u32>) = near.iter().copied().unzip();
                    assert_eq!(found, (squared.row(*i).to_vec(), indices.row(*i).to_vec()), "row {i}");
                }
                let recall = truth.recall(half, |i| squared.row(i).to_slice().expect("standard layout"));
                assert_eq!(recall, 1.0);
            }
        }
    }
}
