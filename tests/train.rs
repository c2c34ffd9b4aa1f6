//! Training: it learns, it resumes to the same weights, and bad settings or files are refused.

mod common;

use std::fs;

use burn::module::Module;
use common::{bars_dataset, small_config};
use neural_manifold::Error;
use neural_manifold::device;
use neural_manifold::model::{Autoencoder, AutoencoderConfig};
use neural_manifold::train::{TrainConfig, train};

fn weights(model: &Autoencoder) -> Vec<u8> {
    // The record holds each tensor's path and values; ids differ from run to run, so they are left out.
    let latents =
        ndarray::Array2::from_shape_fn((7, model.config.latent_size), |(i, j)| (i as f32 - j as f32) / 3.0);
    let images = bars_dataset(8, 8, model.config.side).train.images;
    let decoded = model.decode_latents(&latents).unwrap();
    let encoded = model.encode_images(&images).unwrap();
    decoded.iter().chain(encoded.iter()).flat_map(|x| x.to_le_bytes()).collect()
}

#[test]
fn the_loss_falls_and_the_history_is_whole() {
    let dataset = bars_dataset(256, 32, 8);
    let trained =
        train(&dataset, &TrainConfig { epochs: 15, learning_rate: 1e-2, ..small_config() }).unwrap();
    let losses: Vec<f64> = trained.history.epochs.iter().map(|e| e.validation_loss).collect();
    let numbers: Vec<usize> = trained.history.epochs.iter().map(|e| e.epoch).collect();
    assert_eq!(numbers, (1..=15).collect::<Vec<_>>());
    // Better than the best constant answer, the mean image, or nothing was learned.
    let mean = dataset.train.images.mapv(|p| p as f64 / 255.0).mean_axis(ndarray::Axis(0)).unwrap();
    let constant = dataset.test.images.indexed_iter().map(|((_, y, x), &p)| {
        let (target, guess) = (p as f64 / 255.0, mean[[y, x]]);
        -(target * guess.ln() + (1.0 - target) * (1.0 - guess).ln())
    });
    let constant = constant.sum::<f64>() / dataset.test.images.len() as f64;
    assert!(losses[14] < 0.95 * constant && losses[14] < losses[0], "{constant} {losses:?}");
    let errors = trained.model.reconstruction_errors(&dataset.test.images).unwrap();
    let mean = errors.iter().map(|&e| e as f64).sum::<f64>() / errors.len() as f64;
    assert!((mean - losses[14]).abs() < 1e-6, "the model returned is the one of the last epoch");
}

