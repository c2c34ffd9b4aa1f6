//! Files as a whole: written so that a reader sees the old content or the new, never a part; their digests; their
//! versions.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Bytes that are written at once.
const BUFFER: usize = 1 << 18;

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why a file of version `found` cannot be read by code that reads `oldest` to `newest`; `None` where it can.
pub(crate) fn version_fault(found: u32, oldest: u32, newest: u32) -> Option<String> {
    let age = match found {
        _ if found < oldest => "older",
        _ if found > newest => "newer",
        _ => return None,
    };
    let readable = if oldest == newest { newest.to_string() } else { format!("{oldest} to {newest}") };
    Some(format!("of version {found}, {age} than this library reads (version {readable})"))
}

/// Writes `content` beside `path` and renames it into place; folders on the way are made.
///
/// A full disk or an unwritable folder is an error, and what was at `path` stays as it was.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
    write_by(path, |to| to.write_all(content)).map(drop)
}

/// The same of content that `write` writes bit by bit; returns its length in bytes.
pub(crate) fn write_by(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<u64> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
    let mut aside = tempfile::Builder::new()
        .prefix(&aside_prefix(path))
        .tempfile_in(folder)
        .map_err(|e| Error::io("write in", folder, e))?;
    let mut to = BufWriter::with_capacity(BUFFER, aside.as_file_mut());
    let written = write(&mut to).and_then(|()| to.flush());
    drop(to);
    let length = written
        .and_then(|()| aside.as_file().sync_all())
        .and_then(|()| aside.as_file().metadata())
        .map_err(|e| Error::io("write", path, e))?
        .len();
    share_readably(aside.as_file());
    aside.persist(path).map_err(|e| Error::io("replace", path, e.error))?;
    Ok(length)
}

/// Removes what writers of `path` that were killed have left beside it. No one may be writing it now.
pub(crate) fn remove_leftovers(path: &Path) {
    let prefix = aside_prefix(path);
    for entry in path.parent().into_iter().flat_map(|folder| folder.read_dir().ok()).flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes()) {
            // A leftover that cannot be removed does no harm but to take space.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// What the names of files that are being written for `path` start with.
fn aside_prefix(path: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push("-");
    prefix
}

/// Temporary files are private by default; what is meant for others gets the usual permissions.
#[cfg(unix)]
fn share_readably(file: &std::fs::File) {
    use std::os::unix::fs::PermissionsExt;
    // Failing to widen permissions leaves a file that its owner can read: no reason to lose it.
    let _ = file.set_permissions(std::fs::Permissions::from_mode(0o644));
}

#[cfg(not(unix))]
fn share_readably(_file: &std::fs::File) {}
