//! The scores against scikit-learn and the published formulas; `fixtures/make_metrics.py` made the numbers.

use ndarray::{Array1, Array2};
use neural_manifold::Result;
use neural_manifold::quality::{Quality, QualityConfig, assess, procrustes};

struct Fixture {
    high: Array2<f32>,
    low: Array2<f32>,
    low_again: Array2<f32>,
    labels: Array1<u8>,
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
        json["labels"].as_array().expect("labels").iter().map(|x| x.as_u64().expect("a label") as u8);
    let config = QualityConfig { k: json["k"].as_u64().expect("k") as usize, ..Default::default() };
    let (high, low, low_again) = (matrix("high"), matrix("low"), matrix("low_again"));
    Fixture { high, low, low_again, labels: labels.collect(), config, json }
}

fn score(fixture: &Fixture) -> Result<Quality> {
    assess(&fixture.high, &fixture.low, &fixture.labels, &fixture.config)
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
        ("knn_accuracy_high", quality.knn_accuracy_high),
        ("knn_accuracy_low", quality.knn_accuracy_low),
        ("silhouette_high", quality.silhouette_high),
        ("silhouette_low", quality.silhouette_low),
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
        quality.centroid_triplets,
    ] {
        assert!((perfect - 1.0).abs() < 1e-9, "{perfect}");
    }
    assert!(quality.mrre_low.abs() < 1e-9 && (quality.spearman - 1.0).abs() < 1e-6);

    fixture.low = Array2::zeros((fixture.high.nrows(), 2));
    let quality = score(&fixture)?;
    assert!(quality.trustworthiness < 0.7 && quality.r_nx_auc < 0.1);
    assert!(quality.spearman == 0.0 && quality.silhouette_low == 0.0);
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
            (quality.knn_accuracy_high, plain.knn_accuracy_high),
            (quality.silhouette_high, plain.silhouette_high),
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
    let labels = (0..6).map(|i| i % 3).collect();
    let config = QualityConfig { k: 1, k_classes: 1, ..Default::default() };
    assert_eq!(assess(&high, &low, &labels, &config)?.centroid_triplets, 0.0);
    assert_eq!(assess(&high, &high, &labels, &config)?.centroid_triplets, 1.0);

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
    // Around a circle, the two neighbours of every point are of two classes: one of them is class 0.
    let circle = Array2::from_shape_fn((12, 2), |(i, axis)| {
        let angle = std::f32::consts::TAU * i as f32 / 12.0;
        [angle.cos(), angle.sin()][axis]
    });
    let labels = (0..12).map(|i| [0, 2, 1, 0][i % 4]).collect();
    let config = QualityConfig { k: 2, k_classes: 2, ..Default::default() };
    assert_eq!(assess(&circle, &circle, &labels, &config)?.knn_accuracy_high, 0.5);
    Ok(())
}

#[test]
fn a_sample_keeps_rows_map_and_labels_together() -> Result<()> {
    let mut fixture = fixture();
    fixture.low = &fixture.high * 2.0;
    fixture.config.sample = 60;
    let quality = score(&fixture)?;
    assert!((quality.recall - 1.0).abs() < 1e-9 && quality.knn_accuracy_high > 0.9, "{quality:?}");
    Ok(())
}

#[test]
fn larger_sets_are_sampled_and_say_so() -> Result<()> {
    let mut fixture = fixture();
    fixture.config.sample = 60;
    let quality = score(&fixture)?;
    assert!(quality.sampled && quality.n_points == 60 && quality.point_trustworthiness.is_none());
    assert_eq!(quality.trustworthiness, score(&fixture)?.trustworthiness);
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
    refused(|f| f.high[[2, 1]] = f32::NAN, "high holds NaN at row 2, column 1");
    refused(|f| f.low[[9, 0]] = f32::INFINITY, "low holds inf at row 9, column 0");
    refused(|f| f.low = Array2::zeros((3, 2)), "120 points in high, 3 in low");
    refused(|f| f.labels = Array1::zeros(5), "120 points in high, 5 in labels");
    refused(|f| f.config.k = 60, "k is 60; give at least 1 and less than half of the 120 points");
    refused(|f| f.config.k = 0, "k is 0");
    refused(|f| f.config.sample = 0, "sample is 0");
}
