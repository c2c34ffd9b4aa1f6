//! Images side by side as one crisp PNG.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ndarray::{Array3, Array4, Axis, s};

use super::{Bundle, escape};
use crate::error::{Error, Result};
use crate::math::checks::check_counts;

/// White pixels between images.
const GAP: usize = 2;

/// Images `[n, side, side, channels]` in rows, each enlarged by a whole factor, with captions.
#[derive(Debug, Clone)]
pub struct ImageGrid {
    /// One channel is gray, three are red, green and blue; 0 is dark.
    pub images: Array4<u8>,
    /// One per image, or none at all.
    pub captions: Vec<String>,
    /// Images in a row.
    pub columns: usize,
    /// Screen pixels from one side of an image's pixel to the other.
    pub scale: usize,
}

impl ImageGrid {
    /// Images in rows of ten at twice their size.
    pub fn new(images: &Array4<u8>) -> ImageGrid {
        ImageGrid { images: images.clone(), captions: Vec::new(), columns: 10, scale: 2 }
    }

    /// Images in 0–1, such as reconstructions.
    pub fn from_unit_floats(images: &Array4<f32>) -> ImageGrid {
        ImageGrid::new(&images.mapv(|x| (x.clamp(0.0, 1.0) * 255.0).round() as u8))
    }

    /// The grid with one caption per image.
    pub fn with_captions(mut self, captions: Vec<String>) -> ImageGrid {
        self.captions = captions;
        self
    }

    /// The grid as a PNG file's bytes, and its width and height in pixels.
    ///
    /// # Errors
    /// No image, other than one or three channels, a column count or scale of 0, or captions of another count than the
    /// images.
    pub fn to_png(&self) -> Result<(Vec<u8>, usize, usize)> {
        let (count, side_y, side_x, channels) = self.images.dim();
        if count == 0 {
            return Err(Error::empty("the grid", "show at least one image"));
        }
        let color = match channels {
            1 => image::ExtendedColorType::L8,
            3 => image::ExtendedColorType::Rgb8,
            _ => {
                return Err(Error::config(
                    "channels of the grid",
                    channels,
                    "give 1 (gray) or 3 (red, green, blue)",
                ));
            }
        };
        if self.columns == 0 || self.scale == 0 {
            return Err(Error::config("columns or scale of the grid", 0, "give at least 1"));
        }
        if !self.captions.is_empty() {
            let (images, captions) = ((count, "the grid"), (self.captions.len(), "the list of captions"));
            check_counts("images", images, captions, "give one caption per image, or none")?;
        }
        let columns = self.columns.min(count);
        let (cell_y, cell_x) = (side_y * self.scale + GAP, side_x * self.scale + GAP);
        let (width, height) = (columns * cell_x - GAP, count.div_ceil(columns) * cell_y - GAP);
        let mut canvas = Array3::from_elem((height, width, channels), u8::MAX);
        for (item, image) in self.images.axis_iter(Axis(0)).enumerate() {
            let (top, left) = (item / columns * cell_y, item % columns * cell_x);
            let (bottom, right) = (top + side_y * self.scale, left + side_x * self.scale);
            let mut tile = canvas.slice_mut(s![top..bottom, left..right, ..]);
            tile.indexed_iter_mut().for_each(|((y, x, channel), pixel)| {
                *pixel = image[[y / self.scale, x / self.scale, channel]];
            });
        }
        let mut file = std::io::Cursor::new(Vec::new());
        image::write_buffer_with_format(
            &mut file,
            canvas.as_slice().expect("in standard layout"),
            width as u32,
            height as u32,
            color,
            image::ImageFormat::Png,
        )
        .map_err(|e| Error::dependency("image", e))?;
        Ok((file.into_inner(), width, height))
    }

    /// The PNG alone, or one picture with a caption per image, as HTML; and a line of text.
    ///
    /// # Errors
    /// As for [`ImageGrid::to_png`].
    pub fn bundle(&self) -> Result<Bundle> {
        let (count, side, ..) = self.images.dim();
        let (file, width, _) = self.to_png()?;
        let line = format!("{count} images of {side} x {side}");
        if self.captions.is_empty() {
            return Ok(Bundle::text(line).with("image/png", STANDARD.encode(file)));
        }
        let mut cells = String::new();
        for (image, caption) in self.images.axis_iter(Axis(0)).zip(&self.captions) {
            let one =
                ImageGrid { captions: Vec::new(), ..ImageGrid::new(&image.insert_axis(Axis(0)).to_owned()) };
            let (file, size, _) = ImageGrid { scale: self.scale, ..one }.to_png()?;
            cells.push_str(&format!(
                "<figure style=\"margin:0;width:{size}px\"><img src=\"data:image/png;base64,{}\" width=\"{size}\" \
                 style=\"image-rendering:pixelated\" alt=\"{text}\"><figcaption style=\"font-size:11px;line-height:1.2\">\
                 {text}</figcaption></figure>",
                STANDARD.encode(file),
                text = escape(caption),
            ));
        }
        let html = format!(
            "<div style=\"display:flex;flex-wrap:wrap;gap:6px;max-width:{}px\">{cells}</div>",
            width * 2
        );
        Ok(Bundle::text(line).with("image/png", STANDARD.encode(file)).with("text/html", html))
    }

    /// Shows the grid below the cell; what stands in its way is said instead.
    pub fn evcxr_display(&self) {
        match self.bundle() {
            Ok(bundle) => bundle.show(),
            Err(error) => eprintln!("{error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array4;

    use super::ImageGrid;

    #[test]
    fn the_png_holds_each_pixel_enlarged() {
        let images = Array4::from_shape_fn((3, 4, 4, 1), |(item, y, x, _)| (item * 16 + y * 4 + x) as u8);
        let (file, width, height) = ImageGrid { columns: 2, ..ImageGrid::new(&images) }.to_png().unwrap();
        assert_eq!((width, height), (2 * 8 + 2, 2 * 8 + 2));
        let pixels = image::load_from_memory(&file).unwrap().into_luma8().into_raw();
        assert_eq!(pixels[0], images[[0, 0, 0, 0]]);
        assert_eq!(pixels[7 * width + 10 + 7], images[[1, 3, 3, 0]]);
        assert_eq!(pixels[(10 + 2) * width + 3], images[[2, 1, 1, 0]]);
        assert_eq!(pixels[8 * width], 255);
    }

    #[test]
    fn colors_stay_apart() {
        let images = Array4::from_shape_fn((2, 3, 3, 3), |(item, y, x, channel)| {
            (item * 90 + y * 20 + x * 5 + channel) as u8
        });
        let (file, width, _) = ImageGrid::new(&images).to_png().unwrap();
        let pixels = image::load_from_memory(&file).unwrap();
        assert!(pixels.color().has_color());
        let pixels = pixels.into_rgb8();
        for ((item, y, x, channel), &value) in images.indexed_iter() {
            let shown = pixels.get_pixel((item * 8 + 2 * x + 1) as u32, 2 * y as u32).0;
            assert_eq!(shown[channel], value, "{item} {y} {x}");
        }
        assert_eq!(width, 2 * 6 + 2);
        let odd = ImageGrid::new(&Array4::zeros((1, 3, 3, 2))).to_png().unwrap_err().to_string();
        assert!(odd.contains("channels of the grid is 2"), "{odd}");
    }

    #[test]
    fn captions_must_match() {
        let grid = ImageGrid::new(&Array4::zeros((3, 4, 4, 1))).with_captions(vec!["one".into()]);
        assert!(grid.bundle().unwrap_err().to_string().contains("3"));
    }
}
