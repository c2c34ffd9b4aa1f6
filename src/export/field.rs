//! A typed array as the page reads it.

use std::fmt::Display;
use std::io::Write;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use ndarray::{Array1, Array2, Axis};
use serde::{Serialize, Serializer};

use crate::error::{Error, Result};
use crate::files::sha256;

/// The most dimensions of vectors that are kept in 16 bits per number.
const MAX_EXACT: usize = 64;
/// Bytes of a field from which on gzip looks less hard: at its best it takes seconds for a million codes.
const LARGE: usize = 1 << 20;
/// Bytes that are gzipped between two looks at whether to go on.
const PIECE: usize = 1 << 16;

/// Values in base64; where there is a scale, a value is `offset[column] + step[column] * stored`.
#[derive(Debug, Serialize)]
pub(crate) struct Field {
    #[serde(rename = "type")]
    pub dtype: &'static str,
    pub shape: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Vec<f64>>,
    pub encoding: &'static str,
    /// Bytes after decoding, before which the page trusts nothing.
    pub bytes: usize,
    /// Null where another file holds it.
    data: Option<Packed>,
    /// Whether gzip would find nothing to save.
    #[serde(skip)]
    dense: bool,
}

/// Bytes that are written in base64.
#[derive(Debug)]
pub(crate) struct Packed(Vec<u8>);

impl Packed {
    /// SHA-256 of the bytes.
    pub fn digest(&self) -> String {
        sha256(&self.0)
    }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(&self.0, &STANDARD))
    }
}

impl Field {
    fn new(dtype: &'static str, data: Vec<u8>, shape: Vec<usize>) -> Field {
        Field {
            dtype,
            shape,
            offset: None,
            step: None,
            encoding: "raw",
            bytes: data.len(),
            data: Some(Packed(data)),
            dense: false,
        }
    }

    /// Gzips what is stored, where that saves an eighth: for less the page would open later.
    ///
    /// `go_on` is told of how many bytes more have been dealt with, and says whether to go on; a field at which it says no
    /// stays as it is.
    pub fn compress(&mut self, go_on: impl Fn(usize) -> bool) {
        if self.dense || self.encoding != "raw" {
            go_on(self.bytes);
        } else if let Some(packed) = gzip(self.stored(), go_on) {
            (self.encoding, self.data) = ("gzip", Some(Packed(packed)));
        }
    }

    fn stored(&self) -> &[u8] {
        self.data.as_ref().map_or(&[], |packed| &packed.0)
    }

    /// Bytes that are stored here.
    pub fn size(&self) -> usize {
        self.stored().len()
    }

    /// Takes out what is stored, for another file.
    pub fn take(&mut self) -> Option<Packed> {
        self.data.take()
    }

    /// What is stored, in base64.
    pub fn base64(&self) -> impl Display {
        Base64Display::new(self.stored(), &STANDARD)
    }

    pub fn u8(values: Vec<u8>, shape: Vec<usize>) -> Field {
        Field::new("u8", values, shape)
    }

    /// Codes in as few bytes as hold the largest; `missing` is the greatest value of that type.
    pub fn codes(codes: &[u32], n_classes: usize) -> Field {
        let shape = vec![codes.len()];
        // u32::MAX, which is a missing label, becomes the greatest value of the narrower type.
        if n_classes <= usize::from(u8::MAX) {
            Field::u8(codes.iter().map(|&code| code as u8).collect(), shape)
        } else if n_classes <= usize::from(u16::MAX) {
            let narrow: Vec<u16> = codes.iter().map(|&code| code as u16).collect();
            Field::new("u16", le_bytes(&narrow, |v| v.to_le_bytes()), shape)
        } else {
            Field::u32(codes, shape)
        }
    }

    pub fn u32(values: &[u32], shape: Vec<usize>) -> Field {
        Field::new("u32", le_bytes(values, |v| v.to_le_bytes()), shape)
    }

    pub fn f32(values: &[f32], shape: Vec<usize>) -> Field {
        Field::new("f32", le_bytes(values, |v| v.to_le_bytes()), shape)
    }

    /// Numbers of which NaN is missing, as infinite ones are; in single precision where that loses nothing.
    pub fn numbers(values: impl Iterator<Item = f64>) -> Field {
        let finite = |value: f64| if value.is_finite() { value } else { f64::NAN };
        let values: Vec<f64> = values.map(finite).collect();
        let shape = vec![values.len()];
        if values.iter().all(|&value| value.is_nan() || f64::from(value as f32) == value) {
            return Field::f32(&values.iter().map(|&value| value as f32).collect::<Vec<f32>>(), shape);
        }
        Field::new("f64", le_bytes(&values, |v| v.to_le_bytes()), shape)
    }

    /// Texts as one JSON list, null where one is missing: the page reads it when a text is first asked for.
    pub fn texts(texts: &[Option<String>]) -> Field {
        let json = serde_json::json!(texts).to_string();
        Field::new("json", json.into_bytes(), vec![texts.len()])
    }

    /// Bytes that are packed already.
    pub fn packed(bytes: Vec<u8>) -> Field {
        let shape = vec![bytes.len()];
        Field { dense: true, ..Field::u8(bytes, shape) }
    }

    /// Row numbers, `[n, k]`, in 16 bits where these hold them.
    pub fn rows(rows: &Array2<u32>) -> Field {
        let shape = rows.shape().to_vec();
        let rows: Vec<u32> = rows.iter().copied().collect();
        if shape[0] > usize::from(u16::MAX) {
            return Field::u32(&rows, shape);
        }
        let narrow: Vec<u16> = rows.iter().map(|&row| row as u16).collect();
        Field::new("u16", le_bytes(&narrow, |v| v.to_le_bytes()), shape)
    }

