//! The neighbor graph against brute force, the approximate one against the exact, and what bad input gets.

use ndarray::{Array2, Axis, array};
use neural_manifold::Result;
use neural_manifold::neighbors::{KnnGraph, Metric, Search, knn_graph, knn_graph_with, knn_query};

/// Rows of a linear congruential generator, shifted far from the origin, where rounding would hurt.
fn rows(n: usize, d: usize, offset: f32) -> Array2<f32> {
    let mut state = 1u32;
    Array2::from_shape_simple_fn((n, d), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        offset + (state >> 8) as f32 / (1 << 24) as f32
    })
}

fn brute_force(rows: &Array2<f32>, i: usize, k: usize) -> Vec<u32> {
    let distance = |j: u32| {
        let pairs = rows.row(i).into_iter().zip(rows.row(j as usize));
        pairs.map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum::<f64>()
    };
    let others = (0..rows.nrows() as u32).filter(|&j| j as usize != i);
    let mut others: Vec<(f64, u32)> = others.map(|j| (distance(j), j)).collect();
    others.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    others.into_iter().take(k).map(|(_, j)| j).collect()
}

#[test]
fn graph_equals_brute_force_across_blocks_and_far_from_the_origin() -> Result<()> {
    for (n, d, offset) in [(700, 5, 0.0), (513, 32, 1000.0), (300, 1, -7.0)] {
        let rows = rows(n, d, offset);
        let graph = knn_graph(&rows, 15, Metric::Euclidean)?;
        for i in 0..n {
            assert_eq!(graph.indices.row(i).to_vec(), brute_force(&rows, i, 15), "row {i} of {n}");
        }
        assert_eq!(graph.recall, None);
    }
    Ok(())
}

#[test]
fn leaves_that_are_skipped_hold_no_neighbor() -> Result<()> {
    // Clusters of 100 rows at growing distances: most leaves are out of reach, and some are cut by a border.
    let mut rows = rows(1_000, 3, 0.0);
    for (i, mut row) in rows.axis_iter_mut(Axis(0)).enumerate() {
        row[i % 3] += ((i % 10) * (i % 10)) as f32;
    }
    let graph = knn_graph(&rows, 120, Metric::Euclidean)?;
    let others = knn_query(&rows, &rows, 121, Metric::Euclidean)?;
    for i in (0..1_000).step_by(7) {
        let truth = brute_force(&rows, i, 120);
        assert_eq!(graph.indices.row(i).to_vec(), truth, "row {i}");
        assert_eq!(others.indices.row(i).to_vec()[1..], truth, "row {i} among all");
    }
    Ok(())
}

#[test]
fn no_neighbor_is_lost_where_a_few_axes_hold_most_of_the_variance() -> Result<()> {
    // Variances that fall from axis to axis, rotated, and clusters: most pairs are ruled out by their leading axes.
    let (n, d) = (6_000, 24);
    let mut rows = rows(n, d, -0.5);
    for (i, mut row) in rows.axis_iter_mut(Axis(0)).enumerate() {
        for j in 0..d {
            row[j] = (row[j] + ((i % 7 + 1) * (j + 3) % 5) as f32 / 4.0) * 8.0 / (1 + j * j) as f32;
        }
        for j in 1..d {
            let (x, y) = (row[j - 1], row[j]);
            (row[j - 1], row[j]) = (0.8 * x - 0.6 * y, 0.6 * x + 0.8 * y);
        }
    }
    let graph = knn_graph(&rows, 15, Metric::Euclidean)?;
    for i in (0..n).step_by(17) {
        assert_eq!(graph.indices.row(i).to_vec(), brute_force(&rows, i, 15), "row {i}");
    }
    Ok(())
}

