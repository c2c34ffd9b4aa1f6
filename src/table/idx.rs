//! The IDX file format of the MNIST family, gzipped or plain.
//!
//! Big-endian: two zero bytes, the type (8 is u8), the number of dimensions, one u32 per dimension, the data.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::pictures::{Source, Stack};
use super::raw::{Raw, RawColumn, Values};
use crate::error::{Error, Result};

/// Whether content starts as an IDX file of bytes does.
pub(super) fn is_idx(content: &[u8]) -> bool {
    matches!(content, [0, 0, 8, 1..=4, ..])
}

/// Reads a file of images, with the labels in the file beside it where there is one.
pub(super) fn read(path: &Path) -> Result<Raw> {
    let content = read_plain(path)?;
    if content.get(3) == Some(&1) {
        let labels = parse(content, 1, path)?;
        return Ok(Raw::new(vec![RawColumn::new("label", label_values(labels))]));
    }
    let Idx { dims, values } = parse(content, 3, path)?;
    let [n, height, width] = dims[..].try_into().expect("three dimensions were asked for");
    if n == 0 || height == 0 || width == 0 {
        return Err(Error::malformed(path, format!("holds no image: its header says {dims:?}")));
    }
    let stack = Arc::new(Stack { height, width, channels: 1, pixels: values });
    let pictures = (0..n).map(|row| Some(Source::Stacked(stack.clone(), row))).collect();
    let mut columns = vec![RawColumn::new("image", Values::Pictures(pictures))];
    if let Some(beside) = labels_of(path) {
        let labels = parse(read_plain(&beside)?, 1, &beside)?;
        let (left, right) = (path.display().to_string(), beside.display().to_string());
        let remedy = "give the two files of the same split";
        crate::math::checks::check_counts("rows", (n, &left), (labels.values.len(), &right), remedy)?;
        columns.push(RawColumn::new("label", label_values(labels)));
    }
    Ok(Raw::new(columns))
}

/// Reads the pairs of a folder, each a split; `None` where it has none.
pub(super) fn read_folder(files: &[PathBuf]) -> Result<Option<Raw>> {
    let mut whole: Option<Raw> = None;
    for path in files {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let Some((prefix, _)) = name.split_once("images-idx3-ubyte") else { continue };
        let split = match prefix.trim_end_matches(['-', '_', '.']) {
            "t10k" => "test".to_string(),
            "" => "all".to_string(),
            other => other.to_string(),
        };
        let mut raw = read(path)?;
        raw.columns.push(RawColumn::new("split", Values::Texts(vec![Some(split); raw.n_rows])));
        match &mut whole {
            None => whole = Some(raw),
            Some(whole) => whole.append(raw, &name)?,
        }
    }
    Ok(whole)
}

fn label_values(labels: Idx) -> Values {
    Values::Integers(labels.values.into_iter().map(|label| Some(label.into())).collect())
}

/// The file with the labels of a file of images, packed or not.
fn labels_of(images: &Path) -> Option<PathBuf> {
    let name = images.file_name()?.to_str()?;
    let labels = name.replace("images", "labels").replace("idx3", "idx1");
    let plain = labels.trim_end_matches(".gz").to_string();
    let names = [labels, plain.clone(), format!("{plain}.gz")];
    names
        .iter()
        .filter(|other| *other != name)
        .map(|name| images.with_file_name(name))
        .find(|path| path.is_file())
}

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
