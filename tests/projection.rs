//! The maps: same seed, same bits; stop and frames; new points.

mod common;

use common::blobs;
use ndarray::{Array2, Axis, s};
use neural_manifold::latents::Latents;
use neural_manifold::neighbors::{KnnGraph, Metric, knn_graph, knn_query};
use neural_manifold::projection::{
    AbCurve, AnnembedConfig, DensmapConfig, Engine, Init, PcaConfig, Projection, Stop, TsneConfig, UmapConfig,
};
use neural_manifold::{Error, Result};

/// Maps bare rows.
fn project(rows: &Array2<f32>, engine: impl Into<Engine>) -> Result<Projection> {
    neural_manifold::projection::project(&Latents::new("rows", rows.clone(), None)?, engine)
}

fn project_with(rows: &Array2<f32>, graph: &KnnGraph, engine: impl Into<Engine>) -> Result<Projection> {
    neural_manifold::projection::project_with(&Latents::new("rows", rows.clone(), None)?, graph, engine)
}

fn config(n_epochs: usize) -> UmapConfig {
    UmapConfig { n_epochs: Some(n_epochs), n_neighbors: 10, ..UmapConfig::default() }
}

/// An engine of each kind of placing: by the layout's forces, by its plane, by its neighbors' places.
fn placing(n_epochs: Option<usize>) -> [Engine; 3] {
    let umap = UmapConfig { n_epochs, ..config(0) };
    let tsne = TsneConfig { perplexity: 10.0, ..TsneConfig::default() };
    [umap.into(), PcaConfig.into(), tsne.into()]
}

fn all_finite(map: &Array2<f32>) -> bool {
    map.iter().all(|x| x.is_finite())
}

#[test]
fn umap_gives_the_same_bits_at_any_number_of_threads() -> Result<()> {
    // The larger map is made in parts side by side.
    for per_blob in [200, 800] {
        let rows = blobs(per_blob, 4.0);
        let with = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let config = UmapConfig { seed, ..config(60) };
            pool.install(|| project(&rows, config)).map(|map| map.coordinates)
        };
        let one = with(1, 5)?;
        assert_eq!(one, with(2, 5)?);
        assert_eq!(one, with(3, 5)?);
        assert_ne!(one, with(1, 6)?, "the seed matters");
    }
    Ok(())
}

#[test]
fn umap_keeps_neighbors_and_parts_clusters() -> Result<()> {
    let rows = blobs(150, 6.0);
    let map = project(&rows, config(200))?;
    let near = knn_graph(&map.coordinates, 10, Metric::Euclidean)?;
    let same = near.indices.indexed_iter().filter(|((i, _), j)| i % 3 == **j as usize % 3).count();
    assert_eq!(same, near.indices.len(), "no neighbor on the map is of another cluster");
    let truth = knn_graph(&rows, 10, Metric::Euclidean)?;
    let shared = |(a, b): (ndarray::ArrayView1<u32>, ndarray::ArrayView1<u32>)| {
        a.iter().filter(|j| b.iter().any(|l| l == *j)).count()
    };
    let recall = truth.indices.rows().into_iter().zip(near.indices.rows()).map(shared).sum::<usize>();
    assert!(recall as f64 / near.indices.len() as f64 > 0.25, "{recall} of {}", near.indices.len());
    Ok(())
}

#[test]
fn stop_keeps_what_was_done_and_snapshots_show_the_way() -> Result<()> {
    let rows = blobs(60, 4.0);
    let full = project(&rows, UmapConfig { keep_epochs: vec![0, 10, 40], ..config(40) })?;
    assert_eq!(full.snapshots.iter().map(|snapshot| snapshot.epoch).collect::<Vec<_>>(), [0, 10, 40]);
    assert_eq!(full.snapshots[2].coordinates, full.coordinates);
    assert!(!full.stopped && full.n_epochs == 40);

    let stop = Stop::new();
    stop.stop();
    let halted = project(&rows, UmapConfig { stop: Some(stop.clone()), ..config(40) })?;
    assert!(halted.stopped && halted.n_epochs == 0);
    assert_eq!(halted.coordinates, full.snapshots[0].coordinates, "the layout reached");
    let error = project(&rows, UmapConfig { keep_epochs: vec![41], ..config(40) }).expect_err("too late");
    assert!(error.to_string().contains("keep_epochs is 41; there are 40 epochs"), "{error}");
    Ok(())
}

