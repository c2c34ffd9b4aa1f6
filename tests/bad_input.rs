//! Bad and degenerate input: each stage refuses it in words or has a defined result, within a time limit, and leaves
//! no file behind.

use std::collections::BTreeSet;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use ndarray::{Array1, Array2, Axis, concatenate, s};
use neural_manifold::labels::Labels;
use neural_manifold::latents::Latents;
use neural_manifold::neighbors::{Metric, Search, knn_graph, knn_graph_with, knn_query};
use neural_manifold::projection::{
    AnnembedConfig, DensmapConfig, Engine, Init, PacmapConfig, PcaConfig, Projection, TrimapConfig,
    TsneConfig, UmapConfig,
};
use neural_manifold::quality::{Map, Original, QualityConfig, assess, procrustes};
use neural_manifold::topology::{TopologyConfig, analyze, class_components, max_min_landmarks, persistence};
use neural_manifold::{Error, Result};

/// Maps bare rows.
fn project(rows: &Array2<f32>, engine: impl Into<Engine>) -> Result<Projection> {
    neural_manifold::projection::project(&Latents::new("rows", rows.clone(), None)?, engine)
}

/// Many times what any of this takes: work that is not done by then hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// Works on a thread of its own, so that a test fails where the work would never end.
fn within<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = channel();
    thread::spawn(move || done.send(work()));
    wait.recv_timeout(LIMIT).unwrap_or_else(|trouble| panic!("{name}: {trouble}"))
}

/// Rows around the corners of a triangle, each with a cloud of width 2; of three columns or more.
fn blobs(n: usize, d: usize, distance: f32) -> Array2<f32> {
    let mut state = 7u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    Array2::from_shape_fn((n, d), |(i, axis)| random() + if i % 3 == axis { distance } else { 0.0 })
}

/// Every engine, quick, with so many neighbors per row and UMAP from the given start.
fn engines(n_neighbors: usize, init: &Init) -> Vec<Engine> {
    let n_epochs = Some(30);
    Engine::all()
        .into_iter()
        .map(|engine| match engine {
            Engine::Umap(config) => UmapConfig { n_neighbors, n_epochs, init: init.clone(), ..config }.into(),
            Engine::Tsne(config) => TsneConfig { perplexity: n_neighbors as f64, n_epochs, ..config }.into(),
            Engine::Pacmap(config) => PacmapConfig { n_neighbors, n_epochs: [10; 3], ..config }.into(),
            Engine::Trimap(config) => TrimapConfig { n_neighbors, n_epochs: 30, ..config }.into(),
            Engine::Densmap(config) => DensmapConfig { n_neighbors, n_epochs, ..config }.into(),
            Engine::Annembed(config) => AnnembedConfig { n_neighbors, n_epochs, ..config }.into(),
            Engine::Pca(config) => config.into(),
        })
        .collect()
}

/// One engine of each kind of placing.
fn placing() -> Vec<Engine> {
    let chosen = |engine: &Engine| matches!(engine, Engine::Umap(_) | Engine::Tsne(_) | Engine::Pca(_));
    engines(10, &Init::Spectral).into_iter().filter(chosen).collect()
}

fn labels(n: usize) -> Labels {
    Labels::unnamed((0..n).map(|i| (i % 3) as u32).collect::<Array1<u32>>())
}

type Stage = Box<dyn Fn(&Array2<f32>) -> Result<()> + Send>;

