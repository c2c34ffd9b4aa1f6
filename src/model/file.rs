//! Model files: safetensors that say themselves what they hold, for this library and for any other tool.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use burn::module::Module;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors, serialize};
use serde::{Deserialize, Serialize};

use super::file_layout::FileTensors;
use super::{Autoencoder, AutoencoderConfig, ModelCard};
use crate::device;
use crate::error::{Error, Result};
use crate::files::{self, sha256, version_fault};

const KEY: &str = "neural_manifold";
/// Raised when an older library would read the weights wrongly; a new fact on the card is no reason.
const VERSION: u32 = 1;
const OLDEST_VERSION: u32 = 1;

/// The metadata entry of a model file.
#[derive(Serialize, Deserialize)]
struct Description {
    sha256: String,
    version: u32,
    architecture: AutoencoderConfig,
    card: ModelCard,
}

/// The part of a description that every version has.
#[derive(Deserialize)]
struct Stamp {
    sha256: String,
    version: u32,
}

impl Autoencoder {
    /// Writes the network and `card` as safetensors; an existing file is replaced in one step. Equal networks give equal
    /// bytes.
    ///
    /// The weights are 32-bit floats in PyTorch's layout. With `channels = [c1, c2]` and an innermost feature map of
    /// `s` x `s`:
    ///
    /// | tensor | shape |
    /// |---|---|
    /// | `encoder.0.weight`, `encoder.1.weight` | `[c1, image_channels, 3, 3]`, `[c2, c1, 3, 3]` |
    /// | `to_latent.weight`, `from_latent.weight` | `[latent_size, c2 * s * s]`, `[c2 * s * s, latent_size]` |
    /// | `decoder.0.weight`, `decoder.1.weight` | `[c2, c1, 2, 2]`, `[c1, image_channels, 2, 2]` |
    /// | `.bias` of each layer | `[out]` |
    ///
    /// The entry `neural_manifold` of the metadata is JSON: the format's version, the [`AutoencoderConfig`], the
    /// [`ModelCard`], and the SHA-256 of the whole file, taken with its own 64 digits as zeros.
    ///
    /// # Errors
    /// A path that cannot be written; what was there stays.
    pub fn save(&self, path: impl AsRef<Path>, card: &ModelCard) -> Result<()> {
        let mut collected = FileTensors::default();
        self.valid().visit(&mut collected);
        let failed = |e: safetensors::SafeTensorError| Error::dependency("safetensors", e);
        let tensors = collected
            .tensors
            .iter()
            .map(|(name, (shape, bytes))| Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?)))
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(failed)?;
        let zeros = "0".repeat(64);
        let description = Description {
            sha256: zeros.clone(),
            version: VERSION,
            architecture: self.config.clone(),
            card: card.clone(),
        };
        let described =
            serde_json::to_string(&description).map_err(|e| Error::dependency("serde_json", e))?;
        // One entry: the order of several would differ from run to run.
        let metadata = HashMap::from([(KEY.to_string(), described)]);
        let mut content = serialize(tensors, Some(metadata)).map_err(failed)?;
        let digest = sha256(&content);
        replace_first(&mut content, &zeros, &digest);
        files::write(path.as_ref(), &content)
    }

    /// Reads what [`Autoencoder::save`] wrote.
    ///
    /// # Errors
    /// The file is not there, is cut or changed anywhere, is of a version that cannot be read, or is not a model file.
    pub fn load(path: impl AsRef<Path>) -> Result<Autoencoder> {
        let path = path.as_ref();
        let (content, description) = read_described(path)?;
        restore(&content, &description.architecture, &[], path)
    }

    /// Reads 32-bit weights that PyTorch saved as safetensors (`safetensors.torch.save_file(net.state_dict(), path)`).
    ///
    /// `layers` pairs a layer of this network (`encoder.0`, `to_latent`, ... as in [`Autoencoder::save`]) with the
    /// name of that layer in the file, weight and bias alike; a layer that is not listed has the same name there.
    /// Weights alone do not tell the order of operations: the network must be the one of [`crate::model`].
    ///
    /// ```no_run
    /// use neural_manifold::prelude::*;
    ///
    /// // Two nn.Sequential: convolution, ReLU, pooling, ... and linear, ReLU, nn.Unflatten, transposed convolution, ...
    /// let layers = [
    ///     ("encoder.1", "encoder.3"),
    ///     ("to_latent", "encoder.7"),
    ///     ("from_latent", "decoder.0"),
    ///     ("decoder.0", "decoder.3"),
    ///     ("decoder.1", "decoder.5"),
    /// ];
    /// let shape: AutoencoderConfig = AutoencoderConfig::reference();
    /// let model: Autoencoder = Autoencoder::from_pytorch("net.safetensors", &shape, &layers)?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// The file is not there or not safetensors; a tensor is missing, of another shape or type, or has no place here.
    pub fn from_pytorch(
        path: impl AsRef<Path>,
        shape: &AutoencoderConfig,
        layers: &[(&str, &str)],
    ) -> Result<Autoencoder> {
        let path = path.as_ref();
        let content = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
        restore(&content, shape, layers, path)
    }
}

