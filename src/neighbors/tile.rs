//! Squared distances from a few rows to many, kept in registers and compared there.

use pulp::Simd;

use super::frame::HEAD;
use crate::math::simd::{LANES, array};

/// Rows of a tile. Six rows by two registers make twelve sums, which the sixteen registers hold beside the operands.
pub(super) const ROWS: usize = 6;
/// Columns of a tile: two registers.
pub(super) const COLUMNS: usize = 2 * LANES;

/// A row and its squared length by the leading axes and by the others.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    values: &'a [f32],
    squared: [f32; 2],
}

impl<'a> Row<'a> {
    pub(super) fn new(values: &'a [f32]) -> Self {
        let (head, rest) = values.split_at(HEAD.min(values.len()));
        let squared = |part: &[f32]| part.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() as f32;
        Row { values, squared: [squared(head), squared(rest)] }
    }
}

/// Rows as columns of tiles, `-2 y` as `[panel, dimension, 16]`, with their squared lengths, which are infinite in the
/// places of the last panel that no row fills.
pub(super) struct Panels {
    dimensions: usize,
    values: Vec<f32>,
    squared: [Vec<f32>; 2],
}

impl Panels {
    pub(super) fn new<'r>(dimensions: usize, rows: impl ExactSizeIterator<Item = Row<'r>>) -> Self {
        let n_panels = rows.len().div_ceil(COLUMNS);
        let mut values = vec![0.0; n_panels * dimensions * COLUMNS];
        let mut squared = [f32::INFINITY, 0.0].map(|empty| vec![empty; n_panels * COLUMNS]);
        for (number, row) in rows.enumerate() {
            let (panel, column) = (number / COLUMNS, number % COLUMNS);
            for (dimension, &y) in row.values.iter().enumerate() {
                values[(panel * dimensions + dimension) * COLUMNS + column] = -2.0 * y;
            }
            squared[0][number] = row.squared[0];
            squared[1][number] = row.squared[1];
        }
        Panels { dimensions, values, squared }
    }

    /// Calls `found(row, column, squared)` for each squared distance below the row's limit, and takes what it returns
    /// for the new limit.
    ///
    /// The distances are `|x|^2 - 2 x.y + |y|^2`, by the leading axes first: where these alone reach all limits, the
    /// others are left out.
    #[inline(always)]
    pub(super) fn scan<S: Simd>(
        &self,
        simd: S,
        rows: &[Row; ROWS],
        limits: &mut [f32; ROWS],
        mut found: impl FnMut(usize, usize, f32) -> f32,
    ) {
        let head = HEAD.min(self.dimensions);
        let panels = self.values.chunks_exact(self.dimensions * COLUMNS);
        let squared = self.squared[0].chunks_exact(COLUMNS).zip(self.squared[1].chunks_exact(COLUMNS));
        for (panel, (values, (head_squared, rest_squared))) in panels.zip(squared).enumerate() {
            let (head_values, rest_values) = values.split_at(head * COLUMNS);
            let mut sums = [[simd.splat_f32s(0.0); 2]; ROWS];
            add_squared(simd, &mut sums, rows, head_squared, 0);
            add_products(simd, &mut sums, rows, head_values, 0);
            if head < self.dimensions {
                if all_beyond(simd, sums, limits) {
                    continue;
                }
                add_squared(simd, &mut sums, rows, rest_squared, 1);
                add_products(simd, &mut sums, rows, rest_values, head);
            }
            for (row, halves) in sums.into_iter().enumerate() {
                for (half, sums) in halves.into_iter().enumerate() {
                    let below = simd.less_than_f32s(sums, simd.splat_f32s(limits[row]));
                    if simd.first_true_m32s(below) == LANES {
                        continue;
                    }
                    for (lane, &squared) in array(simd, sums).iter().enumerate() {
                        if squared < limits[row] {
                            limits[row] = found(row, panel * COLUMNS + half * LANES + lane, squared);
                        }
                    }
                }
            }
        }
    }

    /// All squared distances, `[row, column]`, into `squared`, whose rows are as long as the panels.
    #[inline(always)]
    pub(super) fn measure<S: Simd>(&self, simd: S, rows: &[Row; ROWS], squared: &mut [f32]) {
        let head = HEAD.min(self.dimensions);
        let width = self.squared[0].len();
        for (panel, values) in self.values.chunks_exact(self.dimensions * COLUMNS).enumerate() {
            let columns = panel * COLUMNS..(panel + 1) * COLUMNS;
            let (head_values, rest_values) = values.split_at(head * COLUMNS);
            let mut sums = [[simd.splat_f32s(0.0); 2]; ROWS];
            add_squared(simd, &mut sums, rows, &self.squared[0][columns.clone()], 0);
            add_products(simd, &mut sums, rows, head_values, 0);
            add_squared(simd, &mut sums, rows, &self.squared[1][columns.clone()], 1);
            add_products(simd, &mut sums, rows, rest_values, head);
            for row in 0..ROWS {
                let places = &mut squared[row * width..][columns.clone()];
                places[..LANES].copy_from_slice(&array(simd, sums[row][0]));
                places[LANES..].copy_from_slice(&array(simd, sums[row][1]));
            }
        }
    }

    /// Columns, with those of the last panel that no row fills.
    pub(super) fn width(&self) -> usize {
        self.squared[0].len()
    }
}

type Sums<F> = [[F; 2]; ROWS];

/// Adds the squared lengths of rows and columns by the leading axes, `part` 0, or the others.
#[inline(always)]
fn add_squared<S: Simd>(simd: S, sums: &mut Sums<S::f32s>, rows: &[Row; ROWS], columns: &[f32], part: usize) {
    let columns = S::as_simd_f32s(columns).0;
    for row in 0..ROWS {
        let length = simd.splat_f32s(rows[row].squared[part]);
        sums[row][0] = simd.add_f32s(sums[row][0], simd.add_f32s(length, columns[0]));
        sums[row][1] = simd.add_f32s(sums[row][1], simd.add_f32s(length, columns[1]));
    }
}

/// Adds the products along the dimensions from `first` on.
#[inline(always)]
fn add_products<S: Simd>(
    simd: S,
    sums: &mut Sums<S::f32s>,
    rows: &[Row; ROWS],
    values: &[f32],
    first: usize,
) {
    let values = S::as_simd_f32s(values).0.as_chunks::<2>().0;
    let along = |row: usize| &rows[row].values[first..][..values.len()];
    let rows: [&[f32]; ROWS] = [along(0), along(1), along(2), along(3), along(4), along(5)];
    for (dimension, y) in values.iter().enumerate() {
        for row in 0..ROWS {
            let x = simd.splat_f32s(rows[row][dimension]);
            sums[row][0] = simd.mul_add_e_f32s(x, y[0], sums[row][0]);
            sums[row][1] = simd.mul_add_e_f32s(x, y[1], sums[row][1]);
        }
    }
}

#[inline(always)]
fn all_beyond<S: Simd>(simd: S, sums: Sums<S::f32s>, limits: &[f32; ROWS]) -> bool {
    // Loops, not closures: these are not inlined into code for wider registers.
    let mut below = simd.less_than_f32s(sums[0][0], simd.splat_f32s(limits[0]));
    for row in 0..ROWS {
        let limit = simd.splat_f32s(limits[row]);
        below = simd.or_m32s(below, simd.less_than_f32s(sums[row][0], limit));
        below = simd.or_m32s(below, simd.less_than_f32s(sums[row][1], limit));
    }
    simd.first_true_m32s(below) == LANES
}
