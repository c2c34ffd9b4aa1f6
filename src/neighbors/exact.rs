//! Exact neighbours: matrix products propose candidates, double precision decides among them.
//!
//! A product of single-precision matrices gives squared distances fast but rounded. Each row therefore
//! keeps more candidates than asked for; they are measured again, and when the rounding bound does not rule
//! out a neighbour that was dropped, that row is measured against all others.

use std::sync::Mutex;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::{beside_blas, squared_distance};

/// Rows of a block: two blocks and the tile of their distances stay within a second-level cache.
const BLOCK: usize = 256;
/// Candidates kept beyond those asked for, so that rounding seldom decides.
const SPARE: usize = 9;
/// Tile entries compared with their limits at once.
const LANES: usize = 16;

/// The `k` nearest other rows of every row: row numbers and squared distances, `[n, k]`.
pub(super) fn self_join(rows: ArrayView2<f32>, k: usize) -> (Array2<u32>, Array2<f64>) {
    let rows = rows.as_standard_layout();
    let points = Operands::new(rows.view(), &column_means(rows.view()));
    let blocks: Vec<Mutex<Block>> = starts(rows.nrows())
        .map(|first| Mutex::new(Block::new(first, (rows.nrows() - first).min(BLOCK), k + SPARE)))
        .collect();

    blocks.par_iter().for_each_init(new_tile, |tile, block| {
        let block = &mut *lock(block);
        let tile = points.distances(&points, block, block, tile);
        block.scan_itself(tile);
    });
    // Every pair of blocks meets once. Within a round no block is in two pairs, so no lock is waited for,
    // and each tile serves the rows of both its blocks.
    for round in rounds(blocks.len()) {
        round.par_iter().for_each_init(new_tile, |tile, &(a, b)| {
            let (a, b) = (&mut *lock(&blocks[a]), &mut *lock(&blocks[b]));
            let tile = points.distances(&points, a, b, tile);
            scan_pair(tile, a, b);
        });
    }

    let candidates: Vec<Candidates> =
        blocks.into_iter().flat_map(|block| unlock(block).into_rows()).collect();
    decide(candidates, &points, &points, rows.view(), rows.view(), k, true)
}

/// The `k` nearest references of every query: row numbers and squared distances, `[m, k]`.
pub(super) fn cross_join(
    queries: ArrayView2<f32>,
    references: ArrayView2<f32>,
    k: usize,
) -> (Array2<u32>, Array2<f64>) {
    let (queries, references) = (queries.as_standard_layout(), references.as_standard_layout());
    let origin = column_means(references.view());
    let from = Operands::new(queries.view(), &origin);
    let to = Operands::new(references.view(), &origin);
    let first_rows: Vec<usize> = starts(queries.nrows()).collect();
    let candidates = first_rows
        .into_par_iter()
        .map_init(new_tile, |tile, first| {
            let mut block = Block::new(first, (queries.nrows() - first).min(BLOCK), k + SPARE);
            for start in starts(references.nrows()) {
                let columns = Block::new(start, (references.nrows() - start).min(BLOCK), 0);
                let tile = from.distances(&to, &block, &columns, tile);
                block.scan_rows(tile, start);
            }
            block.into_rows()
        })
        .flatten_iter()
        .collect();
    decide(candidates, &from, &to, queries.view(), references.view(), k, false)
}

/// Rows extended so that one matrix product gives squared distances:
/// `[x, |x|^2, 1] . [-2 y, 1, |y|^2] = |x|^2 - 2 x.y + |y|^2`.
struct Operands {
    left: Array2<f32>,
    right: Array2<f32>,
    lengths: Vec<f64>,
    longest: f64,
}