/// The card of a model file whose digest is right.
pub(super) fn read_card(path: &Path) -> Result<ModelCard> {
    Ok(read_described(path)?.1.card)
}

/// The file's content and description, after its digest was found right.
fn read_described(path: &Path) -> Result<(Vec<u8>, Description)> {
    let content = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    let malformed = |reason: String| Error::malformed(path, reason);
    let damaged = || malformed("model file is cut or was changed after it was written".to_string());
    let (_, header) = SafeTensors::read_metadata(&content)
        .map_err(|e| malformed(format!("not a whole safetensors file ({e})")))?;
    let described = header.metadata().as_ref().and_then(|entries| entries.get(KEY)).ok_or_else(|| {
        malformed(format!(
            "has no metadata entry {KEY:?}, so it is not a model file of this library; Autoencoder::from_pytorch reads weights alone"
        ))
    })?;
    let other =
        |what: String| malformed(format!("{what}; Autoencoder::from_pytorch reads its weights alone"));
    // The version first: a file of another one is not damaged, however its other fields read.
    let stamp: Stamp = serde_json::from_str(described).map_err(|_| damaged())?;
    if let Some(fault) = version_fault(stamp.version, OLDEST_VERSION, VERSION) {
        return Err(other(format!("model file is {fault}")));
    }
    let mut blanked = content.clone();
    replace_first(&mut blanked, &stamp.sha256, &"0".repeat(64));
    if sha256(&blanked) != stamp.sha256 {
        return Err(damaged());
    }
    let description: Description = serde_json::from_str(described).map_err(|e| {
        other(format!("model file is whole, but written by another release of this library ({e})"))
    })?;
    Ok((content, description))
}

/// Writes `new` over the first occurrence of `old`, where both are of one length.
fn replace_first(content: &mut [u8], old: &str, new: &str) {
    if old.len() == new.len()
        && let Some(start) = content.windows(old.len()).position(|window| window == old.as_bytes())
    {
        content[start..start + new.len()].copy_from_slice(new.as_bytes());
    }
}

/// Builds the network from a file's tensors after all of them were found to fit: nothing is allocated by the sizes that
/// a damaged file claims.
fn restore(
    content: &[u8],
    config: &AutoencoderConfig,
    layers: &[(&str, &str)],
    path: &Path,
) -> Result<Autoencoder> {
    config.validate()?;
    let malformed = |reason: String| Error::malformed(path, reason);
    let file = SafeTensors::deserialize(content)
        .map_err(|e| malformed(format!("not a whole safetensors file ({e})")))?;
    let mut found: BTreeMap<&str, TensorView> = file.iter().collect();
    let expected = config.layers();
    if let Some((ours, _)) = layers.iter().find(|(ours, _)| expected.iter().all(|layer| layer.name != *ours))
    {
        let known: Vec<&str> = expected.iter().map(|layer| layer.name.as_str()).collect();
        return Err(Error::config("layers", *ours, format!("the network has: {}", known.join(", "))));
    }
    let mut weights = FileTensors::default();
    for layer in &expected {
        let ours = layer.name.as_str();
        let theirs = layers.iter().find(|(name, _)| *name == ours).map_or(ours, |(_, theirs)| theirs);
        for (part, shape) in [("weight", layer.weight_shape()), ("bias", layer.bias_shape())] {
            let (ours, theirs) = (format!("{ours}.{part}"), format!("{theirs}.{part}"));
            let Some(tensor) = found.remove(theirs.as_str()) else {
                let left: Vec<String> =
                    found.iter().map(|(name, t)| format!("{name} {:?}", t.shape())).collect();
                return Err(malformed(format!(
                    "has no {theirs} for {ours} {shape:?}; it has {}",
                    left.join(", ")
                )));
            };
            if tensor.shape() != shape || tensor.dtype() != Dtype::F32 {
                return Err(malformed(format!(
                    "{theirs} is {:?} of {:?}, the network's {ours} is {shape:?} of F32",
                    tensor.shape(),
                    tensor.dtype()
                )));
            }
            weights.tensors.insert(ours, (shape, tensor.data().to_vec()));
        }
    }
    if let Some((name, tensor)) = found.first_key_value() {
        return Err(malformed(format!(
            "holds {name} {:?}, for which the network has no place",
            tensor.shape()
        )));
    }
    let model = config.init(0, &device::select("flex")?)?.map(&mut weights);
    match weights.tensors.keys().next() {
        None => Ok(model),
        Some(name) => Err(Error::dependency("burn", format!("the network has no {name}"))),
    }
}
