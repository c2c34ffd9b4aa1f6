//! Model files: safetensors that say themselves what they hold, for this library and for any other tool.

use std::collections::BTreeMap;
use std::path::Path;

use burn::module::Module;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use super::file_layout::FileTensors;
use super::{Autoencoder, AutoencoderConfig, ModelCard};
use crate::container::{self, Kind, MODEL_VERSION};
use crate::device;
use crate::error::{Error, Result};

/// Version 1 is raised when an older library would read the weights wrongly; a new fact on the card is no reason.
const MODEL_FILE: Kind = Kind {
    name: "model file",
    version: MODEL_VERSION,
    otherwise: "Autoencoder::from_pytorch reads its weights",
};

/// The metadata entry of a model file.
#[derive(Serialize, Deserialize)]
struct Description {
    sha256: String,
    version: u32,
    architecture: AutoencoderConfig,
    card: ModelCard,
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
        let weights = self.file_tensors();
        let description = Description {
            sha256: container::unsigned(),
            version: MODEL_VERSION,
            architecture: self.config.clone(),
            card: card.clone(),
        };
        container::write(path.as_ref(), &weights.views(), &description).map(drop)
    }

    /// The weights as they lie in a file.
    pub(crate) fn file_tensors(&self) -> FileTensors {
        let mut collected = FileTensors::default();
        self.valid().visit(&mut collected);
        collected
    }

    /// Reads what [`Autoencoder::save`] wrote.
    ///
    /// # Errors
    /// The file is not there, is cut or changed anywhere, is of a version that cannot be read, or is not a model file.
    pub fn load(path: impl AsRef<Path>) -> Result<Autoencoder> {
        let path = path.as_ref();
        let (content, description, _) = container::read::<Description>(path, &MODEL_FILE)?;
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
    Ok(container::read::<Description>(path, &MODEL_FILE)?.1.card)
}

/// Builds the network from a file's tensors after all of them were found to fit: nothing is allocated by the sizes that
/// a damaged file claims.
fn restore(
    content: &[u8],
    config: &AutoencoderConfig,
    layers: &[(&str, &str)],
    path: &Path,
) -> Result<Autoencoder> {
    let file = SafeTensors::deserialize(content)
        .map_err(|e| Error::malformed(path, format!("not a whole safetensors file ({e})")))?;
    restore_from(file.iter().collect(), config, layers, path)
}

/// The same from tensors all of which are the network's.
pub(crate) fn restore_from(
    mut found: BTreeMap<&str, TensorView>,
    config: &AutoencoderConfig,
    layers: &[(&str, &str)],
    path: &Path,
) -> Result<Autoencoder> {
    config.validate()?;
    let malformed = |reason: String| Error::malformed(path, reason);
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
