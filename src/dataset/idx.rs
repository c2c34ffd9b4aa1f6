//! The IDX file format of the MNIST family, gzipped or plain.
//!
//! Big-endian: two zero bytes, the type (8 is u8), the number of dimensions, one u32 a dimension, the data.

use std::fs;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};

/// The dimensions and bytes of an IDX file.
pub(crate) struct Idx {
    pub dims: Vec<usize>,
    pub values: Vec<u8>,
}

/// The content of a file, inflated when it starts with gzip's two magic bytes.
pub(crate) fn read_plain(path: &Path) -> Result<Vec<u8>> {
    let raw = fs::read(path).map_err(|e| Error::io("read", path, e))?;
    if !raw.starts_with(&[0x1f, 0x8b]) {
        return Ok(raw);
    }
    let mut plain = Vec::new();
    flate2::read::MultiGzDecoder::new(raw.as_slice())
        .read_to_end(&mut plain)
        .map_err(|e| Error::malformed(path, format!("gzip is corrupt after {} bytes ({e})", plain.len())))?;
    Ok(plain)
}

/// Parses the bytes of an IDX file with `rank` dimensions; `path` is for the errors alone.
pub(crate) fn parse(mut bytes: Vec<u8>, rank: u8, path: &Path) -> Result<Idx> {
    let header = 4 + 4 * rank as usize;
    if bytes.len() < header {
        return Err(Error::malformed(
            path,
            format!("file has {} bytes, an IDX header of rank {rank} takes {header}", bytes.len()),
        ));
    }
    if bytes[..4] != [0, 0, 8, rank] {
        return Err(Error::malformed(
            path,
            format!("magic is {:02x?}, expected [00, 00, 08, {rank:02x}] (u8, rank {rank})", &bytes[..4]),
        ));
    }
    let dims: Vec<usize> = bytes[4..header]
        .chunks_exact(4)
        .map(|c| u32::from_be_bytes([c[0], c[1], c[2], c[3]]) as usize)
        .collect();
    // The product of hostile dimensions can pass usize; u128 holds three u32 factors.
    let expected = header as u128 + dims.iter().map(|&d| d as u128).product::<u128>();
    if bytes.len() as u128 != expected {
        return Err(Error::malformed(
            path,
            format!("file has {} bytes, its header {dims:?} promises {expected}", bytes.len()),
        ));
    }
    Ok(Idx { dims, values: bytes.split_off(header) })
}
