//! Squared distances from a few rows to many, kept in registers and compared there.

use pulp::Simd;

use crate::lanes::{LANES, array};

/// Rows of a tile. Six rows by two registers make twelve sums, which the sixteen registers hold beside the operands.
pub(super) const ROWS: usize = 6;
/// Columns of a tile: two registers.
const COLUMNS: usize = 2 * LANES;

/// Rows as columns of tiles, `[panel, dimension, 16]`, with their squared lengths, which are infinite in the places of
/// the last panel that no row fills.
pub(super) struct Panels {
    dimensions: usize,
    values: Vec<f32>,
    squared_lengths: Vec<f32>,
}

impl Panels {
    pub(super) fn new<'r>(dimensions: usize, rows: impl ExactSizeIterator<Item = &'r [f32]>) -> Self {
        let n_panels = rows.len().div_ceil(COLUMNS);
        let mut values = vec![0.0; n_panels * dimensions * COLUMNS];
        let mut squared_lengths = vec![f32::INFINITY; n_panels * COLUMNS];
        for (number, row) in rows.enumerate() {
            let (panel, column) = (number / COLUMNS, number % COLUMNS);
            for (dimension, &x) in row.iter().enumerate() {
                values[(panel * dimensions + dimension) * COLUMNS + column] = x;
            }
            squared_lengths[number] = row.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() as f32;
        }
        Panels { dimensions, values, squared_lengths }
    }

    /// Calls `found(row, column, squared)` for each distance below the row's limit, and takes what it returns for
    /// the new limit.
    ///
    /// `rows` are `-2 x`, `[dimension, 6]`: the distances are `|x|^2 - 2 x.y + |y|^2`.
    #[inline(always)]
    pub(super) fn scan<S: Simd>(
        &self,
        simd: S,
        rows: &[[f32; ROWS]],
        squared_lengths: &[f32; ROWS],
        limits: &mut [f32; ROWS],
        mut found: impl FnMut(usize, usize, f32) -> f32,
    ) {
        let panels = self.values.chunks_exact(self.dimensions * COLUMNS);
        for (panel, (values, lengths)) in panels.zip(self.squared_lengths.chunks_exact(COLUMNS)).enumerate() {
            let (values, lengths) = (S::as_simd_f32s(values).0, S::as_simd_f32s(lengths).0);
            let mut sums = [[simd.splat_f32s(0.0); 2]; ROWS];
            for row in 0..ROWS {
                let length = simd.splat_f32s(squared_lengths[row]);
                sums[row] = [simd.add_f32s(length, lengths[0]), simd.add_f32s(length, lengths[1])];
            }
            for (x, y) in rows.iter().zip(values.as_chunks::<2>().0) {
                for row in 0..ROWS {
                    let x = simd.splat_f32s(x[row]);
                    sums[row][0] = simd.mul_add_e_f32s(x, y[0], sums[row][0]);
                    sums[row][1] = simd.mul_add_e_f32s(x, y[1], sums[row][1]);
                }
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
}
