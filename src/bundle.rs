//! A map in one file with the network whose latent vectors it shows: what is needed to place new rows anywhere.

use std::collections::BTreeMap;
use std::path::Path;

use ndarray::{Array1, Array2};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use crate::container::{self, BUNDLE_VERSION, Kind};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::latents::Latents;
use crate::math::checks::check_counts;
use crate::math::metric::Metric;
use crate::model::{Autoencoder, AutoencoderConfig, ModelCard, restore_from};
use crate::projection::{Engine, Projection};

/// Version 2 is raised when an older library would place rows elsewhere.
const BUNDLE: Kind =
    Kind { name: "bundle", version: BUNDLE_VERSION, otherwise: "Autoencoder::load reads a model" };

/// A map, and the network by which its rows were encoded, if one was.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The network; `None` for a map of vectors of any other origin.
    pub model: Option<Autoencoder>,
    /// What is known of the network and its training.
    pub card: ModelCard,
    /// The map with its rows and their labels.
    pub map: Projection,
    /// How rows are compared: for the cosine, the mapped rows have length 1, and new rows are brought to it.
    pub metric: Metric,
    /// How the mapped rows were drawn from all, in one sentence; empty where they are all.
    pub sample: String,
    /// SHA-256 of the bundle at whose map this one [began](Projection::start); empty where it began anew.
    pub start: String,
    /// SHA-256 of the file that it was loaded from; empty before.
    pub sha256: String,
}

/// The metadata entry of a bundle.
#[derive(Serialize, Deserialize)]
struct Description {
    sha256: String,
    version: u32,
    architecture: Option<AutoencoderConfig>,
    card: ModelCard,
    map: MapDescription,
}

#[derive(Serialize, Deserialize)]
struct MapDescription {
    name: String,
    engine: Engine,
    split: String,
    class_names: Option<Vec<String>>,
    n_epochs: usize,
    metric: Metric,
    sample: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    start: String,
}

impl Bundle {
    /// Puts a map and a network together.
    ///
    /// # Errors
    /// A map of rows of another width than the network's latent vectors, or of other than two axes.
    pub fn new(model: Option<&Autoencoder>, card: &ModelCard, map: &Projection) -> Result<Bundle> {
        map.check_plane("a bundle")?;
        if let Some(model) = model {
            let rows = (map.latents.vectors.ncols(), "the rows of the map");
            let latent = (model.config.latent_size, "the model's latent vector");
            check_counts("numbers", rows, latent, "map the latent vectors of this model")?;
        }
        let [sample, start, sha256] = [const { String::new() }; 3];
        let (model, card, map) = (model.cloned(), card.clone(), map.clone());
        Ok(Bundle { model, card, map, metric: Metric::Euclidean, sample, start, sha256 })
    }

