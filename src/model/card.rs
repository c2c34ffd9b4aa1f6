//! What a model file tells of its network besides the weights.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::file;
use crate::error::Result;

/// What a network was trained on and how well it does; it travels in the model file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
// A fact that an older file does not hold reads as unknown.
#[serde(default)]
pub struct ModelCard {
    /// What a title calls the data set.
    pub dataset: String,
    /// The name of each label.
    pub class_names: Vec<String>,
    /// Images that the network was trained on.
    pub training_images: usize,
    /// SHA-256 of the pixels of the training split, in its order.
    pub training_images_sha256: String,
    /// Passes over the images up to these weights.
    #[serde(rename = "epochs")]
    pub n_epochs: usize,
    /// Mean over the last of these passes of the [`Loss`](super::Loss) that the network's configuration names.
    pub loss: Option<f64>,
    /// The same on the validation images after it.
    pub validation_loss: Option<f64>,
}

impl ModelCard {
    /// Reads the card of a model file, whose digest is checked.
    ///
    /// # Errors
    /// Those of [`crate::model::Autoencoder::load`].
    pub fn load(path: impl AsRef<Path>) -> Result<ModelCard> {
        file::read_card(path.as_ref())
    }
}
