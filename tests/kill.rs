//! A training that is killed again and again ends in the file of one that never was, whatever the number of threads.

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{bars_dataset, color_dataset, small_config};
use neural_manifold::model::Loss;
use neural_manifold::train::{Schedule, TrainConfig, train};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const KILLS: usize = 30;

/// Not a test of its own: the others run this executable again with this function and the variables below.
#[test]
#[ignore = "the process that the other tests start and kill"]
fn child() {
    let (Ok(run), Ok(folder)) = (std::env::var("KILL_TEST_RUN"), std::env::var("KILL_TEST_FOLDER")) else {
        return;
    };
    let config = TrainConfig { checkpoint: Some(format!("{folder}/checkpoint").into()), ..small_config() };
    let (dataset, config) = match run.as_str() {
        // Every setting that a checkpoint has to carry over.
        "small" => (
            color_dataset(80, 8, 8),
            TrainConfig {
                loss: Loss::MeanSquaredError,
                n_epochs: 120,
                schedule: Schedule::Constant,
                patience: Some(1000),
                validation_split: Some(0.2),
                noise: 0.1,
                ..config
            },
        ),
        // Large enough for the kernels to share their work out among threads.
        _ => (
            bars_dataset(192, 64, 28),
            TrainConfig {
                channels: TrainConfig::default().channels,
                latent_size: TrainConfig::default().latent_size,
                n_epochs: 2,
                batch_size: 64,
                ..config
            },
        ),
    };
    println!("\ntraining");
    train(&dataset, &config).unwrap().save(format!("{folder}/model.safetensors")).unwrap();
}

/// Starts a training and returns when it has begun.
fn start(run: &str, folder: &Path, threads: usize) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--ignored", "--nocapture"])
        .env("KILL_TEST_RUN", run)
        .env("KILL_TEST_FOLDER", folder)
        .env("RAYON_NUM_THREADS", threads.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "training"), "the child has not started");
    child
}

/// The file of a training that runs to its end, and the names in its checkpoint folder.
fn finish(run: &str, folder: &Path, threads: usize) -> (Vec<u8>, Vec<String>) {
    assert!(start(run, folder, threads).wait().unwrap().success());
    let names = std::fs::read_dir(folder.join("checkpoint")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    (std::fs::read(folder.join("model.safetensors")).unwrap(), names)
}

#[test]
fn killed_at_any_moment_it_ends_in_the_weights_of_an_unbroken_run() {
    let unbroken = finish("small", tempfile::tempdir().unwrap().path(), 1);
    let mut moments = Xoshiro256PlusPlus::seed_from_u64(30);
    let mut folder = tempfile::tempdir().unwrap();
    let mut killed = 0;
    while killed < KILLS {
        let mut child = start("small", folder.path(), 1 + killed % 3);
        std::thread::sleep(Duration::from_millis(moments.random_range(0..150)));
        match child.try_wait().unwrap() {
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                killed += 1;
            }
            // Done before its moment came: the kills that are left go to another training.
            Some(status) => {
                assert!(status.success());
                assert!(finish("small", folder.path(), 1) == unbroken, "after {killed} kills");
                folder = tempfile::tempdir().unwrap();
            }
        }
    }
    let (model, names) = finish("small", folder.path(), 1);
    assert!(model == unbroken.0, "after {killed} kills");
    assert_eq!(names, ["checkpoint.nm"], "nothing half-written is left behind");
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    let run = |threads| finish("large", tempfile::tempdir().unwrap().path(), threads).0;
    let one = run(1);
    assert!(run(2) == one, "two threads");
    assert!(run(3) == one, "three threads");
}
