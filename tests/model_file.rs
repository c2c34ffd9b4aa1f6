//! Model files: what was saved is what is read, PyTorch's layout is understood, and nothing damaged is read as good.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{
    bars, bars_dataset, color_bars, color_dataset, damage_everywhere, reference, sha256, small_config,
};
use ndarray::{Array2, Array4, Axis};
use neural_manifold::device;
use neural_manifold::model::{Autoencoder, AutoencoderConfig, Loss, ModelCard};
use neural_manifold::train::{TrainConfig, Trained, train};
use neural_manifold::{Error, Result};
use reference::PlainNetwork;
use serde_json::json;

fn shape() -> AutoencoderConfig {
    AutoencoderConfig { channels: vec![2, 3], latent_size: 4, image_size: 8, ..AutoencoderConfig::default() }
}

fn in_color() -> AutoencoderConfig {
    AutoencoderConfig { image_channels: 3, loss: Loss::MeanSquaredError, ..shape() }
}

fn fresh(shape: &AutoencoderConfig) -> Autoencoder {
    shape.init(5, &device::select("flex").unwrap()).unwrap()
}

fn trained() -> Trained {
    train(&bars_dataset(32, 8, 8), &TrainConfig { channels: vec![2, 3], latent_size: 4, ..small_config() })
        .unwrap()
}

fn latents() -> Array2<f32> {
    Array2::from_shape_fn((5, 4), |(i, j)| (i as f32 - j as f32) / 2.0)
}

/// A path in a folder of the test's own.
fn place(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_string()
}

/// The file's header with `change` made to it, signed again as a writer of that header would have.
fn forged(content: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    let length = u64::from_le_bytes(content[..8].try_into().unwrap()) as usize;
    let header = std::str::from_utf8(&content[8..8 + length]).unwrap();
    let start = header.find("sha256").unwrap() + r#"sha256\":\""#.len();
    let blank = change(&header.replace(&header[start..start + 64], &"0".repeat(64)));
    let assemble = |header: &str| {
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &content[8 + length..]].concat()
    };
    let digest = sha256(&assemble(&blank));
    assemble(&blank.replacen(&"0".repeat(64), &digest, 1))
}

#[test]
fn what_was_saved_is_read_again_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (place(&folder, "a/model.safetensors"), place(&folder, "again.safetensors"));
    let trained = trained();
    trained.save(&path).unwrap();
    let model = Autoencoder::load(&path).unwrap();
    let images = bars_dataset(8, 8, 8).train.images;
    assert_eq!(model.encode_images(&images).unwrap(), trained.model.encode_images(&images).unwrap());
    assert_eq!(model.decode_latents(&latents()).unwrap(), trained.model.decode_latents(&latents()).unwrap());
    assert_eq!(model.config, trained.model.config);

    let card = ModelCard::load(&path).unwrap();
    assert_eq!(card, trained.card);
    let last = trained.history.epochs.last().unwrap();
    assert_eq!(
        (card.n_epochs, card.loss, card.validation_loss),
        (3, Some(last.loss), Some(last.validation_loss))
    );
    assert_eq!((card.dataset.as_str(), card.class_names.len(), card.training_images), ("Bars", 4, 32));
    let pixels: Vec<u8> = bars_dataset(32, 8, 8).train.images.into_iter().collect();
    assert_eq!(card.training_images_sha256, sha256(&pixels));

    let shown = card.table().bundle().get("text/plain").unwrap().to_string();
    assert!(
        shown.contains("Network trained on Bars") && shown.contains(&format!("{:.4}", last.loss)),
        "{shown}"
    );
    assert!(ModelCard::default().table().bundle().get("text/plain").unwrap().contains("unknown"));

    model.save(&again, &card).unwrap();
    assert!(fs::read(&again).unwrap() == fs::read(&path).unwrap(), "equal networks give equal files");
}