/// Everything that takes rows of two columns, beside good rows where it takes others too.
fn stages() -> Result<Vec<(String, Stage)>> {
    let good = blobs(80, 2, 3.0);
    let mut stages: Vec<(String, Stage)> = Vec::new();
    let mut add = |name: &str, stage: Stage| stages.push((name.into(), stage));
    for engine in engines(10, &Init::Spectral) {
        add(engine.name(), Box::new(move |rows| project(rows, &engine).map(drop)));
    }
    for engine in placing() {
        let map: Projection = project(&good, &engine)?;
        let name = format!("transform by {}", engine.name());
        add(&name, Box::new(move |rows| map.transform(rows).map(drop)));
    }
    for metric in [Metric::Euclidean, Metric::Cosine] {
        add("knn_graph", Box::new(move |rows| knn_graph(rows, 5, metric).map(drop)));
        let approximate = move |rows: &Array2<f32>| knn_graph_with(rows, 5, metric, Search::Approximate);
        add("knn_graph_with", Box::new(move |rows| approximate(rows).map(drop)));
        let others = good.clone();
        add("knn_query, queries", Box::new(move |rows| knn_query(rows, &others, 5, metric).map(drop)));
        let others = good.clone();
        add("knn_query, references", Box::new(move |rows| knn_query(&others, rows, 5, metric).map(drop)));
    }
    let settings = QualityConfig { k: 5, ..Default::default() };
    let (others, same) = (good.clone(), settings.clone());
    let all = labels(80);
    add(
        "assess, original",
        Box::new(move |rows| assess(Original(rows), Map(&others), Some(&all), &same).map(drop)),
    );
    let others = good.clone();
    let all = labels(80);
    add(
        "assess, map",
        Box::new(move |rows| assess(Original(&others), Map(rows), Some(&all), &settings).map(drop)),
    );
    let others = good.clone();
    add("procrustes, first", Box::new(move |rows| procrustes(rows, &others).map(drop)));
    add("procrustes, second", Box::new(move |rows| procrustes(&good, rows).map(drop)));
    add("analyze", Box::new(|rows| analyze(rows, &TopologyConfig::default()).map(drop)));
    add("persistence", Box::new(|rows| persistence(rows, 50, 1).map(drop)));
    add("landmarks", Box::new(|rows| max_min_landmarks(rows, 50, 1).map(drop)));
    add("class_components", Box::new(|rows| class_components(rows, &labels(80)).map(drop)));
    Ok(stages)
}

#[test]
fn rows_that_are_no_rows_are_refused_in_words() -> Result<()> {
    let with = |row: usize, column: usize, value: f32| {
        let mut rows = blobs(80, 2, 3.0);
        rows[[row, column]] = value;
        rows
    };
    let cases = [
        (with(4, 1, f32::NAN), "holds NaN at row 4, column 1; remove or repair that row"),
        (with(0, 0, f32::INFINITY), "holds inf at row 0, column 0; remove or repair that row"),
        (with(79, 1, f32::NEG_INFINITY), "holds -inf at row 79, column 1; remove or repair that row"),
        (Array2::zeros((0, 2)), "is empty; its shape is (0, 2), give at least one row and one column"),
        (Array2::zeros((80, 0)), "is empty; its shape is (80, 0), give at least one row and one column"),
    ];
    for (name, stage) in stages()? {
        let rows: Vec<Array2<f32>> = cases.iter().map(|(rows, _)| rows.clone()).collect();
        let told =
            within(&name, move || rows.iter().map(|rows| stage(rows).map_err(|e| e.to_string())).collect());
        let told: Vec<std::result::Result<(), String>> = told;
        for (told, (_, words)) in told.into_iter().zip(&cases) {
            let told = told.expect_err(&name);
            assert!(told.ends_with(words), "{name}: {told}");
        }
    }
    Ok(())
}

