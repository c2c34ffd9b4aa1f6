//! How well the classes lie apart, by votes of neighbours and by silhouette.

use ndarray::{Array1, ArrayView1};

/// Sums over points of one space.
#[derive(Default)]
pub(super) struct ClassTally {
    /// Points whose class won the vote of their neighbours.
    pub hits: usize,
    /// Sum of the points' silhouettes.
    pub silhouette: f64,
}

/// Numbers the labels that occur from 0: the class of each point and the number of classes.
pub(super) fn class_numbers(labels: &Array1<u8>) -> (Vec<usize>, usize) {
    let mut number = [usize::MAX; 256];
    let mut count = 0;
    let classes = labels.iter().map(|&label| {
        let slot = &mut number[usize::from(label)];
        if *slot == usize::MAX {
            *slot = count;
            count += 1;
        }
        *slot
    });
    (classes.collect(), count)
}

impl ClassTally {
    /// Counts point `i` when most of `nearest` have its label; of labels with equal votes the smallest wins.
    pub(super) fn vote(&mut self, i: usize, nearest: &[u32], labels: &Array1<u8>) {
        let mut votes = [0u32; 256];
        for &j in nearest {
            votes[usize::from(labels[j as usize])] += 1;
        }
        let most = votes.iter().copied().max().unwrap_or(0);
        let winner = votes.iter().position(|&count| count == most);
        self.hits += usize::from(winner == Some(usize::from(labels[i])));
    }

    /// Adds `(b - a) / max(a, b)` of point `i`, with `a` its mean distance to its own class and `b` to the nearest
    /// other; 0 for a point alone in its class.
    pub(super) fn add_silhouette(
        &mut self,
        i: usize,
        squared: ArrayView1<f64>,
        classes: &[usize],
        n_classes: usize,
    ) {
        let mut sums = vec![0.0; n_classes];
        let mut counts = vec![0usize; n_classes];
        for (&class, squared) in classes.iter().zip(squared) {
            sums[class] += squared.sqrt();
            counts[class] += 1;
        }
        let own = classes[i];
        if counts[own] < 2 || n_classes < 2 {
            return;
        }
        let a = sums[own] / (counts[own] - 1) as f64;
        let others =
            (0..n_classes).filter(|&class| class != own).map(|class| sums[class] / counts[class] as f64);
        let b = others.fold(f64::INFINITY, f64::min);
        if a.max(b) > 0.0 {
            self.silhouette += (b - a) / a.max(b);
        }
    }

    pub(super) fn merge(&mut self, other: &ClassTally) {
        self.hits += other.hits;
        self.silhouette += other.silhouette;
    }
}
