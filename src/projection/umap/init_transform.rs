//! First coordinates of new rows on a finished map.

use ndarray::{Array2, Axis};

use super::fuzzy_graph::membership_strengths;
use crate::neighbors::Neighbors;

/// The mean of each new row's neighbors on the map, weighted by membership strength, `[m, 2]` (umap-learn's
/// `init_transform`).
///
/// `neighbors` holds row numbers of `coordinates`, `[n, 2]`; `mean_knn_distance` is the mean distance of the
/// mapped rows to their own neighbors.
pub(in crate::projection) fn init_transform(
    neighbors: &Neighbors,
    coordinates: &Array2<f32>,
    mean_knn_distance: f64,
) -> Array2<f32> {
    let mut means = Array2::zeros((neighbors.n_rows(), 2));
    for (i, mut mean) in means.axis_iter_mut(Axis(0)).enumerate() {
        let strengths = membership_strengths(neighbors.distances.row(i), mean_knn_distance);
        let total: f32 = strengths.iter().sum();
        for (&j, strength) in neighbors.indices.row(i).iter().zip(strengths) {
            mean.scaled_add(strength / total, &coordinates.row(j as usize));
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
        let neighbors = Neighbors {
            indices: array![[2, 0], [1, 2]],
            distances: array![[1.0, 1.0], [0.5, 1e6]],
            metric: Metric::Euclidean,
            recall: None,
        };
        let coordinates = array![[0.0, 0.0], [7.0, -3.0], [2.0, 4.0]];
        // Two neighbors at one distance count alike; one that is a million times farther counts for nothing.
        let found = init_transform(&neighbors, &coordinates, 1.0);
        let expected = array![[1.0, 2.0], [7.0, -3.0]];
        assert!((&found - &expected).iter().all(|error| error.abs() < 1e-3), "{found}");
    }
}
