//! Squared distances from a few rows to many, kept in registers and compared there.

use pulp::Simd;

use crate::math::simd::{LANES, array};

/// Rows of a tile. Six rows by two registers make twelve sums, which the sixteen registers hold along with the operands.
pub(super) const MR: usize = 6;
/// Columns of a tile: two registers.
pub(super) const NR: usize = 2 * LANES;
/// Axes whose terms are added first. Most pairs are rejected by these alone when the rows are rotated onto their
/// principal axes.
pub(super) const LEADING_AXES: usize = 8;

/// A row and its squared norms along the leading axes and along the others.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) values: &'a [f32],
    pub(super) squared_norms: [f32; 2],
}

impl<'a> Row<'a> {
    pub(super) fn new(values: &'a [f32]) -> Self {
        let (leading, rest) = values.split_at(LEADING_AXES.min(values.len()));
        let squared = |part: &[f32]| part.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() as f32;
        Row { values, squared_norms: [squared(leading), squared(rest)] }
    }
}

/// Rows packed as columns of tiles: `-2 y` as `[panel, dimension, 16]`, with their squared norms along the leading axes
/// and along the others. The first norm is infinite where no row fills the last panel.
pub(super) struct Panels<V = Vec<f32>> {
    dimensions: usize,
    values: V,
    squared_norms: [V; 2],
}

impl Panels {
    pub(super) fn new<'r>(dimensions: usize, rows: impl ExactSizeIterator<Item = Row<'r>>) -> Self {
        let mut group = PanelGroup::new(dimensions, std::iter::once(rows.len()));
        group.places().remove(0).fill(rows);
        Panels { dimensions, values: group.values, squared_norms: group.squared_norms }
    }
}

impl Panels<&mut [f32]> {
    /// Writes rows, as many as there is room for, where nothing is written yet.
    pub(super) fn fill<'r>(self, rows: impl Iterator<Item = Row<'r>>) {
        let Panels { dimensions, values, squared_norms: [leading_norms, rest_norms] } = self;
        for (number, row) in rows.enumerate() {
            let (panel, column) = (number / NR, number % NR);
            for (dimension, &y) in row.values.iter().enumerate() {
                values[(panel * dimensions + dimension) * NR + column] = -2.0 * y;
            }
            leading_norms[number] = row.squared_norms[0];
            rest_norms[number] = row.squared_norms[1];
        }
    }
}

/// The panels of several groups of rows in one piece of memory, which thousands of small ones would leave in pieces.
pub(super) struct PanelGroup {
    dimensions: usize,
    /// First column of each group, and the number of columns.
    starts: Vec<usize>,
    values: Vec<f32>,
    squared_norms: [Vec<f32>; 2],
}

impl PanelGroup {
    /// Room for groups of these sizes.
    pub(super) fn new(dimensions: usize, sizes: impl Iterator<Item = usize>) -> Self {
        let mut starts = vec![0];
        sizes.for_each(|size| starts.push(starts[starts.len() - 1] + size.next_multiple_of(NR)));
        let width = starts[starts.len() - 1];
        let squared_norms = [f32::INFINITY, 0.0].map(|empty| vec![empty; width]);
        PanelGroup { dimensions, starts, values: vec![0.0; width * dimensions], squared_norms }
    }

    /// The room of each group.
    pub(super) fn places(&mut self) -> Vec<Panels<&mut [f32]>> {
        let dimensions = self.dimensions;
        let mut values = self.values.as_mut_slice();
        let [mut leading, mut rest] = self.squared_norms.each_mut().map(Vec::as_mut_slice);
        let place = |pair: &[usize]| {
            let (width, room) = (pair[1] - pair[0], "room for all groups");
            let values = values.split_off_mut(..width * dimensions).expect(room);
            let norms = [&mut leading, &mut rest].map(|norms| norms.split_off_mut(..width).expect(room));
            Panels { dimensions, values, squared_norms: norms }
        };
        self.starts.windows(2).map(place).collect()
    }

    #[inline(always)]
    pub(super) fn panels(&self, group: usize) -> Panels<&[f32]> {
        let columns = self.starts[group]..self.starts[group + 1];
        let values = &self.values[columns.start * self.dimensions..columns.end * self.dimensions];
        let squared_norms = [&self.squared_norms[0][columns.clone()], &self.squared_norms[1][columns]];
        Panels { dimensions: self.dimensions, values, squared_norms }
    }
}

