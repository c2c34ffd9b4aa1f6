//! The neighbor graph as an engine asks for it.

use std::borrow::Cow;
use std::cell::OnceCell;

use ndarray::Array2;

use crate::error::Result;
use crate::neighbors::{KnnGraph, Metric, knn_graph};

/// The neighbors of the rows that are mapped: those given, or found once an engine asks for them.
pub(super) struct Surroundings<'a> {
    rows: &'a Array2<f32>,
    metric: Metric,
    given: Option<&'a KnnGraph>,
    found: OnceCell<KnnGraph>,
}

impl<'a> Surroundings<'a> {
    pub fn new(rows: &'a Array2<f32>, metric: Metric, given: Option<&'a KnnGraph>) -> Self {
        Surroundings { rows, metric, given, found: OnceCell::new() }
    }

    /// The graph of the nearest `n_neighbors`, or of all other rows when there are fewer.
    pub fn neighbors(&self, n_neighbors: usize) -> Result<Cow<'_, KnnGraph>> {
        let n_neighbors = n_neighbors.min(self.rows.nrows() - 1);
        let at_hand = self.at_hand().filter(|graph| graph.n_neighbors() >= n_neighbors);
        match at_hand {
            Some(graph) if graph.n_neighbors() == n_neighbors => Ok(Cow::Borrowed(graph)),
            Some(graph) => graph.first(n_neighbors).map(Cow::Owned),
            None => {
                let graph = knn_graph(self.rows, n_neighbors, self.metric)?;
                Ok(Cow::Borrowed(self.found.get_or_init(|| graph)))
            }
        }
    }

    /// The largest graph that was found so far, else the one given.
    pub fn at_hand(&self) -> Option<&KnnGraph> {
        self.found.get().or(self.given)
    }
}
