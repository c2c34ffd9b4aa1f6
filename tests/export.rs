//! data.js, read back as the page reads it.

mod common;

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{bars_dataset, color_dataset, small_shape};
use flate2::read::GzDecoder;
use ndarray::Array2;
use neural_manifold::dataset::{Dataset, Split};
use neural_manifold::latents::{Latents, encode};
use neural_manifold::model::{Autoencoder, AutoencoderConfig};
use neural_manifold::prelude::{
    Explorer, Labels, PcaConfig, Projection, Quality, QualityConfig, UmapConfig, project,
};
use neural_manifold::{Error, device};
use serde_json::Value;

fn parts(channels: &[usize]) -> (Dataset, Autoencoder, Latents) {
    parts_of(bars_dataset(8, 40, 8), channels)
}

fn parts_of(dataset: Dataset, channels: &[usize]) -> (Dataset, Autoencoder, Latents) {
    let image_channels = dataset.channels();
    let shape = AutoencoderConfig { channels: channels.to_vec(), image_channels, ..small_shape() };
    let model = shape.init(3, &device::select("flex").unwrap()).unwrap();
    let latents = encode(&model, &dataset.test).unwrap();
    (dataset, model, latents)
}

fn explorer() -> Explorer {
    explorer_of(parts(&[4, 6]))
}

fn explorer_of((dataset, model, latents): (Dataset, Autoencoder, Latents)) -> Explorer {
    let (pca, quality) = scored(&latents);
    Explorer::new(&dataset.test, &latents)
        .unwrap()
        .with_model(&model)
        .unwrap()
        .with_map(&pca, &quality)
        .unwrap()
}

fn scored(latents: &Latents) -> (Projection, Quality) {
    let pca = project(latents, PcaConfig).unwrap();
    let quality = pca.quality(&QualityConfig { k: 5, ..QualityConfig::default() }).unwrap();
    (pca, quality)
}

fn read(explorer: &Explorer) -> (String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let written = explorer.write(folder.path()).unwrap();
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
        let (dataset, _, original) = parts(&[4, 6]);
        let mut explorer = explorer();
        explorer.gzip = gzip;
        let (_, data) = read(&explorer);
        assert_eq!(data["points"], 40);
        assert_eq!(bytes(&data, "images"), dataset.test.images.iter().copied().collect::<Vec<u8>>());
        let labels: Vec<u8> = dataset.test.labels.codes.iter().map(|&code| code as u8).collect();
        assert_eq!(
            (data["label"].as_u64(), data["columns"][0]["kind"].as_str()),
            (Some(0), Some("category"))
        );
        assert_eq!(bytes(&data, "columns.0"), labels);
        let latents = scaled(&data, "vectors.0", 5);
        for (idx, (&original, stored)) in original.vectors.iter().zip(latents).enumerate() {
            let tolerance = data["fields"]["vectors.0"]["step"][idx % 5].as_f64().unwrap() * 0.5 + 1e-7;
            assert!((original as f64 - stored).abs() <= tolerance, "{original} against {stored}");
        }
        assert_eq!(data["maps"][0]["name"], "PCA");
        let map = scaled(&data, data["maps"][0]["field"].as_str().unwrap(), 2);
        assert!((map[7] - scored(&original).0.coordinates[[3, 1]] as f64).abs() < 1e-3);
    }
}

#[test]
fn no_class_name_breaks_out_of_the_script() {
    let explorer = explorer();
    let (script, data) = read(&explorer);
    assert!(!script.contains("</script>") && !script.contains('\u{2028}'));
    let names = parts(&[4, 6]).0.test.labels.names;
    assert_eq!(data["columns"][0]["levels"][3].as_str().unwrap(), names[3]);
}

#[test]
fn the_decoder_in_the_file_computes_what_the_model_decodes() {
    for channels in [&[3][..], &[4, 6], &[2, 5, 3]] {
        check_decoder(bars_dataset(8, 40, 8), channels);
        check_decoder(color_dataset(8, 40, 8), channels);
    }
}

