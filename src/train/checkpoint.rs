//! What survives an interrupt: one file, replaced after each epoch.
//!
//! The file is a line with the SHA-256 of all that follows, a line of JSON (format, identity, history, sizes), then as
//! burnpack the weights, the optimizer's state, and the best weights where they are not the last. No torn or edited
//! file is read as good.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::store::{ModuleRecord, RecordError};
use burn::tensor::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{History, Schedule, State, TrainConfig};
use crate::error::{Error, Result};
use crate::files::{self, sha256, version_fault};
use crate::model::{Autoencoder, AutoencoderConfig};

const FORMAT: &str = "neural-manifold checkpoint";
/// Raised when an older library cannot read what is written.
const VERSION: u32 = 3;
/// A checkpoint of version 2 differs in the name of one setting.
const OLDEST_VERSION: u32 = 2;
const FILE: &str = "checkpoint.nm";

/// What must agree before a run may continue: everything that changes the weights.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Identity {
    model: AutoencoderConfig,
    #[serde(alias = "epochs")]
    n_epochs: usize,
    batch_size: usize,
    learning_rate: f64,
    schedule: Schedule,
    patience: Option<usize>,
    validation_split: Option<f64>,
    noise: f32,
    seed: u64,
    training_images: usize,
    training_images_sha256: String,
}

impl Identity {
    pub fn new(config: &TrainConfig, model: &AutoencoderConfig, images: usize, sha256: &str) -> Self {
        Identity {
            model: model.clone(),
            n_epochs: config.n_epochs,
            batch_size: config.batch_size,
            learning_rate: config.learning_rate,
            schedule: config.schedule,
            patience: config.patience,
            validation_split: config.validation_split,
            noise: config.noise,
            seed: config.seed,
            training_images: images,
            training_images_sha256: sha256.to_string(),
        }
    }