#[test]
fn new_points_land_among_their_own_and_do_not_depend_on_the_batch() -> Result<()> {
    let rows = blobs(150, 6.0);
    let (known, new) = (rows.slice(s![..360, ..]).to_owned(), rows.slice(s![360.., ..]).to_owned());
    for engine in placing(Some(100)) {
        let map = project(&known, &engine)?;
        let placed = map.transform(&new)?;
        let near = knn_query(&placed.coordinates, &map.coordinates, 5, Metric::Euclidean)?;
        let own = near.indices.indexed_iter().filter(|((i, _), j)| i % 3 == **j as usize % 3).count();
        assert!(own * 20 >= near.indices.len() * 19, "{}: {own} of {}", engine.name(), near.indices.len());
        for i in [0, 50, 89] {
            let alone = map.transform(&new.select(Axis(0), &[i]))?;
            assert_eq!(alone.coordinates.row(0), placed.coordinates.row(i), "{}", engine.name());
            assert_eq!(alone.outlier_score[0], placed.outlier_score[i]);
        }
        assert!(placed.outlier_score.iter().all(|&x| (0.5..2.0).contains(&x)), "{}", placed.outlier_score);
        let outside = map.transform(&Array2::from_elem((1, 8), 40.0))?;
        assert!(outside.outlier_score[0] > 5.0, "{}", outside.outlier_score);
        assert!(matches!(
            map.transform(&Array2::zeros((2, 7))),
            Err(Error::Mismatch { left: 7, right: 8, .. })
        ));
        assert!(matches!(map.transform(&Array2::from_elem((1, 8), f32::NAN)), Err(Error::NonFinite { .. })));
    }
    Ok(())
}

#[test]
fn a_row_of_the_map_is_placed_where_it_stands() -> Result<()> {
    let rows = blobs(100, 6.0);
    for engine in placing(None) {
        let map = project(&rows, &engine)?;
        let placed = map.transform(&rows)?;
        let size = map.coordinates.std_axis(Axis(0), 0.0).sum();
        let off = (&placed.coordinates - &map.coordinates).mapv(f32::abs).mean().expect("rows");
        assert!(off < 0.05 * size, "{}: {off} of {size}", engine.name());
    }
    Ok(())
}

