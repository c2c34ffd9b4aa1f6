//! Images and what the network makes of them.

use ndarray::Array4;
use plotly::color::Rgba;
use plotly::image::ColorModel;
use plotly::layout::Axis;
use plotly::{Image, Layout};

use super::{Figure, quiet_axis};
use crate::error::{Error, Result};
use crate::math::checks::check_counts;

/// Empty pixels between images.
const GAP: usize = 2;

/// The first `count` images in a row, their reconstructions below, what was lost below that. Both arrays are
/// `[n, side, side, channels]`, the reconstructions in 0–1; one channel is gray, three are red, green and blue.
///
/// # Errors
/// Arrays of different shapes, no image, or other than one or three channels.
pub fn reconstructions(images: &Array4<u8>, reconstructed: &Array4<f32>, count: usize) -> Result<Figure> {
    let (shown, decoded) = ((images.len(), "the images"), (reconstructed.len(), "the reconstructions"));
    check_counts("pixels", shown, decoded, "reconstruct the same images that you show")?;
    if images.dim() != reconstructed.dim() {
        let shape = format!("{:?}, that of the images {:?}", reconstructed.dim(), images.dim());
        return Err(Error::config(
            "shape of the reconstructions",
            shape,
            "reconstruct the same images that you show",
        ));
    }
    let (n, side, _, channels) = images.dim();
    let count = count.min(n);
    if count == 0 {
        return Err(Error::empty("the row of images", "show at least one"));
    }
    if channels != 1 && channels != 3 {
        let remedy = "give 1 (gray) or 3 (red, green, blue)";
        return Err(Error::config("channels of the images", channels, remedy));
    }
    let cell = side + GAP;
    let mut tiles = vec![vec![Rgba::new(0, 0, 0, 0.0); count * cell - GAP]; 3 * cell - GAP];
    for item in 0..count {
        for row in 0..side {
            for column in 0..side {
                let bands = [0, 1, 2].map(|channel| {
                    let at = [item, row, column, channel.min(channels - 1)];
                    let (original, decoded) = (f32::from(images[at]) / 255.0, reconstructed[at]);
                    [original, decoded, (original - decoded).abs()].map(|value| (value * 255.0).round() as u8)
                });
                for band in 0..3 {
                    let [red, green, blue] = bands.map(|channel| channel[band]);
                    tiles[band * cell + row][item * cell + column] = Rgba::new(red, green, blue, 1.0);
                }
            }
        }
    }
    let middle = |band: usize| (band * cell + side / 2) as f64;
    Ok(Figure::new(
        "Originals, reconstructions, differences",
        vec![Image::new(tiles).color_model(ColorModel::RGBA)],
        // An image trace has its first row on top, so that its y axis points down.
        Layout::new().height(320).x_axis(Axis::new().visible(false)).y_axis(
            quiet_axis()
                .auto_margin(true)
                .scale_anchor("x")
                .tick_values((0..3).map(middle).collect())
                .tick_text(vec!["original", "decoded", "lost"]),
        ),
    ))
}