#[test]
fn a_file_names_channels_and_loss_where_they_are_not_those_of_the_first_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "model.safetensors");
    let header = || String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
    fresh(&shape()).save(&path, &ModelCard::default()).unwrap();
    assert!(header().contains(r#"{\"channels\":[2,3],\"latent_size\":4,\"side\":8}"#), "{}", header());

    let config =
        TrainConfig { channels: vec![2, 3], latent_size: 4, loss: Loss::MeanSquaredError, ..small_config() };
    let trained = train(&color_dataset(32, 8, 8), &config).unwrap();
    trained.save(&path).unwrap();
    assert!(header().contains(r#"\"image_channels\":3,\"loss\":\"mean_squared_error\"}"#), "{}", header());
    let model = Autoencoder::load(&path).unwrap();
    assert_eq!(model.config, in_color());
    let images = color_dataset(32, 8, 8).test.images;
    let errors = model.reconstruction_errors(&images).unwrap();
    assert_eq!(errors, trained.model.reconstruction_errors(&images).unwrap());
    let mean = errors.iter().map(|&error| f64::from(error)).sum::<f64>() / errors.len() as f64;
    assert_eq!(trained.card.validation_loss, Some(mean), "by the loss that it was trained with");
}

#[test]
fn a_file_cut_or_changed_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "model.safetensors");
    trained().save(&path).unwrap();
    damage_everywhere(Path::new(&path), &[0x01, 0x20, 0x80], |what| {
        let error = Autoencoder::load(&path).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{what}: {error}");
    });
    Autoencoder::load(&path).unwrap();
    let longer = [fs::read(&path).unwrap(), vec![0]].concat();
    fs::write(&path, longer).unwrap();
    assert!(Autoencoder::load(&path).is_err(), "a byte too many");
}

#[test]
fn another_version_or_architecture_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "model.safetensors");
    trained().save(&path).unwrap();
    let good = fs::read(&path).unwrap();
    let refusal = |old: &str, new: &str| {
        let content = forged(&good, |header| {
            assert!(header.contains(old), "{header}");
            header.replacen(old, new, 1)
        });
        fs::write(&path, content).unwrap();
        Autoencoder::load(&path).unwrap_err().to_string()
    };
    let version = refusal(r#"\"version\":1"#, r#"\"version\":3"#);
    assert!(version.contains("version 3, newer") && version.contains("version 1"), "{version}");
    let version = refusal(r#"\"version\":1"#, r#"\"version\":0"#);
    assert!(version.contains("version 0, older") && version.contains("version 1"), "{version}");
    let depth = refusal(r#"\"channels\":[2,3]"#, r#"\"channels\":[2,4]"#);
    assert!(depth.contains("encoder.1.weight is [3, 2, 3, 3]") && depth.contains("[4, 2, 3, 3]"), "{depth}");
    let stages = refusal(r#"\"channels\":[2,3]"#, r#"\"channels\":[2]"#);
    assert!(stages.contains("to_latent.weight"), "{stages}");
    // Nothing is reserved for what the file only claims to hold.
    let vast = refusal(r#"\"latent_size\":4"#, r#"\"latent_size\":999999999999"#);
    assert!(vast.contains("999999999999"), "{vast}");
    let side = refusal(r#"\"side\":8"#, r#"\"side\":9223372036854775808"#);
    assert!(side.contains("to_latent.weight"), "{side}");
    fs::write(&path, forged(&good, str::to_string)).unwrap();
    Autoencoder::load(&path).unwrap();
}

/// The card of a network trained on 32 bars, as version 0.1 wrote it.
fn card_of_0_1() -> serde_json::Value {
    json!({
        "dataset": "Bars", "class_names": ["left", "top"], "training_images": 32,
        "training_images_sha256": "00", "epochs": 3, "loss": 0.5, "validation_loss": 0.6,
    })
}

#[test]
fn a_model_file_of_version_0_1_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "old.safetensors");
    let plain = PlainNetwork::new(&shape());
    let architecture = json!({"channels": [2, 3], "latent_size": 4, "side": 8});
    fs::write(&path, plain.model_file(1, architecture.clone(), card_of_0_1())).unwrap();
    let model = Autoencoder::load(&path).unwrap();
    assert_eq!(model.config, shape());
    let image = bars_dataset(1, 1, 8).train.images;
    let expected = plain.encode(&image.iter().map(|&p| p as f64 / 255.0).collect::<Vec<_>>());
    for (found, expected) in model.encode_images(&image).unwrap().iter().zip(expected) {
        assert!((*found as f64 - expected).abs() < 1e-5, "{found} against {expected}");
    }
    let card = ModelCard::load(&path).unwrap();
    assert_eq!((card.dataset.as_str(), card.n_epochs, card.loss), ("Bars", 3, Some(0.5)));

    // A card of a release that told less.
    fs::write(&path, plain.model_file(1, architecture, json!({"dataset": "Bars"}))).unwrap();
    let card = ModelCard::load(&path).unwrap();
    assert_eq!(card, ModelCard { dataset: "Bars".to_string(), ..ModelCard::default() });
}

#[test]
fn a_whole_file_of_another_release_is_not_called_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "other.safetensors");
    let plain = PlainNetwork::new(&shape());
    let lacking = json!({"channels": [2, 3], "side": 8});
    fs::write(&path, plain.model_file(1, lacking.clone(), card_of_0_1())).unwrap();
    let message = Autoencoder::load(&path).unwrap_err().to_string();
    assert!(message.contains("another release") && message.contains("latent_size"), "{message}");
    assert!(message.contains("from_pytorch") && !message.contains("changed"), "{message}");
    // The version is looked at before the fields.
    fs::write(&path, plain.model_file(7, lacking, card_of_0_1())).unwrap();
    let message = Autoencoder::load(&path).unwrap_err().to_string();
    assert!(message.contains("version 7, newer"), "{message}");
}

#[test]
#[cfg(unix)]
fn a_path_that_is_not_text_is_written_and_read_as_it_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"mo\xffdel"));
    fresh(&shape()).save(&path, &ModelCard::default()).unwrap();
    assert_eq!(Autoencoder::load(&path).unwrap().config, shape());
    assert_eq!(ModelCard::load(&path).unwrap(), ModelCard::default());
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [path.file_name().unwrap()]);
}

