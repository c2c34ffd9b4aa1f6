//! Sets of vectors of the points, and the nearest neighbors of each point among them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ndarray::{Array2, s};
use serde::Serialize;

use super::field::Field;
use super::{Explorer, other_split, taken_name};
use crate::error::{Error, Result};
use crate::latents::Latents;
use crate::math::distance::squared_distance;
use crate::math::metric::Metric;
use crate::neighbors::KnnGraph;
use crate::projection::Projection;
use crate::table::Origin;

/// The most dimensions that the page shows.
const MAX_DIMENSIONS: usize = 4096;
/// Neighbors of each point that a page is given.
const MAX_NEIGHBORS: usize = 15;
/// Rows of a graph that are measured again, to see whether it is of these vectors.
const MEASURED: usize = 64;
/// How far a distance may be off: graphs are rounded to single precision.
const TOLERANCE: f64 = 1e-3;

/// One vector per point, or what is known of their neighbors alone.
#[derive(Debug, Clone)]
pub(super) struct VectorSet {
    pub name: String,
    pub latents: Option<Latents>,
    origin: Origin,
    neighbors: Option<Neighbors>,
}

/// What a page keeps of a neighbor graph: all but the distances, which it measures itself.
#[derive(Debug, Clone)]
struct Neighbors {
    /// `[n, k]`, nearest first.
    rows: Array2<u32>,
    metric: Metric,
    recall: Option<f32>,
}

/// A set as the page knows it.
#[derive(Serialize)]
pub(super) struct VectorsEntry {
    pub name: String,
    /// "latent", "given" or "pixels".
    pub origin: &'static str,
    /// Numbers per vector.
    pub size: usize,
    /// Null where the vectors are not in the page.
    pub field: Option<String>,
    pub neighbors: Option<NeighborsEntry>,
}

/// Row numbers of the nearest of each point, nearest first.
#[derive(Serialize)]
pub(super) struct NeighborsEntry {
    pub k: usize,
    pub metric: &'static str,
    /// Share of the true neighbors that were found; null where the graph is exact.
    pub recall: Option<f32>,
    pub field: String,
}

impl VectorSet {
    pub fn new(name: &str, latents: Option<&Latents>, origin: Origin) -> VectorSet {
        VectorSet { name: name.to_string(), latents: latents.cloned(), origin, neighbors: None }
    }

    fn vectors(&self) -> Option<&Array2<f32>> {
        self.latents.as_ref().map(|latents| &*latents.vectors)
    }

    /// Numbers per vector; 0 where the vectors are not known.
    pub fn width(&self) -> usize {
        self.vectors().map_or(0, |vectors| vectors.ncols())
    }

    /// Whether a map was made of these vectors.
    pub fn is_of(&self, map: &Projection) -> bool {
        self.vectors() == Some(&map.latents.vectors)
    }

    /// Puts the vectors and the neighbors among the fields. Vectors that the page cannot show make a larger page and
    /// nothing else: they stay out, as all do without `ship_vectors`.
    pub fn export(
        &self,
        number: usize,
        ship_vectors: bool,
        fields: &mut BTreeMap<String, Field>,
    ) -> Result<VectorsEntry> {
        let vectors = self.vectors();
        let mut field = None;
        if let Some(vectors) = vectors.filter(|vectors| ship_vectors && vectors.ncols() <= MAX_DIMENSIONS) {
            let name = format!("vectors.{number}");
            fields.insert(name.clone(), Field::latents(&self.name, vectors)?);
            field = Some(name);
        }
        let neighbors = self.neighbors.as_ref().map(|Neighbors { rows, metric, recall }| {
            let name = format!("vectors.{number}.neighbors");
            fields.insert(name.clone(), Field::rows(rows));
            NeighborsEntry { k: rows.ncols(), metric: metric.name(), recall: *recall, field: name }
        });
        let origin = match &self.origin {
            Origin::Latent(_) => "latent",
            Origin::Given => "given",
            Origin::Pixels => "pixels",
        };
        Ok(VectorsEntry { name: self.name.clone(), origin, size: self.width(), field, neighbors })
    }

