//! Bundles: a map and its network come back as they were, or not at all.

mod common;

use common::{bars_dataset, damage_everywhere, small_shape};
use ndarray::Array2;
use neural_manifold::Result;
use neural_manifold::bundle::Bundle;
use neural_manifold::device;
use neural_manifold::latents::{Latents, encode};
use neural_manifold::model::{Autoencoder, ModelCard};
use neural_manifold::neighbors::Metric;
use neural_manifold::projection::{Engine, Projection, UmapConfig, project};

fn model() -> Autoencoder {
    small_shape().init(3, &device::select("flex").unwrap()).unwrap()
}

fn latents() -> Latents {
    encode(&model(), &bars_dataset(4, 40, 8).test).unwrap()
}

fn map() -> Projection {
    project(&latents(), UmapConfig { n_neighbors: 5, min_dist: 0.3, seed: 9, ..UmapConfig::default() })
        .unwrap()
}

#[test]
fn what_was_saved_places_new_rows_to_the_bit() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/map.nm");
    let card = ModelCard { dataset: "Bars".to_string(), ..ModelCard::default() };
    let (model, map) = (model(), map().named("mine"));
    let made = Bundle::new(Some(&model), &card, &map)?;
    Bundle { metric: Metric::Cosine, sample: "1 in 7".to_string(), ..made }.save(&path)?;
    let loaded = Bundle::load(&path)?;
    assert_eq!((loaded.card, loaded.metric, loaded.sample.as_str()), (card, Metric::Cosine, "1 in 7"));
    assert_eq!((loaded.sha256.len(), loaded.map.name.as_str()), (64, "mine"));
    assert_eq!(loaded.map.latents, map.latents);
    assert_eq!((&loaded.map.coordinates, loaded.map.n_epochs), (&map.coordinates, map.n_epochs));
    assert_eq!(loaded.map.engine.note(), map.engine.note());
    assert_eq!(loaded.map.mean_knn_distance(), map.mean_knn_distance());
    let images = bars_dataset(4, 90, 8).test.images;
    let rows = model.encode_images(&images)?;
    assert_eq!(loaded.model.expect("it was saved").encode_images(&images)?, rows);
    let (placed, expected) = (loaded.map.transform(&rows)?, map.transform(&rows)?);
    assert_eq!((placed.coordinates, placed.outlier_score), (expected.coordinates, expected.outlier_score));
    Ok(())
}

#[test]
fn every_engine_is_kept_with_its_settings() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.nm");
    let (latents, places) =
        (latents(), Array2::from_shape_fn((40, 2), |(row, axis)| (row * (axis + 1)) as f32));
    for engine in Engine::all() {
        let engine = engine.with_seed(5).unwrap_or(engine);
        // Engines that ask for more neighbors than these rows have cannot have made a map of them.
        let Ok(map) = Projection::of(&latents, places.clone(), engine) else { continue };
        Bundle::new(None, &ModelCard::default(), &map)?.save(&path)?;
        let loaded = Bundle::load(&path)?;
        assert!(loaded.model.is_none());
        assert_eq!(loaded.map.engine.name(), map.engine.name());
        assert_eq!(
            (loaded.map.engine.note(), loaded.map.engine.seed()),
            (map.engine.note(), map.engine.seed())
        );
        let rows = latents.vectors.mapv(|x| x * 1.01);
        assert_eq!(loaded.map.transform(&rows)?.coordinates, map.transform(&rows)?.coordinates);
    }
    Ok(())
}

#[test]
fn a_file_that_was_cut_or_changed_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [path, again] = ["map.nm", "again.nm"].map(|name| folder.path().join(name));
    let bundle = Bundle::new(Some(&model()), &ModelCard::default(), &map()).unwrap();
    bundle.save(&path).unwrap();
    bundle.save(&again).unwrap();
    assert!(std::fs::read(&path).unwrap() == std::fs::read(&again).unwrap(), "two saves differ");
    damage_everywhere(&path, &[0x01, 0x80], |how| assert!(Bundle::load(&path).is_err(), "{how}"));
    Bundle::load(&path).unwrap();
}

#[test]
fn one_kind_of_file_is_told_from_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    Bundle::new(Some(&model()), &ModelCard::default(), &map()).unwrap().save(&path).unwrap();
    let message = Autoencoder::load(&path).unwrap_err().to_string();
    assert!(message.starts_with("is a bundle of a map; Bundle::load reads it"), "{message}");
    model().save(&path, &ModelCard::default()).unwrap();
    let message = Bundle::load(&path).unwrap_err().to_string();
    assert!(message.starts_with("is a model file without a map; Autoencoder::load reads it"), "{message}");
    let wide = Latents::new("wide", Array2::from_shape_fn((30, 7), |(i, j)| (i * j) as f32), None).unwrap();
    let map = project(&wide, UmapConfig { n_neighbors: 5, ..UmapConfig::default() }).unwrap();
    let message = Bundle::new(Some(&model()), &ModelCard::default(), &map).unwrap_err().to_string();
    assert!(
        message.starts_with("7 numbers in the rows of the map, 5 in the model's latent vector"),
        "{message}"
    );
}
