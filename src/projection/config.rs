//! What a map is made with.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::umap::{Init, UmapConfig};
use crate::error::{Error, Result};
use crate::neighbors::Metric;

/// The algorithm that lays out the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Engine {
    /// UMAP (McInnes, Healy & Melville 2018), our own optimiser: seeded, the same bits at any thread count.
    #[default]
    Umap,
    /// The crate annembed: in UMAP's family, but without a seed, so that every run differs.
    Annembed,
    /// Principal components: linear, the baseline.
    Pca,
    /// t-SNE (van der Maaten & Hinton 2008).
    Tsne,
    /// PaCMAP (Wang, Huang, Rudin & Shaposhnik 2021).
    Pacmap,
    /// densMAP (Narayan, Berger & Cho 2021): UMAP that keeps local density.
    Densmap,
}

impl Engine {
    /// Every engine.
    pub const ALL: [Engine; 6] =
        [Engine::Umap, Engine::Annembed, Engine::Pca, Engine::Tsne, Engine::Pacmap, Engine::Densmap];

    /// The name that [`Engine::from_str`] understands.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Umap => "umap",
            Engine::Annembed => "annembed",
            Engine::Pca => "pca",
            Engine::Tsne => "tsne",
            Engine::Pacmap => "pacmap",
            Engine::Densmap => "densmap",
        }
    }

    /// The name for headings.
    pub fn title(self) -> &'static str {
        match self {
            Engine::Umap => "UMAP",
            Engine::Annembed => "annembed",
            Engine::Pca => "PCA",
            Engine::Tsne => "t-SNE",
            Engine::Pacmap => "PaCMAP",
            Engine::Densmap => "densMAP",
        }
    }
}

impl FromStr for Engine {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Engine::ALL.into_iter().find(|engine| engine.name() == name).ok_or_else(|| {
            let names = Engine::ALL.map(Engine::name).join(", ");
            Error::config("engine", format!("{name:?}"), format!("choose one of {names}"))
        })
    }
}

/// A switch that ends long work after its current epoch. Clones share the switch.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// A flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to end.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work is to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How to make a map.
#[derive(Debug, Clone)]
pub struct ProjectionConfig {
    /// What makes the map.
    pub engine: Engine,
    /// Neighbors per row, itself not counted. t-SNE takes it as its perplexity.
    pub n_neighbors: usize,
    /// How close UMAP and densMAP may pack points, in units of the map.
    pub min_dist: f64,
    /// The scale of the UMAP and densMAP map.
    pub spread: f64,
    /// Passes over the edges. `None`: the engine's default; for UMAP 600 up to 10,000 rows and 160 beyond.
    pub n_epochs: Option<usize>,
    /// How far apart two rows are.
    pub metric: Metric,
    /// The starting layout. Only UMAP takes [`Init::Given`].
    pub init: Init,
    /// The source of all randomness; annembed alone has no seed.
    pub seed: u64,
    /// Prints progress.
    pub verbose: bool,
    /// Ends UMAP early, after the current epoch.
    pub stop: Option<Stop>,
    /// Epochs at which UMAP's layout is kept in [`Projection::frames`](super::Projection::frames): a film of the
    /// map forming. 0 is the start.
    pub keep_epochs: Vec<usize>,
}

impl Default for ProjectionConfig {
    fn default() -> Self {
        ProjectionConfig {
            engine: Engine::Umap,
            n_neighbors: 15,
            min_dist: 0.1,
            spread: 1.0,
            n_epochs: None,
            metric: Metric::Euclidean,
            init: Init::Spectral,
            seed: 42,
            verbose: false,
            stop: None,
            keep_epochs: Vec::new(),
        }
    }
}

impl ProjectionConfig {
    pub(super) fn check(&self) -> Result<()> {
        if self.n_neighbors == 0 {
            return Err(Error::config("n_neighbors", 0, "ask for at least one neighbor"));
        }
        if !(self.spread.is_finite() && self.spread > 0.0) {
            return Err(Error::config("spread", self.spread, "give a positive number"));
        }
        if !(0.0..=self.spread).contains(&self.min_dist) {
            let remedy = format!("give a number from 0 to spread, which is {}", self.spread);
            return Err(Error::config("min_dist", self.min_dist, remedy));
        }
        Ok(())
    }

    /// The settings that UMAP takes.
    pub(super) fn umap(&self) -> UmapConfig {
        UmapConfig {
            n_neighbors: self.n_neighbors,
            min_dist: self.min_dist,
            spread: self.spread,
            n_epochs: self.n_epochs,
            metric: self.metric,
            init: self.init.clone(),
            seed: self.seed,
            progress: self.verbose,
            stop: self.stop.clone(),
            keep_epochs: self.keep_epochs.clone(),
        }
    }
}
