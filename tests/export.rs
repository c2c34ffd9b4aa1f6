//! data.js, read back as the page reads it.

mod common;

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{bars_dataset, small_shape};
use flate2::read::GzDecoder;
use neural_manifold::dataset::Dataset;
use neural_manifold::latents::{Latents, encode};
use neural_manifold::model::{Autoencoder, AutoencoderConfig};
use neural_manifold::prelude::{Engine, Explorer, ProjectionConfig, QualityConfig, assess, project};
use neural_manifold::{Error, device};
use serde_json::Value;

fn parts(channels: &[usize]) -> (Dataset, Autoencoder, Latents) {
    let dataset = bars_dataset(8, 40, 8);
    let shape = AutoencoderConfig { channels: channels.to_vec(), ..small_shape() };
    let model = shape.init(3, &device::select("flex").unwrap()).unwrap();
    let latents = encode(&model, &dataset.test).unwrap();
    (dataset, model, latents)
}

fn explorer() -> Explorer {
    explorer_of(&[4, 6])
}

fn explorer_of(channels: &[usize]) -> Explorer {
    let (dataset, model, latents) = parts(channels);
    let config = ProjectionConfig { engine: Engine::Pca, verbose: false, ..ProjectionConfig::default() };
    let pca = project(&latents.vectors, &config).unwrap();
    let quality = assess(
        &latents.vectors,
        &pca.coordinates,
        &latents.labels,
        &QualityConfig { k: 5, ..QualityConfig::default() },
    )
    .unwrap();
    Explorer::new(&dataset, &latents).unwrap().with_model(&model).unwrap().with_map(&pca, &quality).unwrap()
}

fn read(explorer: &Explorer) -> (String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let written = explorer.write(folder.path().to_str().unwrap()).unwrap();
    assert!(std::fs::read_to_string(folder.path().join("plotly.min.js")).unwrap().contains("plotly.js v"));
    let script = std::fs::read_to_string(&written.data_js).unwrap();
    assert_eq!(script.len(), written.bytes);
    let json = script.strip_prefix("window.NEURAL_MANIFOLD_DATA = ").unwrap().strip_suffix(";\n").unwrap();
    let value = serde_json::from_str(json).unwrap();
    (script, value)
}

fn bytes(data: &Value, field: &str) -> Vec<u8> {
    let field = &data["fields"][field];
    let packed = STANDARD.decode(field["data"].as_str().unwrap()).unwrap();
    let plain = match field["encoding"].as_str().unwrap() {
        "raw" => packed,
        _ => {
            let mut plain = Vec::new();
            GzDecoder::new(packed.as_slice()).read_to_end(&mut plain).unwrap();
            plain
        }
    };
    assert_eq!(plain.len() as u64, field["bytes"].as_u64().unwrap());
    plain
}

fn scaled(data: &Value, field: &str, columns: usize) -> Vec<f64> {
    let number = |key: &str, column: usize| data["fields"][field][key][column].as_f64().unwrap();
    bytes(data, field)
        .chunks_exact(2)
        .enumerate()
        .map(|(idx, pair)| {
            let stored = u16::from_le_bytes([pair[0], pair[1]]) as f64;
            number("offset", idx % columns) + number("step", idx % columns) * stored
        })
        .collect()
}

#[test]
fn point_i_carries_image_i_latent_i_and_label_i() {
    for gzip in [true, false] {
        let explorer = Explorer { gzip, ..explorer() };
        let (_, data) = read(&explorer);
        assert_eq!(data["points"], 40);
        assert_eq!(bytes(&data, "images"), explorer.split.images.iter().copied().collect::<Vec<u8>>());
        assert_eq!(bytes(&data, "labels"), explorer.latents.labels.to_vec());
        let latents = scaled(&data, "latents", 5);
        for (idx, (&original, stored)) in explorer.latents.vectors.iter().zip(latents).enumerate() {
            let tolerance = data["fields"]["latents"]["step"][idx % 5].as_f64().unwrap() * 0.5 + 1e-7;
            assert!((original as f64 - stored).abs() <= tolerance, "{original} against {stored}");
        }
        let map = scaled(&data, "map.pca", 2);
        assert!((map[7] - explorer.maps[0].0.coordinates[[3, 1]] as f64).abs() < 1e-3);
    }
}

#[test]
fn no_class_name_breaks_out_of_the_script() {
    let explorer = explorer();
    let (script, data) = read(&explorer);
    assert!(!script.contains("</script>") && !script.contains('\u{2028}'));
    assert_eq!(data["class_names"][3].as_str().unwrap(), explorer.class_names[3]);
}

#[test]
fn the_decoder_in_the_file_computes_what_the_model_decodes() {
    for channels in [&[3][..], &[4, 6], &[2, 5, 3]] {
        check_decoder(&explorer_of(channels));
    }
}