#[test]
fn the_outlier_score_compares_with_the_surroundings() -> Result<()> {
    // Along a line with steps of 1 the two nearest are at a mean distance of 1 inside.
    let line = Array2::from_shape_fn((40, 1), |(i, _)| i as f32);
    let config = UmapConfig { n_neighbors: 2, init: Init::Pca, ..config(0) };
    let map = project(&line, config.clone())?;
    let outlier_score = map.transform(&ndarray::array![[20.5], [49.5], [20.0]])?.outlier_score;
    // At the end the nearest two are 10.5 and 11.5 away; the last row's own two are 1 and 2 away, the next one's 1 and 1.
    let expected = [0.5 / 1.0, 11.0 / 1.25, 0.5 / 1.0];
    assert!(outlier_score.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{outlier_score}");

    let twins = project(&Array2::ones((40, 1)), config)?;
    let outlier_score = twins.transform(&ndarray::array![[1.0], [2.0]])?.outlier_score;
    assert_eq!(outlier_score.to_vec(), [1.0, f32::INFINITY]);
    Ok(())
}

#[test]
fn a_larger_graph_gives_the_same_map() -> Result<()> {
    let rows = blobs(60, 4.0);
    let densmap = DensmapConfig { n_neighbors: 10, ..DensmapConfig::default() };
    for engine in [Engine::from(config(20)), densmap.into()] {
        let larger = project_with(&rows, &knn_graph(&rows, 25, Metric::Euclidean)?, &engine)?;
        let alone = project(&rows, &engine)?;
        assert_eq!(larger.coordinates, alone.coordinates, "{}", engine.name());
        assert_eq!(larger.mean_knn_distance(), alone.mean_knn_distance());
    }
    Ok(())
}

#[test]
fn the_spectral_start_unrolls_a_spiral() -> Result<()> {
    // Evenly along a spiral of three turns: near in the plane is not near along the curve.
    let at = |i: usize| (i as f32 / 600.0).sqrt() * 3.0 * std::f32::consts::TAU;
    let spiral =
        Array2::from_shape_fn((600, 2), |(i, axis)| at(i + 20) * [at(i + 20).cos(), at(i + 20).sin()][axis]);
    let start = |init: Init| -> Result<f64> {
        let config = UmapConfig { init, keep_epochs: vec![0], ..config(0) };
        let along = project(&spiral, config)?.snapshots[0].coordinates.column(0).to_owned();
        let steps = along.iter().zip(along.iter().skip(1)).filter(|(a, b)| a < b).count() as f64 / 599.0;
        Ok(steps.max(1.0 - steps))
    };
    let (spectral, linear) = (start(Init::Spectral)?, start(Init::Pca)?);
    assert!(spectral > 0.95 && linear < 0.8, "in order: {spectral} spectral, {linear} linear");
    Ok(())
}

#[test]
fn every_engine_maps_and_the_seeded_ones_repeat() -> Result<()> {
    let rows = blobs(100, 5.0);
    let graph = knn_graph(&rows, 15, Metric::Euclidean)?;
    for engine in Engine::all() {
        let map = project_with(&rows, &graph, &engine)?;
        assert_eq!(map.coordinates.dim(), (300, 2));
        assert!(all_finite(&map.coordinates), "{}", engine.name());
        if !matches!(engine, Engine::Annembed(_)) {
            let again = project_with(&rows, &graph, &engine)?;
            assert_eq!(map.coordinates, again.coordinates, "{}", engine.name());
        }
        assert_eq!(engine.name().parse::<Engine>()?.title(), engine.title());
    }
    let localmap = "localmap".parse::<Engine>()?;
    assert_eq!((localmap.name(), localmap.title()), ("localmap", "LocalMAP"));
    let error = "som".parse::<Engine>().expect_err("unknown").to_string();
    assert!(
        error.contains("choose one of umap, tsne, pacmap, trimap, densmap, annembed, pca, localmap"),
        "{error}"
    );
    Ok(())
}

#[test]
fn pca_finds_the_plane_of_most_variance() -> Result<()> {
    let flat = Array2::from_shape_fn((50, 4), |(i, axis)| match axis {
        1 => (i as f32 * 0.7).sin() * 9.0 + 100.0,
        3 => (i as f32 * 1.3).cos() * 3.0,
        _ => 1.0,
    });
    let map = project(&flat, PcaConfig)?;
    let plane = map.pca().expect("the plane");
    assert!((plane.explained[0] + plane.explained[1] - 1.0).abs() < 1e-9, "{:?}", plane.explained);
    assert!(plane.axes[[1, 0]] > 0.99 && plane.axes[[3, 1]].abs() > 0.99, "{}", plane.axes);
    let center = map.coordinates.mean_axis(Axis(0)).expect("rows");
    assert!(center.iter().all(|x| x.abs() < 1e-3), "{center}");
    Ok(())
}

#[test]
fn bad_settings_are_refused_in_words() {
    let rows = blobs(20, 3.0);
    let refused = |change: &dyn Fn(&mut UmapConfig), words: &str| {
        let mut config = config(10);
        change(&mut config);
        let error = project(&rows, config).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    refused(&|c| c.min_dist = f64::NAN, "min_dist is NaN");
    refused(&|c| c.spread = 0.0, "spread is 0");
    refused(&|c| c.init = Init::Given(Array2::zeros((3, 2))), "init is an array of shape (3, 2)");
    refused(
        &|c| c.init = Init::Given(Array2::from_elem((60, 2), f32::NAN)),
        "init holds NaN at row 0, column 0",
    );
    let graph = knn_graph(&rows, 5, Metric::Euclidean).expect("a graph");
    let given = |rows: &Array2<f32>, config: UmapConfig, words: &str| {
        let error = project_with(rows, &graph, config).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    given(&rows, config(10), "n_neighbors is 10; the graph holds 5");
    let few = UmapConfig { n_neighbors: 5, ..config(10) };
    given(
        &blobs(21, 3.0),
        few.clone(),
        "60 rows in the neighbor graph, 63 in the data; give the graph of these rows",
    );
    let cosine = UmapConfig { metric: Metric::Cosine, ..few };
    given(&rows, cosine, "metric is Cosine; the graph was made with Euclidean");
}

#[test]
fn a_given_start_is_taken_as_it_is() -> Result<()> {
    let rows = blobs(20, 3.0);
    let start = rows.slice(s![.., ..2]).to_owned();
    let config = UmapConfig { init: Init::Given(start.clone()), ..config(0) };
    assert_eq!(project(&rows, config)?.coordinates, start);
    Ok(())
}

#[test]
fn curve_of_the_defaults_is_the_published_one() {
    let curve = AbCurve::fit(0.1, 1.0);
    assert!((curve.a - 1.577).abs() < 1e-3 && (curve.b - 0.895).abs() < 1e-3, "{curve:?}");
}

#[test]
fn pca_pays_for_no_neighbor_search() -> Result<()> {
    // Rows without a direction fail a search by cosine; a graph of another metric and size would be refused.
    let rows = blobs(20, 3.0);
    let graph = knn_graph(&rows, 2, Metric::Cosine)?;
    let map = project_with(&rows, &graph, PcaConfig)?;
    assert_eq!(map.coordinates, project(&rows, PcaConfig)?.coordinates);
    // What new rows need is found when they come.
    assert_eq!(map.mean_knn_distance().len(), 60);
    let nearest =
        knn_graph(&rows, 15, Metric::Euclidean)?.distances.mean_axis(Axis(1)).expect("15 neighbors");
    assert_eq!(*map.mean_knn_distance(), nearest);
    assert_eq!(
        project(&Array2::ones((1, 3)), PcaConfig)?.coordinates.dim(),
        (1, 2),
        "a row alone is at the mean"
    );
    Ok(())
}

#[test]
fn a_map_keeps_its_rows_its_engine_and_its_name() -> Result<()> {
    let rows = blobs(20, 3.0);
    let map = project(&rows, UmapConfig { seed: 7, ..config(5) })?;
    assert_eq!((map.name.as_str(), map.engine.seed()), ("UMAP", Some(7)));
    assert_eq!(*map.latents.vectors, rows);
    assert_eq!(map.named("UMAP, seed 7").name, "UMAP, seed 7");
    assert_eq!(Engine::default().with_seed(9)?.seed(), Some(9));
    for engine in [Engine::Pca(PcaConfig), Engine::Annembed(AnnembedConfig::default())] {
        let error = engine.with_seed(9).expect_err("no seed").to_string();
        assert!(error.contains("seed is 9") && error.contains(engine.title()), "{error}");
    }
    Ok(())
}
