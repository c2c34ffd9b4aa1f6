//! What survives an interrupt: one file an epoch, written aside and renamed.
//!
//! The file is a line with the SHA-256 of all that follows, a line of JSON (identity, history, sizes), then the
//! weights and the optimizer's state as burnpack. No torn or edited file is read as good.

use std::fs;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::store::ModuleRecord;
use burn::tensor::Bytes;
use serde::{Deserialize, Serialize};

use super::{History, TrainConfig};
use crate::dataset::{Dataset, sha256};
use crate::error::{Error, Result};
use crate::files;
use crate::model::{Autoencoder, AutoencoderConfig};

const FORMAT: &str = "neural-manifold checkpoint 1";
const FILE: &str = "checkpoint.nm";

/// What must agree before a run may continue: everything that changes the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Identity {
    model: AutoencoderConfig,
    epochs: usize,
    batch_size: usize,
    learning_rate: f64,
    seed: u64,
    images: usize,
    images_sha256: String,
}

impl Identity {
    pub fn new(model: &AutoencoderConfig, config: &TrainConfig, dataset: &Dataset) -> Self {
        Identity {
            model: model.clone(),
            epochs: config.epochs,
            batch_size: config.batch_size,
            learning_rate: config.learning_rate,
            seed: config.seed,
            images: dataset.train.len(),
            images_sha256: sha256(&dataset.train.images.iter().copied().collect::<Vec<u8>>()),
        }
    }

    /// The first setting in which two runs differ, in words.
    fn difference(&self, saved: &Identity) -> Option<String> {
        let rows = [
            ("model", format!("{:?}", saved.model), format!("{:?}", self.model)),
            ("epochs", saved.epochs.to_string(), self.epochs.to_string()),
            ("batch_size", saved.batch_size.to_string(), self.batch_size.to_string()),
            ("learning_rate", saved.learning_rate.to_string(), self.learning_rate.to_string()),
            ("seed", saved.seed.to_string(), self.seed.to_string()),
            ("training images", saved.images.to_string(), self.images.to_string()),
            ("digest of the images", saved.images_sha256.clone(), self.images_sha256.clone()),
        ];
        rows.into_iter()
            .find(|(_, theirs, ours)| theirs != ours)
            .map(|(name, theirs, ours)| format!("{name} is {theirs} in it and {ours} in this run"))
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    identity: Identity,
    history: History,
    weights_bytes: usize,
    optimizer_bytes: usize,
}

/// A checkpoint that was read and found whole.
pub(super) struct Saved {
    pub history: History,
    weights: Vec<u8>,
    optimizer: Vec<u8>,
    path: PathBuf,
}

/// The text before the first line break, and what follows it.
fn split_line(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = content.iter().position(|&byte| byte == b'\n')?;
    Some((&content[..end], &content[end + 1..]))
}

/// Replaces the checkpoint in `folder`; a reader sees the old file or the new one, never a part.
pub(super) fn save(
    folder: &Path,
    identity: &Identity,
    model: &Autoencoder,
    optimizer: &ModuleOptimizer,
    history: &History,
) -> Result<()> {
    let failed = |e: burn::store::RecordError| Error::Engine { engine: "burn", reason: e.to_string() };
    let weights = model.clone().into_record().into_bytes().map_err(failed)?;
    let state = optimizer.into_bytes().map_err(failed)?;
    let header = Header {
        format: FORMAT.to_string(),
        identity: identity.clone(),
        history: history.clone(),
        weights_bytes: weights.len(),
        optimizer_bytes: state.len(),
    };
    let described = serde_json::to_vec(&header)
        .map_err(|e| Error::Engine { engine: "serde_json", reason: e.to_string() })?;
    let guarded = [described.as_slice(), b"\n", &weights, &state].concat();
    let content = [sha256(&guarded).as_bytes(), b"\n", &guarded].concat();
    files::write(&folder.join(FILE), &content)
}

/// Reads the checkpoint in `folder`; `None` when there is none.
pub(super) fn load(folder: &Path, identity: &Identity) -> Result<Option<Saved>> {
    let path = folder.join(FILE);
    let content = match fs::read(&path) {
        Ok(content) => content,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", &path, e)),
    };
    let refuse = |reason: String| Error::Checkpoint { reason, path: path.clone() };
    let damaged = || refuse("checkpoint is damaged; delete it to train from the beginning".to_string());
    let (digest, guarded) = split_line(&content).ok_or_else(damaged)?;
    if sha256(guarded).as_bytes() != digest {
        return Err(damaged());
    }
    let (described, body) = split_line(guarded).ok_or_else(damaged)?;
    let header: Header = serde_json::from_slice(described).map_err(|_| damaged())?;
    if header.format != FORMAT {
        return Err(refuse(format!(
            "checkpoint is {:?}, this version reads {FORMAT:?}; delete it",
            header.format
        )));
    }
    let Some((weights, optimizer)) = body
        .split_at_checked(header.weights_bytes)
        .filter(|(_, optimizer)| optimizer.len() == header.optimizer_bytes)
    else {
        return Err(damaged());
    };
    if let Some(difference) = identity.difference(&header.identity) {
        let remedy = "train with the same settings, name another folder, or delete it to begin anew";
        return Err(refuse(format!("checkpoint is of another run: {difference}; {remedy}")));
    }
    let (weights, optimizer) = (weights.to_vec(), optimizer.to_vec());
    Ok(Some(Saved { history: header.history, weights, optimizer, path }))
}

impl Saved {
    /// Puts the saved weights and optimizer state in the place of the fresh ones.
    pub fn restore(
        &self,
        model: Autoencoder,
        optimizer: ModuleOptimizer,
    ) -> Result<(Autoencoder, ModuleOptimizer)> {
        let refuse = |e: burn::store::RecordError| Error::Checkpoint {
            reason: format!(
                "checkpoint does not fit the network ({e}); delete it to train from the beginning"
            ),
            path: self.path.clone(),
        };
        let record = ModuleRecord::from_bytes(Bytes::from_bytes_vec(self.weights.clone())).map_err(refuse)?;
        let model = model.try_load_record(record).map_err(refuse)?;
        let state = Bytes::from_bytes_vec(self.optimizer.clone());
        Ok((model, optimizer.from_bytes(state).map_err(refuse)?))
    }
}
