#![allow(dead_code)] // each test file uses a part
//! A small data set that a small network can learn: bars at one of four places, one class per place.

pub mod reference;

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;

use ndarray::{Array1, Array2, Array4};
use neural_manifold::dataset::{Dataset, Split};
use neural_manifold::model::AutoencoderConfig;
use neural_manifold::train::TrainConfig;
use sha2::{Digest, Sha256};

/// `count` images of `side` pixels: item `i` has a bar at place `i % 4`, its brightness and width by `i`.
pub fn bars(name: &str, count: usize, side: usize) -> Split {
    let images = Array4::from_shape_fn((count, side, side, 1), |(item, y, x, _)| {
        let along = if item % 2 == 0 { x } else { y };
        let start = if item % 4 < 2 { 1 } else { side / 2 };
        let inside = along >= start && along < start + 2 + item % 3;
        if inside { (120 + item * 37 % 130) as u8 } else { (item * 7 % 20) as u8 }
    });
    let labels = (0..count).map(|item| (item % 4) as u8).collect::<Array1<u8>>();
    Split::new(name, images, labels).unwrap()
}

/// `per_blob` points around each of three corners, `distance` from the origin, with a uniform cloud of width 2.
pub fn blobs(per_blob: usize, distance: f32) -> Array2<f32> {
    let mut state = 7u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    Array2::from_shape_fn((3 * per_blob, 8), |(i, axis)| {
        random() + if i % 3 == axis { distance } else { 0.0 }
    })
}

/// The same bars in red, green and blue by turns, whatever their class.
pub fn color_bars(name: &str, count: usize, side: usize) -> Split {
    let gray = bars(name, count, side);
    let images = Array4::from_shape_fn((count, side, side, 3), |(item, y, x, channel)| {
        let value = gray.images[[item, y, x, 0]];
        if item / 4 % 3 == channel { value } else { value / 4 }
    });
    Split { images, ..gray }
}

pub fn color_dataset(train: usize, test: usize, side: usize) -> Dataset {
    let splits = (color_bars("train", train, side), color_bars("test", test, side));
    Dataset { train: splits.0, test: splits.1, ..bars_dataset(4, 4, side) }
}

pub fn bars_dataset(train: usize, test: usize, side: usize) -> Dataset {
    let names = ["left", "top", "right", "</script><b>\"low\u{2028}"].iter().map(|n| n.to_string()).collect();
    Dataset::new("Bars", names, bars("train", train, side), bars("test", test, side)).unwrap()
}

/// The network that [`small_config`] trains on images of 8 x 8.
pub fn small_shape() -> AutoencoderConfig {
    AutoencoderConfig { channels: vec![4, 6], latent_size: 5, image_size: 8, ..AutoencoderConfig::default() }
}

/// SHA-256 in hexadecimal.
pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn small_config() -> TrainConfig {
    TrainConfig {
        channels: vec![4, 6],
        latent_size: 5,
        n_epochs: 3,
        batch_size: 16,
        learning_rate: 5e-3,
        progress: false,
        ..TrainConfig::default()
    }
}

/// Calls `refused` with each byte of a file changed by each mask, then with the file cut to every length; at last the
/// file is as it was. Changed in place: a file system may wait for the disk at each file that is written anew.
pub fn damage_everywhere(path: &Path, masks: &[u8], refused: impl Fn(&str)) {
    let good = std::fs::read(path).unwrap();
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    let mut put = |at: usize, byte: u8| {
        file.seek(SeekFrom::Start(at as u64)).unwrap();
        file.write_all(&[byte]).unwrap();
    };
    for (at, &byte) in good.iter().enumerate() {
        for mask in masks {
            put(at, byte ^ mask);
            refused(&format!("byte {at} changed by {mask:#x}"));
        }
        put(at, byte);
    }
    for length in (0..good.len()).rev() {
        file.set_len(length as u64).unwrap();
        refused(&format!("cut to {length}"));
    }
    std::fs::write(path, good).unwrap();
}

/// A file system of 1 MiB, which stands for a full disk; `None` where mounting is not allowed.
pub struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    pub fn mount() -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(folder.path()).output();
        mount.is_ok_and(|output| output.status.success()).then_some(SmallDisk(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "{} stays mounted", self.path().display());
    }
}
