//! The scores against scikit-learn and the published formulas; `fixtures/make_metrics.py` made the numbers.

use ndarray::{Array1, Array2};
use neural_manifold::Result;
use neural_manifold::quality::{Quality, QualityConfig, assess};

struct Fixture {
    high: Array2<f32>,
    low: Array2<f32>,
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
    Fixture { high: matrix("high"), low: matrix("low"), labels: labels.collect(), config, json }
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
    refused(|f| f.low = Array2::zeros((3, 2)), "high has 120, low has 3");
    refused(|f| f.labels = Array1::zeros(5), "high has 120, labels has 5");
    refused(|f| f.config.k = 60, "k is 60; give at least 1 and less than half of the 120 points");
    refused(|f| f.config.k = 0, "k is 0");
    refused(|f| f.config.sample = 0, "sample is 0");
}
