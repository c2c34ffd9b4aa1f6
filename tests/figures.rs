//! Figures as the JSON that plotly draws.

mod common;

use common::bars;
use ndarray::{Array1, Array2};
use neural_manifold::figures;
use neural_manifold::latents::Latents;
use neural_manifold::prelude::{Labels, PcaConfig, Projection, project};
use neural_manifold::topology::{Bar, Persistence};
use neural_manifold::train::{Epoch, History};
use serde_json::Value;

fn names() -> Vec<String> {
    ["a", "b", "c", "d"].iter().map(|name| name.to_string()).collect()
}

fn json(figure: &figures::Figure) -> Value {
    serde_json::from_str(figure.bundle().get("application/vnd.plotly.v1+json").unwrap()).unwrap()
}

/// A map of 40 rows of three classes, of four that have a name.
fn pca() -> Projection {
    let labels = Labels::new((0..40).map(|i| i % 3).collect(), names()).unwrap();
    pca_of(Some(labels))
}

fn pca_of(labels: Option<Labels>) -> Projection {
    let rows = Array2::from_shape_fn((40, 3), |(i, j)| ((i * 7 + j * 3) % 11) as f32 + i as f32 / 10.0);
    project(&Latents::new("test", rows, labels).unwrap(), PcaConfig).unwrap()
}

