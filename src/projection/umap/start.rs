//! Where the points stand before the first epoch.

use ndarray::{Array2, Axis};

use super::fuzzy::Graph;
use super::optimize::Point;
use super::{as_points, spectral};
use crate::error::{Error, Result};
use crate::math::checks;
use crate::math::random::splitmix64 as mix;
use crate::projection::{Init, Pca, ProjectionConfig};

/// Side of the square that the starting layout fills, as in umap-learn.
const SIDE: f32 = 10.0;
/// Shift that separates points which start at the same place.
const JITTER: f32 = 1e-3;

/// The starting layout: finite, `n` points.
pub(super) fn layout(rows: &Array2<f32>, graph: &Graph, config: &ProjectionConfig) -> Result<Vec<Point>> {
    let mut coordinates = match &config.init {
        Init::Given(given) => {
            check_given(given, rows.nrows())?;
            return Ok(as_points(given));
        }
        Init::Pca => Pca::fit(rows.view()).apply(rows.view()),
        Init::Spectral => by_components(rows, graph, config.seed),
    };
    fill_square(&mut coordinates);
    let jitter = |row: usize, axis: u64| {
        let random = mix(config.seed ^ mix(2 * row as u64 + axis)) >> 40;
        JITTER * (random as f32 / (1u64 << 23) as f32 - 1.0)
    };
    let points = as_points(&coordinates);
    Ok(points.into_iter().enumerate().map(|(i, [x, y])| [x + jitter(i, 0), y + jitter(i, 1)]).collect())
}

fn check_given(given: &Array2<f32>, n: usize) -> Result<()> {
    if given.dim() != (n, 2) {
        let remedy = format!("give one place in the plane for each of the {n} rows");
        return Err(Error::config("init", format!("an array of shape {:?}", given.dim()), remedy));
    }
    checks::check_rows("init", given)
}

/// A connected graph is laid out by its eigenvectors. A few components are each laid out so, in a size that suits
/// their share of the rows, around their centres among the principal components, for the graph says nothing on
/// how they lie to each other. Many components are left to the principal components.
fn by_components(rows: &Array2<f32>, graph: &Graph, seed: u64) -> Array2<f32> {
    let (component, count) = spectral::components(graph);
    if count == 1
        && let Some(layout) = spectral::layout(graph, seed)
    {
        return layout;
    }
    let mut plane = Pca::fit(rows.view()).apply(rows.view());
    if count == 1 || count > spectral::MOST_COMPONENTS {
        return plane;
    }
    fill_square(&mut plane);
    for number in 0..count {
        let members: Vec<usize> = (0..rows.nrows()).filter(|&i| component[i] == number).collect();
        let Some(layout) = spectral::layout(&subgraph(graph, &members), seed) else { continue };
        let center = plane.select(Axis(0), &members).mean_axis(Axis(0)).unwrap_or_default();
        let radius = SIDE / 2.0 * (members.len() as f32 / rows.nrows() as f32).sqrt();
        for (&i, place) in members.iter().zip(layout.rows()) {
            plane.row_mut(i).assign(&(&center + &(&place * radius)));
        }
    }
    plane
}

/// The graph of the given rows alone, ascending, none of which has an edge to another.
fn subgraph(graph: &Graph, members: &[usize]) -> Graph {
    let mut offsets = vec![0];
    let (mut targets, mut weights) = (Vec::new(), Vec::new());
    for &i in members {
        for (j, weight) in graph.edges(i) {
            targets.push(members.binary_search(&j).unwrap_or_default() as u32);
            weights.push(weight);
        }
        offsets.push(targets.len());
    }
    Graph { offsets, targets, weights }
}

/// Stretches each axis from 0 to [`SIDE`]; an axis without extent becomes 0.
fn fill_square(coordinates: &mut Array2<f32>) {
    for mut axis in coordinates.axis_iter_mut(Axis(1)) {
        let low = axis.iter().copied().fold(f32::INFINITY, f32::min);
        let high = axis.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let scale = if high > low { SIDE / (high - low) } else { 0.0 };
        axis.mapv_inplace(|x| (x - low) * scale);
    }
}
