//! Training: it learns, it resumes to the same weights, and bad settings or files are refused.

mod common;

use std::fs;

use burn::module::Module;
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{Tensor, TensorData};
use common::{
    SmallDisk, bars_dataset, color_bars, color_dataset, damage_everywhere, sha256, small_config, small_shape,
};
use ndarray::Axis;
use neural_manifold::Error;
use neural_manifold::dataset::Dataset;
use neural_manifold::device;
use neural_manifold::model::{Autoencoder, AutoencoderConfig, Loss, ModelCard};
use neural_manifold::train::{Schedule, TrainConfig, Trained, train};

/// Every weight to the bit, and nothing else.
fn weights(model: &Autoencoder) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    model.save(&path, &ModelCard::default()).unwrap();
    fs::read(path).unwrap()
}

/// The loss of one pixel.
fn loss_of(loss: Loss, target: f64, output: f64) -> f64 {
    match loss {
        Loss::BinaryCrossEntropy => -(target * output.ln() + (1.0 - target) * (1.0 - output).ln()),
        Loss::MeanSquaredError => (target - output).powi(2),
    }
}

/// The loss of the best constant answer, the mean training image, on the test images.
fn constant_loss(loss: Loss, dataset: &Dataset) -> f64 {
    let mean = dataset.train.images.mapv(|p| p as f64 / 255.0).mean_axis(Axis(0)).unwrap();
    let losses = dataset
        .test
        .images
        .indexed_iter()
        .map(|((_, y, x, channel), &p)| loss_of(loss, p as f64 / 255.0, mean[[y, x, channel]]));
    losses.sum::<f64>() / dataset.test.images.len() as f64
}

/// The mean error of a network on the test images.
fn test_loss(model: &Autoencoder, dataset: &Dataset) -> f64 {
    let errors = model.reconstruction_errors(&dataset.test.images).unwrap();
    errors.iter().map(|&e| e as f64).sum::<f64>() / errors.len() as f64
}

/// Trains one epoch per call, as if broken off after each, until a call adds none.
fn train_in_pieces(dataset: &Dataset, config: &TrainConfig) -> Trained {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Some(folder.path().to_path_buf());
    let broken = TrainConfig { checkpoint, max_minutes: Some(1e-9), ..config.clone() };
    let mut epochs = Vec::new();
    loop {
        let run = train(dataset, &broken).unwrap();
        assert_eq!(run.history.epochs[..epochs.len()], epochs[..], "what was done is not done again");
        match run.history.epochs.len() - epochs.len() {
            0 => return run,
            added => assert_eq!(added, 1),
        }
        epochs = run.history.epochs;
    }
}

#[test]
fn the_loss_falls_and_the_history_is_whole() {
    let dataset = bars_dataset(256, 32, 8);
    let trained =
        train(&dataset, &TrainConfig { n_epochs: 15, learning_rate: 1e-2, ..small_config() }).unwrap();
    let losses: Vec<f64> = trained.history.epochs.iter().map(|e| e.validation_loss).collect();
    let numbers: Vec<usize> = trained.history.epochs.iter().map(|e| e.epoch).collect();
    assert_eq!(numbers, (1..=15).collect::<Vec<_>>());
    // Better than the best constant answer or nothing was learned.
    let constant = constant_loss(Loss::BinaryCrossEntropy, &dataset);
    assert!(losses[14] < 0.95 * constant && losses[14] < losses[0], "{constant} {losses:?}");
    let difference = test_loss(&trained.model, &dataset) - losses[14];
    assert!(difference.abs() < 1e-6, "the model returned is the one of the last epoch");
    if cfg!(target_os = "linux") {
        let bytes = trained.history.peak_memory_bytes.unwrap();
        let shown = format!("peak memory {:.0} MB", bytes as f64 / 1e6);
        assert!(bytes > 1 << 20 && trained.history.table().title.contains(&shown), "{bytes}");
    }
}

