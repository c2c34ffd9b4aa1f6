//! The files in a zip archive, as numpy's npz is one.

use std::io::Read;
use std::path::Path;

use flate2::read::DeflateDecoder;

use crate::error::{Error, Result};

/// What one byte of deflate can become at the most.
const MAX_RATIO: u64 = 1_032;

/// Name and content of each file of an archive, inflated; those whose name does not end in `ending` are left out.
pub(super) fn files(path: &Path, archive: &[u8], ending: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let fault = |reason: String| Error::malformed(path, format!("{reason}; save it again"));
    let cut = || fault("the zip archive is cut short".to_string());
    // The directory stands at the end, before a comment of at most 64 KiB.
    let from = archive.len().saturating_sub(22 + 0xffff);
    let end = archive[from..].windows(4).rposition(|bytes| bytes == b"PK\x05\x06").ok_or_else(cut)? + from;
    if archive.len() < end + 22 {
        return Err(cut());
    }
    let count = number(archive, end + 10, 2).ok_or_else(cut)?;
    let mut at = number(archive, end + 16, 4).ok_or_else(cut)? as usize;
    if count == 0xffff || at == 0xffff_ffff {
        return Err(fault("the zip archive has more than 4 GiB or 65,534 files".to_string()));
    }
    let mut files = Vec::new();
    for _ in 0..count {
        let header = archive.get(at..).filter(|header| header.starts_with(b"PK\x01\x02")).ok_or_else(cut)?;
        let field = |at: usize, size: usize| number(header, at, size).ok_or_else(cut);
        let (name_len, extra_len, comment_len) = (field(28, 2)?, field(30, 2)?, field(32, 2)?);
        let name = header.get(46..46 + name_len as usize).ok_or_else(cut)?;
        let name = String::from_utf8_lossy(name).into_owned();
        let (method, packed, size) = (field(10, 2)?, field(20, 4)?, field(24, 4)?);
        let local = field(42, 4)? as usize;
        at += 46 + (name_len + extra_len + comment_len) as usize;
        if !name.ends_with(ending) {
            continue;
        }
        if [packed, size, local as u64].contains(&0xffff_ffff) {
            return Err(fault(format!("{name} is beyond 4 GiB of the zip archive")));
        }
        // Names and extra fields are repeated before the content, with lengths of their own.
        let lengths = (number(archive, local + 26, 2), number(archive, local + 28, 2));
        let (Some(name_len), Some(extra_len)) = lengths else { return Err(cut()) };
        let start = local + 30 + (name_len + extra_len) as usize;
        let content = archive.get(start..start + packed as usize).ok_or_else(cut)?;
        if size > packed * MAX_RATIO + 64 {
            return Err(fault(format!("{name} is said to be {size} bytes in {packed} of the zip archive")));
        }
        let content = match method {
            0 => content.to_vec(),
            8 => {
                let mut plain = Vec::with_capacity(size as usize);
                let read = DeflateDecoder::new(content).take(size + 1).read_to_end(&mut plain);
                read.map_err(|e| fault(format!("{name} of the zip archive is corrupt ({e})")))?;
                plain
            }
            other => return Err(fault(format!("{name} is packed by method {other} of zip"))),
        };
        if content.len() as u64 != size {
            return Err(fault(format!(
                "{name} has {} bytes, the zip archive promises {size}",
                content.len()
            )));
        }
        files.push((name.trim_end_matches(ending).to_string(), content));
    }
    Ok(files)
}

/// A little-endian number.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(size)?)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}
