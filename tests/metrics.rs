//! Correlation: neighbors by its formula, maps that see nothing else of the rows, and rows that have none.

use ndarray::{Array2, ArrayView1, array};
use neural_manifold::Result;
use neural_manifold::latents::Latents;
use neural_manifold::neighbors::{Metric, Search, knn_graph, knn_graph_with, knn_query};
use neural_manifold::projection::{Engine, PacmapConfig, TrimapConfig, TsneConfig, UmapConfig, project};
use neural_manifold::table::{Table, TableConfig};

/// Rows of a linear congruential generator around one of three patterns each.
fn rows(n: usize) -> Array2<f32> {
    let mut state = 1u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    };
    Array2::from_shape_fn((n, 12), |(i, column)| random() + if column % 3 == i % 3 { 2.0 } else { 0.0 })
}

/// The same rows, each stretched and shifted in a way of its own, which no correlation notices.
fn stretched(rows: &Array2<f32>) -> Array2<f32> {
    let mut other = rows.clone();
    for (i, mut row) in other.rows_mut().into_iter().enumerate() {
        row.mapv_inplace(|x| x * [0.5, 2.0, 8.0][i % 3] + [-4.0, 0.0, 16.0][i / 3 % 3]);
    }
    other
}

/// One minus Pearson's correlation, by the formula.
fn distance(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f64 {
    let [a, b] = [a, b].map(|row| row.mapv(f64::from));
    let [a, b] = [&a - a.sum() / a.len() as f64, &b - b.sum() / b.len() as f64];
    1.0 - a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()
}

#[test]
fn neighbors_are_those_of_the_formula_however_rows_are_stretched_and_shifted() -> Result<()> {
    let rows = stretched(&rows(400));
    let exact = knn_graph(&rows, 10, Metric::Correlation)?;
    for (i, found) in exact.distances.rows().into_iter().enumerate() {
        let mut all: Vec<f64> =
            (0..400).filter(|&j| j != i).map(|j| distance(rows.row(i), rows.row(j))).collect();
        all.sort_by(f64::total_cmp);
        for (found, truth) in found.iter().zip(all) {
            assert!((f64::from(*found) - truth).abs() < 1e-5, "{i}: {found} {truth}");
        }
    }
    let near = knn_graph_with(&rows, 10, Metric::Correlation, Search::Approximate)?;
    assert!(near.recall.is_some_and(|recall| recall > 0.9), "{:?}", near.recall);
    for ((i, rank), &j) in near.indices.indexed_iter() {
        let (found, truth) = (near.distances[[i, rank]], distance(rows.row(i), rows.row(j as usize)));
        assert!((f64::from(found) - truth).abs() < 1e-5, "{i}: {found} {truth}");
    }
    let nearest = knn_query(
        &array![[1.0, 2.0, 3.0]],
        &array![[3.0, 2.0, 1.0], [5.0, 6.0, 7.5]],
        2,
        Metric::Correlation,
    )?;
    assert_eq!(nearest.indices, array![[1, 0]]);
    assert!((nearest.distances[[0, 1]] - 2.0).abs() < 1e-6);
    Ok(())
}

#[test]
fn every_engine_that_has_metrics_sees_correlations_alone() -> Result<()> {
    let (plain, stretched) = (rows(300), stretched(&rows(300)));
    let metric = Metric::Correlation;
    let engines: [Engine; 4] = [
        UmapConfig { metric, n_epochs: Some(100), ..UmapConfig::default() }.into(),
        TsneConfig { metric, ..TsneConfig::default() }.into(),
        PacmapConfig { metric, ..PacmapConfig::default() }.into(),
        TrimapConfig { metric, ..TrimapConfig::default() }.into(),
    ];
    for engine in engines {
        for rows in [&plain, &stretched] {
            let map = project(&Latents::new("rows", rows.clone(), None)?, &engine)?;
            let near = knn_graph(&map.coordinates, 10, Metric::Euclidean)?.indices;
            let own = near.indexed_iter().filter(|((i, _), j)| i % 3 == **j as usize % 3).count();
            assert!(own * 100 >= near.len() * 99, "{}: {own} of {}", engine.name(), near.len());
            assert!(map.quality(&Default::default())?.trustworthiness > 0.8, "{}", engine.name());
            let placed = map.transform(&rows.select(ndarray::Axis(0), &[0, 1, 2]))?;
            assert_eq!(placed.neighbors.indices.column(0).to_vec(), [0, 1, 2]);
        }
    }
    Ok(())
}

#[test]
fn rows_of_equal_numbers_are_refused_or_left_out_and_other_metrics_are_named() -> Result<()> {
    let mut rows = rows(30);
    rows.row_mut(7).fill(0.1);
    let error = knn_graph(&rows, 5, Metric::Correlation).expect_err("row 7").to_string();
    assert_eq!(
        error,
        "metric is correlation; row 7 is of equal numbers and correlates with none: remove it or use euclidean"
    );
    let config = TableConfig { metric: Some(Metric::Correlation), ..TableConfig::default() };
    let table = Table::from_vectors("mine", rows, None, &config)?;
    assert_eq!(table.latents(None)?.len(), 29);
    let error = "manhattan".parse::<Metric>().expect_err("not served").to_string();
    assert_eq!(
        error,
        "metric is \"manhattan\"; neighbors are searched by straight lines and angles; give euclidean, cosine or correlation"
    );
    for metric in Metric::ALL {
        assert_eq!(metric.to_string().to_lowercase().parse::<Metric>()?, metric);
    }
    Ok(())
}
