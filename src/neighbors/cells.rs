//! Rows divided into cells of near ones, which are searched together.
//!
//! The rows are halved along the axis of most variance, as in a k-d tree (Bentley 1975); then each moves to the cell with
//! the nearest center, one step of Lloyd's algorithm (1982). The step is worth most of the search: a halving that cuts
//! through a cluster would leave its rows in cells far apart.

use ndarray::Array2;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::distance_tile::{MR, NR, Panels, Row};
use crate::math::distance::rounded_squared_distance;
use crate::math::simd;

/// Rows of a cell before rows move; a cell never takes more than twice as many from others.
const CELL_SIZE: usize = 256;
/// Rows from which the variances along the axes are estimated.
const SAMPLE: usize = 256;
/// Cells among which a row's is the nearest.
const NEARBY: usize = 64;

/// A division of rows; a row's position is its place in the order of the cells.
pub(super) struct Cells {
    /// Row numbers by position.
    pub(super) order: Vec<u32>,
    /// The first position of each cell, and the number of rows.
    pub(super) starts: Vec<usize>,
    /// Mean squared distance of a cell's rows from its center.
    pub(super) spreads: Vec<f32>,
    axes: usize,
    /// `[cell, axes]`.
    centers: Vec<f32>,
}

impl Cells {
    /// Divides rows in standard layout whose width is a multiple of eight.
    pub(super) fn new(rows: &Array2<f32>) -> Cells {
        let mut order: Vec<u32> = (0..rows.nrows() as u32).collect();
        bisect(rows, &mut order, CELL_SIZE);
        let mut starts = vec![0];
        bisected_sizes(rows.nrows(), CELL_SIZE, &mut |size| starts.push(starts[starts.len() - 1] + size));
        let (mut order, starts) = Cells::at(rows, order, starts).moved(rows);
        // The rows of one panel are near each other, so that a distant row rules out the whole panel.
        let mut rest = order.as_mut_slice();
        let members: Vec<&mut [u32]> = starts
            .windows(2)
            .map(|pair| rest.split_off_mut(..pair[1] - pair[0]).expect("all rows"))
            .collect();
        members.into_par_iter().for_each(|members| bisect(rows, members, NR));
        Cells::at(rows, order, starts)
    }

    fn at(rows: &Array2<f32>, order: Vec<u32>, starts: Vec<usize>) -> Cells {
        let axes = rows.ncols();
        let (centers, spreads): (Vec<Vec<f32>>, Vec<f32>) = starts
            .par_windows(2)
            .map(|pair| {
                let members = &order[pair[0]..pair[1]];
                let mut sums = vec![0.0f64; axes];
                for &i in members {
                    sums.iter_mut().zip(row(rows, i)).for_each(|(sum, &x)| *sum += f64::from(x));
                }
                let center: Vec<f32> = sums.iter().map(|sum| (sum / members.len() as f64) as f32).collect();
                let squared = |&i: &u32| -> f32 {
                    row(rows, i).iter().zip(&center).map(|(x, c)| (x - c) * (x - c)).sum()
                };
                let sum: f64 = members.iter().map(|i| f64::from(squared(i))).sum();
                (center, (sum / members.len() as f64) as f32)
            })
            .unzip();
        Cells { order, starts, spreads, axes, centers: centers.concat() }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Positions of a cell's rows.
    pub(super) fn members(&self, cell: usize) -> std::ops::Range<usize> {
        self.starts[cell]..self.starts[cell + 1]
    }

    pub(super) fn center(&self, cell: usize) -> &[f32] {
        &self.centers[cell * self.axes..][..self.axes]
    }

    pub(super) fn of_position(&self, position: usize) -> usize {
        self.starts.partition_point(|&start| start <= position) - 1
    }

    /// The `count` cells whose centers are the nearest to that of `cell`, itself first.
    pub(super) fn nearest(&self, cell: usize, count: usize) -> Vec<usize> {
        let by_distance = |a: &(f32, usize), b: &(f32, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        let mut distances = simd::dispatch(CenterDistances { cells: self, cell });
        // Another cell's center may be the same.
        distances[cell].0 = -1.0;
        if count < distances.len() {
            distances.select_nth_unstable_by(count, by_distance);
            distances.truncate(count);
        }
        distances.sort_unstable_by(by_distance);
        distances.into_iter().map(|(_, other)| other).collect()
    }

    /// Order and starts after each row has moved to the nearest center.
    fn moved(&self, rows: &Array2<f32>) -> (Vec<u32>, Vec<usize>) {
        let nearest: Vec<Vec<usize>> = (0..self.len())
            .into_par_iter()
            .map(|cell| simd::dispatch(NearestCenters { cells: self, rows, cell }))
            .collect();
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); self.len()];
        for (cell, nearest) in nearest.into_iter().enumerate() {
            for (&i, to) in self.order[self.members(cell)].iter().zip(nearest) {
                // Rows that are all equal would share one cell.
                let full = members[to].len() >= 2 * CELL_SIZE;
                members[if full { cell } else { to }].push(i);
            }
        }
        members.retain(|members| !members.is_empty());
        let mut starts = vec![0];
        members.iter().for_each(|members| starts.push(starts[starts.len() - 1] + members.len()));
        (members.concat(), starts)
    }
}

