//! Supervision: the graph once more, with what is known of the rows' classes (McInnes, Healy & Melville 2018, section 6).

use ndarray::ArrayView1;

use super::fuzzy_graph::FuzzyGraph;
use crate::labels::Labels;

/// How far a row without a class is from any other in the space of classes, as in umap-learn.
const UNKNOWN_DISTANCE: f64 = 1.0;
/// How far two classes are from each other at a weight of 0, as in umap-learn; at `w` it is this over `1 - w`.
const FAR_DISTANCE: f64 = 2.5;

/// The intersection of the graph with that of the classes, `[n]`: an edge between two classes, or at a row without one,
/// loses strength by their distance; then the strongest edge of each row is full again, and both directions are united
/// (umap-learn's `discrete_metric_simplicial_set_intersection`). A weight of 1 leaves no edge between two classes.
pub(super) fn intersect(graph: &FuzzyGraph, classes: ArrayView1<u32>, target_weight: f64) -> FuzzyGraph {
    let unknown = (-UNKNOWN_DISTANCE).exp();
    let far = (-FAR_DISTANCE / (1.0 - target_weight)).exp();
    let strength = |i: usize, j: usize, weight: f32| {
        let share = match (classes[i], classes[j]) {
            (Labels::MISSING, _) | (_, Labels::MISSING) => unknown,
            (one, other) if one == other => 1.0,
            _ => far,
        };
        (f64::from(weight) * share) as f32
    };
    let n = graph.n_rows();
    let edges = |i: usize| graph.edges(i).map(move |(j, weight)| (j, strength(i, j, weight)));
    let strongest: Vec<f32> =
        (0..n).map(|i| edges(i).map(|(_, weight)| weight).fold(0.0, f32::max)).collect();
    let (mut offsets, mut targets, mut weights) = (vec![0], Vec::new(), Vec::new());
    for i in 0..n {
        for (j, weight) in edges(i).filter(|&(_, weight)| weight > 0.0) {
            let (there, back) = (weight / strongest[i], weight / strongest[j]);
            targets.push(j as u32);
            weights.push(there + back - there * back);
        }
        offsets.push(targets.len());
    }
    FuzzyGraph { offsets, targets, weights }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr1;

    /// A square of rows 0 to 3 with one diagonal, from 0 to 2.
    fn square() -> FuzzyGraph {
        FuzzyGraph {
            offsets: vec![0, 3, 5, 8, 10],
            targets: vec![1, 2, 3, 0, 2, 0, 1, 3, 0, 2],
            weights: vec![1.0, 0.25, 0.5, 1.0, 0.75, 0.25, 0.75, 0.4, 0.5, 0.4],
        }
    }

    fn weights(classes: [u32; 4], target_weight: f64) -> Vec<f32> {
        intersect(&square(), arr1(&classes).view(), target_weight).weights
    }

    #[test]
    fn the_intersection_is_that_of_umap_learn() {
        // umap.umap_.discrete_metric_simplicial_set_intersection of umap-learn 0.5.12 on this graph, `far_dist` 5 and 2.5.
        let cases = [
            (
                [0, 0, 1, Labels::MISSING],
                0.5,
                [1.0, 0.013112, 1.0, 1.0, 0.039222, 0.013112, 0.039222, 1.0, 1.0, 1.0],
            ),
            (
                [0, 1, 1, Labels::MISSING],
                0.0,
                [0.506865, 0.135874, 1.0, 0.506865, 1.0, 0.135874, 1.0, 0.839240, 1.0, 0.839240],
            ),
        ];
        for (classes, target_weight, expected) in cases {
            let found = weights(classes, target_weight);
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 2e-6, "{found} {expected}");
            }
        }
    }

    #[test]
    fn a_full_weight_leaves_no_edge_between_classes() {
        let graph = intersect(&square(), arr1(&[0, 1, 0, 1]).view(), 1.0);
        assert_eq!((graph.offsets, graph.targets), (vec![0, 1, 1, 2, 2], vec![2, 0]));
        assert_eq!(graph.weights, [1.0, 1.0]);
    }
}
