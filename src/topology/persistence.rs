//! Persistent homology of landmarks: components by a minimum spanning tree, holes by Vietoris-Rips cohomology.

use holos_tda::{DistanceMatrix, RipsParams, rips_persistence};
use ndarray::{Array1, Array2, Axis};
use rand::RngExt;
use rayon::prelude::*;

use super::spanning_tree::{distance, spanning_tree};
use crate::error::{Error, Result};
use crate::math::checks::check_rows;
use crate::math::random::seeded;
use crate::progress::unless_stopped;

/// A connected component or a hole, from the scale at which it appears to the one at which it merges or is filled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Scale at which it appears, a distance.
    pub birth: f64,
    /// Scale at which it vanishes; infinite for the one component that remains.
    pub death: f64,
}

impl Bar {
    /// `death - birth`.
    pub fn length(&self) -> f64 {
        self.death - self.birth
    }
}

/// The persistence diagram of a set of points.
#[derive(Debug, Clone)]
pub struct Persistence {
    /// Connected components, longest first; the first never ends.
    pub h0: Vec<Bar>,
    /// Holes, each with a loop of points around it, longest first.
    pub h1: Vec<Bar>,
    /// The rows that the diagram was computed of, in the order in which they were chosen.
    pub landmarks: Vec<usize>,
    /// No row is farther than this from a landmark: the diagram of all rows differs by at most twice that (Cohen-
    /// Steiner, Edelsbrunner & Harer 2007).
    pub covering_radius: f64,
}

impl Persistence {
    /// The same diagram with its longest finite bar as the unit, so that diagrams compare by shape and not by size. A
    /// diagram without finite bars stays as it is.
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

/// Persistent homology in dimensions 0 and 1 of `rows`, `[n, d]`, computed of `n_landmarks` max-min landmarks.
///
/// ```
/// use ndarray::array;
/// use neural_manifold::topology::{Bar, persistence};
///
/// // A square: its hole appears with its sides, and is filled at the length of its diagonals.
/// let square = persistence(&array![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], 4, 1)?;
/// assert_eq!(square.h0[1], Bar { birth: 0.0, death: 1.0 });
/// assert_eq!(square.h1, [Bar { birth: 1.0, death: 2f64.sqrt() }]);
/// # Ok::<(), neural_manifold::Error>(())
/// ```
///
/// # Errors
/// No rows, a value that is not finite, no landmarks; an interrupt of the notebook's cell.
pub fn persistence(rows: &Array2<f32>, n_landmarks: usize, seed: u64) -> Result<Persistence> {
    let (landmarks, covering_radius) = max_min_landmarks(rows, n_landmarks, seed)?;
    let points = rows.select(Axis(0), &landmarks);
    let h0 = components(&points)?;
    let h1 = if landmarks.len() > 2 { holes(&points)? } else { Vec::new() };
    Ok(Persistence { h0, h1, landmarks, covering_radius })
}

/// Chooses landmarks, each the row farthest from those before it, and measures the distance of the farthest row from its
/// nearest landmark (de Silva & Carlsson 2004). The first is drawn by the seed. There are fewer than `n_landmarks` when
/// every row coincides with one.
///
/// ```
/// use ndarray::array;
/// use neural_manifold::topology::max_min_landmarks;
///
/// // Whichever comes first, the second is an end of the line, and one row stays 4 away from both.
/// let (landmarks, covering_radius) = max_min_landmarks(&array![[0.0], [4.0], [10.0]], 2, 7)?;
/// assert_eq!((landmarks.len(), covering_radius), (2, 4.0));
/// # Ok::<(), neural_manifold::Error>(())
/// ```
///
/// # Errors
/// No rows, a value that is not finite, a count of zero.
pub fn max_min_landmarks(rows: &Array2<f32>, n_landmarks: usize, seed: u64) -> Result<(Vec<usize>, f64)> {
    check_rows("rows", rows)?;
    if n_landmarks == 0 {
        return Err(Error::config("n_landmarks", 0, "choose at least one, 300 to 1000 for a picture"));
    }
    let first = seeded(seed).random_range(0..rows.nrows());
    let mut nearest = vec![f64::INFINITY; rows.nrows()];
    let mut landmarks = vec![first];
    loop {
        let newest = rows.row(landmarks[landmarks.len() - 1]);
        nearest.par_iter_mut().enumerate().for_each(|(i, d)| *d = d.min(distance(rows.row(i), newest)));
        let farthest = |best: usize, i: usize| if nearest[i] > nearest[best] { i } else { best };
        let next = (1..rows.nrows()).fold(0, farthest);
        if landmarks.len() == n_landmarks || nearest[next] == 0.0 {
            return Ok((landmarks, nearest[next]));
        }
        landmarks.push(next);
    }
}

/// The number of bars at each scale: at their birth they count, at their death no longer.
///
/// ```
/// use ndarray::arr1;
/// use neural_manifold::topology::{Bar, betti_curve};
///
/// let bars = [Bar { birth: 0.0, death: f64::INFINITY }, Bar { birth: 0.0, death: 1.0 }];
/// assert_eq!(betti_curve(&bars, &arr1(&[0.0, 0.5, 1.0])), arr1(&[2, 2, 1]));
/// ```
pub fn betti_curve(bars: &[Bar], scales: &Array1<f64>) -> Array1<usize> {
    scales.mapv(|scale| bars.iter().filter(|bar| bar.birth <= scale && scale < bar.death).count())
}

/// Each point is a component born at 0; each edge of the minimum spanning tree merges two, and one of them dies.
fn components(points: &Array2<f32>) -> Result<Vec<Bar>> {
    let deaths = spanning_tree(points)?.into_iter().map(|edge| edge.length);
    Ok(longest_first(deaths.chain([f64::INFINITY]).map(|death| Bar { birth: 0.0, death }).collect()))
}

/// The bars of dimension 1 in the Vietoris-Rips filtration.
fn holes(points: &Array2<f32>) -> Result<Vec<Bar>> {
    let failure = |error: holos_tda::Error| Error::dependency("holos-tda", error);
    let points: Vec<Vec<f64>> =
        points.rows().into_iter().map(|row| row.iter().map(|&x| f64::from(x)).collect()).collect();
    let distances = DistanceMatrix::from_points(&points).map_err(failure)?;
    let diagram =
        unless_stopped("the search for holes", move || rips_persistence(&distances, &RipsParams::new(1)))?
            .map_err(failure)?;
    let loops = diagram.bars.iter().filter(|bar| bar.dim == 1 && bar.death > bar.birth);
    Ok(longest_first(loops.map(|bar| Bar { birth: bar.birth, death: bar.death }).collect()))
}

fn longest_first(mut bars: Vec<Bar>) -> Vec<Bar> {
    bars.sort_by(|a, b| b.length().total_cmp(&a.length()).then(a.birth.total_cmp(&b.birth)));
    bars
}