    /// Whether the graph's distances are those of these vectors; `Err` with a row of which they are not.
    fn check_graph(&self, graph: &KnnGraph) -> std::result::Result<(), (usize, f64, f64)> {
        let Some(vectors) = self.vectors() else { return Ok(()) };
        let (n, last) = (vectors.nrows(), graph.n_neighbors() - 1);
        let count = n.min(MEASURED);
        for row in (0..count).map(|sample| sample * n / count) {
            for place in [0, last] {
                let other = graph.indices[[row, place]] as usize;
                let told = f64::from(graph.distances[[row, place]]);
                let pair = vectors.select(ndarray::Axis(0), &[row, other.min(n - 1)]);
                let pair = graph.metric.ready(&pair).unwrap_or(Cow::Borrowed(&pair));
                let measured = graph.metric.of_squared(squared_distance(pair.row(0), pair.row(1)));
                // Of equal vectors the distance is nothing, and rounding is all of it.
                if other >= n || (told - measured).abs() > TOLERANCE * measured.max(TOLERANCE) {
                    return Err((row, told, measured));
                }
            }
        }
        Ok(())
    }
}

impl Explorer {
    /// Adds a set of vectors of the points: maps of them are added next, and the page shows to each map the vectors
    /// that it was made of.
    ///
    /// # Errors
    /// A name that another set has; latents of other rows.
    pub fn with_vectors(mut self, name: &str, latents: &Latents, origin: Origin) -> Result<Explorer> {
        if self.sets.iter().any(|set| set.name == name) {
            return Err(taken_name("vectors", name));
        }
        latents.check()?;
        self.check_count("the latents", latents.len())?;
        let same_labels = latents.labels.is_none() || latents.labels == self.labels;
        if latents.split != self.name || !same_labels {
            return Err(other_split("the latents", &latents.split, &self.name));
        }
        self.sets.push(VectorSet::new(name, Some(latents), origin));
        Ok(self)
    }

    /// Leaves the vectors out of the page, which is smaller then: what is shown of a vector goes, and neighbors stay
    /// where [`Explorer::with_neighbors`] gave them.
    pub fn without_vectors(mut self) -> Explorer {
        self.ship_vectors = false;
        self
    }

    /// Gives the page the true neighbors of each point, up to 15, so that it need not search: those of the set of
    /// vectors whose distances the graph has.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let vectors = Array2::from_shape_fn((40, 6), |(row, column)| ((row * (column + 2)) as f32 / 5.0).sin());
    /// let latents = Latents::new("mine", vectors, None)?;
    /// let graph = neighbors::knn_graph(&latents.vectors, 15, Metric::Euclidean)?;
    /// let page = Explorer::of(&latents)?.with_neighbors(&graph)?;
    /// let other = Latents::new("mine", latents.vectors.mapv(|x| x + x * x), None)?;
    /// let refused = Explorer::of(&other)?.with_neighbors(&graph).unwrap_err().to_string();
    /// assert!(refused.contains("give the graph of the vectors of the page"), "{refused}");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// A graph of another number of rows, without neighbors, or of other vectors.
    pub fn with_neighbors(mut self, graph: &KnnGraph) -> Result<Explorer> {
        self.check_count("the neighbor graph", graph.n_rows())?;
        if graph.n_neighbors() == 0 {
            return Err(Error::empty("the neighbor graph", "give one of at least one neighbor per row"));
        }
        if self.sets.is_empty() {
            self.sets.push(VectorSet::new("vectors", None, Origin::Given));
        }
        let checks: Vec<_> = self.sets.iter().map(|set| set.check_graph(graph)).collect();
        let Some(set) = checks.iter().position(std::result::Result::is_ok) else {
            let (row, told, measured) = checks[0].expect_err("no set has its distances");
            let remedy = format!(
                "measured on the page's vectors it is {measured}; give the graph of the vectors of the page"
            );
            let value = format!("{told} in row {row} of the neighbor graph");
            return Err(Error::Config { name: "distance", value, remedy });
        };
        let shown = graph.n_neighbors().min(MAX_NEIGHBORS);
        let rows = graph.indices.slice(s![.., ..shown]).to_owned();
        self.sets[set].neighbors = Some(Neighbors { rows, metric: graph.metric, recall: graph.recall });
        Ok(self)
    }
}
