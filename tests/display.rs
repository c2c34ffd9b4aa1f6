//! What a cell shows that ends in a value of the library: each type has a display, and its text says the gist.

mod common;

use common::{bars_dataset, small_config};
use ndarray::{Array2, arr1};
use neural_manifold::prelude::*;

/// The text form of a table, which every display has beside its richer forms.
fn text(table: &TableView) -> String {
    table.bundle().get("text/plain").expect("a text form").to_string()
}

fn waves() -> Latents {
    let rows = Array2::from_shape_fn((60, 4), |(row, column)| ((row * (column + 2)) as f32 / 9.0).sin());
    let labels =
        Labels::new((0..60).map(|row| row % 3).collect(), ["a", "b", "c"].map(String::from).to_vec());
    Latents::new("waves", rows, Some(labels.unwrap())).unwrap()
}

#[test]
fn vectors_graphs_maps_and_placements_say_what_they_are() {
    let latents = waves();
    let graph = neighbors::knn_graph(&latents.vectors, 15, Metric::Euclidean).unwrap();
    let shown = text(&graph.table());
    assert!(shown.starts_with("60 rows, Euclidean distance\n") && shown.contains("all, exactly"), "{shown}");
    let map = project(&latents, PcaConfig).unwrap().named("mine");
    let placed = map.transform(&latents.vectors.slice(s![..2, ..]).to_owned()).unwrap();
    let shown = text(&placed.table());
    assert!(shown.starts_with("2 rows placed\n") && shown.contains("outlier score"), "{shown}");
    let quality = map.quality(&QualityConfig::default()).unwrap();
    let shown = text(&compare_maps(&[(&map, &quality)]));
    assert!(shown.contains("mine") && shown.contains(&format!("{:.3}", quality.recall)), "{shown}");
    latents.evcxr_display();
    graph.evcxr_display();
    map.evcxr_display();
    placed.evcxr_display();
    quality.evcxr_display();
    map.figure().unwrap().evcxr_display();
}

#[test]
fn labels_are_counted_by_class_and_the_missing_ones_apart() {
    let labels = Labels::new(arr1(&[1, 1, Labels::MISSING]), vec!["cat".into(), "dog".into()]).unwrap();
    let shown = text(&labels.table());
    assert!(shown.starts_with("3 rows in 2 classes\n"), "{shown}");
    let counts: Vec<&str> =
        shown.lines().skip(2).map(|line| line.split_whitespace().last().unwrap()).collect();
    assert_eq!(counts, ["0", "2", "1"]);
    labels.evcxr_display();
}

#[test]
fn images_networks_and_trainings_have_displays() {
    let dataset = bars_dataset(64, 20, 8);
    dataset.evcxr_display();
    dataset.test.evcxr_display();
    let trained = train(&dataset, &small_config()).unwrap();
    trained.evcxr_display();
    trained.history.evcxr_display();
    trained.card.evcxr_display();
    trained.model.evcxr_display();
    let shown = text(&trained.model.summary());
    assert!(shown.contains(&format!("{} parameters", trained.model.n_parameters())), "{shown}");
}

#[test]
fn shapes_comparisons_and_exports_have_displays() {
    let latents = waves();
    let umap = project(&latents, UmapConfig { n_epochs: Some(20), ..UmapConfig::default() }).unwrap();
    let graph = neighbors::knn_graph(&latents.vectors, 15, Metric::Euclidean).unwrap();
    umap.stability(&graph, &[1, 2]).unwrap().evcxr_display();
    quality::hops(&latents.vectors, &umap, &QualityConfig::default()).unwrap().evcxr_display();
    quality::procrustes(&umap.coordinates, &umap.coordinates).unwrap().evcxr_display();
    let config = TopologyConfig { n_landmarks: 30, ..TopologyConfig::default() };
    let shape = topology::analyze(&latents.vectors, &config).unwrap();
    let on_map = topology::analyze(&umap.coordinates, &config).unwrap();
    shape.evcxr_display();
    shape.persistence.evcxr_display();
    topology::compare(&[("latents", &shape), ("map", &on_map)]).unwrap().evcxr_display();
    let labels = latents.labels.as_ref().unwrap();
    class_components(&latents.vectors, labels).unwrap().evcxr_display();

    let split = bars_dataset(4, 60, 8).test;
    let latents = Latents::new("test", split.pixel_rows().unwrap(), Some(split.labels.clone())).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let map = project(&latents, PcaConfig).unwrap();
    let page = Explorer::new(&split, &latents).unwrap().with_unscored_map(&map).unwrap();
    let files = page.write(folder.path()).unwrap();
    assert!(text(&files.table()).contains("index.html"));
    files.evcxr_display();
}
