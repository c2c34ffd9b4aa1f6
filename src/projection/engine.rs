//! The engines: every algorithm that can lay out a map, each with settings of its own.
//!
//! To add one, write a file with its config, implement [`EngineConfig`] for that, and add one line to the list below.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::annembed::AnnembedConfig;
use super::densmap::DensmapConfig;
use super::engine_config::EngineConfig;
use super::pacmap::PacmapConfig;
use super::pca::PcaConfig;
use super::start::Start;
use super::trimap::TrimapConfig;
use super::tsne::TsneConfig;
use super::umap::UmapConfig;
use crate::error::{Error, Result};
use crate::neighbors::Metric;

/// Writes the enum, the list of all engines and the way to each one's settings from one list.
macro_rules! engines {
    ($($(#[$doc:meta])* $engine:ident($config:ty),)*) => {
        /// The algorithm that lays out the map, with its settings.
        ///
        /// Settings are an engine: `project(&latents, TsneConfig::default())` and
        /// `project(&latents, Engine::Tsne(TsneConfig::default()))` are the same.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        // In files by the settings that last: not how progress is told, nor arrays of places to start from.
        #[serde(rename_all = "lowercase")]
        pub enum Engine {
            $($(#[$doc])* $engine($config),)*
        }

        impl Engine {
            /// Every engine with its default settings.
            pub fn all() -> Vec<Engine> {
                vec![$(Engine::$engine(<$config>::default()),)*]
            }

            pub(super) fn config(&self) -> &dyn EngineConfig {
                match self {
                    $(Engine::$engine(config) => config,)*
                }
            }

            fn config_mut(&mut self) -> &mut dyn EngineConfig {
                match self {
                    $(Engine::$engine(config) => config,)*
                }
            }
        }

        $(impl From<$config> for Engine {
            fn from(config: $config) -> Self {
                Engine::$engine(config)
            }
        })*
    };
}

engines! {
    /// UMAP (McInnes, Healy & Melville 2018), our own optimizer: seeded, the same bits at any number of threads.
    Umap(UmapConfig),
    /// t-SNE (van der Maaten & Hinton 2008).
    Tsne(TsneConfig),
    /// PaCMAP (Wang, Huang, Rudin & Shaposhnik 2021) and LocalMAP (Wang, Sun, Huang & Rudin 2025).
    Pacmap(PacmapConfig),
    /// TriMap (Amid & Warmuth 2019).
    Trimap(TrimapConfig),
    /// densMAP (Narayan, Berger & Cho 2021): UMAP that keeps local density.
    Densmap(DensmapConfig),
    /// The crate annembed: in UMAP's family, but without a seed, so that every run differs.
    Annembed(AnnembedConfig),
    /// Principal components: linear, the baseline.
    Pca(PcaConfig),
}

impl Default for Engine {
    fn default() -> Self {
        Engine::Umap(UmapConfig::default())
    }
}

impl Engine {
    /// The name that [`Engine::from_str`] understands, such as "umap".
    pub fn name(&self) -> &'static str {
        self.config().name()
    }

    /// The name for headings, as its authors write it, such as "UMAP".
    pub fn title(&self) -> &'static str {
        self.config().title()
    }

    /// The settings that shape the map, in one line.
    pub fn note(&self) -> String {
        self.config().note()
    }

    /// Neighbors in which a row's surroundings are seen: those by which new rows are placed.
    pub fn n_neighbors(&self) -> usize {
        self.config().n_neighbors()
    }

    /// How far apart two rows are for this engine.
    pub fn metric(&self) -> Metric {
        self.config().metric()
    }

    /// The source of its randomness, where it has one that can be set.
    pub fn seed(&self) -> Option<u64> {
        self.config().seed()
    }

    /// The same engine with another seed.
    ///
    /// # Errors
    /// annembed, which cannot be seeded, and PCA, in which nothing is random.
    pub fn with_seed(&self, seed: u64) -> Result<Engine> {
        if self.seed().is_none() {
            let remedy = format!("{} takes none; choose an engine that does, such as umap", self.title());
            return Err(Error::config("seed", seed, remedy));
        }
        let mut engine = self.clone();
        engine.config_mut().set_seed(seed);
        Ok(engine)
    }

    /// The same engine, which begins at the places of a [`Start`]: a map that stays recognizable beside the first. The places
    /// are taken as they are, neither scaled nor moved, and where the settings name no number of epochs, a quarter of the
    /// usual ones is run: more would move the rows further from where they were, and score no better.
    ///
    /// # Errors
    /// Others than UMAP and densMAP, which begin in their own way alone. Places of other rows than those that are mapped
    /// are refused by [`project`](super::project).
    pub fn with_start(&self, start: &Start) -> Result<Engine> {
        let mut engine = self.clone();
        if engine.config_mut().set_start(start.coordinates.clone()) {
            return Ok(engine);
        }
        let remedy = format!("{} takes none; choose an engine that does, such as umap", self.title());
        Err(Error::config("start", format!("{} places", start.mapped.len()), remedy))
    }

    /// The same engine, which keeps so many layouts on its way, evenly spread over its epochs on `n_rows` rows: the first
    /// is the one that it starts from, the last the map. The map has the same bits as without.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let spiral = Array2::from_shape_fn((200, 3), |(row, column)| ((row * (column + 1)) as f32 / 20.0).sin());
    /// let latents = Latents::new("spiral", spiral, None)?;
    /// let umap = project(&latents, Engine::default().with_frames(7, latents.len())?)?;
    /// let epochs: Vec<usize> = umap.snapshots.iter().map(|snapshot| snapshot.epoch).collect();
    /// assert_eq!((epochs, umap.n_epochs), (vec![0, 100, 200, 300, 400, 500], 600));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Fewer than two, or more than there are epochs; annembed and PCA, which report none.
    pub fn with_frames(&self, frames: usize, n_rows: usize) -> Result<Engine> {
        let Some(n_epochs) = self.config().epochs_on(n_rows) else {
            let remedy =
                format!("{} reports no epochs; choose an engine that does, such as umap", self.title());
            return Err(Error::config("frames", frames, remedy));
        };
        if frames < 2 || frames > n_epochs + 1 {
            let remedy = match n_epochs {
                0 => "there are no epochs, so nothing moves".to_string(),
                _ => format!("there are {n_epochs} epochs, so give a number from 2 to {}", n_epochs + 1),
            };
            return Err(Error::config("frames", frames, remedy));
        }
        let mut engine = self.clone();
        // The last is the map itself, which needs no snapshot.
        let epochs = (0..frames - 1).map(|frame| frame * n_epochs / (frames - 1)).collect();
        engine.config_mut().set_keep_epochs(epochs);
        Ok(engine)
    }
}

impl FromStr for Engine {
    type Err = Error;

    /// The engine of a name, with its default settings.
    fn from_str(name: &str) -> Result<Self> {
        // LocalMAP is PaCMAP by other settings, and known by a name of its own.
        let engines: Vec<Engine> =
            Engine::all().into_iter().chain([PacmapConfig::localmap().into()]).collect();
        let names: Vec<&str> = engines.iter().map(Engine::name).collect();
        let unknown =
            || Error::config("engine", format!("{name:?}"), format!("choose one of {}", names.join(", ")));
        engines.iter().find(|engine| engine.name() == name).cloned().ok_or_else(unknown)
    }
}

impl From<&Engine> for Engine {
    fn from(engine: &Engine) -> Self {
        engine.clone()
    }
}
