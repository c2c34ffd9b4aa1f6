//! Rows along their leading principal directions: a distance there costs a fraction of one along all columns.
//!
//! Of what the directions leave out of a row, its tail, the length alone is kept. The squared distance of two rows is
//! that along the directions and `t^2 + u^2 - 2 c t u` for tails of lengths `t` and `u`. The angle between tails is not
//! known; its cosine `c` is taken to be what it is between neighbors on average. The tail is then a coordinate of its
//! own, `sqrt(c) t`, and an offset, `(1 - c) t^2`.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::cells::Cells;
use super::recall::{Half, Truth};
use super::rotation::PcaRotation;
use crate::math::distance::squared_distance;
use crate::math::linalg::{centered_rows, leading_directions, mean_row, without_blas};
use crate::math::simd::LANES;

/// Numbers per row at the most; rows with fewer columns are only rotated.
const MAX_AXES: usize = 64;
/// Rows from which the directions are estimated, and iterations towards them. Any directions give distances; the more
/// variance lies along them, the closer these are.
const SAMPLE: usize = 2_048;
const ITERATIONS: usize = 3;
/// Rows that are projected at once.
const CHUNK: usize = 512;
/// Scales at which squares in single precision of the rows as they are neither overflow nor vanish.
const PLAIN_SCALES: std::ops::RangeInclusive<f64> = 1e-15..=1e15;
/// The largest cosine that is assumed between tails.
const MAX_COSINE: f64 = 0.99;

/// Projected rows, stored by position: cell after cell.
pub(super) struct Screen {
    /// Whether distances are those of the rows, but for rounding and scale.
    pub(super) complete: bool,
    /// Factor of lengths, a power of two: squares neither overflow nor vanish.
    pub(super) scale: f64,
    /// Numbers per row, a multiple of eight.
    pub(super) axes: usize,
    pub(super) cells: Cells,
    /// Row number to position.
    pub(super) positions: Vec<u32>,
    /// `[position, axes]`.
    values: Vec<f32>,
    /// What a row adds to its squared distances.
    offsets: Vec<f32>,
}

impl Screen {
    pub(super) fn new(rows: ArrayView2<f32>, truth: &Truth) -> Screen {
        let mean = mean_row(rows.axis_iter(Axis(0)));
        let scale = scale(rows, &mean);
        let complete = rows.ncols() <= MAX_AXES;
        let (projected, offsets) = if complete {
            (rotated(rows, scale), vec![0.0; rows.nrows()])
        } else {
            let (mut projected, mut tails) = projected(rows, &mean, scale);
            let cosine = tail_cosine(&projected, &tails, truth, scale) as f32;
            for (mut row, tail) in projected.rows_mut().into_iter().zip(&mut tails) {
                row[MAX_AXES - 1] = (cosine * *tail).sqrt();
                *tail *= 1.0 - cosine;
            }
            (projected, tails)
        };
        let axes = projected.ncols();
        let cells = Cells::new(&projected);
        let mut values = vec![0.0; projected.len()];
        values.par_chunks_exact_mut(axes).zip(&cells.order).for_each(|(place, &i)| {
            place
                .copy_from_slice(projected.row(i as usize).to_slice().expect("projected in standard layout"));
        });
        let offsets = cells.order.iter().map(|&i| offsets[i as usize]).collect();
        let mut positions = vec![0; rows.nrows()];
        for (position, &i) in cells.order.iter().enumerate() {
            positions[i as usize] = position as u32;
        }
        Screen { complete, scale, axes, cells, positions, values, offsets }
    }

    /// Whether distances of the rows in single precision tell more than the screen's.
    pub(super) fn rounds_well(&self) -> bool {
        !self.complete && PLAIN_SCALES.contains(&self.scale)
    }

    /// Row numbers by position and positions by row number; all else goes.
    pub(super) fn into_order(self) -> (Vec<u32>, Vec<u32>) {
        (self.cells.order, self.positions)
    }

    #[inline(always)]
    pub(super) fn row(&self, position: usize) -> &[f32] {
        &self.values[position * self.axes..][..self.axes]
    }

    #[inline(always)]
    pub(super) fn offset(&self, position: usize) -> f32 {
        self.offsets[position]
    }

    /// The squared distance of two rows as the screen has it, given by position.
    pub(super) fn squared_distance(&self, a: usize, b: usize) -> f64 {
        let offsets = f64::from(self.offsets[a]) + f64::from(self.offsets[b]);
        squared_distance(self.row(a).into(), self.row(b).into()) + offsets
    }
}