fn check_decoder(dataset: Dataset, channels: &[usize]) {
    let parts = parts_of(dataset, channels);
    let (model, latents) = (parts.1.clone(), parts.2.clone());
    let (_, data) = read(&explorer_of(parts));
    let floats = |name: &str| -> Vec<f32> {
        bytes(&data, name).chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
    };
    let layers = data["decoder"]["layers"].as_array().unwrap();
    let number = |layer: &Value, key: &str| layer[key].as_u64().unwrap() as usize;
    let latent: Vec<f32> = latents.vectors.row(7).to_vec();
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
    let expected = model.decode_latents(&latents.vectors.slice(ndarray::s![7..8, ..]).to_owned()).unwrap();
    assert_eq!(x.len(), expected.len());
    // Channels come first in the page, and last here.
    for (ours, theirs) in x.iter().zip(expected.view().permuted_axes([0, 3, 1, 2])) {
        assert!((ours - theirs).abs() < 1e-5);
    }
}

#[test]
fn what_does_not_fit_is_refused_and_an_old_file_stays() {
    let (dataset, model, latents) = parts(&[4, 6]);
    let bare = Explorer::new(&dataset.test, &latents).unwrap();
    assert!(matches!(bare.write("unused"), Err(Error::Empty { .. })));
    let fewer = Latents { labels: latents.labels.as_ref().map(|labels| labels.first(39)), ..latents.clone() };
    assert!(Explorer::new(&dataset.test, &fewer).unwrap_err().to_string().contains("39"));
    assert!(Explorer::new(&bars_dataset(8, 40, 12).test, &latents).unwrap().with_model(&model).is_err());
    let in_color = Split { images: color_dataset(8, 40, 8).test.images, ..dataset.test.clone() };
    let refused = Explorer::new(&in_color, &latents).unwrap().with_model(&model);
    assert!(refused.unwrap_err().to_string().contains("channels of the images is 3"));

    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let good = explorer().write(place).unwrap();
    let before = std::fs::read(&good.data_js).unwrap();
    let mut nan = latents.clone();
    std::sync::Arc::make_mut(&mut nan.vectors)[[5, 2]] = f32::NAN;
    let places = scored(&latents).0.coordinates;
    let broken = Explorer::new(&dataset.test, &nan).unwrap().with_coordinates("theirs", &places).unwrap();
    let message = broken.write(place).unwrap_err().to_string();
    assert!(message.contains("row 5, column 2"), "{message}");
    assert_eq!(std::fs::read(&good.data_js).unwrap(), before);
    let names: Vec<_> = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    // index.html, style.css, js, data.js and plotly.min.js; what is being written has a name with a dot in front.
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(!names.iter().any(|name| name.as_encoded_bytes().starts_with(b".")), "{names:?}");

    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let error = explorer().write(file.join("web-app")).unwrap_err();
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
    let too_large = explorer().with_title(&"x".repeat(2 << 20));
    let error = too_large.write(folder.path()).unwrap_err();
    let kept = std::fs::read_to_string(&old).unwrap();
    let entries = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let half_written = entries.filter(|name| name.as_encoded_bytes().starts_with(b".")).count();
    assert!(Command::new("umount").arg(folder.path()).status().unwrap().success());
    assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("No space left"), "{error}");
    assert_eq!(
        (kept.as_str(), half_written),
        ("of before", 0),
        "the old file stays, and nothing half-written beside it"
    );
}

