//! The pictures of a table: kept as files or bytes, decoded when asked for.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader};
use ndarray::{Array3, s};
use rayon::prelude::*;

use super::picture::{Picture, from_buffer};

/// Where the pixels of one picture are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    File(PathBuf),
    /// The content of a PNG, JPEG or other file.
    Encoded(Arc<[u8]>),
    /// One picture of a stack `[n, height, width, channels]`.
    Stacked(Arc<Stack>, usize),
}

/// Pictures of one size, as arrays hold them.
#[derive(Debug, PartialEq)]
pub(super) struct Stack {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    pub pixels: Vec<u8>,
}

/// Bytes that one decoded picture may take.
const MAX_DECODED: u64 = 512 << 20;
/// Values taken of one picture of 16 bits to find the window of all.
const WINDOW_SAMPLES: usize = 2_048;
/// Shares of the values below and above the window: outliers must not take the contrast from the rest.
const WINDOW: (f64, f64) = (0.005, 0.995);

/// How pictures of this table are decoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Decoding {
    /// What is seen through transparent pixels.
    pub ground: [u8; 3],
    /// Of pictures of 16 bits, the values that become black and white.
    pub window: Option<(u16, u16)>,
}

/// What a first look at all pictures found.
pub(super) struct Survey {
    /// Why a picture cannot be decoded, by its place in the list.
    pub broken: Vec<(usize, String)>,
    pub window: Option<(u16, u16)>,
    /// Smallest and largest (height, width); the same where all are of one size.
    pub sizes: Option<((usize, usize), (usize, usize))>,
}

impl Source {
    /// What to call it in a message.
    pub fn name(&self) -> String {
        match self {
            Source::File(path) => path.display().to_string(),
            Source::Encoded(bytes) => format!("a picture of {} bytes", bytes.len()),
            Source::Stacked(_, index) => format!("picture {index}"),
        }
    }

    pub fn decode(&self, how: &Decoding) -> std::result::Result<Picture, String> {
        match self {
            Source::File(path) => decoded(&std::fs::read(path).map_err(|e| e.to_string())?, how),
            Source::Encoded(bytes) => decoded(bytes, how),
            Source::Stacked(stack, index) => {
                let size = stack.height * stack.width * stack.channels;
                let pixels = stack.pixels[index * size..(index + 1) * size].to_vec();
                let shape = (stack.height, stack.width, stack.channels);
                let pixels = Array3::from_shape_vec(shape, pixels).map_err(|e| e.to_string())?;
                Ok(if stack.channels == 4 { on_ground(&pixels, how.ground) } else { Picture { pixels } })
            }
        }
    }
}

/// Decodes every picture once, keeping none of the pixels: which are broken, and the window of those of 16 bits.
pub(super) fn survey(sources: &[&Source]) -> Survey {
    let looks: Vec<_> = sources.par_iter().map(|source| look(source)).collect();
    let mut found = Survey { broken: Vec::new(), window: None, sizes: None };
    let mut values = Vec::new();
    for (place, look) in looks.into_iter().enumerate() {
        match look {
            Err(reason) => found.broken.push((place, reason)),
            Ok((size, sample)) => {
                let (low, high) = found.sizes.unwrap_or((size, size));
                let area = |size: (usize, usize)| (size.0 * size.1, size.0);
                let low = if area(size) < area(low) { size } else { low };
                found.sizes = Some((low, if area(size) > area(high) { size } else { high }));
                values.extend(sample);
            }
        }
    }
    if !values.is_empty() {
        values.sort_unstable();
        let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
        found.window = Some((at(WINDOW.0), at(WINDOW.1)));
    }
    found
}