#[test]
fn a_network_learns_colors_by_either_loss() {
    let dataset = color_dataset(252, 36, 8);
    for loss in [Loss::BinaryCrossEntropy, Loss::MeanSquaredError] {
        let wider = TrainConfig { channels: vec![8, 12], latent_size: 12, ..small_config() };
        let config = TrainConfig { n_epochs: 120, learning_rate: 5e-3, loss, ..wider };
        let trained = train(&dataset, &config).unwrap();
        assert_eq!((trained.model.config.image_channels, trained.history.loss), (3, loss));
        let (constant, reached) = (constant_loss(loss, &dataset), test_loss(&trained.model, &dataset));
        assert!(reached < 0.9 * constant, "{loss:?}: {reached}, the mean image {constant}");
        // Which of red, green and blue a bar is, and not only where.
        let images = &dataset.test.images;
        let decoded = trained.model.reconstruct(images).unwrap();
        assert_eq!(decoded.dim(), images.dim());
        let mut squares = 0.0;
        for (item, decoded) in decoded.outer_iter().enumerate() {
            let light = |channel: usize| decoded.index_axis(Axis(2), channel).sum();
            let brightest = (0..3).max_by(|&a, &b| light(a).total_cmp(&light(b)));
            assert_eq!(brightest, Some(item / 4 % 3), "{loss:?}: item {item}");
            let pairs = decoded.into_iter().zip(images.index_axis(Axis(0), item));
            squares += pairs.map(|(&x, &p)| (f64::from(x) - f64::from(p) / 255.0).powi(2)).sum::<f64>();
        }
        let psnr = -10.0 * (squares / images.len() as f64).log10();
        assert!((trained.psnr - psnr).abs() < 1e-3, "{} against {psnr}", trained.psnr);
        assert!((trained.model.psnr(images).unwrap() - psnr).abs() < 1e-3);
    }
}