#[test]
fn rounding_decides_no_neighbor() -> Result<()> {
    // Two clusters whose rows differ by far less than single precision resolves at the distance of the clusters.
    let mut rows = rows(400, 12, 0.0);
    for (i, mut row) in rows.axis_iter_mut(Axis(0)).enumerate() {
        row.mapv_inplace(|x| x / 64.0);
        row[5] += if i % 2 == 0 { 0.0 } else { 3_000.0 };
    }
    let graph = knn_graph(&rows, 10, Metric::Euclidean)?;
    for i in 0..400 {
        assert_eq!(graph.indices.row(i).to_vec(), brute_force(&rows, i, 10), "row {i}");
    }
    Ok(())
}

#[test]
fn neighbors_far_nearer_than_the_middle_are_found() -> Result<()> {
    // As on a map of many tight clusters: single precision cannot tell which of a cluster is nearest.
    let noise = rows(3_000, 2, 0.0);
    let places = Array2::from_shape_fn((3_000, 2), |(i, axis)| {
        [(i % 7) as f32, (i % 11) as f32][axis] * 40.0 + noise[[i, axis]] * 1e-3
    });
    let graph = knn_graph(&places, 10, Metric::Euclidean)?;
    for i in (0..3_000).step_by(37) {
        assert_eq!(graph.indices.row(i).to_vec(), brute_force(&places, i, 10), "row {i}");
    }
    Ok(())
}

#[test]
fn equal_rows_come_in_the_order_of_their_numbers() -> Result<()> {
    let graph = knn_graph(&Array2::ones((600, 3)), 4, Metric::Euclidean)?;
    assert_eq!(graph.indices.row(0).to_vec(), [1, 2, 3, 4]);
    assert_eq!(graph.indices.row(599).to_vec(), [0, 1, 2, 3]);
    assert!(graph.distances.iter().all(|&d| d == 0.0));
    Ok(())
}

#[test]
fn result_does_not_depend_on_the_number_of_threads() -> Result<()> {
    let rows = rows(1500, 8, 0.0);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| knn_graph(&rows, 10, Metric::Euclidean))
    };
    let (one, three) = (with(1)?, with(3)?);
    assert_eq!(one.indices, three.indices);
    assert_eq!(one.distances, three.distances);
    Ok(())
}

