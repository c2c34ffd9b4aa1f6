//! How well the classes lie apart, by votes of neighbors and by silhouette.

use std::cmp::Reverse;
use std::collections::HashMap;

use ndarray::ArrayView1;

use crate::labels::Labels;

/// The classes that occur, numbered from 0 in the order in which they first do.
pub(super) struct Classes {
    /// Number of each point's class; `None` where its label is missing.
    pub of_point: Vec<Option<usize>>,
    /// Label code of each class.
    pub codes: Vec<u32>,
    /// Points of each class.
    pub sizes: Vec<usize>,
    /// Points that have a class.
    pub n_labeled: usize,
}

impl Classes {
    pub(super) fn new(labels: &Labels) -> Classes {
        let mut numbers: HashMap<u32, usize> = HashMap::new();
        let (mut codes, mut sizes) = (Vec::new(), Vec::new());
        let of_point: Vec<Option<usize>> = labels
            .codes
            .iter()
            .map(|&code| {
                if code == Labels::MISSING {
                    return None;
                }
                let class = *numbers.entry(code).or_insert_with(|| {
                    codes.push(code);
                    sizes.push(0);
                    codes.len() - 1
                });
                sizes[class] += 1;
                Some(class)
            })
            .collect();
        Classes { of_point, n_labeled: sizes.iter().sum(), codes, sizes }
    }

    /// Number of classes.
    pub(super) fn len(&self) -> usize {
        self.codes.len()
    }
}

/// Sums over the labeled points, in one space.
#[derive(Default)]
pub(super) struct ClassTally {
    /// Points whose class won the vote of their neighbors.
    pub hits: usize,
    /// Sum of the points' silhouettes.
    pub silhouette: f64,
}

/// The sums in both spaces.
#[derive(Default)]
pub(super) struct ClassScores {
    pub high: ClassTally,
    pub low: ClassTally,
}

impl ClassTally {
    /// Counts point `i` when its class has the most votes among its `k` nearest labeled points. `order` lists all other
    /// points from near to far; of classes with equal votes the one of the smallest code wins.
    pub(super) fn vote(&mut self, i: usize, order: &[u32], classes: &Classes, k: usize) {
        let Some(own) = classes.of_point[i] else { return };
        let mut votes = vec![0u32; classes.len()];
        for class in order.iter().filter_map(|&j| classes.of_point[j as usize]).take(k) {
            votes[class] += 1;
        }
        let winner = (0..classes.len()).max_by_key(|&class| (votes[class], Reverse(classes.codes[class])));
        self.hits += usize::from(winner == Some(own));
    }

    /// Adds `(b - a) / max(a, b)` of point `i`, with `a` its mean distance to its own class and `b` to the nearest other
    /// class; 0 for a point alone in its class.
    pub(super) fn add_silhouette(&mut self, i: usize, squared: ArrayView1<f64>, classes: &Classes) {
        let Some(own) = classes.of_point[i] else { return };
        if classes.sizes[own] < 2 || classes.len() < 2 {
            return;
        }
        let mut sums = vec![0.0; classes.len()];
        for (class, squared) in classes.of_point.iter().zip(squared) {
            if let Some(class) = *class {
                sums[class] += squared.sqrt();
            }
        }
        let a = sums[own] / (classes.sizes[own] - 1) as f64;
        let others = (0..classes.len()).filter(|&class| class != own);
        let b = others.map(|class| sums[class] / classes.sizes[class] as f64).fold(f64::INFINITY, f64::min);
        if a.max(b) > 0.0 {
            self.silhouette += (b - a) / a.max(b);
        }
    }

    /// Adds the sums over other points.
    pub(super) fn merge(&mut self, other: &ClassTally) {
        self.hits += other.hits;
        self.silhouette += other.silhouette;
    }
}