#[test]
fn the_loss_is_what_its_formula_says() {
    let losses = [Loss::BinaryCrossEntropy, Loss::MeanSquaredError];
    for (loss, dataset) in losses.into_iter().zip([bars_dataset(16, 8, 8), color_dataset(16, 8, 8)]) {
        let shape = AutoencoderConfig { image_channels: dataset.channels(), loss, ..small_shape() };
        let model = shape.init(1, &device::select("flex").unwrap()).unwrap();
        let images = &dataset.test.images;
        let decoded = model.reconstruct(images).unwrap();
        let errors = model.reconstruction_errors(images).unwrap();
        for (item, &error) in errors.iter().enumerate() {
            let pairs = images
                .index_axis(Axis(0), item)
                .into_owned()
                .into_iter()
                .zip(decoded.index_axis(Axis(0), item));
            let losses: Vec<f64> =
                pairs.map(|(p, &output)| loss_of(loss, f64::from(p) / 255.0, f64::from(output))).collect();
            let expected = losses.iter().sum::<f64>() / losses.len() as f64;
            assert!((error as f64 - expected).abs() < 1e-5, "item {item}: {error} against {expected}");
        }
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
    let (gray, color) = (bars_dataset(64, 8, 8), color_dataset(64, 8, 8));
    let cases = [
        (&gray, small_config()),
        (&gray, TrainConfig { noise: 0.2, validation_split: Some(0.25), ..small_config() }),
        (&gray, TrainConfig { n_epochs: 20, ..wavering() }),
        (&color, TrainConfig { loss: Loss::MeanSquaredError, noise: 0.1, ..small_config() }),
    ];
    for (dataset, config) in cases {
        let (whole, pieces) = (train(dataset, &config).unwrap(), train_in_pieces(dataset, &config));
        assert!(weights(&pieces.model) == weights(&whole.model), "{config:?}");
        assert_eq!((pieces.card, pieces.psnr), (whole.card, whole.psnr));
    }
}

/// A training whose validation loss goes up and down, so that the best epoch is not the last.
fn wavering() -> TrainConfig {
    TrainConfig {
        n_epochs: 60,
        learning_rate: 0.05,
        schedule: Schedule::Constant,
        patience: Some(3),
        ..small_config()
    }
}

#[test]
fn patience_stops_the_run_and_keeps_the_best_weights() {
    let dataset = bars_dataset(64, 16, 8);
    let trained = train(&dataset, &wavering()).unwrap();
    let losses: Vec<f64> = trained.history.epochs.iter().map(|e| e.validation_loss).collect();
    let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let at = losses.iter().position(|&loss| loss == best).unwrap();
    assert!(losses.len() < 60, "{losses:?}");
    assert_eq!(losses.len(), at + 1 + 3, "three epochs behind the best one: {losses:?}");
    assert!((test_loss(&trained.model, &dataset) - best).abs() < 1e-6);
    assert_eq!((trained.card.n_epochs, trained.card.validation_loss), (at + 1, Some(best)));
    let last =
        train(&dataset, &TrainConfig { n_epochs: losses.len(), patience: None, ..wavering() }).unwrap();
    assert_eq!(last.history.final_validation_loss(), losses.last().copied());
    assert!((test_loss(&last.model, &dataset) - losses[losses.len() - 1]).abs() < 1e-6);
    assert_eq!(last.card.n_epochs, losses.len());
}

#[test]
fn images_held_out_give_the_validation_loss_and_test_images_none() {
    let dataset = bars_dataset(64, 8, 8);
    let other_test = Dataset { test: common::bars("test", 4, 8), ..dataset.clone() };
    let config = TrainConfig { validation_split: Some(0.25), ..small_config() };
    let (one, other) = (train(&dataset, &config).unwrap(), train(&other_test, &config).unwrap());
    assert_eq!(one.card, other.card, "the test images are not looked at");
    assert!(weights(&one.model) == weights(&other.model));
    assert_eq!(one.card.training_images, 48);
    let reseeded = train(&dataset, &TrainConfig { seed: 7, ..config }).unwrap();
    assert_ne!(one.card.validation_loss, reseeded.card.validation_loss);
}

#[test]
fn noise_is_on_the_inputs_alone() {
    let dataset = bars_dataset(256, 32, 8);
    let config = TrainConfig { n_epochs: 15, learning_rate: 1e-2, ..small_config() };
    let clean = train(&dataset, &config).unwrap();
    let drowned = train(&dataset, &TrainConfig { noise: 50.0, ..config }).unwrap();
    // Nothing can be seen in such inputs: the best answer is the mean image, and noise in the targets would cost more.
    let (loss, constant) =
        (drowned.history.epochs[14].loss, constant_loss(Loss::BinaryCrossEntropy, &dataset));
    assert!((loss - constant).abs() < 0.02 * constant, "{loss} against {constant}");
    assert!(clean.history.epochs[14].loss < 0.95 * constant);
}

#[test]
fn an_epoch_that_failed_leaves_no_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Some(folder.path().to_path_buf());
    let wild = TrainConfig { learning_rate: 1e30, checkpoint, ..small_config() };
    assert!(matches!(train(&bars_dataset(64, 8, 8), &wild), Err(Error::Diverged { .. })));
    // The one step ruins the weights after its own loss was good.
    let one_step = TrainConfig { n_epochs: 1, batch_size: 64, ..wild };
    let error = train(&bars_dataset(64, 8, 8), &one_step).unwrap_err();
    assert!(matches!(error, Error::Diverged { epoch: 1, batch: 1, .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A training whose checkpoint is small, and that checkpoint's path.
fn tiny(folder: &tempfile::TempDir) -> (TrainConfig, std::path::PathBuf) {
    let checkpoint = Some(folder.path().to_path_buf());
    let config = TrainConfig {
        channels: vec![1],
        latent_size: 1,
        n_epochs: 1,
        batch_size: 4,
        checkpoint,
        ..small_config()
    };
    (config, folder.path().join("checkpoint.nm"))
}

#[test]
fn a_checkpoint_cut_or_changed_anywhere_is_refused() {
    let (folder, dataset) = (tempfile::tempdir().unwrap(), bars_dataset(4, 4, 4));
    let (config, path) = tiny(&folder);
    train(&dataset, &config).unwrap();
    damage_everywhere(&path, &[0x10], |what| {
        let error = train(&dataset, &config).unwrap_err();
        assert!(matches!(error, Error::Checkpoint { .. }), "{what}: {error}");
    });
    train(&dataset, &config).unwrap();
}

#[test]
fn a_checkpoint_of_another_version_is_named() {
    let (folder, dataset) = (tempfile::tempdir().unwrap(), bars_dataset(4, 4, 4));
    let (config, path) = tiny(&folder);
    let refusal = |format: &str| {
        let guarded = format!("{{\"format\":\"{format}\",\"identity\":{{}}}}\n").into_bytes();
        fs::write(&path, signed(&guarded)).unwrap();
        let message = train(&dataset, &config).unwrap_err().to_string();
        assert!(!message.contains("damaged"), "{message}");
        message
    };
    let older = refusal("neural-manifold checkpoint 1");
    assert!(older.contains("version 1, older") && older.contains("version 2 to 3"), "{older}");
    let newer = refusal("neural-manifold checkpoint 4");
    assert!(newer.contains("version 4, newer"), "{newer}");
    // Whole and of a version that is read, but a field is missing.
    let other = refusal("neural-manifold checkpoint 3");
    assert!(other.contains("another release") && other.contains("missing field"), "{other}");
    assert!(refusal("a checkpoint").contains("format \"a checkpoint\""));
}

/// The content of a checkpoint: a line with the digest of what follows.
fn signed(guarded: &[u8]) -> Vec<u8> {
    [sha256(guarded).as_bytes(), b"\n", guarded].concat()
}

#[test]
fn a_checkpoint_of_version_0_1_is_continued() {
    let (folder, dataset) = (tempfile::tempdir().unwrap(), bars_dataset(64, 8, 8));
    let checkpoint = Some(folder.path().to_path_buf());
    let config = TrainConfig { checkpoint, max_minutes: Some(1e-9), ..small_config() };
    assert_eq!(train(&dataset, &config).unwrap().history.epochs.len(), 1);
    let path = folder.path().join("checkpoint.nm");
    let content = fs::read(&path).unwrap();
    let header = 65 + content[65..].iter().position(|&byte| byte == b'\n').unwrap();
    let ours = String::from_utf8(content[65..header].to_vec()).unwrap();
    let theirs = ours.replacen("checkpoint 3", "checkpoint 2", 1).replacen("n_epochs", "epochs", 1);
    assert_eq!(theirs.len(), ours.len() - 2);
    fs::write(&path, signed(&[theirs.as_bytes(), &content[header..]].concat())).unwrap();
    let continued = train(&dataset, &TrainConfig { max_minutes: None, ..config }).unwrap();
    assert!(weights(&continued.model) == weights(&train(&dataset, &small_config()).unwrap().model));
}

#[test]
fn a_checkpoint_folder_belongs_to_one_training() {
    let (folder, dataset) = (tempfile::tempdir().unwrap(), bars_dataset(4, 4, 4));
    let (config, path) = tiny(&folder);
    let other = fs::File::open(folder.path()).unwrap();
    other.lock().unwrap();
    let message = train(&dataset, &config).unwrap_err().to_string();
    assert!(message.contains("another training"), "{message}");
    drop(other);
    // What a killed training and what another program left.
    let names = [".checkpoint.nm-a1b2c3", ".something-else"];
    names.iter().for_each(|name| fs::write(folder.path().join(name), "half").unwrap());
    train(&dataset, &config).unwrap();
    let left: Vec<bool> = names.iter().map(|name| folder.path().join(name).exists()).collect();
    assert_eq!((path.exists(), left), (true, vec![false, true]));
}

#[test]
fn a_full_disk_keeps_the_last_good_checkpoint() {
    let Some(disk) = SmallDisk::mount() else {
        println!("skipped: mounting takes root's rights");
        return;
    };
    let dataset = bars_dataset(64, 8, 8);
    let checkpoint = Some(disk.path().to_path_buf());
    let config = TrainConfig { checkpoint, max_minutes: Some(1e-9), ..small_config() };
    let first = train(&dataset, &config).unwrap().history;
    let (ballast, path) = (disk.path().join("ballast"), disk.path().join("checkpoint.nm"));
    let good = fs::read(&path).unwrap();
    // Fills what is left; the error of the last write is the point of it.
    let _ = fs::write(&ballast, vec![1; 2 << 20]);
    let error = train(&dataset, &config).unwrap_err();
    assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("No space left"), "{error}");
    assert!(fs::read(&path).unwrap() == good);
    assert_eq!(fs::read_dir(disk.path()).unwrap().count(), 2, "nothing half-written stays");
    fs::remove_file(&ballast).unwrap();
    let second = train(&dataset, &config).unwrap().history;
    assert_eq!((&second.epochs[..1], second.epochs.len()), (&first.epochs[..], 2));
}

#[test]
fn a_checkpoint_of_another_configuration_is_refused_by_the_setting() {
    let dataset = bars_dataset(32, 8, 8);
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Some(folder.path().to_path_buf());
    let config = TrainConfig { n_epochs: 1, checkpoint, ..small_config() };
    train(&dataset, &config).unwrap();
    let cases = [
        ("seed", TrainConfig { seed: 7, ..config.clone() }),
        ("batch_size", TrainConfig { batch_size: 8, ..config.clone() }),
        ("n_epochs", TrainConfig { n_epochs: 2, ..config.clone() }),
        ("learning_rate", TrainConfig { learning_rate: 0.1, ..config.clone() }),
        ("schedule", TrainConfig { schedule: Schedule::Constant, ..config.clone() }),
        ("patience", TrainConfig { patience: Some(2), ..config.clone() }),
        ("validation_split", TrainConfig { validation_split: Some(0.5), ..config.clone() }),
        ("noise", TrainConfig { noise: 0.1, ..config.clone() }),
        ("model", TrainConfig { latent_size: 6, ..config.clone() }),
        ("model", TrainConfig { loss: Loss::MeanSquaredError, ..config.clone() }),
    ];
    for (name, other) in cases {
        let message = train(&dataset, &other).unwrap_err().to_string();
        assert!(message.contains(&format!("another run: {name}")), "{message}");
    }
    let message = train(&bars_dataset(48, 8, 8), &config).unwrap_err().to_string();
    assert!(message.contains("training_images is 32 in it and 48"), "{message}");
}

#[test]
fn a_loss_that_is_not_finite_names_epoch_and_batch() {
    let dataset = bars_dataset(64, 8, 8);
    let error = train(&dataset, &TrainConfig { learning_rate: 1e30, ..small_config() }).unwrap_err();
    assert!(matches!(error, Error::Diverged { epoch: 1, batch, .. } if batch > 1), "{error}");
}

/// Not a test of its own: the next one runs this executable again with this function and the variable set.
#[test]
#[ignore = "the process that the next test starts"]
fn child() {
    let progress = std::env::var("TRAIN_TEST_PROGRESS").is_ok_and(|value| value == "true");
    train(&bars_dataset(32, 8, 8), &TrainConfig { progress, ..small_config() }).unwrap();
}

#[test]
fn a_line_per_epoch_is_printed_if_progress_is_asked_for_and_none_otherwise() {
    let lines = |progress: &str| {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--ignored", "--nocapture"])
            .env("TRAIN_TEST_PROGRESS", progress)
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.contains("validation")).count()
    };
    assert_eq!((lines("true"), lines("false")), (3, 0));
}

#[test]
fn settings_out_of_range_are_refused() {
    let dataset = bars_dataset(32, 8, 8);
    let config = small_config();
    let cases = [
        ("batch_size is 0", TrainConfig { batch_size: 0, ..config.clone() }),
        ("batch_size is 33", TrainConfig { batch_size: 33, ..config.clone() }),
        ("n_epochs is 0", TrainConfig { n_epochs: 0, ..config.clone() }),
        ("learning_rate is 0", TrainConfig { learning_rate: 0.0, ..config.clone() }),
        ("learning_rate is NaN", TrainConfig { learning_rate: f64::NAN, ..config.clone() }),
        ("learning_rate is -1", TrainConfig { learning_rate: -1.0, ..config.clone() }),
        ("learning_rate is inf", TrainConfig { learning_rate: f64::INFINITY, ..config.clone() }),
        ("patience is 0", TrainConfig { patience: Some(0), ..config.clone() }),
        ("noise is -0.1", TrainConfig { noise: -0.1, ..config.clone() }),
        ("noise is NaN", TrainConfig { noise: f32::NAN, ..config.clone() }),
        ("validation_split is 0", TrainConfig { validation_split: Some(0.0), ..config.clone() }),
        ("validation_split is 0.001", TrainConfig { validation_split: Some(0.001), ..config.clone() }),
        ("validation_split is 1", TrainConfig { validation_split: Some(1.0), ..config.clone() }),
        ("validation_split is NaN", TrainConfig { validation_split: Some(f64::NAN), ..config.clone() }),
        ("give 1 to 15", TrainConfig { validation_split: Some(17.0 / 32.0), ..config.clone() }),
        ("max_minutes", TrainConfig { max_minutes: Some(0.0), ..config.clone() }),
        ("device warp", TrainConfig { device: "warp".to_string(), ..config.clone() }),
    ];
    for (expected, bad) in cases {
        let message = train(&dataset, &bad).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    for (channels, latent_size) in [(vec![], 4), (vec![0], 4), (vec![2; 4], 4), (vec![2], 0)] {
        let bad = TrainConfig { channels, latent_size, ..config.clone() };
        assert!(matches!(train(&dataset, &bad), Err(Error::Config { .. })));
    }
}

#[test]
fn an_unwritable_checkpoint_folder_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "not a folder").unwrap();
    let inside = file.join("checkpoints");
    let config = TrainConfig { checkpoint: Some(inside), ..small_config() };
    let error = train(&bars_dataset(32, 8, 8), &config).unwrap_err();
    assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("a-file"), "{error}");
}

