//! Repulsion among many points through a grid: points are spread on its nodes, a convolution gives the potential of all
//! of them, and each point reads the slope of the potential where it stands.
//!
//! The grid takes the place of the sums over pairs as in FIt-SNE (Linderman et al. 2019). Splines of order six replace
//! its piecewise parabolas: they are smooth, so that the force is the slope of one potential, and one convolution does
//! where FIt-SNE needs four.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::CHUNK;
use super::convolution::Convolution;
use super::kernel::BLOCK;
use super::spline::{NODES_LEFT, ORDER, Spline};
use crate::math::simd::{self, LANES, array, floats, total as sum_of};
use crate::projection::pairwise::Point;

/// Distance of two nodes, in units of the map. On 10,000 rows of Fashion-MNIST the forces of a finished map are then off
/// by 0.2 %, and the divergence comes out as by the sums over all pairs; with 0.5 they are off by 1.8 %, and with
/// FIt-SNE's own grid by 3.4 %, which costs 0.02 and 0.04 nats.
const SPACING: f64 = 1.0 / 3.0;
/// A map of fewer cells has a finer grid.
const MIN_CELLS: f64 = 50.0;
/// Nodes per side at the most; a map that is larger has a coarser grid.
const MAX_SIDE: usize = 2_048;
/// Nodes beyond the outermost points, both sides together: their splines, and what a register reads past those.
const MARGIN: usize = 2 * LANES;

/// Buffers and the kernel, kept from epoch to epoch.
pub(super) struct Mesh {
    spline: Spline,
    convolution: Convolution,
    charges: Vec<f32>,
    potential: Vec<f32>,
    /// The points by band of rows, and where each band starts.
    order: Vec<u32>,
    starts: Vec<usize>,
}

/// Where the grid lies.
#[derive(Clone, Copy)]
struct Frame {
    side: usize,
    /// Nodes per unit of the map.
    per_unit: f32,
    center: Point,
}

/// Of one axis: the first node of a point's spline, and how far it is past the node to its left.
#[derive(Clone, Copy)]
struct Place {
    node: usize,
    past: f32,
}

impl Frame {
    #[inline(always)]
    fn place(&self, point: Point, axis: usize) -> Place {
        let at = (point[axis] - self.center[axis]) * self.per_unit + (self.side / 2) as f32;
        let left = (at as usize).clamp(NODES_LEFT, self.side - LANES + NODES_LEFT);
        Place { node: left - NODES_LEFT, past: at - left as f32 }
    }
}

impl Mesh {
    pub(super) fn new() -> Mesh {
        Mesh {
            spline: Spline::new(),
            convolution: Convolution::new(side_of(MIN_CELLS), SPACING),
            charges: Vec::new(),
            potential: Vec::new(),
            order: Vec::new(),
            starts: Vec::new(),
        }
    }

    /// Writes to `forces` the sum of `(y_i - y_j) / (1 + d_ij^2)^2` for each point; gives the sum over all pairs of
    /// `1 / (1 + d_ij^2)`.
    pub(super) fn repulsion(&mut self, points: &[Point], forces: &mut [Point]) -> f64 {
        let frame = self.fit(points);
        let Mesh { spline, convolution, charges, potential, order, starts } = self;
        sort_by_band(points, frame, order, starts);
        spread(points, frame, spline, order, starts, charges);
        convolution.run(charges, potential);
        let read = |(forces, points): (&mut [Point], &[Point])| {
            simd::dispatch(Read { frame, spline, potential, points, forces })
        };
        let totals: Vec<f64> = forces.par_chunks_mut(CHUNK).zip(points.par_chunks(CHUNK)).map(read).collect();
        let n = points.len() as f64;
        totals.iter().sum::<f64>() + n * n * convolution.offset() - n
    }

    /// Lays the grid over the points.
    fn fit(&mut self, points: &[Point]) -> Frame {
        let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        for point in points {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        let extent = f64::from((high[0] - low[0]).max(high[1] - low[1])).max(1e-6);
        // By factors of two, so that a growing map seldom needs a new kernel.
        let finer = (MIN_CELLS * SPACING / extent).log2().ceil().max(0.0);
        let coarser = (extent / SPACING / (MAX_SIDE - MARGIN) as f64).log2().ceil().max(0.0);
        let spacing = SPACING * (coarser - finer).exp2();
        let side = side_of(extent / spacing);
        if side != self.convolution.side() || spacing != self.convolution.spacing() {
            self.convolution = Convolution::new(side, spacing);
        }
        self.charges.resize(side * side, 0.0);
        self.potential.resize(side * side, 0.0);
        Frame {
            side,
            per_unit: (1.0 / spacing) as f32,
            center: [0, 1].map(|axis| (low[axis] + high[axis]) / 2.0),
        }
    }
}

/// Nodes per side for so many cells: the next product of twos, threes and fives by [`BLOCK`].
fn side_of(cells: f64) -> usize {
    let blocks = (cells.ceil() as usize + MARGIN).div_ceil(BLOCK);
    let smooth = |mut n: usize| {
        for factor in [2, 3, 5] {
            while n.is_multiple_of(factor) {
                n /= factor;
            }
        }
        n == 1
    };
    BLOCK * (blocks..).find(|&n| smooth(n)).expect("products of twos are endless")
}

/// The numbers of the points by the band of [`BLOCK`] rows in which their splines begin, ascending within a band.
fn sort_by_band(points: &[Point], frame: Frame, order: &mut Vec<u32>, starts: &mut Vec<usize>) {
    let band = |&point: &Point| frame.place(point, 1).node / BLOCK;
    starts.clear();
    starts.resize(frame.side / BLOCK + 1, 0);
    for point in points {
        starts[band(point) + 1] += 1;
    }
    for number in 1..starts.len() {
        starts[number] += starts[number - 1];
    }
    let mut next = starts.clone();
    order.resize(points.len(), 0);
    for (i, point) in points.iter().enumerate() {
        let slot = &mut next[band(point)];
        order[*slot] = i as u32;
        *slot += 1;
    }
}

/// Adds the weights of each point to the nodes around it.
///
/// A band's points reach into the next one: every other band is filled at a time, in pairs of bands that no two threads
/// share.
fn spread(
    points: &[Point],
    frame: Frame,
    spline: &Spline,
    order: &[u32],
    starts: &[usize],
    charges: &mut [f32],
) {
    let band_size = BLOCK * frame.side;
    charges.par_chunks_mut(band_size).for_each(|rows| rows.fill(0.0));
    for parity in 0..2 {
        let pairs = charges[parity * band_size..].par_chunks_mut(2 * band_size);
        pairs.enumerate().for_each(|(pair, rows)| {
            let band = 2 * pair + parity;
            let members = &order[starts[band]..starts[band + 1]];
            simd::dispatch(Spread { frame, spline, points, members, first_row: band * BLOCK, rows });
        });
    }
}

struct Spread<'a> {
    frame: Frame,
    spline: &'a Spline,
    points: &'a [Point],
    members: &'a [u32],
    first_row: usize,
    rows: &'a mut [f32],
}

