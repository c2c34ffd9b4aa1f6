//! numpy's npy format: one array of numbers or text.
//!
//! Six bytes of magic, two of version, the length of a header that is a Python dictionary with `descr` (type and byte
//! order), `fortran_order` and `shape`, then the values (numpy.lib.format).

use std::path::Path;

use ndarray::{ArrayD, IxDyn, ShapeBuilder};

use super::arrays::{NdArray, Numbers};
use crate::error::{Error, Result};

pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads an array called `name`; `path` is for the errors alone.
pub(super) fn parse(path: &Path, name: &str, content: &[u8]) -> Result<NdArray> {
    let fault = |reason: String| Error::malformed(path, format!("array {name:?} {reason}"));
    let cut = || fault(format!("is cut short: {} bytes", content.len()));
    if !content.starts_with(MAGIC) {
        return Err(fault("is not of the npy format; save it by numpy.save".to_string()));
    }
    let wide = *content.get(6).ok_or_else(cut)? > 1;
    let start = if wide { 12 } else { 10 };
    let length =
        content.get(8..start).ok_or_else(cut)?.iter().rev().fold(0, |n, &byte| n << 8 | usize::from(byte));
    let values_at = start.checked_add(length).ok_or_else(cut)?;
    let header = String::from_utf8_lossy(content.get(start..values_at).ok_or_else(cut)?).into_owned();
    let header =
        Header::parse(&header).ok_or_else(|| fault(format!("has a header that cannot be read: {header}")))?;
    let kind = header.kind().map_err(fault)?;
    let count = header.shape.iter().try_fold(1usize, |count, &side| count.checked_mul(side));
    let bytes = count.and_then(|count| count.checked_mul(kind.size));
    let values = &content[values_at..];
    if bytes != Some(values.len()) {
        let (shape, descr) = (&header.shape, &header.descr);
        return Err(fault(format!(
            "of shape {shape:?} and type {descr} has {} bytes of values",
            values.len()
        )));
    }
    Ok(NdArray { name: name.to_string(), numbers: kind.numbers(values, &header), shape: header.shape })
}

/// What stands before the values.
struct Header {
    descr: String,
    fortran: bool,
    shape: Vec<usize>,
}

impl Header {
    fn parse(text: &str) -> Option<Header> {
        let after = |key: &str| {
            let rest = &text[text.find(&format!("'{key}'"))? + key.len() + 2..];
            Some(rest.trim_start().strip_prefix(':')?.trim_start())
        };
        let descr = after("descr")?;
        let descr = match descr.strip_prefix('\'') {
            Some(quoted) => quoted.split('\'').next()?.to_string(),
            // A list of fields is a structured array.
            None => descr.get(..descr.find(']')? + 1)?.to_string(),
        };
        let shape = after("shape")?.strip_prefix('(')?.split(')').next()?;
        let sides = shape.split(',').map(str::trim).filter(|side| !side.is_empty());
        Some(Header {
            descr,
            fortran: after("fortran_order")?.starts_with("True"),
            shape: sides
                .map(|side| side.trim_end_matches('L').parse().ok())
                .collect::<Option<Vec<usize>>>()?,
        })
    }

    fn kind(&self) -> std::result::Result<Kind, String> {
        let descr = &self.descr;
        let refused = |why: &str| Err(format!("is of type {descr}, {why}"));
        if descr.contains('O') {
            return refused("Python objects in a pickle, which can run code; save numbers or text");
        }
        let (order, code) = match descr.strip_prefix(['<', '>', '|', '=']) {
            Some(code) => (&descr[..1], code),
            None => ("<", descr.as_str()),
        };
        let letter = code.chars().next().unwrap_or(' ');
        let size = code.get(letter.len_utf8()..).and_then(|size| size.parse::<usize>().ok());
        let known = match (letter, size) {
            ('f', Some(2 | 4 | 8)) | ('i' | 'u', Some(1 | 2 | 4 | 8)) | ('b', Some(1)) => size,
            ('U', Some(length)) if length > 0 => length.checked_mul(4),
            ('S', Some(length)) if length > 0 => size,
            _ => None,
        };
        match known {
            Some(size) => Ok(Kind { letter, size, big: order == ">" }),
            None => refused("which cannot be read; save whole numbers, floats of 16 to 64 bits or text"),
        }
    }
}

/// The type of the values.
struct Kind {
    letter: char,
    /// Bytes per value.
    size: usize,
    /// Whether the first byte is the highest.
    big: bool,
}

impl Kind {
    fn numbers(&self, values: &[u8], header: &Header) -> Numbers {
        macro_rules! read {
            ($type:ty) => {
                ordered(
                    header,
                    values.chunks_exact(size_of::<$type>()).map(|bytes| {
                        let bytes = bytes.try_into().expect("a chunk of that size");
                        if self.big { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) }
                    }),
                )
            };
        }
        macro_rules! integers {
            ($type:ty) => {
                Numbers::Integers(read!($type).into_iter().map(|number| number as i64).collect())
            };
        }
        match (self.letter, self.size) {
            ('f', 2) => Numbers::Floats(read!(half::f16).into_iter().map(half::f16::to_f32).collect()),
            ('f', 4) => Numbers::Floats(read!(f32)),
            ('f', _) => Numbers::Doubles(read!(f64)),
            ('i', 1) => integers!(i8),
            ('i', 2) => integers!(i16),
            ('i', 4) => integers!(i32),
            ('i', _) => integers!(i64),
            ('u', 1) | ('b', _) => Numbers::Bytes(ordered(header, values.iter().copied())),
            ('u', 2) => integers!(u16),
            ('u', 4) => integers!(u32),
            ('u', _) => integers!(u64),
            ('U', size) => {
                let letter = |bytes: &[u8]| {
                    let bytes = bytes.try_into().expect("four bytes per letter");
                    let code = if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
                    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                };
                let text = |bytes: &[u8]| {
                    let text: String = bytes.chunks_exact(4).map(letter).collect();
                    text.trim_end_matches('\0').to_string()
                };
                Numbers::Texts(ordered(header, values.chunks_exact(size).map(text)))
            }
            (_, size) => {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches('\0').to_string();
                Numbers::Texts(ordered(header, values.chunks_exact(size).map(text)))
            }
        }
    }
}

/// Values in the order in which the last index runs fastest.
fn ordered<T: Clone>(header: &Header, values: impl Iterator<Item = T>) -> Vec<T> {
    let values: Vec<T> = values.collect();
    if !header.fortran || header.shape.len() < 2 {
        return values;
    }
    let array = ArrayD::from_shape_vec(IxDyn(&header.shape).f(), values);
    array.expect("the number of values was compared").iter().cloned().collect()
}
