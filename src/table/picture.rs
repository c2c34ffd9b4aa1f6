//! One picture: its pixels, and how it is brought into a square.

use image::imageops::{self, FilterType};
use image::{ImageBuffer, Pixel};
use ndarray::{Array3, Axis};

use super::Fit;

/// A decoded picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// `[height, width, channels]`: one channel is gray, three are red, green and blue; 0 is dark.
    pub pixels: Array3<u8>,
}

impl Picture {
    /// Pixels from left to right.
    pub fn width(&self) -> usize {
        self.pixels.dim().1
    }

    /// Pixels from top to bottom.
    pub fn height(&self) -> usize {
        self.pixels.dim().0
    }

    /// Whether it has one channel.
    pub fn is_gray(&self) -> bool {
        self.pixels.dim().2 == 1
    }

    /// The picture with three channels.
    pub fn to_rgb(&self) -> Picture {
        let (height, width, channels) = self.pixels.dim();
        let pixels = Array3::from_shape_fn((height, width, 3), |(y, x, channel)| {
            self.pixels[[y, x, channel.min(channels - 1)]]
        });
        Picture { pixels }
    }

    /// The picture with one channel; of colors, their luma by ITU-R BT.601.
    pub fn to_gray(&self) -> Picture {
        if self.is_gray() {
            return self.clone();
        }
        let luma = self.pixels.map_axis(Axis(2), |color| {
            let [red, green, blue] = [0, 1, 2].map(|channel| f32::from(color[channel]));
            (0.299 * red + 0.587 * green + 0.114 * blue).round() as u8
        });
        Picture { pixels: luma.insert_axis(Axis(2)) }
    }

    /// The picture in a square of `side` pixels; `ground` fills what a padded one leaves.
    pub fn fitted(&self, side: usize, fit: Fit, ground: [u8; 3]) -> Picture {
        let side = side.clamp(1, MAX_SIDE as usize) as u32;
        if !self.is_gray() {
            return from_buffer(&square(&buffer::<image::Rgb<u8>>(self), side, fit, image::Rgb(ground)));
        }
        match ground {
            [r, g, b] if r == g && g == b => {
                from_buffer(&square(&buffer::<image::Luma<u8>>(self), side, fit, image::Luma([r])))
            }
            _ => self.to_rgb().fitted(side as usize, fit, ground),
        }
    }
}

/// The longest side that a thumbnail may have.
const MAX_SIDE: u32 = 4096;

type Buffer<P> = ImageBuffer<P, Vec<u8>>;

fn buffer<P: Pixel<Subpixel = u8>>(picture: &Picture) -> Buffer<P> {
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    ImageBuffer::from_raw(width, height, picture.pixels.iter().copied().collect())
        .expect("a picture has as many bytes as its sides and channels say")
}

pub(super) fn from_buffer<P: Pixel<Subpixel = u8>>(buffer: &Buffer<P>) -> Picture {
    let shape = (buffer.height() as usize, buffer.width() as usize, P::CHANNEL_COUNT as usize);
    let pixels = Array3::from_shape_vec(shape, buffer.as_raw().clone());
    Picture { pixels: pixels.expect("a buffer has as many bytes as its sides and channels say") }
}

fn square<P: Pixel<Subpixel = u8> + 'static>(
    picture: &Buffer<P>,
    side: u32,
    fit: Fit,
    ground: P,
) -> Buffer<P> {
    let (width, height) = picture.dimensions();
    let scaled = |part: u32, whole: u32| ((part * side + whole / 2) / whole).max(1);
    match fit {
        Fit::Stretch => imageops::resize(picture, side, side, FilterType::Triangle),
        Fit::Crop => {
            let short = width.min(height);
            let middle = imageops::crop_imm(picture, (width - short) / 2, (height - short) / 2, short, short);
            imageops::resize(&*middle, side, side, FilterType::Triangle)
        }
        Fit::Pad => {
            let long = width.max(height);
            let (width, height) = (scaled(width, long), scaled(height, long));
            let whole = imageops::resize(picture, width, height, FilterType::Triangle);
            let mut padded = ImageBuffer::from_pixel(side, side, ground);
            let (left, top) = ((side - width) / 2, (side - height) / 2);
            imageops::replace(&mut padded, &whole, left.into(), top.into());
            padded
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::s;

    use super::*;

    #[test]
    fn gray_is_the_luma_of_colors() {
        // Pillow's Image.new("RGB", (1, 1), color).convert("L").getpixel((0, 0)).
        for (color, luma) in [([255, 0, 0], 76), ([0, 255, 0], 150), ([0, 0, 255], 29), ([9, 120, 77], 82)] {
            let picture =
                Picture { pixels: Array3::from_shape_fn((2, 3, 3), |(_, _, channel)| color[channel]) };
            let gray = picture.to_gray();
            assert_eq!(gray.pixels, Array3::from_elem((2, 3, 1), luma));
            assert_eq!(gray.to_gray(), gray);
        }
    }

    #[test]
    fn each_fit_puts_the_picture_where_it_says() {
        // The left half is black, the right half white; twice as wide as high.
        let pixels = Array3::from_shape_fn((10, 20, 1), |(_, x, _)| if x < 10 { 0 } else { 255 });
        let wide = Picture { pixels };
        let padded = wide.fitted(20, Fit::Pad, [7; 3]);
        assert_eq!(padded.pixels.dim(), (20, 20, 1));
        assert!(padded.pixels.slice(s![..5, .., 0]).iter().all(|&p| p == 7));
        assert!(padded.pixels.slice(s![5..15, ..9, 0]).iter().all(|&p| p == 0));
        let cropped = wide.fitted(10, Fit::Crop, [7; 3]);
        assert_eq!((cropped.pixels[[0, 0, 0]], cropped.pixels[[9, 9, 0]]), (0, 255));
        assert_eq!(wide.fitted(10, Fit::Stretch, [7; 3]).pixels.dim(), (10, 10, 1));
        assert_eq!(wide.fitted(10, Fit::Pad, [1, 2, 3]).pixels.slice(s![0, 0, ..]).to_vec(), [1, 2, 3]);
    }
}
