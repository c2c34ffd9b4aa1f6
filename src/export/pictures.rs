//! Pictures of the points: given as arrays or by a table, and packed for the page.

use std::collections::BTreeMap;

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use ndarray::{Array4, Axis};
use rayon::prelude::*;
use serde::Serialize;

use super::Explorer;
use super::field::Field;
use crate::error::{Error, Result};
use crate::math::checks::check_counts;
use crate::table::{Picture, Table};

/// Gray pictures up to this side are kept as they are: small, and every pixel is true.
const MAX_RAW_SIDE: usize = 28;
/// Of 100; at 48 pixels a picture then takes less than a kilobyte.
const QUALITY: u8 = 72;
/// The largest picture that the page takes.
const MAX_SIDE: usize = 1024;

/// Squares of one size, and which points have one.
#[derive(Debug, Clone)]
pub(super) struct Pictures {
    /// `[n, side, side, channels]`, 1 or 3 channels.
    pub images: Array4<u8>,
    /// `[n]`; the squares of the others mean nothing.
    pub present: Vec<bool>,
}

/// Where the page finds them among the fields.
#[derive(Serialize)]
#[serde(tag = "encoding", rename_all = "lowercase")]
pub(super) enum PicturesEntry {
    /// Gray values, row by row.
    Raw { field: String },
    /// Picture i is the header and the bytes from `offsets[i]` to `offsets[i + 1]`; none are a point without a picture.
    Jpeg { header: String, offsets: String, field: String },
}

impl Pictures {
    pub fn side(&self) -> usize {
        self.images.dim().1
    }

    pub fn channels(&self) -> usize {
        self.images.dim().3
    }

    /// Puts them among the fields.
    ///
    /// # Errors
    /// The encoder failed.
    pub fn export(&self, fields: &mut BTreeMap<String, Field>) -> Result<PicturesEntry> {
        let (side, whole) = (self.side(), self.present.iter().all(|&present| present));
        let field = "images".to_string();
        if self.channels() == 1 && side <= MAX_RAW_SIDE && whole {
            let pixels: Vec<u8> = self.images.iter().copied().collect();
            fields.insert(field.clone(), Field::u8(pixels, vec![self.images.dim().0, side, side]));
            return Ok(PicturesEntry::Raw { field });
        }
        let (header, bodies) = self.jpegs()?;
        let mut offsets = vec![0u32];
        for body in &bodies {
            let end = offsets.last().expect("it begins with a zero") + body.len() as u32;
            offsets.push(end);
        }
        let (header_field, offsets_field) = ("images.header".to_string(), "images.offsets".to_string());
        fields.insert(header_field.clone(), Field::packed(header));
        fields.insert(offsets_field.clone(), Field::u32(&offsets, vec![offsets.len()]));
        fields.insert(field.clone(), Field::packed(bodies.concat()));
        Ok(PicturesEntry::Jpeg { header: header_field, offsets: offsets_field, field })
    }

    /// What all JPEG files of these pictures begin with, and the rest of each. Their size, tables and quality are the
    /// same, so that 600 bytes of each file need not be sent again.
    fn jpegs(&self) -> Result<(Vec<u8>, Vec<Vec<u8>>)> {
        let (side, channels) = (self.side() as u32, self.channels());
        let color = if channels == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
        let encoded = |row: usize| -> Result<(Vec<u8>, Vec<u8>)> {
            let pixels: Vec<u8> = self.images.index_axis(Axis(0), row).iter().copied().collect();
            let mut file = Vec::new();
            JpegEncoder::new_with_quality(&mut file, QUALITY)
                .encode(&pixels, side, side, color)
                .map_err(|e| Error::dependency("image", e))?;
            let start =
                scan_start(&file).ok_or_else(|| Error::dependency("image", "a JPEG without a scan"))?;
            let body = file.split_off(start);
            Ok((file, body))
        };
        let rows = 0..self.present.len();
        let files = rows.into_par_iter().map(|row| self.present[row].then(|| encoded(row)).transpose());
        let mut header: Option<Vec<u8>> = None;
        let mut bodies = Vec::with_capacity(self.present.len());
        for file in files.collect::<Result<Vec<_>>>()? {
            let Some((start, body)) = file else {
                bodies.push(Vec::new());
                continue;
            };
            if header.get_or_insert_with(|| start.clone()) != &start {
                return Err(Error::dependency("image", "two pictures of one size have other JPEG headers"));
            }
            bodies.push(body);
        }
        Ok((header.unwrap_or_default(), bodies))
    }
}

/// Where the header of a JPEG file ends: behind the segment "start of scan".
fn scan_start(file: &[u8]) -> Option<usize> {
    const START_OF_SCAN: u8 = 0xda;
    let mut at = 2; // behind "start of image", which has no length
    loop {
        let segment = file.get(at..at + 4)?;
        let length = usize::from(u16::from_be_bytes([segment[2], segment[3]]));
        at += 2 + length;
        if segment[1] == START_OF_SCAN {
            return Some(at);
        }
    }
}

impl Explorer {
    /// Shows a picture of each point, `[n, side, side, channels]`: one channel is gray, three are red, green and blue.
    /// Gray ones of up to 28 pixels are kept as they are, others as JPEG of quality 72.
    ///
    /// # Errors
    /// Another count than the points; pictures that are not square, larger than 1,024 pixels, or of other channels.
    pub fn with_images(mut self, images: Array4<u8>) -> Result<Explorer> {
        let (count, height, width, channels) = images.dim();
        let (given, shown) = ((count, "the images"), (self.points, "the page"));
        check_counts("items", given, shown, "give one image per point")?;
        if height != width || height == 0 || height > MAX_SIDE {
            let remedy = "give squares of 1 to 1024 pixels, cropped or padded";
            return Err(Error::config("image size", format!("{height} x {width}"), remedy));
        }
        if channels != 1 && channels != 3 {
            return Err(Error::config("channels", channels, "give 1 (gray) or 3 (red, green, blue)"));
        }
        self.pictures = Some(Pictures { present: vec![true; count], images });
        Ok(self)
    }

    /// Shows the pictures of a table of the same rows, in squares as
    /// [`TableConfig::thumb_side`](crate::table::TableConfig::thumb_side) and
    /// [`TableConfig::fit`](crate::table::TableConfig::fit) say; where the first is a smaller square, in squares of its
    /// size. A row may have none.
    ///
    /// # Errors
    /// Another number of rows than points; no pictures; one that cannot be decoded.
    pub fn with_thumbnails(mut self, table: &Table) -> Result<Explorer> {
        self.check_count(table.name(), table.len())?;
        if !table.has_pictures() {
            return Err(Error::empty(&format!("the list of pictures of {}", table.name()), "give pictures"));
        }
        let side = table.shown_side()?;
        let rows = (0..table.len()).into_par_iter();
        let squares = rows.map(|row| table.square(row, side)).collect::<Result<Vec<_>>>()?;
        let channels = if squares.iter().flatten().all(Picture::is_gray) { 1 } else { 3 };
        let mut images = Array4::from_elem((table.len(), side, side, channels), u8::MAX);
        let present = squares.iter().map(Option::is_some).collect();
        for (mut image, square) in images.axis_iter_mut(Axis(0)).zip(squares) {
            if let Some(square) = square {
                let square = if channels == 1 { square } else { square.to_rgb() };
                image.assign(&square.pixels);
            }
        }
        self.pictures = Some(Pictures { images, present });
        Ok(self)
    }
}
