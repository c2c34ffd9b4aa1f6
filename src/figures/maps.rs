//! Maps, colored by class or by a value per point, drawn by WebGL.

use ndarray::Array1;
use plotly::common::{ColorScale, ColorScalePalette, HoverInfo, Marker, Mode};
use plotly::layout::{Axis, ItemSizing, Legend};
use plotly::{Layout, Scatter};

use super::Figure;
use crate::error::{Error, Result};
use crate::math::checks::check_counts;
use crate::projection::Projection;

impl Projection {
    /// The map with one color per class, the largest twelve where there are more.
    ///
    /// # Errors
    /// Labels of another count than the map's points; a map of other than two axes.
    pub fn figure(&self) -> Result<Figure> {
        self.latents.check()?;
        self.check_plane("a figure")?;
        let traces = self.latents.color_groups().into_iter().map(|group| {
            let along = |axis: usize| {
                group.rows.iter().map(|&row| self.coordinates[[row, axis]]).collect::<Vec<f32>>()
            };
            let text = group.rows.iter().map(|&row| self.latents.row_name(row)).collect::<Vec<String>>();
            let trace = Scatter::new(along(0), along(1))
                .name(group.name)
                .mode(Mode::Markers)
                .web_gl_mode(true)
                .hover_info(HoverInfo::Text)
                .text_array(text)
                .marker(Marker::new().size(4).opacity(0.75).color(group.color));
            trace as Box<dyn plotly::Trace>
        });
        Ok(Figure::new(
            &format!("{}: {} points", self.name, self.len()),
            traces.collect(),
            map_layout()
                .show_legend(self.latents.labels.is_some())
                .legend(Legend::new().item_sizing(ItemSizing::Constant)),
        ))
    }

    /// The map with each point in the color of its value, such as [`point_trustworthiness`] or [`displacements`]:
    /// `name` says of what. The colors end at the 2nd and the 98th percentile, so that a few extremes do not take all.
    ///
    /// [`point_trustworthiness`]: crate::quality::Quality::point_trustworthiness
    /// [`displacements`]: crate::quality::Procrustes::displacements
    ///
    /// # Errors
    /// Values of another count than the map's points, or one that is not finite; a map of other than two axes.
    pub fn figure_of(&self, values: &Array1<f32>, name: &str) -> Result<Figure> {
        self.check_plane("a figure")?;
        let points = self.len();
        let (of_map, of_values) = ((points, "the map"), (values.len(), name));
        check_counts("points", of_map, of_values, "give one value per point that was mapped")?;
        if let Some((row, &value)) = values.indexed_iter().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NonFinite { what: name.into(), value, row, column: 0 });
        }
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f32::total_cmp);
        let percentile = |percent: usize| f64::from(sorted[(points - 1) * percent / 100]);
        let marker = Marker::new()
            .size(4)
            .color_array(values.to_vec())
            .color_scale(ColorScale::Palette(ColorScalePalette::Viridis))
            .cmin(percentile(2))
            .cmax(percentile(98))
            .show_scale(true);
        let along = |axis: usize| self.coordinates.column(axis).to_vec();
        let text = values.iter().enumerate().map(|(row, value)| format!("item {row}: {value:.3}"));
        let trace = Scatter::new(along(0), along(1))
            .mode(Mode::Markers)
            .web_gl_mode(true)
            .hover_info(HoverInfo::Text)
            .text_array(text.collect::<Vec<String>>())
            .marker(marker);
        Ok(Figure::new(&format!("{}: {name}", self.name), vec![trace], map_layout()))
    }
}

/// A plane whose coordinates mean nothing but near and far.
fn map_layout() -> Layout {
    let bare = || Axis::new().show_tick_labels(false).show_grid(false).zero_line(false);
    Layout::new().height(620).x_axis(bare()).y_axis(bare().scale_anchor("x"))
}