fn check_decoder(explorer: &Explorer) {
    let (_, data) = read(explorer);
    let floats = |name: &str| -> Vec<f32> {
        bytes(&data, name).chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
    };
    let layers = data["decoder"]["layers"].as_array().unwrap();
    let number = |layer: &Value, key: &str| layer[key].as_u64().unwrap() as usize;
    let latent: Vec<f32> = explorer.latents.vectors.row(7).to_vec();
    let (mut x, mut side) = (latent.clone(), 0);
    for layer in layers {
        match layer["kind"].as_str().unwrap() {
            "reshape" => side = layer["shape"][1].as_u64().unwrap() as usize,
            "linear" => {
                let (w, b) =
                    (floats(layer["weight"].as_str().unwrap()), floats(layer["bias"].as_str().unwrap()));
                let from = number(layer, "in");
                x = (0..number(layer, "out"))
                    .map(|o| b[o] + (0..from).map(|i| w[o * from + i] * x[i]).sum::<f32>())
                    .collect();
            }
            "conv_transpose2d" => {
                let (w, b) =
                    (floats(layer["weight"].as_str().unwrap()), floats(layer["bias"].as_str().unwrap()));
                let (from, out) = (number(layer, "in"), number(layer, "out"));
                assert_eq!((number(layer, "kernel"), number(layer, "stride")), (2, 2));
                let big = side * 2;
                let mut y = vec![0.0; out * big * big];
                for (idx, value) in y.iter_mut().enumerate() {
                    let (o, py, px) = (idx / (big * big), idx / big % big, idx % big);
                    let at = |i: usize| x[(i * side + py / 2) * side + px / 2];
                    let weight = |i: usize| w[((i * out + o) * 2 + py % 2) * 2 + px % 2];
                    *value = b[o] + (0..from).map(|i| at(i) * weight(i)).sum::<f32>();
                }
                (x, side) = (y, big);
            }
            other => panic!("a layer {other} that the page cannot run"),
        }
        match layer["activation"].as_str() {
            Some("relu") => x.iter_mut().for_each(|v| *v = v.max(0.0)),
            Some("sigmoid") => x.iter_mut().for_each(|v| *v = 1.0 / (1.0 + (-*v).exp())),
            _ => {}
        }
    }
    let model = explorer.model.as_ref().unwrap();
    let expected =
        model.decode_latents(&explorer.latents.vectors.slice(ndarray::s![7..8, ..]).to_owned()).unwrap();
    for (ours, theirs) in x.iter().zip(&expected) {
        assert!((ours - theirs).abs() < 1e-5);
    }
}

#[test]
fn what_does_not_fit_is_refused_and_an_old_file_stays() {
    let (dataset, model, latents) = parts(&[4, 6]);
    let bare = Explorer::new(&dataset, &latents).unwrap();
    assert!(matches!(bare.write("unused"), Err(Error::Empty { .. })));
    let fewer = Latents { labels: latents.labels.slice(ndarray::s![..39]).to_owned(), ..latents.clone() };
    assert!(Explorer::new(&dataset, &fewer).unwrap_err().to_string().contains("39"));
    assert!(Explorer::new(&bars_dataset(8, 40, 12), &latents).unwrap().with_model(&model).is_err());

    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let good = explorer().write(place).unwrap();
    let before = std::fs::read(&good.data_js).unwrap();
    let mut broken = explorer();
    broken.latents.vectors[[5, 2]] = f32::NAN;
    let message = broken.write(place).unwrap_err().to_string();
    assert!(message.contains("row 5, column 2"), "{message}");
    assert_eq!(std::fs::read(&good.data_js).unwrap(), before);
    assert_eq!(std::fs::read_dir(place).unwrap().count(), 2, "nothing half-written is left behind");

    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let error = explorer().write(file.join("web-app").to_str().unwrap()).unwrap_err();
    assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("a-file"));
}

/// Needs the right to mount: a file system of 1 MiB stands for a full disk.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_and_the_old_file_stays() {
    use std::process::Command;
    let folder = tempfile::tempdir().unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(folder.path())
        .output()
        .is_ok_and(|output| output.status.success());
    if !mounted {
        println!("skipped: mounting takes root's rights");
        return;
    }
    let old = folder.path().join("data.js");
    std::fs::write(&old, "of before").unwrap();
    let too_large = Explorer { title: "x".repeat(2 << 20), ..explorer() };
    let error = too_large.write(folder.path().to_str().unwrap()).unwrap_err();
    let kept = std::fs::read_to_string(&old).unwrap();
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(Command::new("umount").arg(folder.path()).status().unwrap().success());
    assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("No space left"), "{error}");
    assert_eq!(
        (kept.as_str(), left),
        ("of before", 1),
        "the old file stays, and nothing half-written beside it"
    );
}
