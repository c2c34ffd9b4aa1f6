//! Long work prints its progress when it is asked to, and nothing otherwise.

mod common;

use std::process::Command;

use common::{bars_dataset, small_config};
use neural_manifold::Result;
use neural_manifold::latents::Latents;
use neural_manifold::projection::{UmapConfig, project};
use neural_manifold::train::{TrainConfig, train};

/// Not a test of its own: what is printed can be read only from another process.
#[test]
#[ignore = "the process whose output the other test reads"]
fn child() -> Result<()> {
    let Ok(progress) = std::env::var("PROGRESS_TEST") else { return Ok(()) };
    let progress = progress == "true";
    let bars = bars_dataset(80, 40, 8);
    train(&bars, &TrainConfig { progress, ..small_config() })?;
    let latents = Latents::new("test", bars.test.pixel_rows()?, None)?;
    project(&latents, UmapConfig { progress, ..UmapConfig::default() })?;
    Ok(())
}

/// Lines that the child prints about its three epochs of training, and about its map.
fn printed(progress: bool) -> [usize; 2] {
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args(["child", "--exact", "--ignored", "--nocapture"])
        .env("PROGRESS_TEST", progress.to_string())
        .output()
        .expect("the child runs");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    let output = String::from_utf8_lossy(&child.stdout).into_owned();
    ["epoch ", "umap  "].map(|start| output.lines().filter(|line| line.contains(start)).count())
}

#[test]
fn progress_is_printed_when_asked_for_and_only_then() {
    let [epochs, map] = printed(true);
    assert!(epochs >= 3 && map >= 1, "{epochs} lines of epochs, {map} of the map");
    assert_eq!(printed(false), [0, 0]);
}