#[test]
fn two_maps_of_one_engine_stand_side_by_side_and_a_taken_name_is_refused() {
    let (dataset, _, latents) = parts(&[4, 6]);
    let map = |seed| {
        let config = UmapConfig { seed, n_neighbors: 5, n_epochs: Some(20), ..UmapConfig::default() };
        project(&latents, config).unwrap().named(&format!("UMAP, seed {seed}"))
    };
    let (one, two) = (map(1), map(2));
    let page = Explorer::new(&dataset.test, &latents).unwrap().with_unscored_map(&one).unwrap();
    let message = page.clone().with_unscored_map(&one).unwrap_err().to_string();
    assert!(message.contains("UMAP, seed 1") && message.contains("a name of its own"), "{message}");
    let (_, data) = read(&page.with_unscored_map(&two).unwrap());
    for (at, map) in [one, two].iter().enumerate() {
        assert_eq!(data["maps"][at]["name"], map.name.as_str());
        let shown = scaled(&data, data["maps"][at]["field"].as_str().unwrap(), 2);
        assert!((shown[21] - map.coordinates[[10, 1]] as f64).abs() < 1e-3, "{}", map.name);
    }
}

#[test]
fn latents_of_another_split_are_refused() {
    let dataset = bars_dataset(40, 40, 8);
    let model = small_shape().init(3, &device::select("flex").unwrap()).unwrap();
    let latents = encode(&model, &dataset.train).unwrap();
    let message = Explorer::new(&dataset.test, &latents).unwrap_err().to_string();
    assert!(message.contains("\"train\"") && message.contains("\"test\""), "{message}");
    // A name can be the same by chance; the labels then tell.
    let mut labels = dataset.test.labels.clone();
    labels.codes[7] = (labels.codes[7] + 1) % 4;
    let other = Latents { split: "test".into(), labels: Some(labels), ..latents };
    assert!(Explorer::new(&dataset.test, &other).is_err());
    // A map that was made of another split of the same size.
    let test = Latents { split: "test".into(), labels: Some(dataset.test.labels.clone()), ..other.clone() };
    let foreign = project(&Latents { split: "train".into(), ..test.clone() }, PcaConfig).unwrap();
    assert!(Explorer::new(&dataset.test, &test).unwrap().with_unscored_map(&foreign).is_err());
}

#[test]
fn any_value_per_point_and_any_coordinates_reach_the_page() {
    let (dataset, _, latents) = parts(&[4, 6]);
    let pca = project(&latents, PcaConfig).unwrap();
    let density: ndarray::Array1<f32> = (0..40).map(|i| 3.0 + 6.0 * i as f32 / 39.0).collect();
    let theirs = Array2::from_shape_fn((40, 2), |(i, axis)| (i * (axis + 1)) as f32 - 20.0);
    let page = Explorer::new(&dataset.test, &latents).unwrap().with_unscored_map(&pca).unwrap();
    let page =
        page.with_coordinates("theirs", &theirs).unwrap().with_values("local density", &density).unwrap();
    let (_, data) = read(&page);
    assert_eq!((&data["maps"][1]["name"], &data["maps"][1]["engine"]), (&"theirs".into(), &Value::Null));
    let shown = scaled(&data, data["maps"][1]["field"].as_str().unwrap(), 2);
    assert!((shown[19] - f64::from(theirs[[9, 1]])).abs() < 1e-3);
    let column = &data["columns"][1];
    assert_eq!((&column["name"], &column["kind"]), (&"local density".into(), &"number".into()));
    let stored = bytes(&data, column["field"].as_str().unwrap());
    let values = stored.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
    assert_eq!(values.collect::<Vec<f32>>(), density.to_vec());
    let taken = page.clone().with_values("local density", &density).unwrap_err().to_string();
    assert!(taken.contains("a name of its own"), "{taken}");
    let short = page.clone().with_values("short", &ndarray::Array1::zeros(39)).unwrap_err().to_string();
    assert!(short.contains("39") && short.contains("40"), "{short}");
    let broken =
        page.with_values("broken", &ndarray::Array1::from_elem(40, f32::NAN)).unwrap_err().to_string();
    assert!(broken.contains("broken holds NaN at row 0"), "{broken}");
}

