//! Connected pieces by scale: two points are in one piece when steps no longer than the scale lead from one to the
//! other. The minimum spanning tree holds all that there is to know.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::persistence::distance;
use crate::error::{Error, Result};
use crate::math::checks::check_rows;

/// Points looked at by one thread at the least.
const CHUNK: usize = 512;

/// A step between two points.
pub(super) struct Edge {
    pub ends: [usize; 2],
    pub length: f64,
}

/// A class as a piece of its own: from the scale at which it gathers to the one at which it meets another class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassPiece {
    /// The class.
    pub class: u8,
    /// Scale from which one piece holds more than half of the class, a distance.
    pub gathers: f64,
    /// Scale from which that piece holds more than half of another class too; infinite when there is no other.
    /// A class that is nowhere apart from the others meets one as it gathers.
    pub meets: f64,
    /// The classes met there, ascending.
    pub met: Vec<u8>,
}

/// The scales at which the classes of `rows`, `[n, d]`, become pieces, and cease to be pieces of their own, by their
/// `labels`, `[n]`; in the order in which they gather, then of their labels.
///
/// Single linkage of all rows, read by majorities so that a few stray rows make no difference. Every pair of rows is
/// measured: 10,000 rows of 32 columns take seconds.
///
/// # Errors
/// No rows, a value that is not finite, labels of another count.
pub fn class_pieces(rows: &Array2<f32>, labels: &Array1<u8>) -> Result<Vec<ClassPiece>> {
    check_rows("rows", rows)?;
    if labels.len() != rows.nrows() {
        let remedy = "give one label per row";
        return Err(Error::mismatch(
            "rows",
            (rows.nrows(), "the data"),
            (labels.len(), "the labels"),
            remedy,
        ));
    }
    let mut totals = [0usize; 256];
    labels.iter().for_each(|&label| totals[usize::from(label)] += 1);
    let mut forest = Forest::new(labels);
    let mut found: Vec<ClassPiece> = Vec::new();
    let mut note = |counts: &BTreeMap<u8, usize>, scale: f64| {
        let majorities = counts.iter().filter(|&(&class, &count)| 2 * count > totals[usize::from(class)]);
        let held: Vec<u8> = majorities.map(|(&class, _)| class).collect();
        for &class in &held {
            let position = found.iter().position(|piece| piece.class == class).unwrap_or_else(|| {
                found.push(ClassPiece { class, gathers: scale, meets: f64::INFINITY, met: Vec::new() });
                found.len() - 1
            });
            let piece = &mut found[position];
            if piece.met.is_empty() && held.len() > 1 {
                piece.meets = scale;
                piece.met = held.iter().copied().filter(|&other| other != class).collect();
            }
        }
    };
    // A class of one row is a piece from the start.
    forest.counts.iter().for_each(|counts| note(counts, 0.0));
    let mut edges = spanning_tree(rows);
    edges.sort_by(|a, b| a.length.total_cmp(&b.length));
    // Steps of one length are taken together: their order means nothing.
    for steps in edges.chunk_by(|a, b| a.length == b.length) {
        steps.iter().for_each(|step| forest.join(step.ends));
        for step in steps {
            let root = forest.root(step.ends[0]);
            note(&forest.counts[root], step.length);
        }
    }
    found.sort_by(|a, b| a.gathers.total_cmp(&b.gathers).then(a.class.cmp(&b.class)));
    Ok(found)
}

/// Pieces as trees of rows (Galler & Fischer 1964); each root knows how many rows of each class its piece holds.
struct Forest {
    parent: Vec<usize>,
    counts: Vec<BTreeMap<u8, usize>>,
}

impl Forest {
    /// Each row by itself.
    fn new(labels: &Array1<u8>) -> Forest {
        let counts = labels.iter().map(|&label| BTreeMap::from([(label, 1)])).collect();
        Forest { parent: (0..labels.len()).collect(), counts }
    }

    /// The root of a row's piece; the way there is halved for the next who asks.
    fn root(&mut self, mut i: usize) -> usize {
        while self.parent[i] != i {
            self.parent[i] = self.parent[self.parent[i]];
            i = self.parent[i];
        }
        i
    }

    /// Makes two pieces one.
    fn join(&mut self, ends: [usize; 2]) {
        let [a, b] = ends.map(|end| self.root(end));
        self.parent[b] = a;
        for (class, count) in std::mem::take(&mut self.counts[b]) {
            *self.counts[a].entry(class).or_default() += count;
        }
    }
}

/// The minimum spanning tree of points, grown from the first (Prim 1957); of equal steps the one to the first point.
pub(super) fn spanning_tree(points: &Array2<f32>) -> Vec<Edge> {
    // Of each point outside the tree: the shortest step to it. None inside.
    let mut steps: Vec<Option<Edge>> =
        (0..points.nrows()).map(|i| Some(Edge { ends: [0, i], length: f64::INFINITY })).collect();
    let mut newest = 0;
    steps[newest] = None;
    let mut tree = Vec::with_capacity(points.nrows());
    loop {
        let shorten = |(i, step): (usize, &mut Option<Edge>)| {
            let step = step.as_mut()?;
            let length = distance(points.row(newest), points.row(i));
            if length < step.length {
                *step = Edge { ends: [newest, i], length };
            }
            Some((step.length, i))
        };
        let outside = steps.par_iter_mut().enumerate().with_min_len(CHUNK).filter_map(shorten);
        let Some((_, next)) = outside.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))) else {
            return tree;
        };
        tree.extend(steps[next].take());
        newest = next;
    }
}