impl Operands {
    /// Moves the origin first: rounding grows with the length of the rows.
    fn new(rows: ArrayView2<f32>, origin: &Array1<f64>) -> Self {
        let (n, d) = rows.dim();
        let mut left = Array2::<f32>::ones((n, d + 2));
        let mut right = Array2::<f32>::ones((n, d + 2));
        let mut lengths = Vec::with_capacity(n);
        for i in 0..n {
            let mut squared = 0.0;
            for j in 0..d {
                let moved = (f64::from(rows[[i, j]]) - origin[j]) as f32;
                left[[i, j]] = moved;
                right[[i, j]] = -2.0 * moved;
                squared += f64::from(moved).powi(2);
            }
            left[[i, d]] = squared as f32;
            right[[i, d + 1]] = squared as f32;
            lengths.push(squared.sqrt());
        }
        let longest = lengths.iter().copied().fold(0.0, f64::max);
        Operands { left, right, lengths, longest }
    }

    fn distances<'t>(
        &self,
        to: &Operands,
        a: &Block,
        b: &Block,
        tile: &'t mut Array2<f32>,
    ) -> ArrayView2<'t, f32> {
        let left = self.left.slice(s![a.first..a.first + a.len(), ..]);
        let right = to.right.slice(s![b.first..b.first + b.len(), ..]);
        let mut target = tile.slice_mut(s![..a.len(), ..b.len()]);
        general_mat_mul(1.0, &beside_blas(left), &beside_blas(right).t(), 0.0, &mut target);
        tile.slice(s![..a.len(), ..b.len()])
    }

    /// How far a product's squared distance from row `i` to any row of `to` may be from the true one.
    fn rounding(&self, i: usize, to: &Operands) -> f64 {
        let largest = (self.lengths[i] + to.longest).powi(2);
        if largest > f64::from(f32::MAX) {
            return f64::INFINITY;
        }
        let terms = self.left.ncols() as f64 + 8.0;
        terms * f64::from(f32::EPSILON) * largest
    }
}

/// The candidates of consecutive rows.
struct Block {
    first: usize,
    keep: usize,
    rows: Vec<Vec<(f32, u32)>>,
    /// Only a squared distance below this can still be among the nearest `keep`.
    limits: Vec<f32>,
}

/// One row's candidates; whatever was dropped lies at `limit` or beyond.
struct Candidates {
    near: Vec<(f32, u32)>,
    limit: f32,
}