    /// Writes the bundle as safetensors, a file with the network's tensors as in [`Autoencoder::save`] and
    ///
    /// | tensor | shape |
    /// |---|---|
    /// | `map.rows` | `[n, d]`, the rows that were mapped |
    /// | `map.coordinates` | `[n, 2]` |
    /// | `map.local_distances` | `[n]`, [`Projection::mean_knn_distance`] |
    /// | `map.labels` | `[n]` of U32, where there are labels |
    ///
    /// The entry `neural_manifold` of the metadata is that of a model file, of version 2, with the engine and its
    /// settings. An existing file is replaced in one step; equal bundles give equal bytes.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let rows = Array2::from_shape_fn((60, 3), |(row, column)| ((row * (column + 1)) as f32 / 9.0).sin());
    /// let map = project(&Latents::new("waves", rows.clone(), None)?, UmapConfig::default())?;
    /// # let folder = std::env::temp_dir().join("neural-manifold-doc");
    /// # let path = folder.join("map.nm");
    /// Bundle::new(None, &ModelCard::default(), &map)?.save(&path)?;
    /// let loaded = Bundle::load(&path)?;
    /// assert_eq!(loaded.map.transform(&rows)?.coordinates, map.transform(&rows)?.coordinates);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// A path that cannot be written; what was there stays.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let Bundle { model, card, map, metric, sample, start, .. } = self;
        let Latents { split, vectors, labels } = &map.latents;
        let (n, width) = vectors.dim();
        let (rows, coordinates) = (le_bytes(vectors.iter()), le_bytes(&map.coordinates));
        let local = le_bytes(map.mean_knn_distance());
        let codes: Option<Vec<u8>> =
            labels.as_ref().map(|labels| labels.codes.iter().flat_map(|code| code.to_le_bytes()).collect());
        let weights = model.as_ref().map(Autoencoder::file_tensors);
        let mut tensors = weights.as_ref().map_or_else(Vec::new, |weights| weights.views());
        tensors.extend([
            ("map.rows".to_string(), Dtype::F32, vec![n, width], &rows[..]),
            ("map.coordinates".to_string(), Dtype::F32, vec![n, 2], &coordinates[..]),
            ("map.local_distances".to_string(), Dtype::F32, vec![n], &local[..]),
        ]);
        tensors
            .extend(codes.as_ref().map(|codes| ("map.labels".to_string(), Dtype::U32, vec![n], &codes[..])));
        let description = Description {
            sha256: container::unsigned(),
            version: BUNDLE_VERSION,
            architecture: model.as_ref().map(|model| model.config.clone()),
            card: card.clone(),
            map: MapDescription {
                name: map.name.clone(),
                engine: map.engine.clone(),
                split: split.clone(),
                class_names: labels.as_ref().map(|labels| labels.names.clone()),
                n_epochs: map.n_epochs,
                metric: *metric,
                sample: sample.clone(),
                start: start.clone(),
            },
        };
        container::write(path.as_ref(), &tensors, &description).map(drop)
    }

    /// Reads what [`Bundle::save`] wrote: as a whole or not at all. Snapshots and times of the map are not kept.
    ///
    /// # Errors
    /// The file is not there, is cut or changed anywhere, is of another version, or is not a bundle.
    pub fn load(path: impl AsRef<Path>) -> Result<Bundle> {
        let path = path.as_ref();
        let (content, description, sha256) = container::read::<Description>(path, &BUNDLE)?;
        let Description { architecture, card, map, .. } = description;
        let malformed = |reason: String| Error::malformed(path, reason);
        let file = SafeTensors::deserialize(&content)
            .map_err(|e| malformed(format!("not a whole safetensors file ({e})")))?;
        let mut found: BTreeMap<&str, TensorView> = file.iter().collect();
        let mut take = |name: &str, dtype: Dtype| match found.remove(name) {
            Some(tensor) if tensor.dtype() == dtype => {
                let (chunks, _) = tensor.data().as_chunks::<4>();
                Ok((tensor.shape().to_vec(), chunks.to_vec()))
            }
            _ => Err(malformed(format!("has no {name} of {dtype:?}"))),
        };
        let floats = |chunks: Vec<[u8; 4]>| chunks.into_iter().map(f32::from_le_bytes).collect::<Vec<f32>>();
        let matrix = |name: &str, (shape, chunks): (Vec<usize>, Vec<[u8; 4]>)| match shape[..] {
            [rows, columns] => Array2::from_shape_vec((rows, columns), floats(chunks))
                .map_err(|e| malformed(format!("{name} is not a matrix ({e})"))),
            _ => Err(malformed(format!("{name} is {shape:?}, not a matrix"))),
        };
        let vectors = matrix("map.rows", take("map.rows", Dtype::F32)?)?;
        let coordinates = matrix("map.coordinates", take("map.coordinates", Dtype::F32)?)?;
        let local = Array1::from_vec(floats(take("map.local_distances", Dtype::F32)?.1));
        let labels = match map.class_names {
            Some(names) => {
                let codes = take("map.labels", Dtype::U32)?.1.into_iter().map(u32::from_le_bytes).collect();
                Some(Labels::new(codes, names)?)
            }
            None => None,
        };
        let model = architecture.map(|config| restore_from(found, &config, &[], path)).transpose()?;
        let latents = Latents::new(&map.split, vectors, labels)?;
        let mut projection = Projection::kept(&latents, coordinates, map.engine, local)?.named(&map.name);
        projection.n_epochs = map.n_epochs;
        let bundle = Bundle::new(model.as_ref(), &card, &projection)?;
        Ok(Bundle { metric: map.metric, sample: map.sample, start: map.start, sha256, ..bundle })
    }
}

fn le_bytes<'a>(values: impl IntoIterator<Item = &'a f32>) -> Vec<u8> {
    values.into_iter().flat_map(|value| value.to_le_bytes()).collect()
}
