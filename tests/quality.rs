//! The scores against scikit-learn and the published formulas; `fixtures/make_metrics.py` made the numbers.

use ndarray::{Array1, Array2, Axis};
use neural_manifold::Result;
use neural_manifold::labels::Labels;
use neural_manifold::latents::Latents;
use neural_manifold::neighbors::{KnnGraph, Metric, knn_graph};
use neural_manifold::projection::{
    AnnembedConfig, Engine, PcaConfig, Projection, Stop, UmapConfig, project, project_with,
};
use neural_manifold::quality::{Map, Original, Quality, QualityConfig, assess, hops, procrustes};

struct Fixture {
    high: Array2<f32>,
    low: Array2<f32>,
    low_again: Array2<f32>,
    labels: Labels,
    config: QualityConfig,
    json: serde_json::Value,
}

fn fixture() -> Fixture {
    let json: serde_json::Value = serde_json::from_str(include_str!("fixtures/metrics.json")).expect("JSON");
    let matrix = |name: &str| {
        let rows = json[name].as_array().expect("rows");
        let columns = rows[0].as_array().expect("a row").len();
        Array2::from_shape_fn((rows.len(), columns), |(i, j)| rows[i][j].as_f64().expect("a number") as f32)
    };
    let labels =
        json["labels"].as_array().expect("labels").iter().map(|x| x.as_u64().expect("a label") as u32);
    let config = QualityConfig { k: json["k"].as_u64().expect("k") as usize, ..Default::default() };
    let (high, low, low_again) = (matrix("high"), matrix("low"), matrix("low_again"));
    Fixture { high, low, low_again, labels: Labels::unnamed(labels.collect()), config, json }
}

fn score(fixture: &Fixture) -> Result<Quality> {
    assess(Original(&fixture.high), Map(&fixture.low), Some(&fixture.labels), &fixture.config)
}

/// The score of a class, where there are labels.
fn present(score: Option<f64>) -> f64 {
    score.expect("a score of classes")
}

#[test]
fn scores_equal_the_reference_to_a_millionth() -> Result<()> {
    let fixture = fixture();
    let quality = score(&fixture)?;
    for (name, ours) in [
        ("trustworthiness", quality.trustworthiness),
        ("continuity", quality.continuity),
        ("recall", quality.recall),
        ("recall_15", quality.recalls[0].1),
        ("knn_accuracy_high", present(quality.knn_accuracy_high)),
        ("knn_accuracy_low", present(quality.knn_accuracy_low)),
        ("silhouette_high", present(quality.silhouette_high)),
        ("silhouette_low", present(quality.silhouette_low)),
        ("r_nx_auc", quality.r_nx_auc),
        ("mrre_low", quality.mrre_low),
        ("mrre_high", quality.mrre_high),
    ] {
        let theirs = fixture.json["scores"][name].as_f64().expect(name);
        assert!((ours - theirs).abs() < 1e-6, "{name}: {ours} against {theirs}");
    }
    let all_pairs = fixture.json["scores"]["spearman_all_pairs"].as_f64().expect("spearman");
    assert!(
        (quality.spearman - all_pairs).abs() < 0.05,
        "{} on sampled pairs, {all_pairs} on all",
        quality.spearman
    );
    assert_eq!(quality.recalls.iter().map(|&(size, _)| size).collect::<Vec<_>>(), [15, 50]);
    Ok(())
}

#[test]
fn the_scores_of_points_average_to_the_whole() -> Result<()> {
    let quality = score(&fixture())?;
    for (points, whole) in [
        (quality.point_trustworthiness, quality.trustworthiness),
        (quality.point_continuity, quality.continuity),
    ] {
        let points = points.expect("scores of all points");
        assert!((f64::from(points.mean().expect("points")) - whole).abs() < 1e-6);
        assert!(points.iter().all(|score| (0.0..=1.0).contains(score)));
    }
    Ok(())
}

