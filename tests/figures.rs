//! Figures as the JSON that plotly draws.

mod common;

use common::bars;
use ndarray::{Array1, Array2};
use neural_manifold::figures;
use neural_manifold::latents::Latents;
use neural_manifold::prelude::{Engine, Projection, ProjectionConfig, project};
use neural_manifold::topology::{Bar, Persistence};
use neural_manifold::train::{Epoch, History};
use serde_json::Value;

fn names() -> Vec<String> {
    ["a", "b", "c", "d"].iter().map(|name| name.to_string()).collect()
}

fn json(figure: &figures::Figure) -> Value {
    serde_json::from_str(figure.bundle().get("application/vnd.plotly.v1+json").unwrap()).unwrap()
}

fn pca() -> Projection {
    let rows = Array2::from_shape_fn((40, 3), |(i, j)| ((i * 7 + j * 3) % 11) as f32 + i as f32 / 10.0);
    let config = ProjectionConfig { engine: Engine::Pca, verbose: false, ..ProjectionConfig::default() };
    project(&rows, &config).unwrap()
}

#[test]
fn the_map_draws_each_point_once_in_its_class_by_webgl() {
    let projection = pca();
    let labels: Array1<u8> = (0..40).map(|i| (i % 3) as u8).collect();
    let data = json(&figures::map(&projection, &labels, &names()).unwrap());
    let traces = data["data"].as_array().unwrap();
    assert_eq!(traces.len(), 4, "a class without points keeps its place in the legend");
    assert!(traces.iter().all(|trace| trace["type"] == "scattergl"));
    let counts: Vec<usize> = traces.iter().map(|trace| trace["x"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [14, 13, 13, 0]);
    assert_eq!(traces[1]["y"][2].as_f64().unwrap() as f32, projection.coordinates[[7, 1]]);
    assert_eq!(traces[1]["text"][2], "b, item 7");
}

#[test]
fn labels_that_do_not_fit_are_refused() {
    let projection = pca();
    let short = figures::map(&projection, &Array1::zeros(39), &names()).unwrap_err().to_string();
    assert!(short.contains("40 points in the map, 39 in the labels"), "{short}");
    let unnamed = figures::map(&projection, &Array1::from_elem(40, 4), &names()).unwrap_err().to_string();
    assert!(unnamed.contains("5 classes in the labels, 4 in the class names"), "{unnamed}");
}

#[test]
fn a_map_is_coloured_by_values_whose_extremes_do_not_take_all_colours() {
    let projection = pca();
    let mut values: Array1<f32> = (0..40).map(|i| i as f32).collect();
    values[39] = 1e6;
    let data = json(&figures::map_of_values(&projection, &values, "trust").unwrap());
    let trace = &data["data"][0];
    assert_eq!(trace["type"], "scattergl");
    assert_eq!(trace["y"][7].as_f64().unwrap() as f32, projection.coordinates[[7, 1]]);
    assert_eq!(trace["marker"]["color"][7], 7.0);
    assert_eq!((&trace["marker"]["cmin"], &trace["marker"]["cmax"]), (&0.0.into(), &38.0.into()));
    assert_eq!(trace["text"][7], "item 7: 7.000");

    let short = figures::map_of_values(&projection, &Array1::zeros(39), "trust").unwrap_err().to_string();
    assert!(short.contains("40 points in the map, 39 in trust"), "{short}");
    values[3] = f32::NAN;
    let broken = figures::map_of_values(&projection, &values, "trust").unwrap_err().to_string();
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
    let images = bars("test", 5, 8).images;
    let decoded = images.mapv(|p| 1.0 - p as f32 / 255.0);
    let data = json(&figures::reconstructions(&images, &decoded, 3).unwrap());
    let z = &data["data"][0]["z"];
    let row = |y: usize| z[3 * 8 + 2 * 2 - 1 - y].as_array().unwrap();
    assert_eq!(row(0).len(), 3 * 8 + 2 * 2);
    let value = |y: usize, x: usize| row(y)[x].as_f64().unwrap();
    let original = images[[1, 3, 5]] as f64 / 255.0;
    assert!((value(3, 10 + 5) - original).abs() < 1e-6);
    assert!((value(10 + 3, 10 + 5) - (1.0 - original)).abs() < 1e-6);
    assert!((value(20 + 3, 10 + 5) - (2.0 * original - 1.0).abs()).abs() < 1e-6);
    assert!(
        figures::reconstructions(&images, &decoded.slice(ndarray::s![..4, .., ..]).to_owned(), 3).is_err()
    );
}

#[test]
fn the_latent_heat_map_puts_the_first_item_on_top() {
    let latents = Latents {
        split: "test".into(),
        vectors: Array2::from_shape_fn((6, 3), |(i, j)| i as f32 - 2.0 * j as f32),
        labels: Array1::from_vec(vec![0, 1, 2, 3, 0, 1]),
    };
    let data = json(&figures::latent_heatmap(&latents, &[5, 2], &names()).unwrap());
    assert_eq!(data["data"][0]["y"], serde_json::json!(["c (2)", "b (5)"]));
    assert_eq!(data["data"][0]["z"][1], serde_json::json!([5.0, 3.0, 1.0]));
    assert!(figures::latent_heatmap(&latents, &[6], &names()).unwrap_err().to_string().contains("item is 6"));
    assert!(figures::latent_heatmap(&latents, &[], &names()).is_err());
}

#[test]
fn a_saved_page_needs_no_network() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figures/map.html");
    let labels: Array1<u8> = Array1::zeros(40);
    figures::map(&pca(), &labels, &names()).unwrap().save_html(path.to_str().unwrap()).unwrap();
    let html = std::fs::read_to_string(path).unwrap();
    assert!(html.contains("plotly.js v"));
    assert!(!html.contains("<script src="), "a script from elsewhere");
}
