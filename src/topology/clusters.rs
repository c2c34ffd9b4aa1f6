//! Clusters as what stays together over the widest range of densities: HDBSCAN (Campello, Moulavi & Sander 2013).

use ndarray::{Array1, Array2};

use super::spanning_tree::{Edge, distance, spanning_tree_by};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::math::checks::check_rows;
use crate::neighbors::{Metric, Search, knn_graph_with};

/// What counts as a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterConfig {
    /// Rows that a cluster has at the least, 2 or more; fewer are stray rows.
    pub min_cluster_size: usize,
    /// Rows, itself among them, within whose distance a row's surroundings are seen; more are deaf to stray rows.
    pub min_samples: usize,
}

impl ClusterConfig {
    /// What suits `n` rows: clusters of a hundredth of them, of 15 at the least.
    ///
    /// ```
    /// # use neural_manifold::topology::ClusterConfig;
    /// assert_eq!(ClusterConfig::for_rows(10_000), ClusterConfig { min_cluster_size: 100, min_samples: 15 });
    /// assert_eq!(ClusterConfig::for_rows(600).min_cluster_size, 15);
    /// ```
    pub fn for_rows(n: usize) -> ClusterConfig {
        ClusterConfig { min_cluster_size: (n / 100).max(15), min_samples: 15 }
    }
}

/// Finds the clusters of `rows`, `[n, d]`, such as the places of a map, under the Euclidean distance: those of the HDBSCAN
/// hierarchy with the greatest excess of mass. The largest is called `cluster 1`; rows in none have no label.
///
/// Every pair of rows is measured: 10,000 places of a map take a second.
///
/// ```
/// use ndarray::Array2;
/// use neural_manifold::topology::{ClusterConfig, clusters};
///
/// // Two clouds and a row far from both.
/// let rows = Array2::from_shape_fn((41, 1), |(i, _)| [0.0, 50.0, 500.0][i / 20] + (i % 20) as f32);
/// let found = clusters(&rows, &ClusterConfig { min_cluster_size: 5, min_samples: 2 })?;
/// assert_eq!((found.name(0), found.name(20)), ("cluster 1", "cluster 2"));
/// assert_eq!(found.codes[40], neural_manifold::labels::Labels::MISSING);
/// # Ok::<(), neural_manifold::Error>(())
/// ```
///
/// # Errors
/// No rows, a value that is not finite, sizes out of range; an interrupt of the notebook's cell.
pub fn clusters(rows: &Array2<f32>, config: &ClusterConfig) -> Result<Labels> {
    check_rows("rows", rows)?;
    let &ClusterConfig { min_cluster_size, min_samples } = config;
    if min_cluster_size < 2 {
        let remedy = "give 2 or more: a row alone is no cluster";
        return Err(Error::config("min_cluster_size", min_cluster_size, remedy));
    }
    if min_samples == 0 || min_samples > rows.nrows() {
        let remedy = format!("give 1 to {}, the number of rows", rows.nrows());
        return Err(Error::config("min_samples", min_samples, remedy));
    }
    let cores = core_distances(rows, min_samples)?;
    let length = |i: usize, j: usize| distance(rows.row(i), rows.row(j)).max(cores[i]).max(cores[j]);
    let mut edges = spanning_tree_by(rows.nrows(), length)?;
    edges.sort_by(|a, b| a.length.total_cmp(&b.length));
    Ok(by_size(&Hierarchy::grown(rows.nrows(), &edges, min_cluster_size).chosen()))
}

/// The distance of each row to the farthest of its `min_samples` nearest, itself among them.
fn core_distances(rows: &Array2<f32>, min_samples: usize) -> Result<Vec<f64>> {
    if min_samples == 1 {
        return Ok(vec![0.0; rows.nrows()]);
    }
    let graph = knn_graph_with(rows, min_samples - 1, Metric::Euclidean, Search::Exact)?;
    Ok(graph.distances.column(min_samples - 2).iter().map(|&d| f64::from(d)).collect())
}

/// Clusters within clusters, each after those that it holds.
struct Hierarchy {
    clusters: Vec<Cluster>,
    /// The smallest cluster that each row is in.
    smallest: Vec<Option<usize>>,
}

struct Cluster {
    size: usize,
    parent: Option<usize>,
    /// Sum over its rows of the density, 1 / distance, at which each leaves it.
    leaving: f64,
    /// Excess of mass: `leaving`, less the density at which it forms for each of its rows.
    stability: f64,
    /// Sum of the best stabilities of what it holds.
    held: f64,
}

