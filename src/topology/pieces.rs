//! Connected pieces by scale: two points are in one piece when steps no longer than the scale lead from one to the
//! other. The minimum spanning tree holds all that there is to know.

use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::persistence::distance;
use crate::error::{Error, Result};
use crate::neighbors::check_rows;

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
        let remedy = "give one label a row";
        return Err(Error::mismatch("the rows", rows.nrows(), "the labels", labels.len(), remedy));
    }
    let mut totals = [0usize; 256];
    labels.iter().for_each(|&label| totals[usize::from(label)] += 1);
    let classes: Vec<u8> = (0..=u8::MAX).filter(|&class| totals[usize::from(class)] > 0).collect();
    let majority = |counts: &[usize], slot: usize| 2 * counts[slot] > totals[usize::from(classes[slot])];

    // Each row starts as a piece; `counts` of a piece's root says how many rows of each class it holds.
    let slot_of = |label: u8| classes.partition_point(|&class| class < label);
    let mut root: Vec<usize> = (0..rows.nrows()).collect();
    let mut counts = vec![vec![0usize; classes.len()]; rows.nrows()];
    labels.iter().zip(&mut counts).for_each(|(&label, counts)| counts[slot_of(label)] = 1);
    let mut found: Vec<ClassPiece> = Vec::with_capacity(classes.len());
    let mut note = |counts: &[usize], scale: f64| {
        let held: Vec<usize> = (0..classes.len()).filter(|&slot| majority(counts, slot)).collect();
        for &slot in &held {
            let class = classes[slot];
            let others = held.iter().map(|&other| classes[other]).filter(|&other| other != class);
            let position = found.iter().position(|piece| piece.class == class).unwrap_or_else(|| {
                found.push(ClassPiece { class, gathers: scale, meets: f64::INFINITY, met: Vec::new() });
                found.len() - 1
            });
            let piece = &mut found[position];
            if piece.met.is_empty() {
                piece.met = others.collect();
                piece.meets = if piece.met.is_empty() { f64::INFINITY } else { scale };
            }
        }
    };
    // A class of one row is a piece from the start.
    counts.iter().for_each(|counts| note(counts, 0.0));
    let mut edges = spanning_tree(rows);
    edges.sort_by(|a, b| a.length.total_cmp(&b.length));
    // Steps of one length are taken together: their order means nothing.
    for steps in edges.chunk_by(|a, b| a.length == b.length) {
        let mut grown: Vec<usize> = Vec::with_capacity(steps.len());
        for step in steps {
            let [a, b] = step.ends.map(|end| find(&mut root, end));
            let taken = std::mem::take(&mut counts[b]);
            root[b] = a;
            counts[a].iter_mut().zip(taken).for_each(|(count, more)| *count += more);
            grown.push(a);
        }
        for piece in grown {
            let piece = find(&mut root, piece);
            note(&counts[piece], steps[0].length);
        }
    }
    found.sort_by(|a, b| a.gathers.total_cmp(&b.gathers).then(a.class.cmp(&b.class)));
    Ok(found)
}

/// The root of a piece; the way there is halved for the next who asks.
fn find(root: &mut [usize], mut i: usize) -> usize {
    while root[i] != i {
        root[i] = root[root[i]];
        i = root[i];
    }
    i
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