impl WithSimd for Spread<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Spread { frame, spline, points, members, first_row, rows } = self;
        for &i in members {
            let point = points[i as usize];
            let (x, y) = (frame.place(point, 0), frame.place(point, 1));
            let along = spline.values(simd, x.past);
            let across = array(simd, spline.values(simd, y.past));
            let first = (y.node - first_row) * frame.side + x.node;
            for (row, &weight) in across[..ORDER].iter().enumerate() {
                let nodes =
                    rows[first + row * frame.side..].first_chunk_mut().expect("the margin is a register");
                let weight = simd.splat_f32s(weight);
                *nodes = array(simd, simd.mul_add_f32s(weight, along, floats(simd, *nodes)));
            }
        }
    }
}

/// Reads the potential and its slope at some points; gives the sum of the potentials.
struct Read<'a> {
    frame: Frame,
    spline: &'a Spline,
    potential: &'a [f32],
    points: &'a [Point],
    forces: &'a mut [Point],
}

impl WithSimd for Read<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let Read { frame, spline, potential, points, forces } = self;
        // The kernel's derivative by y_i is -2 (y_i - y_j) / (1 + d^2)^2.
        let scale = -0.5 * frame.per_unit;
        let mut total = 0.0;
        for (&point, force) in points.iter().zip(forces) {
            let (x, y) = (frame.place(point, 0), frame.place(point, 1));
            let weights = array(simd, spline.values(simd, y.past));
            let slopes = array(simd, spline.slopes(simd, y.past));
            let first = y.node * frame.side + x.node;
            let (mut level, mut slope) = (simd.splat_f32s(0.0), simd.splat_f32s(0.0));
            for row in 0..ORDER {
                let nodes =
                    potential[first + row * frame.side..].first_chunk().expect("the margin is a register");
                let nodes = floats(simd, *nodes);
                level = simd.mul_add_f32s(simd.splat_f32s(weights[row]), nodes, level);
                slope = simd.mul_add_f32s(simd.splat_f32s(slopes[row]), nodes, slope);
            }
            let along = spline.values(simd, x.past);
            let sum = |a, b| sum_of(simd, simd.mul_f32s(a, b));
            total += f64::from(sum(along, level));
            *force = [scale * sum(spline.slopes(simd, x.past), level), scale * sum(along, slope)];
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::tsne::exact;

    /// Points in a few clouds.
    fn clouds(n: usize, extent: f32) -> Vec<Point> {
        let mut state = 9u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        (0..n)
            .map(|i| {
                [0, 1].map(|axis| {
                    extent * (0.15 * (random() + random()) + 0.7 * ((i % 7 * (3 + axis)) % 7) as f32 / 6.0)
                })
            })
            .collect()
    }

    #[test]
    fn the_grid_gives_the_sums_over_all_pairs() {
        let mut mesh = Mesh::new();
        // Where points are sparse, most of a force comes from the few nearest, which the grid sees least sharply.
        let dense = [1e-5, 1e-3, 0.3, 4.0, 30.0].map(|extent| (extent, 2e-3, 1e-4));
        for (extent, most, most_of_total) in
            dense.into_iter().chain([(90.0, 4e-3, 1e-4), (400.0, 1e-2, 1e-3)])
        {
            let points = clouds(3_000, extent);
            let (mut fast, mut slow) = (vec![[0.0; 2]; points.len()], vec![[0.0; 2]; points.len()]);
            let total = mesh.repulsion(&points, &mut fast);
            let expected = exact::repulsion(&points, &mut slow);
            let square =
                |forces: &[Point]| forces.iter().flatten().map(|&x| f64::from(x).powi(2)).sum::<f64>();
            let apart: Vec<Point> = fast.iter().zip(&slow).map(|(a, b)| [a[0] - b[0], a[1] - b[1]]).collect();
            let error = (square(&apart) / square(&slow)).sqrt();
            assert!(error < most, "{extent}: {error}");
            assert!((total / expected - 1.0).abs() < most_of_total, "{extent}: {total} {expected}");
        }
    }
}
