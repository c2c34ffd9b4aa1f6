//! Devices by name, and that all of them compute the same network.

mod common;

use common::{bars_dataset, small_config, small_shape};
use neural_manifold::device;
use neural_manifold::train::{TrainConfig, train};

#[test]
fn flex_is_always_there_and_a_name_without_a_device_says_what_to_run() {
    let available = device::available();
    assert_eq!(available[0], "flex");
    for (name, remedy) in [
        ("libtorch", "make setup-tch"),
        ("cuda", "make setup FEATURES=cuda"),
        ("wgpu", "make setup FEATURES=wgpu"),
        ("tpu", "known are flex, libtorch, cuda, wgpu"),
    ] {
        let absent = !available.iter().any(|there| there == name);
        assert_eq!(device::select(name).is_err(), absent, "{name}");
        let built = cfg!(feature = "tch") && name == "libtorch"
            || cfg!(feature = "cuda") && name == "cuda"
            || cfg!(feature = "wgpu") && name == "wgpu";
        if !built {
            let message = device::select(name).unwrap_err().to_string();
            assert!(message.contains(name) && message.contains(remedy), "{message}");
        }
    }
}

#[test]
fn every_device_computes_the_network_of_flex() {
    let config = small_shape();
    let data = bars_dataset(64, 16, 8);
    let flex = config.init(7, &device::select("flex").unwrap()).unwrap();
    let expected = flex.reconstruct(&data.test.images).unwrap();
    let losses = |name: &str| {
        let config = TrainConfig { device: name.to_string(), n_epochs: 1, ..small_config() };
        train(&data, &config).unwrap().history.epochs[0].loss
    };
    for name in device::available() {
        let model = config.init(7, &device::select(&name).unwrap()).unwrap();
        let images = model.reconstruct(&data.test.images).unwrap();
        let apart = (&images - &expected).iter().fold(0.0f32, |worst, d| worst.max(d.abs()));
        assert!(apart <= 1e-4, "{name}: pixels {apart} apart");
        let (ours, theirs) = (losses(&name), losses("flex"));
        assert!((ours - theirs).abs() <= 0.01 * theirs, "{name}: loss {ours} for {theirs}");
    }
}