#[test]
fn a_faithful_map_is_perfect_and_a_collapsed_one_is_defined() -> Result<()> {
    let mut fixture = fixture();
    fixture.low = &fixture.high * 4.0;
    let quality = score(&fixture)?;
    for perfect in [
        quality.trustworthiness,
        quality.continuity,
        quality.recall,
        quality.r_nx_auc,
        quality.random_triplets,
        present(quality.centroid_triplets),
    ] {
        assert!((perfect - 1.0).abs() < 1e-9, "{perfect}");
    }
    assert!(quality.mrre_low.abs() < 1e-9 && (quality.spearman - 1.0).abs() < 1e-6);

    fixture.low = Array2::zeros((fixture.high.nrows(), 2));
    let quality = score(&fixture)?;
    assert!(quality.trustworthiness < 0.7 && quality.r_nx_auc < 0.1);
    assert!(quality.spearman == 0.0 && quality.silhouette_low == Some(0.0));
    Ok(())
}

#[test]
fn scores_do_not_depend_on_the_unit_of_the_rows() -> Result<()> {
    let mut fixture = fixture();
    let plain = score(&fixture)?;
    let high = fixture.high.clone();
    // Squared distances would leave the range of single precision in both directions.
    for unit in [1e25, 1e-25] {
        fixture.high = &high * unit;
        let quality = score(&fixture)?;
        for (ours, theirs) in [
            (quality.trustworthiness, plain.trustworthiness),
            (quality.r_nx_auc, plain.r_nx_auc),
            (present(quality.knn_accuracy_high), present(plain.knn_accuracy_high)),
            (present(quality.silhouette_high), present(plain.silhouette_high)),
            (quality.spearman, plain.spearman),
        ] {
            assert!((ours - theirs).abs() < 1e-4, "{unit}: {ours} against {theirs}");
        }
    }
    Ok(())
}

#[test]
fn procrustes_equals_scipy_to_a_millionth() -> Result<()> {
    let fixture = fixture();
    let laid = procrustes(&fixture.low, &fixture.low_again)?;
    let disparity = fixture.json["scores"]["procrustes"].as_f64().expect("procrustes");
    assert!((laid.disparity - disparity).abs() < 1e-6, "{} against {disparity}", laid.disparity);
    let displacements = fixture.json["displacements"].as_array().expect("displacements");
    assert_eq!(laid.displacements.len(), displacements.len());
    for (ours, theirs) in laid.displacements.iter().zip(displacements) {
        assert!((f64::from(*ours) - theirs.as_f64().expect("a number")).abs() < 1e-6, "{ours} {theirs}");
    }
    assert!((procrustes(&fixture.low_again, &fixture.low)?.disparity - disparity).abs() < 1e-6);
    Ok(())
}