#[test]
fn settings_out_of_range_are_refused_by_every_engine_that_has_them() {
    let told = |engine: Engine| {
        let name = engine.name();
        within(name, move || project(&blobs(80, 4, 3.0), engine)).map_err(|error| error.to_string())
    };
    type Change = fn(&mut f64, &mut f64);
    let distances: [(Change, &str); 3] = [
        (|min_dist, _| *min_dist = 1.5, "min_dist is 1.5; give a number from 0 to spread, which is 1"),
        (|min_dist, _| *min_dist = -0.1, "min_dist is -0.1; give a number from 0 to spread, which is 1"),
        (|_, spread| *spread = f64::INFINITY, "spread is inf; give a positive number"),
    ];
    for (change, words) in distances {
        let (mut umap, mut densmap) = (UmapConfig::default(), DensmapConfig::default());
        change(&mut umap.min_dist, &mut umap.spread);
        change(&mut densmap.min_dist, &mut densmap.spread);
        for engine in [Engine::from(umap), densmap.into()] {
            let name = engine.name();
            assert_eq!(told(engine).err().as_deref(), Some(words), "{name}");
        }
    }
    let most = "there are 80 rows, so it is 79 at the most";
    for (n_neighbors, words) in [(0, "ask for at least one neighbor"), (80, most), (5000, most)] {
        for engine in engines(n_neighbors, &Init::Spectral) {
            let name = engine.name();
            match engine {
                // PCA asks for no neighbors, and t-SNE for a perplexity.
                Engine::Pca(_) => assert!(told(engine).is_ok()),
                Engine::Tsne(_) => assert!(told(engine).is_err()),
                Engine::Umap(_)
                | Engine::Pacmap(_)
                | Engine::Trimap(_)
                | Engine::Densmap(_)
                | Engine::Annembed(_) => {
                    let expected = format!("n_neighbors is {n_neighbors}; {words}");
                    assert_eq!(told(engine).err(), Some(expected), "{name}");
                }
            }
        }
    }
    for perplexity in [0.0, -3.0, f64::NAN, f64::INFINITY] {
        let error = told(TsneConfig { perplexity, ..TsneConfig::default() }.into()).expect_err("refused");
        assert!(error.starts_with(&format!("perplexity is {perplexity}")), "{error}");
    }
}

#[test]
fn scores_and_shapes_refuse_more_neighbors_than_there_are() {
    let rows = blobs(30, 3, 3.0);
    let told = |quality: QualityConfig| {
        assess(Original(&rows), Map(&rows), Some(&labels(30)), &quality).expect_err("refused").to_string()
    };
    let remedy = "give at least 1 and less than half of the 30 points";
    for k in [0, 15, 40] {
        assert_eq!(told(QualityConfig { k, ..Default::default() }), format!("k is {k}; {remedy}"));
        let few = QualityConfig { k: 5, k_vote: k, ..Default::default() };
        assert_eq!(told(few), format!("k_vote is {k}; {remedy}"));
    }
    for n_neighbors in [30, 99] {
        let config = TopologyConfig { n_neighbors, ..Default::default() };
        let told = analyze(&rows, &config).expect_err("refused").to_string();
        assert!(told.starts_with(&format!("n_neighbors is {n_neighbors}; there are 30 rows")), "{told}");
    }
}

/// Rows that are odd in some way, and how many neighbors to ask for.
fn degenerate() -> Vec<(&'static str, Array2<f32>, usize)> {
    let mut constant = blobs(120, 8, 3.0);
    constant.slice_mut(s![.., 1..5]).fill(5.0);
    let apart = concatenate![Axis(0), blobs(60, 8, 0.0), blobs(60, 8, 0.0) + 1e4];
    let third = blobs(90, 8, 3.0);
    let many_pieces =
        Array2::from_shape_fn((300, 2), |(i, axis)| (i / 3) as f32 * 1e3 + (i * axis) as f32 * 0.01);
    vec![
        ("several components", apart, 10),
        ("many components", many_pieces, 2),
        ("duplicates", concatenate![Axis(0), third, third, third], 10),
        ("constant columns", constant, 10),
        ("all equal", Array2::from_elem((80, 3), 0.1), 10),
        ("one dimension", blobs(120, 1, 3.0), 10),
        ("two rows", blobs(2, 8, 1.0), 1),
        ("as many neighbors as rows", blobs(12, 8, 1.0), 11),
        ("nearly as many neighbors as rows", blobs(64, 8, 1.0), 48),
        ("huge", blobs(120, 8, 3.0) * 1e17, 10),
        ("tiny", blobs(120, 8, 3.0) * 1e-17, 10),
    ]
}