#[test]
fn the_network_is_made_for_the_size_of_the_images() {
    let odd = bars_dataset(32, 8, 6);
    let message = train(&odd, &small_config()).unwrap_err().to_string();
    assert!(message.contains("image_size is 6") && message.contains("divides by 4"), "{message}");
    let one_stage = train(&odd, &TrainConfig { channels: vec![4], ..small_config() }).unwrap();
    assert_eq!(one_stage.model.config.image_size, 6);
    assert_eq!(one_stage.model.reconstruct(&odd.test.images).unwrap().dim(), (8, 6, 6, 1));
}

#[test]
fn the_hardest_images_come_first() {
    let (model, images) = (
        small_shape().init(1, &device::select("flex").unwrap()).unwrap(),
        bars_dataset(1, 20, 8).test.images,
    );
    let errors = model.reconstruction_errors(&images).unwrap();
    let hardest = model.hardest(&images, 5).unwrap();
    let least = hardest.iter().map(|&row| errors[row]).fold(f32::INFINITY, f32::min);
    let easier = (0..20).filter(|row| !hardest.contains(row)).all(|row| errors[row] <= least);
    assert!(easier && hardest.is_sorted_by(|&a, &b| errors[a] >= errors[b]) && hardest.len() == 5);
    assert_eq!(model.hardest(&images, 50).unwrap().len(), 20);
}

