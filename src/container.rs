//! Files of tensors that say themselves what they hold and are signed by a digest of the whole: safetensors with one
//! entry of metadata.

use std::collections::HashMap;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors, serialize};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::files::{self, sha256, version_fault};

/// The metadata entry.
const KEY: &str = "neural_manifold";
/// The version of a file of weights alone, and of one with a map.
pub(crate) const MODEL_VERSION: u32 = 1;
pub(crate) const BUNDLE_VERSION: u32 = 2;

/// A tensor as it lies in a file: its name, type, shape and bytes.
pub(crate) type Tensor<'a> = (String, Dtype, Vec<usize>, &'a [u8]);

/// What is read: kinds of files that share the container.
pub(crate) struct Kind {
    /// What a message calls it.
    pub name: &'static str,
    pub version: u32,
    /// What reads a file that is none of this kind.
    pub otherwise: &'static str,
}

/// The part of a description that every version has.
#[derive(Deserialize)]
struct Stamp {
    sha256: String,
    version: u32,
}

/// The digits in whose place the digest comes.
pub(crate) fn unsigned() -> String {
    "0".repeat(64)
}

/// Writes tensors and their description, which has a field `sha256` of [`unsigned`]; an existing file is replaced in one
/// step. The same content gives the same bytes. The digest.
pub(crate) fn write(path: &Path, tensors: &[Tensor<'_>], description: &impl Serialize) -> Result<String> {
    let failed = |e: safetensors::SafeTensorError| Error::dependency("safetensors", e);
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, bytes)| Ok((name, TensorView::new(*dtype, shape.clone(), bytes)?)))
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(failed)?;
    let described = serde_json::to_string(description).map_err(|e| Error::dependency("serde_json", e))?;
    // One entry: the order of several would differ from run to run.
    let metadata = HashMap::from([(KEY.to_string(), described)]);
    let mut content = serialize(views, Some(metadata)).map_err(failed)?;
    let digest = sha256(&content);
    replace_first(&mut content, &unsigned(), &digest);
    files::write(path, &content)?;
    Ok(digest)
}

/// The file's content, its description and its digest, which was found right.
///
/// # Errors
/// The file is not there, is cut or changed anywhere, or is of another kind or version.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, kind: &Kind) -> Result<(Vec<u8>, T, String)> {
    let mut content = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    let Kind { name, version, otherwise } = kind;
    let malformed = |reason: String| Error::malformed(path, reason);
    let damaged = || malformed(format!("{name} is cut or was changed after it was written"));
    let (_, header) = SafeTensors::read_metadata(&content)
        .map_err(|e| malformed(format!("not a whole safetensors file ({e})")))?;
    let described = header.metadata().as_ref().and_then(|entries| entries.get(KEY)).ok_or_else(|| {
        malformed(format!(
            "has no metadata entry {KEY:?}, so it is not a {name} of this library; {otherwise} alone"
        ))
    })?;
    // The version first: a file of another one is not damaged, however its other fields read.
    let stamp: Stamp = serde_json::from_str(described).map_err(|_| damaged())?;
    match (*version, stamp.version) {
        (MODEL_VERSION, BUNDLE_VERSION) => {
            return Err(malformed("is a bundle of a map; Bundle::load reads it".to_string()));
        }
        (BUNDLE_VERSION, MODEL_VERSION) => {
            return Err(malformed("is a model file without a map; Autoencoder::load reads it".to_string()));
        }
        (wanted, found) => {
            if let Some(fault) = version_fault(found, wanted, wanted) {
                return Err(malformed(format!("{name} is {fault}; {otherwise} alone")));
            }
        }
    }
    // In place: a map of a million rows takes a hundred megabytes.
    replace_first(&mut content, &stamp.sha256, &unsigned());
    if sha256(&content) != stamp.sha256 {
        return Err(damaged());
    }
    let description = serde_json::from_str(described).map_err(|e| {
        malformed(format!(
            "{name} is whole, but written by another release of this library ({e}); {otherwise} alone"
        ))
    })?;
    Ok((content, description, stamp.sha256))
}

/// Writes `new` over the first occurrence of `old`, where both are of one length.
fn replace_first(content: &mut [u8], old: &str, new: &str) {
    if old.len() == new.len()
        && let Some(start) = content.windows(old.len()).position(|window| window == old.as_bytes())
    {
        content[start..start + new.len()].copy_from_slice(new.as_bytes());
    }
}
