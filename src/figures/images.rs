//! Images and what the network makes of them.

use ndarray::{Array2, Array3};
use plotly::common::{ColorScale, ColorScaleElement};
use plotly::layout::Axis;
use plotly::{HeatMap, Layout};

use super::{Figure, quiet_axis};
use crate::error::{Error, Result};
use crate::math::checks::check_counts;

/// The first `count` images in a row, their reconstructions below, what was lost below that.
///
/// # Errors
/// Arrays of different shapes, or no image.
pub fn reconstructions(images: &Array3<u8>, reconstructed: &Array3<f32>, count: usize) -> Result<Figure> {
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
    let count = count.min(images.dim().0);
    if count == 0 {
        return Err(Error::empty("the row of images", "show at least one"));
    }
    let (side, gap) = (images.dim().1, 2);
    let mut tiles = Array2::from_elem((3 * side + 2 * gap, count * (side + gap) - gap), f32::NAN);
    for item in 0..count {
        for row in 0..side {
            for column in 0..side {
                let original = images[[item, row, column]] as f32 / 255.0;
                let decoded = reconstructed[[item, row, column]];
                let x = item * (side + gap) + column;
                tiles[[row, x]] = original;
                tiles[[side + gap + row, x]] = decoded;
                tiles[[2 * (side + gap) + row, x]] = (original - decoded).abs();
            }
        }
    }
    // The y axis points up: the last row of pixels is the lowest.
    let height = tiles.nrows();
    let middle = |band: usize| (height - band * (side + gap) - side / 2) as f64;
    let gray = ColorScale::Vector(vec![
        ColorScaleElement(0.0, "#000000".to_string()),
        ColorScaleElement(1.0, "#ffffff".to_string()),
    ]);
    let rows: Vec<Vec<f32>> = tiles.rows().into_iter().rev().map(|row| row.to_vec()).collect();
    Ok(Figure::new(
        "Originals, reconstructions, differences",
        vec![HeatMap::new_z(rows).color_scale(gray).zmin(0.0).zmax(1.0).show_scale(false)],
        Layout::new().height(320).x_axis(Axis::new().visible(false)).y_axis(
            quiet_axis()
                .auto_margin(true)
                .scale_anchor("x")
                .tick_values((0..3).map(middle).collect())
                .tick_text(vec!["original", "decoded", "lost"]),
        ),
    ))
}