#[test]
fn images_of_another_side_or_other_channels_than_the_models_are_refused() {
    let model = small_shape().init(1, &device::select("flex").unwrap()).unwrap();
    let message = model.encode_images(&bars_dataset(4, 4, 12).train.images).unwrap_err().to_string();
    assert!(message.contains("12 x 12") && message.contains("8 x 8"), "{message}");
    let message = model.encode_images(&ndarray::Array4::zeros((1, 8, 12, 1))).unwrap_err().to_string();
    assert!(message.contains("8 x 12") && message.contains("8 x 8"), "{message}");
    let color = color_bars("test", 4, 8).images;
    let refusals = [
        model.encode_images(&color).unwrap_err(),
        model.reconstruction_errors(&color).unwrap_err(),
        model.psnr(&color).unwrap_err(),
    ];
    for message in refusals.map(|refusal| refusal.to_string()) {
        assert!(
            message.contains("channels of the images is 3") && message.contains("takes gray"),
            "{message}"
        );
    }
    let in_color = AutoencoderConfig { image_channels: 3, ..small_shape() };
    let in_color = in_color.init(1, &device::select("flex").unwrap()).unwrap();
    let message = in_color.encode_images(&bars_dataset(4, 4, 8).train.images).unwrap_err().to_string();
    assert!(message.contains("channels of the images is 1") && message.contains("takes color"), "{message}");
    assert!(matches!(in_color.psnr(&ndarray::Array4::zeros((0, 8, 8, 3))), Err(Error::Empty { .. })));
    let two = AutoencoderConfig { image_channels: 2, ..small_shape() };
    assert!(two.validate().unwrap_err().to_string().contains("image_channels is 2"));
    let message = model.decode_latents(&ndarray::Array2::zeros((2, 4))).unwrap_err().to_string();
    assert!(message.contains("4 numbers in a latent row, 5 in the model"), "{message}");
}