impl Block {
    fn new(first: usize, len: usize, keep: usize) -> Self {
        Block { first, keep, rows: vec![Vec::new(); len], limits: vec![f32::INFINITY; len] }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    #[inline]
    fn offer(&mut self, row: usize, squared: f32, other: usize) {
        if squared >= self.limits[row] {
            return;
        }
        let near = &mut self.rows[row];
        near.push((squared, other as u32));
        if near.len() == 2 * self.keep {
            near.select_nth_unstable_by(self.keep - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            near.truncate(self.keep);
            self.limits[row] = near[self.keep - 1].0;
        }
    }

    fn scan_itself(&mut self, tile: ArrayView2<f32>) {
        for (i, line) in tile.axis_iter(Axis(0)).enumerate() {
            for (j, &squared) in line.iter().enumerate() {
                if i != j {
                    self.offer(i, squared, self.first + j);
                }
            }
        }
    }

    fn scan_rows(&mut self, tile: ArrayView2<f32>, first_column: usize) {
        for (i, line) in tile.axis_iter(Axis(0)).enumerate() {
            for (chunk, squared) in line.to_slice().unwrap_or_default().chunks(LANES).enumerate() {
                let limit = self.limits[i];
                if squared.iter().fold(false, |any, &d| any | (d < limit)) {
                    for (lane, &d) in squared.iter().enumerate() {
                        self.offer(i, d, first_column + chunk * LANES + lane);
                    }
                }
            }
        }
    }

    fn into_rows(self) -> Vec<Candidates> {
        self.rows.into_iter().zip(self.limits).map(|(near, limit)| Candidates { near, limit }).collect()
    }
}

/// Offers each entry of the tile to its row in `a` and to its column in `b`.
fn scan_pair(tile: ArrayView2<f32>, a: &mut Block, b: &mut Block) {
    for (i, line) in tile.axis_iter(Axis(0)).enumerate() {
        for (chunk, squared) in line.to_slice().unwrap_or_default().chunks(LANES).enumerate() {
            let first = chunk * LANES;
            let limit = a.limits[i];
            let limits = &b.limits[first..first + squared.len()];
            let any = squared.iter().zip(limits).fold(false, |any, (&d, &l)| any | (d < limit) | (d < l));
            if any {
                for (lane, &d) in squared.iter().enumerate() {
                    a.offer(i, d, b.first + first + lane);
                    b.offer(first + lane, d, a.first + i);
                }
            }
        }
    }
}

/// Measures the candidates in double precision and keeps the nearest `k`, equal ones by row number.
fn decide(
    candidates: Vec<Candidates>,
    from: &Operands,
    to: &Operands,
    queries: ArrayView2<f32>,
    references: ArrayView2<f32>,
    k: usize,
    leave_self_out: bool,
) -> (Array2<u32>, Array2<f64>) {
    let n = candidates.len();
    let mut indices = Array2::zeros((n, k));
    let mut squared = Array2::zeros((n, k));
    indices
        .axis_iter_mut(Axis(0))
        .into_par_iter()
        .zip(squared.axis_iter_mut(Axis(0)))
        .zip(candidates)
        .enumerate()
        .for_each(|(i, ((mut indices, mut squared), candidates))| {
            let query = queries.row(i);
            let measure = |j: u32| {
                let reference = references.row(j as usize);
                let (a, b) = (query.to_slice(), reference.to_slice());
                (squared_distance(a.unwrap_or_default(), b.unwrap_or_default()), j)
            };
            let mut near: Vec<(f64, u32)> = candidates.near.iter().map(|&(_, j)| measure(j)).collect();
            near.sort_unstable_by(by_distance);
            let certain = |kth: f64| kth + from.rounding(i, to) < f64::from(candidates.limit);
            if near.len() < k || !certain(near[k - 1].0) {
                let others = (0..references.nrows() as u32).filter(|&j| !(leave_self_out && j as usize == i));
                near = others.map(measure).collect();
                near.select_nth_unstable_by(k - 1, by_distance);
                near.truncate(k);
                near.sort_unstable_by(by_distance);
            }
            for (slot, (d, j)) in near.into_iter().take(k).enumerate() {
                indices[slot] = j;
                squared[slot] = d;
            }
        });
    (indices, squared)
}

fn by_distance(a: &(f64, u32), b: &(f64, u32)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
}

/// A round-robin tournament: every two of `n` meet once, nobody twice in a round.
fn rounds(n: usize) -> Vec<Vec<(usize, usize)>> {
    // With an odd number a seat stays empty; whoever is paired with it rests.
    let seats = n + n % 2;
    (0..seats.saturating_sub(1))
        .map(|round| {
            let at = |seat: usize| if seat == 0 { 0 } else { (seat - 1 + round) % (seats - 1) + 1 };
            (0..seats / 2)
                .map(|seat| (at(seat), at(seats - 1 - seat)))
                .filter(|&(a, b)| a < n && b < n)
                .collect()
        })
        .collect()
}

fn starts(n: usize) -> impl Iterator<Item = usize> {
    (0..n).step_by(BLOCK)
}

fn new_tile() -> Array2<f32> {
    Array2::zeros((BLOCK, BLOCK))
}

fn column_means(rows: ArrayView2<f32>) -> Array1<f64> {
    rows.mapv(f64::from).mean_axis(Axis(0)).unwrap_or_default()
}

fn lock(block: &Mutex<Block>) -> std::sync::MutexGuard<'_, Block> {
    block.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn unlock(block: Mutex<Block>) -> Block {
    block.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::rounds;
    use std::collections::BTreeSet;

    #[test]
    fn every_two_blocks_meet_once_and_nobody_twice_in_a_round() {
        for n in [0, 1, 2, 3, 8, 9] {
            let mut met = BTreeSet::new();
            for round in rounds(n) {
                let mut busy = BTreeSet::new();
                for (a, b) in round {
                    assert!(busy.insert(a) && busy.insert(b), "{n} blocks");
                    assert!(met.insert((a.min(b), a.max(b))), "{n} blocks");
                }
            }
            assert_eq!(met.len(), n * n.saturating_sub(1) / 2);
        }
    }
}