    /// A setting in which two runs differ, in words.
    fn difference(&self, saved: &Identity) -> Option<String> {
        let [ours, theirs] = [self, saved].map(|identity| serde_json::to_value(identity).ok());
        let (Value::Object(ours), Value::Object(theirs)) = (ours?, theirs?) else { return None };
        ours.iter()
            .find(|(name, ours)| theirs[*name] != **ours)
            .map(|(name, ours)| format!("{name} is {} in it and {ours} in this run", theirs[name]))
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    identity: Identity,
    history: History,
    /// Bytes of the weights, of the optimizer's state and of the best weights, which follow in this order.
    sizes: [usize; 3],
}

/// The part of a header that every version has.
#[derive(Deserialize)]
struct Format {
    format: String,
}

impl Format {
    /// The number at its end, if it is a checkpoint's.
    fn version(&self) -> Option<u32> {
        self.format.strip_prefix(FORMAT)?.trim_start().parse().ok()
    }
}

/// The folder of a checkpoint, held by one training at a time.
pub(super) struct CheckpointDir {
    path: PathBuf,
    /// Given back by the system however the process ends.
    _lock: Option<File>,
}

impl CheckpointDir {
    /// Makes the folder where there is none, and removes what a killed training left half-written in it.
    pub fn open(path: &Path) -> Result<CheckpointDir> {
        let path = path.to_path_buf();
        fs::create_dir_all(&path).map_err(|e| Error::io("create", &path, e))?;
        // Not every file system can lock a folder. Without a lock only another training's checkpoint is at stake.
        let lock = File::open(&path).ok();
        if lock.as_ref().is_some_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock))) {
            let reason =
                "another training keeps its checkpoint there; name another folder or wait for its end";
            return Err(Error::Checkpoint { reason: reason.to_string(), path });
        }
        files::remove_leftovers(&path.join(FILE));
        Ok(CheckpointDir { path, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the checkpoint; a reader sees the old file or the new one, never a part.
    pub fn save(&self, identity: &Identity, state: &State) -> Result<()> {
        let failed = |e: RecordError| Error::dependency("burn", e);
        let weights = |model: &Autoencoder| model.clone().into_record().into_bytes().map_err(failed);
        let best = match &state.best {
            Some(best) if state.history.epochs_without_improvement() > 0 => weights(best)?.to_vec(),
            _ => Vec::new(),
        };
        let (last, optimizer) = (weights(&state.model)?, state.optimizer.into_bytes().map_err(failed)?);
        let header = Header {
            format: format!("{FORMAT} {VERSION}"),
            identity: identity.clone(),
            history: state.history.clone(),
            sizes: [last.len(), optimizer.len(), best.len()],
        };
        let described = serde_json::to_vec(&header).map_err(|e| Error::dependency("serde_json", e))?;
        let guarded = [described.as_slice(), b"\n", &last, &optimizer, &best].concat();
        let content = [sha256(&guarded).as_bytes(), b"\n", &guarded].concat();
        files::write(&self.path.join(FILE), &content)
    }

    /// The state in the checkpoint, or the fresh one where there is no checkpoint.
    pub fn resume(&self, identity: &Identity, fresh: State) -> Result<State> {
        let path = self.path.join(FILE);
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(fresh),
            Err(e) => return Err(Error::io("read", &path, e)),
        };
        let refuse = |reason: String| Error::Checkpoint { reason, path: path.clone() };
        let damaged = || refuse("checkpoint is damaged; delete it to train from the beginning".to_string());
        let (digest, guarded) = split_line(&content).ok_or_else(damaged)?;
        if sha256(guarded).as_bytes() != digest {
            return Err(damaged());
        }
        let (described, body) = split_line(guarded).ok_or_else(damaged)?;
        let other = |what: String| {
            let remedy =
                "finish the training with the release that began it, or delete the checkpoint to begin anew";
            refuse(format!("checkpoint is {what}; {remedy}"))
        };
        // The version first: a checkpoint of another one is not damaged, however its other fields read.
        let format: Format = serde_json::from_slice(described).map_err(|_| damaged())?;
        let version = format.version().ok_or_else(|| other(format!("of the format {:?}", format.format)))?;
        if let Some(fault) = version_fault(version, OLDEST_VERSION, VERSION) {
            return Err(other(fault));
        }
        let header: Header = serde_json::from_slice(described)
            .map_err(|e| other(format!("whole, but written by another release of this library ({e})")))?;
        if let Some(difference) = identity.difference(&header.identity) {
            let remedy = "train with the same settings, name another folder, or delete it to begin anew";
            return Err(refuse(format!("checkpoint is of another run: {difference}; {remedy}")));
        }
        let mut parts = Vec::new();
        let mut rest = body;
        for size in header.sizes {
            let (part, after) = rest.split_at_checked(size).ok_or_else(damaged)?;
            parts.push(Bytes::from_bytes_vec(part.to_vec()));
            rest = after;
        }
        let [last, optimizer, best] = <[Bytes; 3]>::try_from(parts).map_err(|_| damaged())?;
        let unfit = |e: RecordError| {
            refuse(format!(
                "checkpoint does not fit the network ({e}); delete it to train from the beginning"
            ))
        };
        let load = |model: Autoencoder, bytes: Bytes| {
            ModuleRecord::from_bytes(bytes).and_then(|record| model.try_load_record(record)).map_err(unfit)
        };
        let model = load(fresh.model.clone(), last)?;
        let best = if best.is_empty() { model.valid() } else { load(fresh.model.valid(), best)? };
        let optimizer = fresh.optimizer.from_bytes(optimizer).map_err(unfit)?;
        Ok(State { model, optimizer, best: fresh.best.map(|_| best), history: header.history })
    }
}

/// The text before the first line break, and what follows it.
fn split_line(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = content.iter().position(|&byte| byte == b'\n')?;
    Some((&content[..end], &content[end + 1..]))
}
