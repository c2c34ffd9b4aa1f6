//! What a display ends as: figures in plotly's JSON, which the front end draws.

use ndarray::Array2;
use serde_json::{Value, json};

use super::{Curve, PointGroup};
use crate::math::palette::PALETTE;

/// The MIME type of its figures.
pub(crate) const PLOTLY: &str = "application/vnd.plotly.v1+json";

/// A map as [`Projection::figure`](crate::projection::Projection::figure) draws it, without the names of its points.
pub(super) fn map_figure(coordinates: &Array2<f32>, groups: &[PointGroup], title: &str) -> Value {
    // Four digits after the point are finer than a screen.
    let rounded = |row: usize, axis: usize| (f64::from(coordinates[[row, axis]]) * 1e4).round() / 1e4;
    let traces: Vec<Value> = groups
        .iter()
        .map(|group| {
            let along = |axis: usize| group.rows.iter().map(|&row| rounded(row, axis)).collect::<Vec<f64>>();
            json!({
                "type": "scattergl", "mode": "markers", "name": group.name, "hoverinfo": "name",
                "x": along(0), "y": along(1), "marker": { "size": 4, "opacity": 0.75, "color": group.color },
            })
        })
        .collect();
    let bare = json!({ "showticklabels": false, "showgrid": false, "zeroline": false });
    let mut layout = layout(title, 620);
    layout["showlegend"] = json!(groups.len() > 1);
    layout["legend"] = json!({ "itemsizing": "constant" });
    layout["xaxis"] = bare.clone();
    layout["yaxis"] = bare;
    layout["yaxis"]["scaleanchor"] = json!("x");
    json!({ "data": traces, "layout": layout })
}

impl Curve {
    /// The losses after each epoch as [`loss_curve`](crate::figures::loss_curve) draws them.
    pub(crate) fn figure(&self, title: &str) -> Value {
        let epochs: Vec<f64> = self.epochs.iter().map(|epoch| epoch.0).collect();
        let trace = |name: &str, losses: Vec<f64>, color: &str, dash: &str| {
            json!({
                "type": "scatter", "mode": "lines+markers", "name": name, "x": epochs, "y": losses,
                "line": { "color": color, "dash": dash, "width": 2 },
            })
        };
        let training = self.epochs.iter().map(|epoch| epoch.1).collect();
        let validation = self.epochs.iter().map(|epoch| epoch.2).collect();
        let axis = |title: &str| json!({ "title": { "text": title }, "gridcolor": "rgba(128,128,128,0.2)", "zeroline": false });
        let mut layout = layout(title, 360);
        layout["xaxis"] = axis("epoch");
        layout["yaxis"] = axis("loss");
        json!({
            "data": [
                trace("training", training, PALETTE[0], "dot"),
                trace("validation", validation, PALETTE[1], "solid"),
            ],
            "layout": layout,
        })
    }
}

fn layout(title: &str, height: usize) -> Value {
    json!({
        "title": { "text": title },
        "height": height,
        "font": { "family": "system-ui, sans-serif", "color": "#6b7280" },
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": { "l": 56, "r": 24, "t": 56, "b": 44 },
    })
}