#[test]
fn the_map_draws_each_point_once_in_its_class_by_webgl() {
    let projection = pca().named("mine");
    let data = json(&projection.figure().unwrap());
    let traces = data["data"].as_array().unwrap();
    assert_eq!(traces.len(), 4, "a class without points keeps its place in the legend");
    assert!(traces.iter().all(|trace| trace["type"] == "scattergl"));
    let counts: Vec<usize> = traces.iter().map(|trace| trace["x"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [14, 13, 13, 0]);
    assert_eq!(traces[1]["y"][2].as_f64().unwrap() as f32, projection.coordinates[[7, 1]]);
    assert_eq!(traces[1]["text"][2], "b, item 7");
    assert_eq!(data["layout"]["title"]["text"], "mine: 40 points");
}

#[test]
fn rows_without_a_class_and_classes_without_a_color_are_gray() {
    let plain = json(&pca_of(None).figure().unwrap());
    assert_eq!(plain["data"][0]["x"].as_array().unwrap().len(), 40);
    assert_eq!(plain["layout"]["showlegend"], false);
    // Twenty classes of two rows, but the last of which one row has no class.
    let mut labels = Labels::unnamed((0..40).map(|i| i / 2).collect());
    labels.codes[39] = Labels::MISSING;
    let data = json(&pca_of(Some(labels)).figure().unwrap());
    let names: Vec<&str> =
        data["data"].as_array().unwrap().iter().map(|trace| trace["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 12 + 2);
    assert_eq!(names[12..], ["other (8)", "missing"]);
    let count = |at: usize| data["data"][at]["x"].as_array().unwrap().len();
    assert_eq!((count(0), count(12), count(13)), (2, 15, 1));
}

#[test]
fn a_map_is_colored_by_values_whose_extremes_do_not_take_all_colors() {
    let projection = pca();
    let mut values: Array1<f32> = (0..40).map(|i| i as f32).collect();
    values[39] = 1e6;
    let data = json(&projection.figure_of(&values, "trust").unwrap());
    let trace = &data["data"][0];
    assert_eq!(trace["type"], "scattergl");
    assert_eq!(trace["y"][7].as_f64().unwrap() as f32, projection.coordinates[[7, 1]]);
    assert_eq!(trace["marker"]["color"][7], 7.0);
    assert_eq!((&trace["marker"]["cmin"], &trace["marker"]["cmax"]), (&0.0.into(), &38.0.into()));
    assert_eq!(trace["text"][7], "item 7: 7.000");

    let short = projection.figure_of(&Array1::zeros(39), "trust").unwrap_err().to_string();
    assert!(short.contains("40") && short.contains("39"), "{short}");
    values[3] = f32::NAN;
    let broken = projection.figure_of(&values, "trust").unwrap_err().to_string();
    assert!(broken.contains("trust holds NaN at row 3"), "{broken}");
}

#[test]
fn betti_curves_count_what_is_alive_at_each_scale() {
    let bar = |birth, death| Bar { birth, death };
    let shape = Persistence {
        h0: vec![bar(0.0, f64::INFINITY), bar(0.0, 1.0), bar(0.0, 1.0)],
        h1: vec![bar(2.0, 3.0)],
        landmarks: vec![0, 1, 2],
        covering_radius: 0.0,
    };
    let data = json(&figures::betti_curves(&[("ring", &shape), ("the same", &shape)]));
    let traces = data["data"].as_array().unwrap();
    assert_eq!(traces.len(), 4);
    assert_eq!(traces[1]["name"], "ring, holes (H1)");
    assert!(traces[0]["line"]["color"] == traces[1]["line"]["color"]);
    assert!(traces[0]["line"]["color"] != traces[2]["line"]["color"]);
    let scales: Vec<f64> = traces[0]["x"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    assert!(scales[0] == 0.0 && (scales[scales.len() - 1] - 3.3).abs() < 1e-9);
    for (i, scale) in scales.into_iter().enumerate() {
        assert_eq!(traces[0]["y"][i], if scale < 1.0 { 3 } else { 1 }, "{scale}");
        let hole = &traces[1]["y"][i];
        assert!(if (2.0..3.0).contains(&scale) { *hole == 1 } else { hole.is_null() }, "{scale}: {hole}");
    }
}

#[test]
fn the_loss_curve_has_both_losses() {
    let epoch = |epoch, loss| Epoch {
        epoch,
        loss,
        validation_loss: loss + 0.1,
        images_per_s: 1.0,
        elapsed_secs: 1.0,
    };
    let data = json(&figures::loss_curve(&History {
        epochs: vec![epoch(1, 0.5), epoch(2, 0.25)],
        ..History::default()
    }));
    assert_eq!(data["data"][0]["y"], serde_json::json!([0.5, 0.25]));
    assert_eq!(data["data"][1]["y"], serde_json::json!([0.6, 0.35]));
}

#[test]
fn reconstructions_show_original_decoded_and_what_was_lost() {
    let gray = bars("test", 5, 8).images;
    let color = ndarray::concatenate![ndarray::Axis(3), gray, gray.mapv(|p| p / 2), gray.mapv(|p| p / 3)];
    for images in [gray, color] {
        let decoded = images.mapv(|p| 1.0 - p as f32 / 255.0);
        let data = json(&figures::reconstructions(&images, &decoded, 3).unwrap());
        let z = &data["data"][0]["z"];
        assert_eq!(z.as_array().unwrap().len(), 3 * 8 + 2 * 2);
        assert_eq!(z[0].as_array().unwrap().len(), 3 * 8 + 2 * 2);
        for channel in 0..3 {
            let value = |y: usize, x: usize| z[y][x][channel].as_i64().unwrap();
            let original = i64::from(images[[1, 3, 5, channel.min(images.dim().3 - 1)]]);
            assert_eq!(value(3, 10 + 5), original);
            assert_eq!(value(10 + 3, 10 + 5), 255 - original);
            assert_eq!(value(20 + 3, 10 + 5), (2 * original - 255).abs());
        }
        assert_eq!((&z[3][15][3], &z[3][9][3]), (&1.0.into(), &0.0.into()), "only gaps are seen through");
        let fewer = decoded.slice(ndarray::s![..4, .., .., ..]).to_owned();
        assert!(figures::reconstructions(&images, &fewer, 3).is_err());
    }
}

#[test]
fn the_latent_heat_map_puts_the_first_item_on_top() {
    let vectors = Array2::from_shape_fn((6, 3), |(i, j)| i as f32 - 2.0 * j as f32);
    let labels = Labels::new(Array1::from_vec(vec![0, 1, 2, 3, 0, 1]), names()).unwrap();
    let latents = Latents::new("test", vectors, Some(labels)).unwrap();
    let data = json(&figures::latent_heatmap(&latents, &[5, 2]).unwrap());
    assert_eq!(data["data"][0]["y"], serde_json::json!(["c (2)", "b (5)"]));
    assert_eq!(data["data"][0]["z"][1], serde_json::json!([5.0, 3.0, 1.0]));
    assert!(figures::latent_heatmap(&latents, &[6]).unwrap_err().to_string().contains("item is 6"));
    assert!(figures::latent_heatmap(&latents, &[]).is_err());
}

#[test]
fn a_saved_page_needs_no_network() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figures/map.html");
    pca().figure().unwrap().save_html(&path).unwrap();
    let html = std::fs::read_to_string(path).unwrap();
    assert!(html.contains("plotly.js v"));
    assert!(!html.contains("<script src="), "a script from elsewhere");
}
