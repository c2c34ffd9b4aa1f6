//! Clusters beside those of scikit-learn's HDBSCAN on the same points, by `fixtures/make_clusters.py`.

use std::collections::BTreeMap;

use ndarray::Array2;
use neural_manifold::labels::Labels;
use neural_manifold::topology::{ClusterConfig, clusters};
use serde_json::Value;

/// Rows that would have to change their cluster for two clusterings to be the same, -1 and [`Labels::MISSING`] being none.
fn differing(found: &Labels, wanted: &[i64]) -> usize {
    let mut most: BTreeMap<u32, BTreeMap<i64, usize>> = BTreeMap::new();
    for (&code, &other) in found.codes.iter().zip(wanted) {
        *most.entry(code).or_default().entry(other).or_default() += 1;
    }
    let agreed = most.iter().map(|(&code, others)| match code {
        Labels::MISSING => others.get(&-1).copied().unwrap_or(0),
        _ => others.iter().filter(|(other, _)| **other >= 0).map(|(_, &n)| n).max().unwrap_or(0),
    });
    wanted.len() - agreed.sum::<usize>()
}

#[test]
fn clusters_are_those_of_scikit_learn() {
    let told: Value = serde_json::from_str(include_str!("fixtures/clusters.json")).unwrap();
    let places = told["points"].as_array().unwrap();
    let points =
        Array2::from_shape_fn((places.len(), 2), |(i, axis)| places[i][axis].as_f64().unwrap() as f32);
    for run in told["runs"].as_array().unwrap() {
        let size = |name: &str| run[name].as_u64().unwrap() as usize;
        let config =
            ClusterConfig { min_cluster_size: size("min_cluster_size"), min_samples: size("min_samples") };
        let found = clusters(&points, &config).unwrap();
        let wanted: Vec<i64> =
            run["labels"].as_array().unwrap().iter().map(|v| v.as_i64().unwrap()).collect();
        assert_eq!(found.n_classes() as i64, wanted.iter().max().unwrap() + 1, "{config:?}");
        // Of edges of equal length, of which core distances make many, each program takes another first.
        assert!(differing(&found, &wanted) <= 3, "{} in {config:?}", differing(&found, &wanted));
        let sizes: Vec<usize> = (0..found.n_classes())
            .map(|c| found.codes.iter().filter(|&&code| code as usize == c).count())
            .collect();
        assert!(sizes.is_sorted_by(|a, b| a >= b) && sizes.iter().all(|&n| n >= config.min_cluster_size));
    }
}

#[test]
fn rows_at_one_place_and_few_rows_are_no_error() {
    let config = ClusterConfig { min_cluster_size: 3, min_samples: 2 };
    let same = clusters(&Array2::zeros((9, 2)), &config).unwrap();
    assert_eq!((same.len(), same.n_classes()), (9, 0));
    assert_eq!(clusters(&Array2::zeros((2, 2)), &config).unwrap().n_classes(), 0);
    // Two heaps of equal rows are two clusters.
    let heaps = Array2::from_shape_fn((10, 2), |(i, _)| (i / 5) as f32);
    assert_eq!(clusters(&heaps, &config).unwrap().n_classes(), 2);
}

#[test]
fn what_is_no_size_is_refused() {
    let rows = Array2::from_shape_fn((9, 2), |(i, axis)| (i * (axis + 1)) as f32);
    let told = |min_cluster_size, min_samples| {
        clusters(&rows, &ClusterConfig { min_cluster_size, min_samples }).unwrap_err().to_string()
    };
    assert!(told(1, 5).contains("min_cluster_size") && told(5, 0).contains("min_samples"));
    assert!(told(5, 10).contains("1 to 9, the number of rows"));
}