    /// Vectors, in 8 bits where there are many dimensions, whose roundings then even out: of the 10 nearest of
    /// 256-dimensional text embeddings 98 % stay, in half the space.
    pub fn latents(name: &str, vectors: &Array2<f32>) -> Result<Field> {
        if vectors.ncols() <= MAX_EXACT {
            return Field::quantized(name, vectors);
        }
        let (stored, ranges) = in_steps(name, vectors, u8::MAX.into())?;
        let bytes: Vec<u8> = stored.iter().map(|&step| step as u8).collect();
        Ok(Field::u8(bytes, vectors.shape().to_vec()).scaled(&ranges))
    }

    /// Rows in 16 bits, each column between its least and its greatest value: off by 1/131,070 of that range at most.
    pub fn quantized(what: &str, rows: &Array2<f32>) -> Result<Field> {
        let (stored, ranges) = in_steps(what, rows, u16::MAX)?;
        let bytes = le_bytes(&stored, |v| v.to_le_bytes());
        Ok(Field::new("u16", bytes, rows.shape().to_vec()).scaled(&ranges))
    }

    /// Says how what is stored becomes values: offset and step of each column.
    fn scaled(mut self, ranges: &[(f64, f64)]) -> Field {
        self.offset = Some(ranges.iter().map(|range| range.0).collect());
        self.step = Some(ranges.iter().map(|range| range.1).collect());
        self
    }

    /// One value per point in 16 bits, between the least and the greatest.
    pub fn values(what: &str, values: &Array1<f32>) -> Result<Field> {
        let column = values.view().insert_axis(Axis(1)).to_owned();
        Ok(Field { shape: vec![values.len()], ..Field::quantized(what, &column)? })
    }
}

/// Offset and step of a column.
type Scale = (f64, f64);

/// Each value as a number of steps above its column's least, `highest` at its greatest; with offset and step per column.
fn in_steps(what: &str, rows: &Array2<f32>, highest: u16) -> Result<(Vec<u16>, Vec<Scale>)> {
    if let Some(((row, column), &value)) = rows.indexed_iter().find(|(_, value)| !value.is_finite()) {
        return Err(Error::NonFinite { what: what.to_string(), value, row, column });
    }
    let range = |column: ndarray::ArrayView1<f32>| {
        let (low, high) = column
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
        (low as f64, (high as f64 - low as f64) / f64::from(highest))
    };
    let ranges: Vec<(f64, f64)> = rows.axis_iter(Axis(1)).map(range).collect();
    let steps = |(x, &(offset, step)): (&f32, &(f64, f64))| {
        if step > 0.0 { ((*x as f64 - offset) / step).round() as u16 } else { 0 }
    };
    let stored = rows.iter().zip(ranges.iter().cycle()).map(steps).collect();
    Ok((stored, ranges))
}

fn le_bytes<T: Copy, const N: usize>(values: &[T], bytes: fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|&value| bytes(value)).collect()
}

/// Bytes in gzip; `None` when that saves less than an eighth (or was broken off), and raw bytes serve as well.
fn gzip(bytes: &[u8], go_on: impl Fn(usize) -> bool) -> Option<Vec<u8>> {
    if bytes.len() <= LARGE {
        return packed(bytes, Compression::best(), go_on);
    }
    // A sample tells whether all of it is worth the time.
    let middle = (bytes.len() - LARGE) / 2;
    if packed(&bytes[middle..middle + LARGE], Compression::default(), |_| true).is_none() {
        go_on(bytes.len());
        return None;
    }
    packed(bytes, Compression::default(), go_on)
}

fn packed(bytes: &[u8], level: Compression, go_on: impl Fn(usize) -> bool) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    for piece in bytes.chunks(PIECE) {
        encoder.write_all(piece).ok()?;
        if !go_on(piece.len()) {
            return None;
        }
    }
    encoder.finish().ok().filter(|packed| packed.len() <= bytes.len() / 8 * 7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;
    use std::cell::Cell;
    use std::io::Read;

    #[test]
    fn what_gzip_cannot_shrink_stays_raw() {
        let mut random = crate::math::random::seeded(5);
        for len in [1_000, 3 * LARGE] {
            let noise: Vec<u8> = (0..len).map(|_| random.random()).collect();
            let codes: Vec<u8> = noise.iter().map(|byte| byte % 10).collect();
            for (bytes, encoding) in [(noise, "raw"), (codes, "gzip")] {
                let mut field = Field::u8(bytes.clone(), vec![len]);
                let told = Cell::new(0);
                field.compress(|bytes| {
                    told.set(told.get() + bytes);
                    true
                });
                assert_eq!(told.get(), len);
                assert_eq!((field.encoding, field.bytes), (encoding, len));
                let mut read = Vec::new();
                if field.encoding == "raw" {
                    read.extend(field.stored());
                } else {
                    let mut packed = flate2::read::GzDecoder::new(field.stored());
                    packed.read_to_end(&mut read).expect("gzip that was just made");
                }
                assert!(read == bytes, "{encoding} {len}");
            }
        }
    }
    #[test]
    fn a_field_at_which_it_is_broken_off_stays_as_it_is() {
        let mut field = Field::u8(vec![7; 3 * LARGE], vec![3 * LARGE]);
        let pieces = Cell::new(0);
        field.compress(|_| {
            pieces.set(pieces.get() + 1);
            pieces.get() < 5
        });
        assert_eq!((field.encoding, field.size(), pieces.get()), ("raw", 3 * LARGE, 5));
    }
}