#[test]
fn the_default_shape_is_the_documented_one() {
    let model = AutoencoderConfig::default().init(1, &device::select("flex").unwrap()).unwrap();
    assert_eq!(model.n_parameters(), model.num_params());
    let rows = model.summary().rows;
    let counted: usize = rows.iter().flatten().map(|row| row[2].parse::<usize>().unwrap()).sum();
    assert_eq!(counted, model.num_params(), "the table of layers counts every parameter");
    assert_eq!(rows[rows.len() - 1].as_ref().unwrap()[1], "[1, 28, 28]");
}

#[test]
fn adam_takes_the_steps_of_burns_own_to_the_bit() {
    let mut dataset = bars_dataset(16, 8, 8);
    // Equal images, so that the order in which they are drawn changes no sum.
    let first = dataset.train.images.index_axis(Axis(0), 0).to_owned();
    dataset.train.images.outer_iter_mut().for_each(|mut image| image.assign(&first));
    let config = TrainConfig { n_epochs: 5, batch_size: 16, schedule: Schedule::Constant, ..small_config() };
    let trained = train(&dataset, &config).unwrap();

    let device = device::select("flex").unwrap().autodiff();
    let pixels: Vec<f32> = dataset.train.images.iter().map(|&p| p as f32 / 255.0).collect();
    let images = Tensor::<4>::from_data(TensorData::new(pixels, [16, 1, 8, 8]), &device);
    let mut model = small_shape().init(config.seed, &device).unwrap();
    let mut adam = AdamConfig::new().with_epsilon(1e-8).init();
    for _ in 0..config.n_epochs {
        let loss = model.loss(images.clone(), images.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        model = adam.step(config.learning_rate, model, gradients);
    }
    assert_eq!(weights(&trained.model), weights(&model.valid()));
}
