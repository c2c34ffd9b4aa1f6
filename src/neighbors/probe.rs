//! Candidates for the nearest neighbors of the rows of one cell, from the cells in which most neighbors lie.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::candidates::Candidates;
use super::distance_tile::{LEADING_AXES, MR, PanelGroup, Row};
use super::recall::{Half, Truth};
use super::screen::Screen;
use crate::math::distance::squared_distance;
use crate::math::simd::{LANES, total};

/// Share of the true neighbors of sampled rows that the search's reach is set to hold.
const SHARE: f64 = 0.985;

/// How far the search goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// Cells that are looked at from each, those with the nearest centers.
    n_cells: usize,
    /// The largest cosine that is expected, as seen from a cell's center, between the directions of a row and of a
    /// neighbor of it in the cell. A bound on distances with this in place of 1 rules out many more cells.
    cosine: f32,
}

impl Reach {
    /// The smallest reach that holds all but a few of the true neighbors.
    pub(super) fn of(screen: &Screen, truth: &Truth) -> Reach {
        let cells = &screen.cells;
        let setting: Vec<_> = truth.of(Half::Setting).collect();
        let needed = |&&(i, ref near): &&(usize, Vec<(f64, u32)>)| {
            let own = screen.positions[i] as usize;
            let order = cells.nearest(cells.of_position(own), cells.len());
            let places: Vec<usize> =
                near.iter().map(|&(_, j)| screen.positions[j as usize] as usize).collect();
            let limit = places.iter().map(|&place| screen.squared_distance(own, place)).fold(0.0, f64::max);
            let needed = |&place: &usize| {
                let cell = cells.of_position(place);
                let rank = order.iter().position(|&other| other == cell).expect("all cells are in order") + 1;
                let spread = f64::from(cells.spreads[cell]);
                let squared = squared_distance(screen.row(own).into(), cells.center(cell).into());
                let excess = squared + f64::from(screen.offset(own)) + spread - limit;
                let cosine = if excess > 0.0 { excess / (2.0 * (squared * spread).sqrt()) } else { 0.0 };
                (rank, cosine.min(1.0) as f32)
            };
            // Copies of a row share its cell; which of many are named does not matter.
            let others = places.iter().zip(near).filter(|(_, near)| near.0 > 0.0);
            others.map(|(place, _)| needed(place)).collect()
        };
        let needed: Vec<Vec<(usize, f32)>> = setting.par_iter().map(needed).collect();
        let (mut ranks, mut cosines): (Vec<usize>, Vec<f32>) = needed.into_iter().flatten().unzip();
        if ranks.is_empty() {
            return Reach { n_cells: 1, cosine: 1.0 };
        }
        ranks.sort_unstable();
        cosines.sort_unstable_by(f32::total_cmp);
        let at = |share: f64| (share * (ranks.len() - 1) as f64).ceil() as usize;
        // Each of the two bounds may miss some.
        Reach { n_cells: ranks[at((1.0 + SHARE) / 2.0)], cosine: cosines[at(SHARE)] }
    }
}

/// The rows of each cell, relative to its center, packed for distance tiles.
pub(super) fn pack(screen: &Screen) -> PanelGroup {
    let cells = &screen.cells;
    let mut packed = PanelGroup::new(screen.axes, (0..cells.len()).map(|cell| cells.members(cell).len()));
    packed.places().into_par_iter().enumerate().for_each(|(cell, place)| {
        let (center, members) = (cells.center(cell), cells.members(cell));
        let shift = |position| screen.row(position).iter().zip(center).map(|(x, c)| x - c);
        let shifted: Vec<f32> = members.clone().flat_map(shift).collect();
        let row = |(values, position)| {
            let mut row = Row::new(values);
            row.squared_norms[1] += screen.offset(position);
            row
        };
        place.fill(shifted.chunks_exact(screen.axes).zip(members).map(row));
    });
    packed
}

/// The search for the rows of one cell.
pub(super) struct CellProbe<'a> {
    pub(super) screen: &'a Screen,
    /// The rows of each cell.
    pub(super) packed: &'a PanelGroup,
    /// The cell's number.
    pub(super) cell: usize,
    pub(super) reach: Reach,
    /// Candidates to keep per row; all rows have as many.
    pub(super) n_candidates: usize,
}

impl CellProbe<'_> {
    /// Cells within reach, the nearest first, and more where these hold too few rows.
    fn within_reach(&self) -> Vec<usize> {
        let cells = &self.screen.cells;
        let mut count = self.reach.n_cells;
        loop {
            let order = cells.nearest(self.cell, count);
            let n_rows: usize = order.iter().map(|&cell| cells.members(cell).len()).sum();
            if n_rows > self.n_candidates || count >= cells.len() {
                return order;
            }
            count *= 2;
        }
    }
}

impl WithSimd for CellProbe<'_> {
    /// In the order of the cell's members; candidates are positions.
    type Output = Vec<Candidates>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<Candidates> {
        let order = self.within_reach();
        let CellProbe { screen, packed, cell, reach, n_candidates } = self;
        let axes = screen.axes;
        let members = screen.cells.members(cell);
        let mut candidates: Vec<Candidates> =
            members.clone().map(|_| Candidates::new(n_candidates)).collect();
        let mut shifted = vec![0.0f32; members.len() * axes];
        let mut active: Vec<(usize, [f32; 2])> = Vec::with_capacity(members.len());
        for other in order {
            let (center, first) = (screen.cells.center(other), screen.cells.members(other).start);
            let spread = screen.cells.spreads[other];
            let along = 2.0 * reach.cosine * spread.sqrt();
            active.clear();
            for (r, place) in shifted.chunks_exact_mut(axes).enumerate() {
                // Relative to the cell's center, few digits cancel.
                let [leading, rest] = shift(simd, screen.row(members.start + r), center, place);
                let (squared, offset) = (leading + rest, screen.offset(members.start + r));
                if squared + spread - along * squared.sqrt() + offset < candidates[r].limit() {
                    active.push((r, [leading, rest + offset]));
                }
            }
            let panels = packed.panels(other);
            for group in active.chunks(MR) {
                let row = |&(r, squared_norms): &(usize, [f32; 2])| Row {
                    values: &shifted[r * axes..][..axes],
                    squared_norms,
                };
                let mut tile = [row(&group[0]); MR];
                let mut limits = [f32::NEG_INFINITY; MR];
                for (place, entry) in group.iter().enumerate() {
                    (tile[place], limits[place]) = (row(entry), candidates[entry.0].limit());
                }
                panels.for_each_below(simd, &tile, &mut limits, |place, column, squared| {
                    let r = group[place].0;
                    if first + column != members.start + r {
                        candidates[r].take(squared, (first + column) as u32);
                    }
                    candidates[r].limit()
                });
            }
        }
        candidates
    }
}

/// Writes `row - center`; gives its squared norms along the leading axes and along the others.
#[inline(always)]
fn shift<S: Simd>(simd: S, row: &[f32], center: &[f32], place: &mut [f32]) -> [f32; 2] {
    let (row, center, place) =
        (S::as_simd_f32s(row).0, S::as_simd_f32s(center).0, S::as_mut_simd_f32s(place).0);
    let mut norms = [simd.splat_f32s(0.0); 2];
    for register in 0..row.len() {
        let part = usize::from(register >= LEADING_AXES / LANES);
        place[register] = simd.sub_f32s(row[register], center[register]);
        norms[part] = simd.mul_add_e_f32s(place[register], place[register], norms[part]);
    }
    [total(simd, norms[0]), total(simd, norms[1])]
}