impl<V: AsRef<[f32]>> Panels<V> {
    /// Calls `found(row, column, squared)` for each squared distance below the row's limit, and takes what it returns
    /// for the new limit.
    ///
    /// The distances are `|x|^2 - 2 x.y + |y|^2`, along the leading axes first: where these alone reach all limits, the
    /// other axes are skipped.
    #[inline(always)]
    pub(super) fn for_each_below<S: Simd>(
        &self,
        simd: S,
        rows: &[Row; MR],
        limits: &mut [f32; MR],
        mut found: impl FnMut(usize, usize, f32) -> f32,
    ) {
        let leading = LEADING_AXES.min(self.dimensions);
        let panels = self.values.as_ref().chunks_exact(self.dimensions * NR);
        let [leading_norms, rest_norms] = self.squared_norms.each_ref().map(AsRef::as_ref);
        let norms = leading_norms.chunks_exact(NR).zip(rest_norms.chunks_exact(NR));
        for (panel, (values, (leading_norms, rest_norms))) in panels.zip(norms).enumerate() {
            let (leading_values, rest_values) = values.split_at(leading * NR);
            let mut sums = [[simd.splat_f32s(0.0); 2]; MR];
            add_norms(simd, &mut sums, rows, leading_norms, 0);
            add_products(simd, &mut sums, rows, leading_values, 0);
            if leading < self.dimensions {
                if all_beyond(simd, sums, limits) {
                    continue;
                }
                add_norms(simd, &mut sums, rows, rest_norms, 1);
                add_products(simd, &mut sums, rows, rest_values, leading);
            }
            for (row, halves) in sums.into_iter().enumerate() {
                for (half, sums) in halves.into_iter().enumerate() {
                    let below = simd.less_than_f32s(sums, simd.splat_f32s(limits[row]));
                    if simd.first_true_m32s(below) == LANES {
                        continue;
                    }
                    for (lane, &squared) in array(simd, sums).iter().enumerate() {
                        if squared < limits[row] {
                            limits[row] = found(row, panel * NR + half * LANES + lane, squared);
                        }
                    }
                }
            }
        }
    }

    /// Writes all squared distances into `squared`, `[row, column]`, whose rows are [`width`](Panels::width) long.
    #[inline(always)]
    pub(super) fn squared_distances<S: Simd>(&self, simd: S, rows: &[Row; MR], squared: &mut [f32]) {
        let leading = LEADING_AXES.min(self.dimensions);
        let width = self.width();
        let [leading_norms, rest_norms] = self.squared_norms.each_ref().map(AsRef::as_ref);
        for (panel, values) in self.values.as_ref().chunks_exact(self.dimensions * NR).enumerate() {
            let columns = panel * NR..(panel + 1) * NR;
            let (leading_values, rest_values) = values.split_at(leading * NR);
            let mut sums = [[simd.splat_f32s(0.0); 2]; MR];
            add_norms(simd, &mut sums, rows, &leading_norms[columns.clone()], 0);
            add_products(simd, &mut sums, rows, leading_values, 0);
            add_norms(simd, &mut sums, rows, &rest_norms[columns.clone()], 1);
            add_products(simd, &mut sums, rows, rest_values, leading);
            for row in 0..MR {
                let places = &mut squared[row * width..][columns.clone()];
                places[..LANES].copy_from_slice(&array(simd, sums[row][0]));
                places[LANES..].copy_from_slice(&array(simd, sums[row][1]));
            }
        }
    }

    /// Columns of all panels, including those of the last panel that no row fills.
    pub(super) fn width(&self) -> usize {
        self.squared_norms[0].as_ref().len()
    }
}

type Sums<F> = [[F; 2]; MR];

/// Adds the squared norms of rows and columns along the leading axes (`part` 0) or along the others (`part` 1).
#[inline(always)]
fn add_norms<S: Simd>(simd: S, sums: &mut Sums<S::f32s>, rows: &[Row; MR], columns: &[f32], part: usize) {
    let columns = S::as_simd_f32s(columns).0;
    for row in 0..MR {
        let norm = simd.splat_f32s(rows[row].squared_norms[part]);
        sums[row][0] = simd.add_f32s(sums[row][0], simd.add_f32s(norm, columns[0]));
        sums[row][1] = simd.add_f32s(sums[row][1], simd.add_f32s(norm, columns[1]));
    }
}

/// Adds the products along the axes from `first` on.
#[inline(always)]
fn add_products<S: Simd>(simd: S, sums: &mut Sums<S::f32s>, rows: &[Row; MR], values: &[f32], first: usize) {
    let values = S::as_simd_f32s(values).0.as_chunks::<2>().0;
    let along = |row: usize| &rows[row].values[first..][..values.len()];
    let rows: [&[f32]; MR] = [along(0), along(1), along(2), along(3), along(4), along(5)];
    for (dimension, y) in values.iter().enumerate() {
        for row in 0..MR {
            let x = simd.splat_f32s(rows[row][dimension]);
            sums[row][0] = simd.mul_add_e_f32s(x, y[0], sums[row][0]);
            sums[row][1] = simd.mul_add_e_f32s(x, y[1], sums[row][1]);
        }
    }
}

/// Whether every sum has reached its row's limit.
#[inline(always)]
fn all_beyond<S: Simd>(simd: S, sums: Sums<S::f32s>, limits: &[f32; MR]) -> bool {
    // Loops, not closures: these are not inlined into code for wider registers.
    let mut below = simd.less_than_f32s(sums[0][0], simd.splat_f32s(limits[0]));
    for row in 0..MR {
        let limit = simd.splat_f32s(limits[row]);
        below = simd.or_m32s(below, simd.less_than_f32s(sums[row][0], limit));
        below = simd.or_m32s(below, simd.less_than_f32s(sums[row][1], limit));
    }
    simd.first_true_m32s(below) == LANES
}