#[test]
fn files_of_another_kind_are_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "weights.safetensors");
    assert!(matches!(Autoencoder::load(&path), Err(Error::Io { .. })));
    let plain = PlainNetwork::new(&shape());
    fs::write(&path, plain.safetensors(&[])).unwrap();
    let message = Autoencoder::load(&path).unwrap_err().to_string();
    assert!(message.contains("from_pytorch"), "{message}");
    for content in [&b""[..], b"not a model", &[0xff; 64], b"\x02\0\0\0\0\0\0\0{}"] {
        fs::write(&path, content).unwrap();
        assert!(matches!(Autoencoder::load(&path), Err(Error::Malformed { .. })));
        assert!(matches!(Autoencoder::from_pytorch(&path, &shape(), &[]), Err(Error::Malformed { .. })));
    }
}

#[test]
fn weights_in_pytorchs_layout_compute_what_plain_loops_compute() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "weights.safetensors");
    for (shape, images) in
        [(shape(), bars("test", 5, 8).images), (in_color(), color_bars("test", 5, 8).images)]
    {
        let plain = PlainNetwork::new(&shape);
        let names = [("encoder.1", "features.3"), ("to_latent", "bottleneck")];
        fs::write(&path, plain.safetensors(&names)).unwrap();
        let model = Autoencoder::from_pytorch(&path, &shape, &names).unwrap();
        let (encoded, decoded) =
            (model.encode_images(&images).unwrap(), model.decode_latents(&latents()).unwrap());
        let (images, decoded) = (planes(&images), planes(&decoded));
        for (item, image) in images.outer_iter().enumerate() {
            let expected = plain.encode(&image.iter().map(|&p| p as f64 / 255.0).collect::<Vec<_>>());
            for (found, expected) in encoded.row(item).iter().zip(expected) {
                assert!((*found as f64 - expected).abs() < 1e-5, "latent {item}: {found} against {expected}");
            }
            let latent: Vec<f64> = latents().row(item).iter().map(|&x| x as f64).collect();
            for (found, expected) in decoded.index_axis(Axis(0), item).iter().zip(plain.decode(&latent)) {
                assert!((*found as f64 - expected).abs() < 1e-5, "image {item}: {found} against {expected}");
            }
        }
    }
}