#[test]
fn cosine_looks_at_directions_alone() -> Result<()> {
    let rows = array![[1.0, 0.0], [10.0, 1.0], [0.0, 2.0], [-3.0, 0.0]];
    let graph = knn_graph(&rows, 3, Metric::Cosine)?;
    assert_eq!(graph.indices.row(0).to_vec(), [1, 2, 3]);
    let expected = [1.0 - 10.0 / 101f32.sqrt(), 1.0, 2.0];
    for (found, expected) in graph.distances.row(0).iter().zip(expected) {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
    let with_zero = array![[1.0, 0.0], [0.0, 0.0], [0.0, 2.0]];
    let error = knn_graph(&with_zero, 1, Metric::Cosine).expect_err("a row without direction");
    assert!(error.to_string().contains("row 1 is all zeros"), "{error}");
    Ok(())
}

#[test]
fn a_query_is_answered_alike_alone_and_among_others() -> Result<()> {
    let references = rows(900, 6, 0.0);
    let queries = references.select(Axis(0), &[5, 77, 400, 899]);
    let together = knn_query(&queries, &references, 7, Metric::Euclidean)?;
    assert_eq!(together.indices.column(0).to_vec(), [5, 77, 400, 899], "itself first");
    for i in 0..4 {
        let alone = knn_query(&queries.select(Axis(0), &[i]), &references, 7, Metric::Euclidean)?;
        assert_eq!(alone.indices.row(0), together.indices.row(i));
        assert_eq!(alone.distances.row(0), together.distances.row(i));
    }
    Ok(())
}

#[test]
fn bad_input_is_refused_in_words() {
    let good = rows(20, 3, 0.0);
    let says = |rows: &Array2<f32>, k: usize, words: &str| {
        let error = knn_graph(rows, k, Metric::Euclidean).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    let mut bad = good.clone();
    bad[[3, 1]] = f32::NAN;
    says(&bad, 2, "rows holds NaN at row 3, column 1");
    bad[[3, 1]] = f32::NEG_INFINITY;
    says(&bad, 2, "rows holds -inf at row 3, column 1");
    says(&good, 0, "n_neighbors is 0");
    says(&good, 20, "n_neighbors is 20; there are 20 rows, so it is 19 at the most");
    says(&Array2::zeros((0, 3)), 1, "rows is empty");
    says(&Array2::zeros((5, 0)), 1, "rows is empty");
    says(&Array2::zeros((1, 3)), 1, "n_neighbors is 1");
    let wide = knn_query(&rows(5, 4, 0.0), &good, 2, Metric::Euclidean).expect_err("another width");
    let words = "4 columns in the queries, 3 in the references; give rows of the same width";
    assert_eq!(wide.to_string(), words);
    assert!(knn_query(&good, &good, 20, Metric::Euclidean).is_ok(), "as many as there are references");
    assert!(knn_query(&good, &good, 21, Metric::Euclidean).is_err());
}

#[test]
fn huge_values_do_not_overflow_into_wrong_neighbors() -> Result<()> {
    let rows = rows(50, 3, 0.0) * 1e30;
    let graph = knn_graph(&rows, 5, Metric::Euclidean)?;
    for i in 0..50 {
        assert_eq!(graph.indices.row(i).to_vec(), brute_force(&rows, i, 5));
    }
    assert!(graph.distances.iter().all(|d| d.is_finite()));
    Ok(())
}

#[test]
fn the_memory_layout_of_the_rows_makes_no_difference() -> Result<()> {
    let rows = rows(300, 7, 0.0);
    let column_major = rows.t().as_standard_layout().into_owned().reversed_axes();
    assert!(column_major == rows && !column_major.is_standard_layout());
    for metric in [Metric::Euclidean, Metric::Cosine] {
        let (expected, found) = (knn_graph(&rows, 9, metric)?, knn_graph(&column_major, 9, metric)?);
        assert_eq!((expected.indices, expected.distances), (found.indices, found.distances));
        let (expected, found) =
            (knn_query(&rows, &rows, 9, metric)?, knn_query(&column_major, &column_major, 9, metric)?);
        assert_eq!((expected.indices, expected.distances), (found.indices, found.distances));
    }
    Ok(())
}

#[test]
fn a_smaller_graph_is_cut_from_a_larger() -> Result<()> {
    let rows = rows(100, 4, 0.0);
    let cut = knn_graph(&rows, 12, Metric::Euclidean)?.first(5)?;
    assert_eq!(cut.indices, knn_graph(&rows, 5, Metric::Euclidean)?.indices);
    assert!(cut.first(6).is_err() && cut.first(0).is_err());
    Ok(())
}

#[test]
fn beyond_the_exact_limit_the_graph_tells_its_recall() -> Result<()> {
    // Along a line, the nearest rows are known without measuring all pairs.
    let line = Array2::from_shape_fn((100_001, 2), |(i, axis)| if axis == 0 { i as f32 } else { 0.0 });
    let graph = knn_graph(&line, 4, Metric::Euclidean)?;
    let recall = graph.recall.expect("the recall on a sample");
    assert!(recall > 0.9, "{recall}");
    Ok(())
}

/// Rows around `clusters` places, spread most along the first columns.
fn clustered(n: usize, d: usize, clusters: usize) -> Array2<f32> {
    let (places, mut spread) = (rows(clusters, d, -0.5), rows(n, d, -0.5));
    for (i, mut row) in spread.axis_iter_mut(Axis(0)).enumerate() {
        for j in 0..d {
            row[j] = (row[j] + 2.0 * places[[(i * 7) % clusters, j]]) / (1.0 + j as f32 / 4.0);
        }
    }
    spread
}

fn approximate(rows: &Array2<f32>, k: usize, metric: Metric) -> Result<KnnGraph> {
    let graph = knn_graph_with(rows, k, metric, Search::Approximate)?;
    for (i, (indices, distances)) in graph.indices.rows().into_iter().zip(graph.distances.rows()).enumerate()
    {
        let mut others = indices.to_vec();
        others.sort_unstable();
        others.dedup();
        assert!(others.len() == k && !others.contains(&(i as u32)), "row {i}: {indices}");
        assert!(distances.iter().is_sorted(), "row {i}: {distances}");
    }
    Ok(graph)
}

#[test]
fn an_approximate_graph_holds_nearly_all_neighbors_and_tells_how_many() -> Result<()> {
    let constant = |mut rows: Array2<f32>| {
        rows.columns_mut().into_iter().step_by(3).for_each(|mut column| column.fill(5.0));
        rows
    };
    let cases = [
        ("clustered", clustered(9_000, 32, 40), Metric::Euclidean),
        ("uniform", rows(9_000, 5, 0.0), Metric::Euclidean),
        ("784 columns", clustered(3_000, 784, 30), Metric::Euclidean),
        ("4,096 columns", clustered(700, 4_096, 10), Metric::Euclidean),
        ("cosine", clustered(5_000, 96, 40), Metric::Cosine),
        ("huge", clustered(4_000, 80, 20) * 1e30, Metric::Euclidean),
        ("tiny", clustered(4_000, 80, 20) * 1e-30, Metric::Euclidean),
        ("constant columns", constant(clustered(4_000, 90, 20)), Metric::Euclidean),
        ("all columns but one constant", constant(clustered(4_000, 2, 20)), Metric::Euclidean),
    ];
    for (name, rows, metric) in cases {
        let graph = approximate(&rows, 15, metric)?;
        let exact = knn_graph_with(&rows, 15, metric, Search::Exact)?;
        let found = graph.distances.rows().into_iter().zip(exact.distances.rows());
        let hits: usize = found.map(|(found, truth)| found.iter().filter(|&&d| d <= truth[14]).count()).sum();
        let recall = hits as f32 / graph.indices.len() as f32;
        let told = graph.recall.expect("an approximate search tells its recall");
        assert!(recall > 0.97, "{name}: {recall}");
        assert!((told - recall).abs() < 0.02, "{name}: told {told}, true {recall}");
    }
    Ok(())
}

#[test]
fn an_approximate_graph_does_not_depend_on_the_number_of_threads() -> Result<()> {
    for rows in [clustered(3_000, 100, 20), rows(3_000, 12, 0.0)] {
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| approximate(&rows, 10, Metric::Euclidean))
        };
        let one = with(1)?;
        for threads in [2, 3] {
            let more = with(threads)?;
            assert_eq!((&one.indices, &one.distances), (&more.indices, &more.distances));
            assert_eq!(one.recall, more.recall);
        }
    }
    Ok(())
}

#[test]
fn few_rows_many_neighbors_and_equal_rows_are_searched_approximately_too() -> Result<()> {
    for (n, d, k) in [(2, 1, 1), (3, 70, 2), (40, 9, 39), (700, 100, 699), (700, 3, 690)] {
        let rows = rows(n, d, 0.0);
        let graph = approximate(&rows, k, Metric::Euclidean)?;
        let exact = knn_graph_with(&rows, k, Metric::Euclidean, Search::Exact)?;
        if k == n - 1 {
            assert_eq!((&graph.indices, graph.recall), (&exact.indices, Some(1.0)));
            assert_eq!(graph.distances, exact.distances);
        }
    }
    let graph = approximate(&Array2::ones((3_000, 80)), 6, Metric::Euclidean)?;
    assert!(graph.recall == Some(1.0) && graph.distances.iter().all(|&d| d == 0.0));
    // Each row ten times.
    let tenfold: Vec<usize> = (0..4_000).map(|i| i % 400).collect();
    let graph = approximate(&rows(400, 70, 0.0).select(Axis(0), &tenfold), 9, Metric::Euclidean)?;
    assert!(graph.distances.iter().all(|&d| d == 0.0), "{:?}", graph.recall);
    Ok(())
}