#[test]
fn degenerate_rows_have_a_defined_map() {
    for (name, rows, n_neighbors) in degenerate() {
        for init in [Init::Spectral, Init::Pca] {
            for engine in engines(n_neighbors, &init) {
                let name = format!("{name}, {}", engine.name());
                let ours = !matches!(engine, Engine::Densmap(_) | Engine::Annembed(_));
                let perplexed = matches!(engine, Engine::Tsne(_)) && 3 * n_neighbors >= rows.nrows();
                let rows = rows.clone();
                let work = move || project(&rows, engine).and_then(|map| Ok((map.transform(&rows)?, map)));
                match within(&name, work) {
                    Ok((placed, map)) => {
                        assert_eq!(placed.coordinates.dim(), map.coordinates.dim(), "{name}");
                        let places = map.coordinates.iter().chain(&placed.coordinates);
                        assert!(places.into_iter().all(|x| x.is_finite()), "{name}");
                        let scores = &placed.outlier_score;
                        assert!(scores.iter().all(|x| *x >= 0.0), "{name} {scores}");
                    }
                    Err(error) if perplexed => {
                        assert!(error.to_string().starts_with("perplexity is"), "{name}: {error}")
                    }
                    // The engines of other crates may decline, but they neither hang nor end the process.
                    Err(error) => assert!(!ours && matches!(error, Error::Engine { .. }), "{name}: {error}"),
                }
            }
        }
    }
}

#[test]
fn degenerate_rows_have_defined_scores_and_a_defined_shape() {
    for (name, rows, n_neighbors) in degenerate() {
        let n = rows.nrows();
        if n < 12 {
            continue;
        }
        let n_neighbors = n_neighbors.min(5);
        let classes = labels(n);
        let config = TopologyConfig { n_neighbors, n_landmarks: 40, ..Default::default() };
        let settings = QualityConfig { k: n_neighbors, k_vote: n_neighbors, ..Default::default() };
        let work = move || -> Result<_> {
            let map = project(&rows, PcaConfig)?;
            let quality = assess(Original(&rows), Map(&map.coordinates), Some(&classes), &settings)?;
            Ok((quality, analyze(&rows, &config)?, class_components(&rows, &classes)?))
        };
        let (quality, shape, classes) = within(name, work).unwrap_or_else(|error| panic!("{name}: {error}"));
        for score in [quality.trustworthiness, quality.continuity, quality.recall, quality.random_triplets] {
            assert!((0.0..=1.0).contains(&score), "{name}: {score}");
        }
        let silhouettes =
            [quality.silhouette_high, quality.silhouette_low].map(|score| score.expect("labels"));
        for score in [quality.spearman, silhouettes[0], silhouettes[1], quality.r_nx_auc] {
            assert!((-1.0..=1.0).contains(&score), "{name}: {score}");
        }
        assert!(quality.mrre_low >= 0.0 && quality.mrre_high >= 0.0, "{name}");
        for measure in [shape.two_nn_dimension, shape.mle_dimension, shape.persistence.covering_radius] {
            assert!(measure.is_finite() && measure >= 0.0, "{name}: {measure}");
        }
        assert!(shape.hubness_skewness.is_finite(), "{name}");
        assert_eq!(shape.persistence.h0.iter().filter(|bar| bar.death.is_infinite()).count(), 1, "{name}");
        assert_eq!(classes.components.len(), 3, "{name}");
    }
}

#[test]
fn without_a_seed_there_is_the_default_one() -> Result<()> {
    let rows = blobs(80, 4, 3.0);
    for engine in engines(10, &Init::Spectral).into_iter().filter(|engine| engine.seed().is_some()) {
        assert_eq!(engine.seed(), Some(42), "{}", engine.name());
        let again = engine.with_seed(42)?;
        assert_eq!(
            project(&rows, &engine)?.coordinates,
            project(&rows, again)?.coordinates,
            "{}",
            engine.name()
        );
    }
    Ok(())
}

#[test]
fn nothing_is_written_into_the_current_folder() -> Result<()> {
    let list = || {
        let entries = std::fs::read_dir(".").expect("the current folder");
        entries.map(|entry| entry.expect("an entry").file_name()).collect::<BTreeSet<_>>()
    };
    let before = list();
    for (name, stage) in stages()? {
        let rows = blobs(80, 2, 3.0);
        within(&name, move || stage(&rows)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert_eq!(before, list());
    Ok(())
}