/// Channels before rows and columns, as PyTorch has them.
fn planes<T: Clone>(images: &Array4<T>) -> Array4<T> {
    images.view().permuted_axes([0, 3, 1, 2]).as_standard_layout().into_owned()
}

#[test]
fn weights_that_do_not_fit_are_refused_by_name_and_shape() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "weights.safetensors");
    fs::write(&path, PlainNetwork::new(&shape()).safetensors(&[])).unwrap();
    let import = |shape: AutoencoderConfig, layers: &[(&str, &str)]| -> Result<Autoencoder> {
        Autoencoder::from_pytorch(&path, &shape, layers)
    };
    let refusal = |shape, layers| import(shape, layers).unwrap_err().to_string();
    let wider = refusal(AutoencoderConfig { latent_size: 6, ..shape() }, &[]);
    assert!(wider.contains("to_latent.weight is [4, 12]") && wider.contains("[6, 12]"), "{wider}");
    let absent = refusal(shape(), &[("to_latent", "fc1")]);
    assert!(absent.contains("no fc1.weight") && absent.contains("to_latent.weight [4, 12]"), "{absent}");
    let unknown = refusal(shape(), &[("encoder.7", "encoder.0")]);
    assert!(unknown.contains("layers is encoder.7") && unknown.contains("from_latent"), "{unknown}");
    let twice = refusal(shape(), &[("decoder.1", "decoder.0")]);
    assert!(twice.contains("decoder.0"), "{twice}");

    let extra = PlainNetwork::new(&shape()).safetensors(&[]);
    let (length, rest) = extra.split_at(8);
    assert_eq!(length.len(), 8);
    let header =
        String::from_utf8_lossy(&rest[..u64::from_le_bytes(length.try_into().unwrap()) as usize]).to_string();
    let end = rest.len() - header.len();
    let added = format!(
        r#"{{"head.bias":{{"dtype":"F32","shape":[0],"data_offsets":[{end},{end}]}},{}"#,
        &header[1..]
    );
    let content = [&(added.len() as u64).to_le_bytes()[..], added.as_bytes(), &rest[header.len()..]].concat();
    fs::write(&path, content).unwrap();
    let message = refusal(shape(), &[]);
    assert!(message.contains("head.bias"), "{message}");
    let halves = header.replace("F32", "I32");
    fs::write(&path, [length, halves.as_bytes(), &rest[header.len()..]].concat()).unwrap();
    let message = refusal(shape(), &[]);
    assert!(message.contains("I32"), "{message}");
}

/// Runs a script in the Python of `NEURAL_MANIFOLD_TORCH_PYTHON`, which must have torch and safetensors.
fn torch(folder: &Path, script: &str) -> bool {
    let Ok(python) = std::env::var("NEURAL_MANIFOLD_TORCH_PYTHON") else {
        println!("skipped: NEURAL_MANIFOLD_TORCH_PYTHON names no Python with torch and safetensors");
        return false;
    };
    let output = Command::new(python).current_dir(folder).args(["-c", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    true
}

fn floats(path: &Path) -> Vec<f32> {
    fs::read(path).unwrap().as_chunks::<4>().0.iter().map(|&chunk| f32::from_le_bytes(chunk)).collect()
}

fn assert_close(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() < 1e-5, "at {at}: {found} against {expected}");
    }
}

