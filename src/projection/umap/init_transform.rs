//! First coordinates of new rows on a finished map.

use ndarray::{Array2, Axis};

use super::fuzzy_graph::membership_strengths;
use crate::neighbors::KnnGraph;
use crate::projection::engine_config::Mapped;

/// The mean of each new row's neighbors on the map, weighted by membership strength, `[m, n_components]`
/// (umap-learn's `init_transform`).
///
/// `neighbors` holds row numbers of the map.
pub(in crate::projection) fn init_transform(neighbors: &KnnGraph, map: &Mapped<'_>) -> Array2<f32> {
    let mut means = Array2::zeros((neighbors.n_rows(), map.coordinates.ncols()));
    for (i, mut mean) in means.axis_iter_mut(Axis(0)).enumerate() {
        let strengths = membership_strengths(neighbors.distances.row(i), map.mean_knn_distance);
        let total: f32 = strengths.iter().sum();
        for (&j, strength) in neighbors.indices.row(i).iter().zip(strengths) {
            mean.scaled_add(strength / total, &map.coordinates.row(j as usize));
        }
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbors::Metric;
    use ndarray::array;

    #[test]
    fn neighbors_count_by_their_membership_strength() {
        let neighbors = KnnGraph {
            indices: array![[2, 0], [1, 2]],
            distances: array![[1.0, 1.0], [0.5, 1e6]],
            metric: Metric::Euclidean,
            recall: None,
        };
        let coordinates = array![[0.0, 0.0], [7.0, -3.0], [2.0, 4.0]];
        // Two neighbors at one distance count alike; one that is a million times farther counts for nothing.
        let found = init_transform(&neighbors, &Mapped { coordinates: &coordinates, mean_knn_distance: 1.0 });
        let expected = array![[1.0, 2.0], [7.0, -3.0]];
        assert!((&found - &expected).iter().all(|error| error.abs() < 1e-3), "{found}");
    }
}
