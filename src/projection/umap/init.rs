//! Positions before the first epoch.

use ndarray::{Array2, Axis};

use super::config::Init;
use super::fuzzy_graph::FuzzyGraph;
use super::points::{Point, to_points};
use super::spectral::{connected_components, spectral_layout};
use crate::error::{Error, Result};
use crate::math::checks::check_rows;
use crate::math::pca::principal_coordinates;
use crate::math::random::splitmix64;

/// Side of the square or cube to which the initial layout is scaled, as in umap-learn.
const EXTENT: f32 = 10.0;
/// A graph that falls into more is laid out by principal components alone.
const MAX_PARTS: usize = 64;
/// Largest random shift along an axis; it separates points that would start at one position.
const JITTER: f32 = 1e-3;

/// The initial layout: one finite position per row, on the first `n_components` axes of `D`.
pub(in crate::projection) fn initial_layout<const D: usize>(
    rows: &Array2<f32>,
    graph: &FuzzyGraph,
    init: &Init,
    n_components: usize,
    seed: u64,
) -> Result<Vec<Point<D>>> {
    let mut coordinates = match init {
        Init::Given(given) => {
            check_given(given, (rows.nrows(), n_components))?;
            return Ok(to_points(given));
        }
        Init::Pca => principal_coordinates(rows.view(), n_components),
        Init::Spectral => spectral_init(rows, graph, n_components, seed),
    };
    rescale(&mut coordinates);
    for ((row, axis), along) in coordinates.indexed_iter_mut() {
        let random = splitmix64(seed ^ splitmix64((n_components * row + axis) as u64)) >> 40;
        *along += JITTER * (random as f32 / (1u64 << 23) as f32 - 1.0);
    }
    Ok(to_points(&coordinates))
}

fn check_given(given: &Array2<f32>, shape: (usize, usize)) -> Result<()> {
    if given.dim() != shape {
        let remedy = format!("give one of shape {shape:?}, a position for each row");
        return Err(Error::config("init", format!("an array of shape {:?}", given.dim()), remedy));
    }
    check_rows("init", given)
}

/// Eigenvectors of the graph where it is connected or has a few components, else principal components.
fn spectral_init(rows: &Array2<f32>, graph: &FuzzyGraph, n_components: usize, seed: u64) -> Array2<f32> {
    let (part, n_parts) = connected_components(graph);
    let principal = || principal_coordinates(rows.view(), n_components);
    match n_parts {
        1 => spectral_layout(graph, n_components, seed).unwrap_or_else(principal),
        2..=MAX_PARTS => multi_component_layout(principal(), graph, &part, n_parts, seed),
        _ => principal(),
    }
}

/// Lays out each component by its own eigenvectors, around its center among the principal components, since
/// the graph does not say how the components lie to each other. Its area follows its share of the rows. Rows
/// of a component that is too small for eigenvectors stay at their principal components.
fn multi_component_layout(
    mut coordinates: Array2<f32>,
    graph: &FuzzyGraph,
    component: &[usize],
    n_parts: usize,
    seed: u64,
) -> Array2<f32> {
    rescale(&mut coordinates);
    for number in 0..n_parts {
        let members: Vec<usize> = (0..graph.n_rows()).filter(|&i| component[i] == number).collect();
        let Some(layout) = spectral_layout(&subgraph(graph, &members), coordinates.ncols(), seed) else {
            continue;
        };
        let center = coordinates
            .select(Axis(0), &members)
            .mean_axis(Axis(0))
            .expect("a component has at least the row that it was found from");
        let radius = EXTENT / 2.0 * (members.len() as f32 / graph.n_rows() as f32).sqrt();
        for (&i, position) in members.iter().zip(layout.rows()) {
            coordinates.row_mut(i).assign(&(&center + &(&position * radius)));
        }
    }
    coordinates
}

/// The graph of one component: `members` are its rows, ascending.
fn subgraph(graph: &FuzzyGraph, members: &[usize]) -> FuzzyGraph {
    let mut offsets = vec![0];
    let (mut targets, mut weights) = (Vec::new(), Vec::new());
    for &i in members {
        for (j, weight) in graph.edges(i) {
            let target = members.binary_search(&j).expect("no edge leaves a component");
            targets.push(target as u32);
            weights.push(weight);
        }
        offsets.push(targets.len());
    }
    FuzzyGraph { offsets, targets, weights }
}

/// Scales each axis to 0..[`EXTENT`]; an axis on which all points agree becomes 0.
fn rescale(coordinates: &mut Array2<f32>) {
    for mut axis in coordinates.axis_iter_mut(Axis(1)) {
        let low = axis.iter().copied().fold(f32::INFINITY, f32::min);
        let high = axis.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let scale = if high > low { EXTENT / (high - low) } else { 0.0 };
        axis.mapv_inplace(|x| (x - low) * scale);
    }
}
