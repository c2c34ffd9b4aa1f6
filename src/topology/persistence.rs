//! Persistent homology of landmarks: pieces by a minimum spanning tree, holes by Vietoris-Rips cohomology.

use holos_tda::{DistanceMatrix, RipsParams, rips_persistence};
use ndarray::{Array1, Array2, ArrayView1, Axis};
use rand::RngExt;
use rayon::prelude::*;

use super::pieces::spanning_tree;
use crate::error::{Error, Result};
use crate::math::checks::check_rows;
use crate::math::random::seeded;

/// A piece or a hole, from the scale at which it appears to the one at which it is joined or filled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Scale at which it appears, a distance.
    pub birth: f64,
    /// Scale at which it vanishes; infinite for the one piece that remains.
    pub death: f64,
}

impl Bar {
    /// How long it lasts.
    pub fn length(&self) -> f64 {
        self.death - self.birth
    }
}

/// The persistence diagram of a set of points.
#[derive(Debug, Clone)]
pub struct Persistence {
    /// Connected pieces, longest first; the first lasts for ever.
    pub h0: Vec<Bar>,
    /// Holes that a loop goes around, longest first.
    pub h1: Vec<Bar>,
    /// The rows that stood for all, in the order in which they were chosen.
    pub landmarks: Vec<usize>,
    /// No row is farther than this from a landmark: the diagram of all rows differs by at most twice that (Cohen-
    /// Steiner, Edelsbrunner & Harer 2007).
    pub covering_radius: f64,
}

impl Persistence {
    /// The same diagram with its longest finite bar as the unit: what is compared then is shape alone, not size.
    ///
    /// As it is when no bar is finite.
    pub fn scaled(&self) -> Persistence {
        let finite = self.h0.iter().chain(&self.h1).map(Bar::length).filter(|length| length.is_finite());
        let longest = finite.fold(0.0, f64::max);
        let unit = if longest > 0.0 { longest } else { 1.0 };
        let scale = |bars: &[Bar]| {
            bars.iter().map(|bar| Bar { birth: bar.birth / unit, death: bar.death / unit }).collect()
        };
        Persistence {
            h0: scale(&self.h0),
            h1: scale(&self.h1),
            landmarks: self.landmarks.clone(),
            covering_radius: self.covering_radius / unit,
        }
    }
}

/// Persistent homology in dimensions 0 and 1 of `rows`, `[n, d]`, on so many max-min landmarks.
///
/// # Errors
/// No rows, a value that is not finite, no landmarks.
pub fn persistence(rows: &Array2<f32>, landmarks: usize, seed: u64) -> Result<Persistence> {
    let (landmarks, covering_radius) = max_min_landmarks(rows, landmarks, seed)?;
    let points = rows.select(Axis(0), &landmarks);
    let h0 = pieces(&points);
    let h1 = if landmarks.len() > 2 { holes(&points)? } else { Vec::new() };
    Ok(Persistence { h0, h1, landmarks, covering_radius })
}

/// Landmarks, each the row farthest from those before it, and the distance of the farthest row from them all
/// (de Silva & Carlsson 2004). The first is drawn by the seed. Ends early when every row is a landmark's twin.
///
/// # Errors
/// No rows, a value that is not finite, a count of zero.
pub fn max_min_landmarks(rows: &Array2<f32>, count: usize, seed: u64) -> Result<(Vec<usize>, f64)> {
    check_rows("rows", rows)?;
    if count == 0 {
        return Err(Error::config("landmarks", 0, "choose at least one, 300 to 1000 for a picture"));
    }
    let first = seeded(seed).random_range(0..rows.nrows());
    let mut nearest = vec![f64::INFINITY; rows.nrows()];
    let mut landmarks = vec![first];
    loop {
        let newest = rows.row(landmarks[landmarks.len() - 1]);
        nearest.par_iter_mut().enumerate().for_each(|(i, d)| *d = d.min(distance(rows.row(i), newest)));
        let farthest = |best: usize, i: usize| if nearest[i] > nearest[best] { i } else { best };
        let next = (1..rows.nrows()).fold(0, farthest);
        if landmarks.len() == count || nearest[next] == 0.0 {
            return Ok((landmarks, nearest[next]));
        }
        landmarks.push(next);
    }
}

/// How many bars are alive at each scale.
pub fn betti_curve(bars: &[Bar], scales: &Array1<f64>) -> Array1<usize> {
    scales.mapv(|scale| bars.iter().filter(|bar| bar.birth <= scale && scale < bar.death).count())
}

/// Every point is born at 0, and two pieces join along each edge of the minimum spanning tree.
fn pieces(points: &Array2<f32>) -> Vec<Bar> {
    let joined = spanning_tree(points).into_iter().map(|edge| edge.length);
    longest_first(joined.chain([f64::INFINITY]).map(|death| Bar { birth: 0.0, death }).collect())
}

fn holes(points: &Array2<f32>) -> Result<Vec<Bar>> {
    let failure = |error: holos_tda::Error| Error::dependency("holos-tda", error);
    let points: Vec<Vec<f64>> =
        points.rows().into_iter().map(|row| row.iter().map(|&x| f64::from(x)).collect()).collect();
    let distances = DistanceMatrix::from_points(&points).map_err(failure)?;
    let diagram = rips_persistence(&distances, &RipsParams::new(1)).map_err(failure)?;
    let loops = diagram.bars.iter().filter(|bar| bar.dim == 1 && bar.death > bar.birth);
    Ok(longest_first(loops.map(|bar| Bar { birth: bar.birth, death: bar.death }).collect()))
}

fn longest_first(mut bars: Vec<Bar>) -> Vec<Bar> {
    bars.sort_by(|a, b| b.length().total_cmp(&a.length()).then(a.birth.total_cmp(&b.birth)));
    bars
}

pub(super) fn distance(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f64 {
    a.iter().zip(b).map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2)).sum::<f64>().sqrt()
}