/// PyTorch's own network of the shapes above; `images.bin` holds float32 pixels in 0–1, `latents.bin` latent vectors.
const NETWORK: &str = r#"
import json, torch
from torch import nn
from safetensors import safe_open
from safetensors.torch import load_file, save_file

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.ModuleList([nn.Conv2d(COLORS, 2, 3, padding=1), nn.Conv2d(2, 3, 3, padding=1)])
        self.to_latent, self.from_latent = nn.Linear(12, 4), nn.Linear(4, 12)
        self.decoder = nn.ModuleList([nn.ConvTranspose2d(3, 2, 2, stride=2), nn.ConvTranspose2d(2, COLORS, 2, stride=2)])
    def encode(self, x):
        for conv in self.encoder:
            x = nn.functional.max_pool2d(conv(x).relu(), 2)
        return self.to_latent(x.flatten(1))
    def decode(self, z):
        x = self.from_latent(z).relu().reshape(-1, 3, 2, 2)
        return self.decoder[1](self.decoder[0](x).relu()).sigmoid()

def floats(path, *shape):
    return torch.frombuffer(bytearray(open(path, "rb").read()), dtype=torch.float32).reshape(*shape)

def write(path, values):
    open(path, "wb").write(bytes(values.flatten().view(torch.uint8).tolist()))

def answer(net):
    with torch.no_grad():
        write("encoded.bin", net.encode(floats("images.bin", -1, COLORS, 8, 8)))
        write("decoded.bin", net.decode(floats("latents.bin", -1, 4)))
"#;

#[test]
fn pytorch_and_this_library_compute_the_same_from_each_others_files() {
    exchange_with_pytorch(&shape(), &bars("test", 5, 8).images);
    exchange_with_pytorch(&in_color(), &color_bars("test", 5, 8).images);
}

fn exchange_with_pytorch(shape: &AutoencoderConfig, images: &Array4<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let network = format!("COLORS = {}\n{NETWORK}", shape.image_channels);
    let bytes =
        |values: &mut dyn Iterator<Item = f32>| values.flat_map(f32::to_le_bytes).collect::<Vec<u8>>();
    fs::write(folder.path().join("images.bin"), bytes(&mut planes(images).iter().map(|&p| p as f32 / 255.0)))
        .unwrap();
    fs::write(folder.path().join("latents.bin"), bytes(&mut latents().into_iter())).unwrap();
    let compare = |model: &Autoencoder| {
        let encoded = model.encode_images(images).unwrap();
        assert_close(encoded.as_slice().unwrap(), &floats(&folder.path().join("encoded.bin")));
        let decoded = planes(&model.decode_latents(&latents()).unwrap());
        assert_close(decoded.as_slice().unwrap(), &floats(&folder.path().join("decoded.bin")));
    };

    let theirs =
        "torch.manual_seed(1); net = Net(); save_file(net.state_dict(), 'theirs.safetensors'); answer(net)";
    if !torch(folder.path(), &format!("{network}\n{theirs}")) {
        return;
    }
    compare(&Autoencoder::from_pytorch(place(&folder, "theirs.safetensors"), shape, &[]).unwrap());

    let card = ModelCard { class_names: vec!["cat".into(), "dog".into()], ..ModelCard::default() };
    fresh(shape).save(place(&folder, "ours.safetensors"), &card).unwrap();
    let ours = "net = Net(); net.load_state_dict(load_file('ours.safetensors')); answer(net)
said = json.loads(safe_open('ours.safetensors', 'pt').metadata()['neural_manifold'])
assert said['card']['class_names'] == ['cat', 'dog'] and said['architecture']['channels'] == [2, 3], said";
    assert!(torch(folder.path(), &format!("{network}\n{ours}")));
    compare(&fresh(shape));
}