/// The size of a picture, and some of its values when it has 16 bits.
fn look(source: &Source) -> std::result::Result<((usize, usize), Vec<u16>), String> {
    let bytes: Arc<[u8]> = match source {
        Source::Stacked(stack, _) => return Ok(((stack.height, stack.width), Vec::new())),
        Source::Encoded(bytes) => bytes.clone(),
        Source::File(path) => std::fs::read(path).map_err(|e| e.to_string())?.into(),
    };
    let image = open(&bytes)?;
    let size = (image.height() as usize, image.width() as usize);
    if !is_deep(&image) {
        return Ok((size, Vec::new()));
    }
    let values = image.into_luma16().into_raw();
    Ok((size, values.iter().step_by(values.len() / WINDOW_SAMPLES + 1).copied().collect()))
}

/// Whether a picture has more than 8 bits per channel.
fn is_deep(image: &DynamicImage) -> bool {
    image.color().bytes_per_pixel() > image.color().channel_count()
}

/// The picture in a file's bytes, turned as its camera was held.
fn open(bytes: &[u8]) -> std::result::Result<DynamicImage, String> {
    if bytes.is_empty() {
        return Err("0 bytes".to_string());
    }
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string())?;
    let mut decoder = reader.into_decoder().map_err(|e| e.to_string())?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 || decoder.total_bytes() > MAX_DECODED {
        return Err(format!("{width} x {height} pixels are more than {} MiB", MAX_DECODED >> 20));
    }
    // A picture whose orientation cannot be read is shown as it lies.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| e.to_string())?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn decoded(bytes: &[u8], how: &Decoding) -> std::result::Result<Picture, String> {
    let image = open(bytes)?;
    let image = if is_deep(&image) { windowed(image, how.window) } else { image };
    let (alpha, color) = (image.color().has_alpha(), image.color().has_color());
    Ok(match (alpha, color) {
        (true, _) => on_ground(&from_buffer(&image.into_rgba8()).pixels, how.ground).gray_unless(color),
        (false, true) => from_buffer(&image.into_rgb8()),
        (false, false) => from_buffer(&image.into_luma8()),
    })
}

/// A picture of 16 bits in 8, the window stretched over black to white.
fn windowed(image: DynamicImage, window: Option<(u16, u16)>) -> DynamicImage {
    let (low, high) = window.unwrap_or((0, u16::MAX));
    let range = f64::from(high.saturating_sub(low)).max(1.0);
    let scale = |value: u16| {
        let share = (f64::from(value) - f64::from(low)) / range;
        (share.clamp(0.0, 1.0) * 255.0).round() as u8
    };
    let color = image.color();
    if !color.has_color() && !color.has_alpha() {
        let (width, height) = (image.width(), image.height());
        let values = image.into_luma16().into_raw().into_iter().map(scale).collect();
        return image::GrayImage::from_raw(width, height, values).expect("one byte per pixel").into();
    }
    let (width, height) = (image.width(), image.height());
    let mut values: Vec<u8> = Vec::with_capacity((width * height * 4) as usize);
    for pixel in image.into_rgba16().pixels() {
        values.extend(pixel.0[..3].iter().map(|&value| scale(value)));
        // Transparency is a share, not a measurement: it has no window.
        values.push((pixel.0[3] / 257) as u8);
    }
    let picture = image::RgbaImage::from_raw(width, height, values).expect("four bytes per pixel");
    if color.has_alpha() { picture.into() } else { DynamicImage::from(picture).into_rgb8().into() }
}

/// Red, green, blue and alpha laid on a ground.
fn on_ground(pixels: &Array3<u8>, ground: [u8; 3]) -> Picture {
    let (height, width, _) = pixels.dim();
    let pixels = Array3::from_shape_fn((height, width, 3), |(y, x, channel)| {
        let (value, alpha) = (u32::from(pixels[[y, x, channel]]), u32::from(pixels[[y, x, 3]]));
        ((value * alpha + u32::from(ground[channel]) * (255 - alpha) + 127) / 255) as u8
    });
    Picture { pixels }
}

impl Picture {
    /// One channel where neither the picture nor its ground has color.
    fn gray_unless(self, color: bool) -> Picture {
        match color || self.has_color() {
            true => self,
            false => Picture { pixels: self.pixels.slice(s![.., .., ..1]).to_owned() },
        }
    }
}