/// The power of two that brings all columns within 1 of their means.
fn scale(rows: ArrayView2<f32>, mean: &Array1<f64>) -> f64 {
    let farthest = |row: ArrayView1<f32>| {
        row.iter().zip(mean).fold(0.0, |most: f64, (&x, m)| most.max((f64::from(x) - m).abs()))
    };
    let largest = rows.axis_iter(Axis(0)).into_par_iter().map(farthest).reduce(|| 0.0, f64::max);
    if largest > 0.0 { (-largest.log2().ceil()).exp2() } else { 1.0 }
}

/// All columns, rotated, and zeros up to a whole number of registers.
fn rotated(rows: ArrayView2<f32>, scale: f64) -> Array2<f32> {
    let rotation = PcaRotation::fit(rows);
    let d = rows.ncols();
    let mut rotated = Array2::zeros((rows.nrows(), d.next_multiple_of(LANES)));
    rotated.axis_iter_mut(Axis(0)).into_par_iter().zip(rows.axis_iter(Axis(0))).for_each(
        |(mut place, row)| {
            place.slice_mut(s![..d]).assign(&rotation.apply_to(row).mapv(|x| (x * scale) as f32));
        },
    );
    rotated
}

/// Rows along all directions but one axis, which is left to the tails, and the tails' squared lengths.
fn projected(rows: ArrayView2<f32>, mean: &Array1<f64>, scale: f64) -> (Array2<f32>, Vec<f32>) {
    let directions = directions(rows, mean, MAX_AXES - 1).mapv(|x| x as f32);
    let mut projected = Array2::zeros((rows.nrows(), MAX_AXES));
    let mut tails = vec![0.0; rows.nrows()];
    let squared = |row: ArrayView1<f32>| row.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>();
    projected
        .axis_chunks_iter_mut(Axis(0), CHUNK)
        .into_par_iter()
        .zip(rows.axis_chunks_iter(Axis(0), CHUNK))
        .zip(tails.par_chunks_mut(CHUNK))
        .for_each(|((mut projected, rows), tails)| {
            let mut centered = rows.to_owned();
            for mut row in centered.rows_mut() {
                row.zip_mut_with(mean, |x, m| *x = ((f64::from(*x) - m) * scale) as f32);
            }
            let leading = without_blas(centered.view()).dot(&without_blas(directions.t()).t());
            for (tail, (row, leading)) in
                tails.iter_mut().zip(centered.rows().into_iter().zip(leading.rows()))
            {
                *tail = (squared(row) - squared(leading)).max(0.0) as f32;
            }
            projected.slice_mut(s![.., ..MAX_AXES - 1]).assign(&leading);
        });
    (projected, tails)
}

/// Directions of most variance, `[d, count]`, of columns within 1 of their means; zeros where there are fewer.
fn directions(rows: ArrayView2<f32>, mean: &Array1<f64>, count: usize) -> Array2<f64> {
    let step = rows.nrows().div_ceil(SAMPLE);
    let sample = centered_rows(rows.axis_iter(Axis(0)).step_by(step), mean);
    let step = (sample.nrows() / count).max(1);
    let chosen: Vec<usize> = (0..sample.nrows()).step_by(step).take(count).collect();
    let mut start = Array2::zeros((rows.ncols(), count));
    start.slice_mut(s![.., ..chosen.len()]).assign(&sample.select(Axis(0), &chosen).t());
    leading_directions(sample.view(), start, ITERATIONS)
}

/// The mean cosine between the tails of sampled rows and those of their neighbors, weighted by the tails' lengths.
fn tail_cosine(projected: &Array2<f32>, tails: &[f32], truth: &Truth, scale: f64) -> f64 {
    let (mut products, mut lengths) = (0.0, 0.0);
    for &(i, ref near) in truth.of(Half::Setting) {
        for &(squared, j) in near {
            let (own, other) = (f64::from(tails[i]), f64::from(tails[j as usize]));
            let leading = squared_distance(projected.row(i), projected.row(j as usize));
            products += (own + other + leading - squared * scale.powi(2)) / 2.0;
            lengths += (own * other).sqrt();
        }
    }
    if lengths > 0.0 { (products / lengths).clamp(0.0, MAX_COSINE) } else { 0.0 }
}
