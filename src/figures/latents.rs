//! Latent vectors as rows of colors.

use plotly::common::{ColorScale, ColorScalePalette, Title};
use plotly::{HeatMap, Layout};

use super::{Figure, quiet_axis};
use crate::error::{Error, Result};
use crate::latents::Latents;

/// Latent vectors of chosen items, one row per item, one column per dimension; blue below zero, red above.
///
/// # Errors
/// No item, or one beyond the last.
pub fn latent_heatmap(latents: &Latents, items: &[usize]) -> Result<Figure> {
    let mut names = Vec::with_capacity(items.len());
    // The y axis points up: the first item is drawn last, so that it stands on top.
    for &item in items.iter().rev() {
        if item >= latents.len() {
            let remedy = format!("there are {} items, counted from 0", latents.len());
            return Err(Error::config("item", item, remedy));
        }
        names.push(match &latents.labels {
            Some(labels) => format!("{} ({item})", labels.name(item)),
            None => format!("item {item}"),
        });
    }
    if items.is_empty() {
        return Err(Error::empty("the list of items", "name at least one"));
    }
    let rows: Vec<Vec<f32>> = items.iter().rev().map(|&item| latents.vectors.row(item).to_vec()).collect();
    let dims: Vec<String> = (0..latents.vectors.ncols()).map(|dim| dim.to_string()).collect();
    let bound = rows.iter().flatten().fold(0.0f32, |bound, value| bound.max(value.abs())) as f64;
    Ok(Figure::new(
        "Latent vectors",
        vec![
            HeatMap::new(dims, names, rows)
                .color_scale(ColorScale::Palette(ColorScalePalette::RdBu))
                .reverse_scale(false)
                .zmin(-bound)
                .zmax(bound),
        ],
        Layout::new()
            .height(140 + 28 * items.len())
            .x_axis(quiet_axis().title(Title::with_text("latent dimension")))
            .y_axis(quiet_axis().auto_margin(true)),
    ))
}