fn row(rows: &Array2<f32>, i: u32) -> &[f32] {
    let axes = rows.ncols();
    &rows.as_slice().expect("rows are in standard layout")[i as usize * axes..][..axes]
}

/// Near the middle, but at a multiple of the panel's width, so that no panel but the last is partly empty.
fn middle(size: usize) -> usize {
    (size / 2).next_multiple_of(NR)
}

/// Orders the members so that they halve, again and again, along the axis of most variance.
fn bisect(rows: &Array2<f32>, members: &mut [u32], max_size: usize) {
    if members.len() <= max_size {
        return;
    }
    let (mut sums, mut squares) = (vec![0.0f64; rows.ncols()], vec![0.0f64; rows.ncols()]);
    let step = members.len().div_ceil(SAMPLE);
    for &i in members.iter().step_by(step) {
        for ((&x, sum), square) in row(rows, i).iter().zip(&mut sums).zip(&mut squares) {
            *sum += f64::from(x);
            *square += f64::from(x).powi(2);
        }
    }
    let count = members.len().div_ceil(step) as f64;
    let variance = |&axis: &usize| squares[axis] - sums[axis].powi(2) / count;
    let by_variance = |a: &usize, b: &usize| variance(a).total_cmp(&variance(b));
    let axis = (0..rows.ncols()).max_by(by_variance).expect("rows have columns");
    let mut along: Vec<(f32, u32)> = members.iter().map(|&i| (row(rows, i)[axis], i)).collect();
    let middle = middle(members.len());
    along.select_nth_unstable_by(middle, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    members.iter_mut().zip(along).for_each(|(member, (_, i))| *member = i);
    let (left, right) = members.split_at_mut(middle);
    // A selection leaves each half in no defined order.
    left.sort_unstable();
    right.sort_unstable();
    rayon::join(|| bisect(rows, left, max_size), || bisect(rows, right, max_size));
}

/// Calls `each` with the sizes of the groups that [`bisect`] makes of `size` members, in order.
fn bisected_sizes(size: usize, max_size: usize, each: &mut impl FnMut(usize)) {
    if size <= max_size {
        return each(size);
    }
    bisected_sizes(middle(size), max_size, each);
    bisected_sizes(size - middle(size), max_size, each);
}

/// Squared distances of all centers from that of `cell`, with their cells' numbers.
struct CenterDistances<'a> {
    cells: &'a Cells,
    cell: usize,
}

impl WithSimd for CenterDistances<'_> {
    type Output = Vec<(f32, usize)>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<(f32, usize)> {
        let CenterDistances { cells, cell } = self;
        let mut distances = Vec::with_capacity(cells.len());
        for other in 0..cells.len() {
            distances.push((rounded_squared_distance(simd, cells.center(cell), cells.center(other)), other));
        }
        distances
    }
}

/// The cell with the nearest center for each row of `cell`.
struct NearestCenters<'a> {
    cells: &'a Cells,
    rows: &'a Array2<f32>,
    cell: usize,
}

impl WithSimd for NearestCenters<'_> {
    type Output = Vec<usize>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<usize> {
        let NearestCenters { cells, rows, cell } = self;
        let (axes, own) = (cells.axes, cells.center(cell));
        let near = cells.nearest(cell, NEARBY);
        // Relative to the own center, few digits cancel.
        let mut shifted = vec![0.0f32; near.len().max(MR) * axes];
        let shift = |place: &mut [f32], row: &[f32]| {
            place.iter_mut().zip(row).zip(own).for_each(|((place, x), c)| *place = x - c);
        };
        for (place, &other) in shifted.chunks_exact_mut(axes).zip(&near) {
            shift(place, cells.center(other));
        }
        let panels = Panels::new(axes, shifted.chunks_exact(axes).take(near.len()).map(Row::new));
        let width = panels.width();
        let mut squared = vec![0.0f32; MR * width];
        let mut nearest = Vec::with_capacity(cells.members(cell).len());
        for group in cells.order[cells.members(cell)].chunks(MR) {
            for (place, &i) in shifted.chunks_exact_mut(axes).zip(group) {
                shift(place, row(rows, i));
            }
            let mut tile = [Row::new(&shifted[..axes]); MR];
            for (place, row) in shifted.chunks_exact(axes).take(group.len()).enumerate() {
                tile[place] = Row::new(row);
            }
            panels.squared_distances(simd, &tile, &mut squared);
            for squared in squared.chunks_exact(width).take(group.len()) {
                let mut best = 0;
                for other in 1..near.len() {
                    if squared[other] < squared[best] {
                        best = other;
                    }
                }
                nearest.push(near[best]);
            }
        }
        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_every_row_once_and_are_of_bounded_size() {
        let equal = Array2::ones((3_000, 8));
        let spread = Array2::from_shape_fn((5_000, 8), |(i, j)| ((i * (j + 7) * 31) % 101) as f32);
        for rows in [equal, spread] {
            let cells = Cells::new(&rows);
            let mut seen = cells.order.clone();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..rows.nrows() as u32));
            for cell in 0..cells.len() {
                assert!((1..=3 * CELL_SIZE).contains(&cells.members(cell).len()));
                assert!(cells.members(cell).all(|position| cells.of_position(position) == cell));
                assert_eq!(cells.nearest(cell, 3)[0], cell);
            }
        }
    }
}
