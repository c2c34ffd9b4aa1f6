//! A map while it forms, as a picture: quick to draw, and small.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use ndarray::Array2;

use super::plots::{PLOTLY, map_figure};
use super::{Content, PointGroup};
use crate::math::palette::channels;

/// Pixels of a side.
const SIDE: usize = 480;
/// Pixels left free around the points.
const MARGIN: f32 = 8.0;
/// Beyond this many points each is one pixel, below four.
const MANY_POINTS: usize = 20_000;

/// A map's points and their colors.
#[derive(Debug, Clone)]
pub(crate) struct MapView {
    pub groups: Vec<PointGroup>,
    /// The layout that was seen last, `[n, 2]`.
    pub coordinates: Option<Array2<f32>>,
}

impl MapView {
    /// The picture as an element of HTML, of the same size from the first to the last.
    pub fn html(&self) -> String {
        let Some(coordinates) = &self.coordinates else { return String::new() };
        let data = STANDARD.encode(picture(coordinates, &self.groups));
        format!(
            "<img alt='the map so far' width='{SIDE}' height='{SIDE}' style='max-width:100%' \
             src='data:image/png;base64,{data}'>"
        )
    }

    /// The picture as a PNG file's bytes. `None` before there is a layout.
    pub fn png(&self) -> Option<Vec<u8>> {
        Some(picture(self.coordinates.as_ref()?, &self.groups))
    }

    /// The finished map, drawn by plotly; a picture where there is none. `None` before there is a layout.
    pub fn finished(&self, content: Content, title: &str) -> Option<Content> {
        let coordinates = self.coordinates.as_ref()?;
        let figure = map_figure(coordinates, &self.groups, title);
        Some(content.with_png(&picture(coordinates, &self.groups)).with(PLOTLY, figure))
    }
}

/// The points as a PNG file's bytes, on nothing, so that a dark page stays dark; both axes have the same scale.
fn picture(coordinates: &Array2<f32>, groups: &[PointGroup]) -> Vec<u8> {
    let [(left, right), (bottom, top)] = [0, 1].map(|axis| {
        let column = coordinates.column(axis);
        column.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)))
    });
    // All points in one place have no scale; they are drawn in the middle.
    let scale = (SIDE as f32 - 2.0 * MARGIN) / (right - left).max(top - bottom);
    let scale = if scale.is_finite() { scale } else { 1.0 };
    let middle = SIDE as f32 / 2.0;
    let size = if coordinates.nrows() > MANY_POINTS { 1 } else { 2 };
    let mut pixels = vec![0u8; 4 * SIDE * SIDE];
    for group in groups {
        let [red, green, blue] = channels(&group.color);
        for &row in group.rows.iter().filter(|&&row| row < coordinates.nrows()) {
            let x = middle + (coordinates[[row, 0]] - (left + right) / 2.0) * scale;
            let y = middle - (coordinates[[row, 1]] - (bottom + top) / 2.0) * scale;
            if !(x.is_finite() && y.is_finite()) {
                continue;
            }
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)].into_iter().take(size * size) {
                let (column, line) = ((x as usize + dx).min(SIDE - 1), (y as usize + dy).min(SIDE - 1));
                let at = 4 * (line * SIDE + column);
                pixels[at..at + 4].copy_from_slice(&[red, green, blue, 255]);
            }
        }
    }
    let mut png = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Up)
        .write_image(&pixels, SIDE as u32, SIDE as u32, ExtendedColorType::Rgba8)
        .expect("the pixels are as many as the picture has");
    png.into_inner()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn points_are_in_their_colors_where_they_belong() {
        let group =
            |color: &str, rows: Vec<usize>| PointGroup { name: "a".into(), color: color.into(), rows };
        // Three corners of a square; the fourth row is nowhere yet, the fifth is not there.
        let coordinates = array![[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [f32::NAN, 0.0]];
        let png = picture(&coordinates, &[group("#ff0000", vec![0, 4]), group("#0000ff", vec![1, 2, 3])]);
        let drawn = image::load_from_memory(&png).unwrap().to_rgba8();
        assert_eq!(drawn.get_pixel(8, 472).0, [255, 0, 0, 255]);
        assert_eq!(drawn.get_pixel(472, 8).0, [0, 0, 255, 255]);
        assert_eq!(drawn.get_pixel(8, 8).0, [0, 0, 255, 255]);
        assert_eq!(drawn.pixels().filter(|pixel| pixel.0[3] > 0).count(), 12);
    }

    #[test]
    fn one_point_is_in_the_middle() {
        let group = PointGroup { name: "a".into(), color: "#010203".into(), rows: vec![0] };
        let drawn = image::load_from_memory(&picture(&array![[7.0, -3.0]], &[group])).unwrap().to_rgba8();
        assert_eq!(drawn.get_pixel(240, 240).0, [1, 2, 3, 255]);
    }
}