#[test]
fn a_moved_turned_mirrored_and_scaled_map_is_laid_back() -> Result<()> {
    let low = fixture().low;
    let n = low.nrows();
    for side in [1.0, -1.0] {
        let (sine, cosine) = 2.5f32.sin_cos();
        let moved = Array2::from_shape_fn((n, 2), |(i, axis)| {
            let (x, y) = (low[[i, 0]], side * low[[i, 1]]);
            7.0 + 30.0 * [cosine * x - sine * y, sine * x + cosine * y][axis]
        });
        let laid = procrustes(&low, &moved)?;
        assert!(laid.disparity < 1e-10, "{}", laid.disparity);
        assert!((&laid.aligned - &low).iter().all(|difference| difference.abs() < 1e-5));
    }
    // Opposite corners of a square come to lie on each other: what nears the one parts it from the other.
    let square = ndarray::array![[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]];
    let nothing_alike = ndarray::array![[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [-1.0, 0.0]];
    assert_eq!(procrustes(&square, &nothing_alike)?.disparity, 1.0);
    Ok(())
}

#[test]
fn procrustes_refuses_what_is_no_pair_of_maps() {
    let map = fixture().low;
    let refused = |first: &Array2<f32>, second: &Array2<f32>, words: &str| {
        let error = procrustes(first, second).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    refused(&map, &Array2::zeros((3, 2)), "second is a single place; give a map whose points lie apart");
    refused(&Array2::from_elem((120, 2), 0.1), &map, "first is a single place");
    refused(&map, &map.slice(ndarray::s![..9, ..]).to_owned(), "120 points in first, 9 in second");
    refused(&fixture().high, &map, "first is an array of shape (120, 6); give a map in the plane");
}

#[test]
fn triplets_agree_as_often_as_counted_by_hand() -> Result<()> {
    // Three classes along a line; on the map the second and the third have changed places.
    let line = |places: [f32; 3]| {
        Array2::from_shape_fn((6, 2), |(i, axis)| if axis == 0 { places[i % 3] } else { i as f32 * 0.01 })
    };
    let (high, low) = (line([0.0, 1.0, 3.0]), line([0.0, 3.0, 1.0]));
    let labels = Labels::unnamed((0..6).map(|i| i % 3).collect());
    let config = QualityConfig { k: 1, k_vote: 1, ..Default::default() };
    let kept = |low: &Array2<f32>| assess(Original(&high), Map(low), Some(&labels), &config);
    assert_eq!(kept(&low)?.centroid_triplets, Some(0.0));
    assert_eq!(kept(&high)?.centroid_triplets, Some(1.0));

    let fixture = fixture();
    let n = fixture.high.nrows();
    let squared = |rows: &Array2<f32>, i: usize, j: usize| {
        let difference = &rows.row(i) - &rows.row(j);
        difference.dot(&difference)
    };
    let (mut agreed, mut total) = (0, 0);
    for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).filter(|(i, j)| i != j) {
        for l in (0..n).filter(|&l| l != i && l != j) {
            let nearer = |rows: &Array2<f32>| squared(rows, i, j) < squared(rows, i, l);
            agreed += usize::from(nearer(&fixture.high) == nearer(&fixture.low));
            total += 1;
        }
    }
    let (sampled, all) = (score(&fixture)?.random_triplets, agreed as f64 / f64::from(total));
    assert!((sampled - all).abs() < 0.03, "{sampled} of a sample, {all} of all");
    Ok(())
}

#[test]
fn of_classes_with_as_many_votes_the_smallest_wins() -> Result<()> {
    // Around a circle, the two neighbors of every point are of two classes: one of them is class 0.
    let circle = Array2::from_shape_fn((12, 2), |(i, axis)| {
        let angle = std::f32::consts::TAU * i as f32 / 12.0;
        [angle.cos(), angle.sin()][axis]
    });
    let labels = Labels::unnamed((0..12).map(|i| [0, 2, 1, 0][i % 4]).collect());
    let config = QualityConfig { k: 2, k_vote: 2, ..Default::default() };
    let quality = assess(Original(&circle), Map(&circle), Some(&labels), &config)?;
    assert_eq!(quality.knn_accuracy_high, Some(0.5));
    Ok(())
}

#[test]
fn a_sample_keeps_rows_map_and_labels_together() -> Result<()> {
    let mut fixture = fixture();
    fixture.low = &fixture.high * 2.0;
    fixture.config.max_points = 60;
    let quality = score(&fixture)?;
    assert!((quality.recall - 1.0).abs() < 1e-9 && present(quality.knn_accuracy_high) > 0.9, "{quality:?}");
    Ok(())
}

#[test]
fn larger_sets_are_sampled_and_say_so() -> Result<()> {
    let mut fixture = fixture();
    fixture.config.max_points = 60;
    let quality = score(&fixture)?;
    assert!(quality.sampled && quality.n_points == 60 && quality.point_trustworthiness.is_none());
    assert_eq!(quality.trustworthiness, score(&fixture)?.trustworthiness);

    // The scored rows by themselves have the same scores, and the same worst rows under the numbers of the whole.
    let mut rows = quality.least_trusted(60);
    rows.sort_unstable();
    let (high, low) = (fixture.high.select(Axis(0), &rows), fixture.low.select(Axis(0), &rows));
    let labels = fixture.labels.select(&rows);
    let alone = assess(Original(&high), Map(&low), Some(&labels), &fixture.config)?;
    assert_eq!(
        (alone.trustworthiness, alone.silhouette_low),
        (quality.trustworthiness, quality.silhouette_low)
    );
    let worst: Vec<usize> = alone.least_trusted(10).into_iter().map(|row| rows[row]).collect();
    assert_eq!(quality.least_trusted(10), worst);
    Ok(())
}

#[test]
fn bad_input_is_refused_in_words() {
    let refused = |change: fn(&mut Fixture), words: &str| {
        let mut fixture = fixture();
        change(&mut fixture);
        let error = score(&fixture).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    refused(|f| f.high[[2, 1]] = f32::NAN, "the original holds NaN at row 2, column 1");
    refused(|f| f.low[[9, 0]] = f32::INFINITY, "the map holds inf at row 9, column 0");
    refused(|f| f.low = Array2::zeros((3, 2)), "120 points in the original, 3 in the map");
    refused(|f| f.labels = f.labels.first(5), "120 points in the original, 5 in the labels");
    refused(|f| f.config.k = 60, "k is 60; give at least 1 and less than half of the 120 points");
    refused(|f| f.config.k = 0, "k is 0");
    refused(|f| f.config.k_vote = 60, "k_vote is 60; give at least 1 and less than half of the 120 points");
    refused(|f| f.config.max_points = 0, "max_points is 0");
}

#[test]
fn the_least_trusted_come_first() -> Result<()> {
    let quality = score(&fixture())?;
    let trust = quality.point_trustworthiness.as_ref().expect("scores of all points");
    let mut order: Vec<usize> = (0..trust.len()).collect();
    order.sort_by(|&a, &b| trust[a].total_cmp(&trust[b]));
    assert_eq!(quality.least_trusted(7), order[..7]);
    assert_eq!((quality.least_trusted(500).len(), quality.least_trusted(0).len()), (120, 0));
    Ok(())
}

#[test]
fn without_labels_the_scores_of_classes_are_absent_and_the_others_the_same() -> Result<()> {
    let mut fixture = fixture();
    let labeled = score(&fixture)?;
    fixture.labels.codes.fill(Labels::MISSING);
    let all_missing = score(&fixture)?;
    // Nobody votes: the number of voters does not matter.
    let config = QualityConfig { k_vote: 0, ..fixture.config };
    let unlabeled = assess(Original(&fixture.high), Map(&fixture.low), None, &config)?;
    for quality in [&unlabeled, &all_missing] {
        let of_classes = [
            quality.centroid_triplets,
            quality.knn_accuracy_high,
            quality.knn_accuracy_low,
            quality.silhouette_high,
            quality.silhouette_low,
        ];
        assert_eq!(of_classes, [None; 5]);
        assert_eq!(
            (quality.trustworthiness, quality.continuity, quality.r_nx_auc, quality.spearman),
            (labeled.trustworthiness, labeled.continuity, labeled.r_nx_auc, labeled.spearman)
        );
        assert_eq!(quality.table().rows.len() + 5, labeled.table().rows.len());
    }
    Ok(())
}

#[test]
fn rows_without_a_class_are_left_out_of_the_scores_of_classes() -> Result<()> {
    let mut fixture = fixture();
    let rows: Vec<usize> = (0..120).filter(|row| row % 4 != 1).collect();
    let (high, low) = (fixture.high.select(Axis(0), &rows), fixture.low.select(Axis(0), &rows));
    let alone = assess(Original(&high), Map(&low), Some(&fixture.labels.select(&rows)), &fixture.config)?;
    (1..120).step_by(4).for_each(|row| fixture.labels.codes[row] = Labels::MISSING);
    let quality = score(&fixture)?;
    for (ours, theirs) in [
        (quality.centroid_triplets, alone.centroid_triplets),
        (quality.knn_accuracy_high, alone.knn_accuracy_high),
        (quality.knn_accuracy_low, alone.knn_accuracy_low),
        (quality.silhouette_high, alone.silhouette_high),
        (quality.silhouette_low, alone.silhouette_low),
    ] {
        assert!((present(ours) - present(theirs)).abs() < 1e-9, "{ours:?} against {theirs:?}");
    }
    // Each row's nearest has no class: the nearest with one votes.
    let pairs = Array2::from_shape_fn((16, 1), |(i, _)| {
        (i / 2) as f32 + 0.1 * (i % 2) as f32 + 50.0 * (i / 8) as f32
    });
    let codes = (0..16).map(|i| if i % 2 == 0 { i / 8 } else { Labels::MISSING });
    let config = QualityConfig { k: 1, k_vote: 1, ..Default::default() };
    let voted = assess(Original(&pairs), Map(&pairs), Some(&Labels::unnamed(codes.collect())), &config)?;
    assert_eq!(voted.knn_accuracy_low, Some(1.0));
    // Twenty labeled rows are too few for ten to vote, but not for a silhouette.
    (20..120).for_each(|row| fixture.labels.codes[row] = Labels::MISSING);
    let quality = score(&fixture)?;
    assert!(quality.knn_accuracy_low.is_none() && quality.silhouette_low.is_some());
    Ok(())
}

#[test]
fn three_hundred_classes_are_told_apart() -> Result<()> {
    // Three rows per class, side by side on a line.
    let line = |place: &dyn Fn(usize) -> f32| {
        Array2::from_shape_fn((900, 1), |(i, _)| place(i / 3) + 0.01 * (i % 3) as f32)
    };
    let rows = line(&|class| class as f32);
    let labels = Labels::unnamed((0..900).map(|i| i / 3).collect());
    let config = QualityConfig { k: 2, k_vote: 2, ..Default::default() };
    let same = assess(Original(&rows), Map(&rows), Some(&labels), &config)?;
    assert_eq!((same.knn_accuracy_low, same.centroid_triplets), (Some(1.0), Some(1.0)));
    assert!(present(same.silhouette_low) > 0.97);
    // Codes that agree in their last eight bits are different classes.
    let alternating = Labels::unnamed((0..900).map(|i| 256 * (i % 2)).collect());
    let config = QualityConfig { k_vote: 1, ..config };
    assert!(
        present(assess(Original(&rows), Map(&rows), Some(&alternating), &config)?.knn_accuracy_low) < 0.01
    );

    // So many centroids are sampled: the share is near that of all triplets.
    let place = |class: usize| (class * 89 % 300) as f32 + 0.2 * class as f32;
    let map = line(&place);
    let sampled = present(assess(Original(&rows), Map(&map), Some(&labels), &config)?.centroid_triplets);
    let (mut agreed, mut total) = (0, 0);
    for i in 0..300 {
        for j in (0..300).filter(|&j| j != i) {
            for l in (0..300).filter(|&l| l != i && l != j) {
                let on_map = (place(i) - place(j)).abs() < (place(i) - place(l)).abs();
                agreed += usize::from(on_map == (i.abs_diff(j) < i.abs_diff(l)));
                total += 1;
            }
        }
    }
    let all = agreed as f64 / f64::from(total);
    assert!((sampled - all).abs() < 0.01, "{sampled} of a sample, {all} of all");
    Ok(())
}

/// The fixture's rows as latents, and a short UMAP of them by their graph.
fn umap_of_fixture(seed: u64) -> Result<(KnnGraph, Projection)> {
    let Fixture { high, labels, .. } = fixture();
    let graph = knn_graph(&high, 15, Metric::Euclidean)?;
    let config = UmapConfig { n_epochs: Some(30), seed, ..UmapConfig::default() };
    let map = project_with(&Latents::new("fixture", high, Some(labels))?, &graph, config)?;
    Ok((graph, map))
}

#[test]
fn a_map_scores_itself_under_the_metric_of_its_engine() -> Result<()> {
    let fixture = fixture();
    let same = |ours: &Quality, theirs: &Quality| {
        assert_eq!(
            (ours.trustworthiness, ours.recall, ours.mrre_high, ours.silhouette_high, ours.knn_accuracy_low),
            (
                theirs.trustworthiness,
                theirs.recall,
                theirs.mrre_high,
                theirs.silhouette_high,
                theirs.knn_accuracy_low
            )
        );
    };
    let (_, map) = umap_of_fixture(42)?;
    let by_hand = |high: &Array2<f32>, map: &Projection| {
        assess(Original(high), Map(&map.coordinates), Some(&fixture.labels), &fixture.config)
    };
    same(&map.quality(&fixture.config)?, &by_hand(&fixture.high, &map)?);

    let cosine = UmapConfig { metric: Metric::Cosine, n_epochs: Some(30), ..UmapConfig::default() };
    let map = project(&map.latents, cosine)?;
    let lengths = fixture.high.map_axis(Axis(1), |row| row.dot(&row).sqrt()).insert_axis(Axis(1));
    let quality = map.quality(&fixture.config)?;
    let unit = by_hand(&(&fixture.high / &lengths), &map)?;
    assert!((quality.trustworthiness - unit.trustworthiness).abs() < 1e-9);
    assert!((quality.trustworthiness - by_hand(&fixture.high, &map)?.trustworthiness).abs() > 1e-3);
    Ok(())
}

#[test]
fn stability_equals_maps_aligned_by_hand() -> Result<()> {
    let (graph, map) = umap_of_fixture(42)?;
    let stability = map.stability(&graph, &[7, 42, 9])?;
    assert_eq!(stability.seeds, [7, 42, 9]);
    let mut mean = Array1::<f32>::zeros(120);
    for (number, seed) in [7, 42, 9].into_iter().enumerate() {
        let aligned = procrustes(&map.coordinates, &umap_of_fixture(seed)?.1.coordinates)?;
        let mut sorted = aligned.displacements.to_vec();
        sorted.sort_by(f32::total_cmp);
        assert_eq!(stability.disparities[number], aligned.disparity);
        assert_eq!(stability.median_displacements[number], sorted[60]);
        assert_eq!(stability.max_displacements[number], sorted[119]);
        mean += &(aligned.displacements / 3.0);
    }
    assert!((&stability.displacement - &mean).iter().all(|difference| difference.abs() < 1e-6));
    assert!(stability.disparities[1] < 1e-12 && stability.disparities[0] > 1e-6);
    let disparities = &stability.disparities;
    assert!((stability.mean_disparity() - disparities.iter().sum::<f64>() / 3.0).abs() < 1e-12);
    assert_eq!(stability.max_disparity(), disparities[0].max(disparities[2]));
    let table = stability.table();
    assert_eq!((table.rows.len(), table.names.len()), (3, 4));
    assert!(table.title.contains(&map.name), "{}", table.title);
    Ok(())
}

#[test]
fn stability_refuses_what_has_no_other_seed() -> Result<()> {
    let (graph, mut map) = umap_of_fixture(42)?;
    let told = |map: &Projection, graph: &KnnGraph, seeds: &[u64]| {
        map.stability(graph, seeds).expect_err("refused").to_string()
    };
    assert_eq!(told(&map, &graph, &[]), "the list of seeds is empty; name at least one");
    let other = knn_graph(&fixture().high.slice(ndarray::s![..60, ..]).to_owned(), 15, Metric::Euclidean)?;
    assert!(told(&map, &other, &[1]).contains("60"));
    for engine in [Engine::Pca(PcaConfig), Engine::Annembed(AnnembedConfig::default())] {
        map.engine = engine;
        let told = told(&map, &graph, &[1]);
        assert!(told.contains("seed"), "{told}");
    }
    let stop = Stop::new();
    stop.stop();
    map.engine = Engine::Umap(UmapConfig { stop: Some(stop), ..UmapConfig::default() });
    assert_eq!(told(&map, &graph, &[1, 2]), "the comparison of seeds was stopped after 0 of 2");
    Ok(())
}

#[test]
fn three_hops_are_three_scores() -> Result<()> {
    let fixture = fixture();
    let map =
        project(&Latents::new("fixture", fixture.high.clone(), Some(fixture.labels.clone()))?, PcaConfig)?;
    let pixels = ndarray::concatenate![Axis(1), fixture.high, fixture.low_again];
    let hops = hops(&pixels, &map, &fixture.config)?;
    let by_hand = |high: &Array2<f32>, low: &Array2<f32>| {
        assess(Original(high), Map(low), Some(&fixture.labels), &fixture.config)
    };
    let table = hops.table();
    for (row, (hop, expected)) in [
        (&hops.pixels_to_latents, by_hand(&pixels, &fixture.high)?),
        (&hops.latents_to_map, by_hand(&fixture.high, &map.coordinates)?),
        (&hops.pixels_to_map, by_hand(&pixels, &map.coordinates)?),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(
            (hop.trustworthiness, hop.continuity, hop.recall, hop.silhouette_low),
            (expected.trustworthiness, expected.continuity, expected.recall, expected.silhouette_low)
        );
        let cells = table.rows[row].as_ref().expect("a hop");
        assert_eq!(cells[1], format!("{:.3}", expected.trustworthiness));
        assert_eq!(cells[3], format!("{:.3}", expected.recall));
    }
    let few = fixture.high.slice(ndarray::s![..60, ..]).to_owned();
    let told = neural_manifold::quality::hops(&few, &map, &fixture.config).expect_err("refused").to_string();
    assert!(told.contains("60 points in the original, 120 in the map"), "{told}");
    Ok(())
}
