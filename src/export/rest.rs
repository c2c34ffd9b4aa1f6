//! What the page does not need for its first map, in a file of its own: of many points, vectors, pictures and texts are
//! most of what there is, and the map is shown before they are there.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::ser::Serializer;

use super::document::{Document, ScriptFormatter};
use super::field::{Field, Packed};
use crate::error::{Error, Result};
use crate::files::sha256;

/// How its name begins, beside `data.js`; the beginning of its digest follows, so that the files of an earlier export stay
/// whole until both of the new ones are there.
const NAME: &str = "data-rest-";
const ENDING: &str = ".js";
/// Digits of the digest in the name.
const DIGITS: usize = 12;
/// Bytes from which on it is worth a file: a browser reads some 30 MB per second.
const LARGE: usize = 8 << 20;

/// What fields of `data.js` hold that say nothing there.
#[derive(Serialize)]
pub(super) struct Rest {
    /// Its digest, which `data.js` has as well.
    digest: String,
    data: BTreeMap<String, Packed>,
}

impl Document<'_> {
    /// Takes out of the fields what the first map can do without, where that is much.
    pub fn split(&mut self) -> Option<Rest> {
        let late = |name: &str, field: &Field| match field.dtype {
            "json" => self.ids.as_deref() != Some(name),
            _ => name == "images" || name.starts_with("vectors."),
        };
        let is_late = |(name, field): &(&String, &mut Field)| late(name, field);
        let size =
            self.fields.iter().filter(|(name, field)| late(name, field)).map(|(_, field)| field.size());
        if size.sum::<usize>() < LARGE {
            return None;
        }
        let late = self.fields.iter_mut().filter(is_late);
        let data: BTreeMap<String, Packed> =
            late.filter_map(|(name, field)| Some((name.clone(), field.take()?))).collect();
        let digests = data.iter().map(|(name, packed)| format!("{name} {}\n", packed.digest()));
        let digest = sha256(digests.collect::<String>().as_bytes());
        self.rest = Some(digest.clone());
        Some(Rest { digest, data })
    }
}

/// Removes what earlier exports have left in the folder, all but the file of that name.
///
/// # Errors
/// A file that cannot be removed.
pub(super) fn remove_others(folder: &Path, kept: Option<&str>) -> Result<()> {
    let entries = folder.read_dir().map_err(|e| Error::io("list", folder, e))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_str().unwrap_or_default();
        if name.starts_with(NAME) && name.ends_with(ENDING) && Some(name) != kept {
            std::fs::remove_file(entry.path()).map_err(|e| Error::io("remove", &entry.path(), e))?;
        }
    }
    Ok(())
}

impl Rest {
    /// What the file is called.
    pub fn file_name(&self) -> String {
        format!("{NAME}{}{ENDING}", &self.digest[..DIGITS])
    }

    /// Writes the text of the file.
    pub fn write_script(&self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(b"window.NEURAL_MANIFOLD_REST = ")?;
        self.serialize(&mut Serializer::with_formatter(&mut *to, ScriptFormatter))?;
        to.write_all(b";\n")
    }
}