/// A connected component at the scale reached so far.
enum Component {
    /// Rows too few for a cluster.
    Few(Vec<usize>),
    Cluster(usize),
}

impl Hierarchy {
    /// Joins rows along the edges, which come shortest first.
    fn grown(n_rows: usize, edges: &[Edge], min_size: usize) -> Hierarchy {
        let mut tree = Hierarchy { clusters: Vec::new(), smallest: vec![None; n_rows] };
        let mut parent: Vec<usize> = (0..n_rows).collect();
        let mut components: Vec<Component> = (0..n_rows).map(|row| Component::Few(vec![row])).collect();
        // Rows at one place would be infinitely dense: they are as dense as the nearest that are apart.
        let shortest = edges.iter().map(|edge| edge.length).find(|&length| length > 0.0);
        for edge in edges {
            let density = 1.0 / edge.length.max(shortest.unwrap_or(1.0));
            let [into, from] = edge.ends.map(|end| root(&mut parent, end));
            let few = || Component::Few(Vec::new());
            let a = std::mem::replace(&mut components[into], few());
            let b = std::mem::replace(&mut components[from], few());
            components[into] = tree.joined(a, b, density, min_size);
            parent[from] = into;
        }
        tree
    }

    fn joined(&mut self, a: Component, b: Component, density: f64, min_size: usize) -> Component {
        match (a, b) {
            (Component::Few(mut rows), Component::Few(others)) => {
                rows.extend(others);
                if rows.len() < min_size {
                    return Component::Few(rows);
                }
                let made = self.add(rows.len(), density);
                rows.into_iter().for_each(|row| self.smallest[row] = Some(made));
                Component::Cluster(made)
            }
            (Component::Cluster(cluster), Component::Few(rows))
            | (Component::Few(rows), Component::Cluster(cluster)) => {
                self.clusters[cluster].size += rows.len();
                self.clusters[cluster].leaving += density * rows.len() as f64;
                rows.into_iter().for_each(|row| self.smallest[row] = Some(cluster));
                Component::Cluster(cluster)
            }
            (Component::Cluster(a), Component::Cluster(b)) => {
                let made = self.add(self.clusters[a].size + self.clusters[b].size, density);
                for held in [a, b] {
                    let Cluster { size, leaving, held: within, .. } = self.clusters[held];
                    let stability = leaving - density * size as f64;
                    self.clusters[held].stability = stability;
                    self.clusters[held].parent = Some(made);
                    self.clusters[made].held += stability.max(within);
                }
                Component::Cluster(made)
            }
        }
    }

    fn add(&mut self, size: usize, density: f64) -> usize {
        let leaving = density * size as f64;
        self.clusters.push(Cluster { size, parent: None, leaving, stability: 0.0, held: 0.0 });
        self.clusters.len() - 1
    }

    /// Of each row the cluster that is chosen: the outermost that is more stable than what it holds, but never that of all
    /// rows.
    fn chosen(&self) -> Vec<Option<usize>> {
        let mut outermost: Vec<Option<usize>> = vec![None; self.clusters.len()];
        for (number, cluster) in self.clusters.iter().enumerate().rev() {
            outermost[number] = match cluster.parent {
                None => None,
                Some(parent) if outermost[parent].is_some() => outermost[parent],
                Some(_) => (cluster.stability >= cluster.held).then_some(number),
            };
        }
        self.smallest.iter().map(|cluster| cluster.and_then(|cluster| outermost[cluster])).collect()
    }
}

/// The root of a row's component (union-find, Galler & Fischer 1964); the path to it is halved on the way.
fn root(parent: &mut [usize], mut i: usize) -> usize {
    while parent[i] != i {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    i
}

/// The clusters by their size, the largest first; of equal ones that of the first row.
fn by_size(chosen: &[Option<usize>]) -> Labels {
    let mut sizes: Vec<(usize, usize)> = Vec::new(); // cluster, rows; in the order of the first rows
    for &cluster in chosen.iter().flatten() {
        match sizes.iter_mut().find(|(known, _)| *known == cluster) {
            Some((_, size)) => *size += 1,
            None => sizes.push((cluster, 1)),
        }
    }
    sizes.sort_by_key(|&(_, size)| std::cmp::Reverse(size));
    let code = |cluster: usize| {
        let place = sizes.iter().position(|&(known, _)| known == cluster);
        place.expect("every cluster was counted") as u32
    };
    let codes: Vec<u32> = chosen.iter().map(|cluster| cluster.map_or(Labels::MISSING, code)).collect();
    let names = (1..=sizes.len()).map(|number| format!("cluster {number}")).collect();
    Labels { codes: Array1::from_vec(codes), names }
}