#[test]
fn missing_labels_and_many_classes_are_written_in_the_narrowest_type_that_holds_them() {
    let (dataset, _, latents) = parts(&[4, 6]);
    let written = |n_classes: usize, missing: bool| {
        let mut codes: ndarray::Array1<u32> = (0..40).map(|i| (i % n_classes) as u32).collect();
        if missing {
            codes[3] = Labels::MISSING;
        }
        let names = (0..n_classes).map(|class| class.to_string()).collect();
        let mut split = dataset.test.clone();
        split.labels = Labels::new(codes, names).unwrap();
        let latents = Latents { labels: Some(split.labels.clone()), ..latents.clone() };
        let pca = project(&latents, PcaConfig).unwrap();
        let (_, data) = read(&Explorer::new(&split, &latents).unwrap().with_unscored_map(&pca).unwrap());
        (data["fields"]["columns.0"]["type"].as_str().unwrap().to_string(), bytes(&data, "columns.0"))
    };
    let (narrow, stored) = written(4, true);
    assert_eq!((narrow.as_str(), stored[3], stored[2]), ("u8", 255, 2));
    let (wide, stored) = written(300, true);
    assert_eq!((wide.as_str(), &stored[6..8]), ("u16", &[255, 255][..]));
}

#[test]
fn points_and_a_map_are_enough() {
    let places = Array2::from_shape_fn((12, 2), |(row, axis)| (row * (axis + 1)) as f32);
    let page = Explorer::of_points("mine", 12, None).unwrap().with_coordinates("theirs", &places).unwrap();
    let rows: Vec<usize> = (100..112).collect();
    let (_, data) = read(&page.with_row_numbers(&rows).unwrap());
    let mut names: Vec<&String> = data["fields"].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["index", "map.0"]);
    assert_eq!(bytes(&data, "index")[..4], 100u32.to_le_bytes());
    assert_eq!((data["side"].as_u64(), data["vectors"].as_array().map(Vec::len)), (Some(0), Some(0)));
    assert!(Explorer::of_points("mine", 0, None).is_err());
    assert!(Explorer::of_points("mine", 3, None).unwrap().with_coordinates("theirs", &places).is_err());
}

#[test]
fn vectors_of_many_dimensions_are_kept_in_one_byte_per_number() {
    let vectors = Array2::from_shape_fn((30, 70), |(row, column)| ((row * (column + 3)) as f32 / 11.0).sin());
    let latents = Latents::new("wide", vectors.clone(), None).unwrap();
    let pca = project(&latents, PcaConfig).unwrap();
    let (_, data) = read(&Explorer::of(&latents).unwrap().with_unscored_map(&pca).unwrap());
    let field = &data["fields"]["vectors.0"];
    assert_eq!(field["type"], "u8");
    let stored = bytes(&data, "vectors.0");
    for (at, &value) in vectors.iter().enumerate() {
        let part = |name: &str| field[name][at % 70].as_f64().unwrap();
        let shown = part("offset") + part("step") * f64::from(stored[at]);
        assert!((shown - f64::from(value)).abs() <= part("step") * 0.5001, "{shown} {value}");
    }
}

#[test]
fn a_page_that_somebody_works_on_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (index, style) = (folder.path().join("index.html"), folder.path().join("style.css"));
    explorer().write(folder.path()).unwrap();
    std::fs::write(&style, "of a version before").unwrap();
    explorer().write(folder.path()).unwrap();
    assert_ne!(std::fs::read_to_string(&style).unwrap(), "of a version before");
    std::fs::write(&index, "<!doctype html>mine").unwrap();
    std::fs::write(&style, "mine").unwrap();
    explorer().write(folder.path()).unwrap();
    assert_eq!(std::fs::read_to_string(&index).unwrap(), "<!doctype html>mine");
    assert_eq!(std::fs::read_to_string(&style).unwrap(), "mine");
}