#[test]
fn the_loss_is_binary_cross_entropy() {
    let dataset = bars_dataset(16, 8, 8);
    let model = AutoencoderConfig { side: 8, ..small_config().model }
        .init(1, &device::select("flex").unwrap())
        .unwrap();
    let decoded = model.reconstruct(&dataset.test.images).unwrap();
    let errors = model.reconstruction_errors(&dataset.test.images).unwrap();
    for (item, &error) in errors.iter().enumerate() {
        let expected: f64 = (0..64)
            .map(|p| {
                let target = dataset.test.images[[item, p / 8, p % 8]] as f64 / 255.0;
                let output = decoded[[item, p / 8, p % 8]] as f64;
                -(target * output.ln() + (1.0 - target) * (1.0 - output).ln()) / 64.0
            })
            .sum();
        assert!((error as f64 - expected).abs() < 1e-5, "item {item}: {error} against {expected}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_seed_does_not() {
    let dataset = bars_dataset(64, 8, 8);
    let run = |seed| weights(&train(&dataset, &TrainConfig { seed, ..small_config() }).unwrap().model);
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn a_run_broken_off_after_any_epoch_ends_in_the_weights_of_an_unbroken_one() {
    let dataset = bars_dataset(64, 8, 8);
    let unbroken = weights(&train(&dataset, &small_config()).unwrap().model);
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Some(folder.path().to_str().unwrap().to_string());
    // Time is up as soon as an epoch is over: every call adds one epoch, and then the run is broken off.
    let broken = TrainConfig { checkpoint, max_minutes: Some(1e-9), ..small_config() };
    let mut epochs = Vec::new();
    for done in 1..=3 {
        let run = train(&dataset, &broken).unwrap();
        assert_eq!(run.history.epochs[..done - 1], epochs[..], "what was done is not done again");
        epochs = run.history.epochs;
        assert_eq!(epochs.len(), done);
    }
    let finished = train(&dataset, &broken).unwrap();
    assert_eq!(finished.history.epochs, epochs, "a finished run has nothing left to do");
    assert_eq!(weights(&finished.model), unbroken);
}

#[test]
fn an_epoch_that_failed_leaves_no_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Some(folder.path().to_str().unwrap().to_string());
    let wild = TrainConfig { learning_rate: 1e30, checkpoint, ..small_config() };
    assert!(matches!(train(&bars_dataset(64, 8, 8), &wild), Err(Error::Diverged { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_damaged_checkpoint_is_refused_wherever_it_was_cut_or_changed() {
    let dataset = bars_dataset(32, 8, 8);
    let folder = tempfile::tempdir().unwrap();
    let config = TrainConfig {
        epochs: 1,
        checkpoint: Some(folder.path().to_str().unwrap().to_string()),
        ..small_config()
    };
    train(&dataset, &config).unwrap();
    let path = folder.path().join("checkpoint.nm");
    let good = fs::read(&path).unwrap();
    for cut in (0..good.len()).step_by(good.len() / 60 + 1) {
        fs::write(&path, &good[..cut]).unwrap();
        let error = train(&dataset, &config).unwrap_err();
        assert!(matches!(error, Error::Checkpoint { .. }), "cut at {cut}: {error}");
        let mut changed = good.clone();
        changed[cut] ^= 0x10;
        fs::write(&path, &changed).unwrap();
        assert!(train(&dataset, &config).is_err(), "a bit changed at {cut} went unseen");
    }
    fs::write(&path, &good).unwrap();
    train(&dataset, &config).unwrap();
}

#[test]
fn a_checkpoint_of_another_configuration_is_refused_by_the_setting() {
    let dataset = bars_dataset(32, 8, 8);
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Some(folder.path().to_str().unwrap().to_string());
    let config = TrainConfig { epochs: 1, checkpoint, ..small_config() };
    train(&dataset, &config).unwrap();
    let other_model = AutoencoderConfig { latent_size: 6, ..config.model.clone() };
    let cases = [
        ("seed", TrainConfig { seed: 7, ..config.clone() }),
        ("batch_size", TrainConfig { batch_size: 8, ..config.clone() }),
        ("model", TrainConfig { model: other_model, ..config.clone() }),
    ];
    for (name, other) in cases {
        let message = train(&dataset, &other).unwrap_err().to_string();
        assert!(message.contains(&format!("another run: {name}")), "{message}");
    }
    let message = train(&bars_dataset(48, 8, 8), &config).unwrap_err().to_string();
    assert!(message.contains("training images is 32 in it and 48"), "{message}");
}

#[test]
fn a_loss_that_is_not_finite_names_epoch_and_batch() {
    let dataset = bars_dataset(64, 8, 8);
    let error = train(&dataset, &TrainConfig { learning_rate: 1e30, ..small_config() }).unwrap_err();
    assert!(matches!(error, Error::Diverged { epoch: 1, batch, .. } if batch > 1), "{error}");
}

#[test]
fn settings_out_of_range_are_refused() {
    let dataset = bars_dataset(32, 8, 8);
    let config = small_config();
    let cases = [
        ("batch_size is 0", TrainConfig { batch_size: 0, ..config.clone() }),
        ("batch_size is 33", TrainConfig { batch_size: 33, ..config.clone() }),
        ("epochs is 0", TrainConfig { epochs: 0, ..config.clone() }),
        ("learning_rate is 0", TrainConfig { learning_rate: 0.0, ..config.clone() }),
        ("learning_rate is NaN", TrainConfig { learning_rate: f64::NAN, ..config.clone() }),
        ("learning_rate is -1", TrainConfig { learning_rate: -1.0, ..config.clone() }),
        ("max_minutes", TrainConfig { max_minutes: Some(0.0), ..config.clone() }),
        ("device warp", TrainConfig { device: "warp".to_string(), ..config.clone() }),
    ];
    for (expected, bad) in cases {
        let message = train(&dataset, &bad).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let model = |channels: Vec<usize>, latent_size| AutoencoderConfig { channels, latent_size, side: 8 };
    for shape in [model(vec![], 4), model(vec![0], 4), model(vec![2; 4], 4), model(vec![2], 0)] {
        let bad = TrainConfig { model: shape, ..config.clone() };
        assert!(matches!(train(&dataset, &bad), Err(Error::Config { .. })));
    }
}

#[test]
fn an_unwritable_checkpoint_folder_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "not a folder").unwrap();
    let inside = file.join("checkpoints").to_str().unwrap().to_string();
    let config = TrainConfig { checkpoint: Some(inside), ..small_config() };
    let error = train(&bars_dataset(32, 8, 8), &config).unwrap_err();
    assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("a-file"), "{error}");
}

#[test]
fn images_of_another_side_than_the_models_are_refused() {
    let model = small_config().model.init(1, &device::select("flex").unwrap()).unwrap();
    let message = model.encode_images(&bars_dataset(4, 4, 12).train.images).unwrap_err().to_string();
    assert!(message.contains("has 12") && message.contains("has 8"), "{message}");
    let message = model.decode_latents(&ndarray::Array2::zeros((2, 4))).unwrap_err().to_string();
    assert!(message.contains("has 4") && message.contains("has 5"), "{message}");
}

#[test]
fn the_default_shape_is_the_documented_one() {
    let model = AutoencoderConfig::default().init(1, &device::select("flex").unwrap()).unwrap();
    assert_eq!(model.parameters(), model.num_params());
    let rows = model.summary().rows;
    let counted: usize = rows.iter().flatten().map(|row| row[2].parse::<usize>().unwrap()).sum();
    assert_eq!(counted, model.num_params(), "the table of layers counts every parameter");
    assert_eq!(rows[rows.len() - 1].as_ref().unwrap()[1], "[1, 28, 28]");
}
