//! The maps that a command makes.

use clap::Args;
use ndarray::Array2;
use neural_manifold::labels::Labels;
use neural_manifold::latents::Latents;
use neural_manifold::neighbors::{KnnGraph, Metric, knn_graph};
use neural_manifold::projection::{Engine, Projection, Start, project, project_with};
use neural_manifold::quality::{Map, Original, Quality, QualityConfig, assess};
use neural_manifold::table::Table;
use neural_manifold::{Error, Result};

use super::input::VectorSet;
use super::output::{Output, graph_line, scores_line};

#[derive(Args)]
pub struct Engines {
    /// How the map is made: umap, tsne, pacmap, localmap, trimap, densmap, annembed, pca; several, separated by commas, are several maps
    #[arg(long, value_delimiter = ',', default_value = "umap", value_name = "NAMES")]
    engine: Vec<String>,
    /// Neighbors in which a row's surroundings are seen, by UMAP, PaCMAP and densMAP [default: the engine's, 15 for UMAP]
    #[arg(long, value_name = "COUNT")]
    n_neighbors: Option<usize>,
    /// How near points may come on the map, by UMAP [default: 0.1]
    #[arg(long, value_name = "DISTANCE")]
    min_dist: Option<f64>,
    /// Axes of the map, by UMAP; pages show maps of 2 [default: 2]
    #[arg(long, value_name = "COUNT")]
    components: Option<usize>,
    /// Column with classes that UMAP is to keep together; a row may have none
    #[arg(long, value_name = "COLUMN")]
    supervise: Option<String>,
    /// How much these classes count, from 0 to 1 [default: 0.5]
    #[arg(long, value_name = "WEIGHT", requires = "supervise")]
    target_weight: Option<f64>,
}

/// Neighbors that are told of each row, where there are as many.
const NEIGHBORS: usize = 15;

/// Rows below which there is no map: of two, each has but one neighbor.
const FEWEST: usize = 3;

/// Where maps begin, and what is told and kept of them.
pub struct Course {
    /// Whether they are scored where there are rows enough.
    pub scored: bool,
    /// How many layouts of the first one are kept on its way.
    pub frames: Option<usize>,
    /// Where all of them begin.
    pub start: Option<Start>,
}

/// Maps of the same vectors, with their scores where there are rows enough for any.
pub struct Maps {
    pub maps: Vec<(Projection, Option<Quality>)>,
    /// The neighbors by which they were made; `None` for a single row.
    pub graph: Option<KnnGraph>,
}

impl Engines {
    /// Refuses a name before the data are read.
    ///
    /// # Errors
    /// An engine that is not known.
    pub fn check_names(&self) -> Result<()> {
        self.engine.iter().try_for_each(|name| name.trim().parse::<Engine>().map(drop))
    }

    /// Makes maps of a table's rows, all by one neighbor graph.
    ///
    /// # Errors
    /// An engine that is not known or takes no start, a column of classes that is not there; as for [`project_with`].
    pub fn run(
        &self,
        table: &Table,
        latents: &Latents,
        seed: u64,
        course: &Course,
        output: &Output,
    ) -> Result<Maps> {
        let target = self.supervise.as_ref().map(|column| table.categories(column)).transpose()?;
        let engines =
            self.engine.iter().map(|name| self.engine(name, target.as_ref(), seed, latents.len(), output));
        if latents.len() < FEWEST {
            let remedy = format!("a map shows who is near whom; give at least {FEWEST}");
            return Err(Error::Config {
                name: "the number of rows",
                value: latents.len().to_string(),
                remedy,
            });
        }
        // All names before the first map: a wrong one must not cost the others' time.
        let mut engines = engines.collect::<Result<Vec<Engine>>>()?;
        if let Some(start) = &course.start {
            engines = engines.iter().map(|engine| engine.with_start(start)).collect::<Result<_>>()?;
        }
        if let (Some(frames), Some(first)) = (course.frames, engines.first_mut()) {
            *first = first.with_frames(frames, latents.len())?;
        }
        let wanted = engines.iter().map(Engine::n_neighbors).max().unwrap_or(0).max(NEIGHBORS);
        let graph = match wanted.min(latents.len().saturating_sub(1)) {
            0 => None,
            n_neighbors => Some(knn_graph(&latents.vectors, n_neighbors, Metric::Euclidean)?),
        };
        if let Some(graph) = &graph {
            output.note(&graph_line(graph));
        }
        let mut maps = Vec::new();
        for engine in engines {
            output.note(&format!("mapping {} rows by {} ({})", latents.len(), engine.title(), engine.note()));
            let map = match graph.as_ref().filter(|graph| graph.n_neighbors() >= engine.n_neighbors()) {
                Some(graph) => project_with(latents, graph, engine)?,
                None => project(latents, engine)?,
            };
            let quality = if course.scored { score(latents, &map.coordinates)? } else { None };
            match &quality {
                Some(quality) => output.note(&scores_line(&map.name, quality)),
                None if course.scored => output.note(&format!("{}: too few rows for scores", map.name)),
                None => {}
            }
            maps.push((map, quality));
        }
        let graph = match graph {
            Some(graph) if graph.n_neighbors() > NEIGHBORS => Some(graph.first(NEIGHBORS)?),
            graph => graph,
        };
        Ok(Maps { maps, graph })
    }

    /// The one engine of a command that makes a single map.
    ///
    /// # Errors
    /// Several; one that is not known.
    pub fn single(&self, seed: u64, n_rows: usize, output: &Output) -> Result<Engine> {
        match self.engine.as_slice() {
            // Classes shape a map, not how rows are placed on it.
            [name] => self.engine(name, None, seed, n_rows, output),
            names => Err(Error::Config {
                name: "engine",
                value: names.join(","),
                remedy: "give one: the one that made the map".to_string(),
            }),
        }
    }

    /// The columns that hold classes because a flag says so, whatever their values look like.
    pub fn categories(&self) -> Vec<String> {
        self.supervise.iter().cloned().collect()
    }

    /// Refuses maps of other than two axes for what takes a plane alone.
    ///
    /// # Errors
    /// Another number of components was asked for.
    pub fn check_plane(&self) -> Result<()> {
        match self.components {
            None | Some(2) => Ok(()),
            Some(count) => Err(Error::Config {
                name: "components",
                value: count.to_string(),
                remedy: "pages and `place` take maps of 2; `map` writes any number of columns".to_string(),
            }),
        }
    }

    /// A flag whose omission would change what a map is.
    fn of_umap_alone(&self) -> Option<(&'static str, String)> {
        let components = self.components.map(|count| ("components", count.to_string()));
        components.or_else(|| self.supervise.clone().map(|column| ("supervise", column)))
    }

    fn engine(
        &self,
        name: &str,
        target: Option<&Labels>,
        seed: u64,
        n_rows: usize,
        output: &Output,
    ) -> Result<Engine> {
        let mut engine: Engine = name.trim().parse()?;
        if engine.seed().is_some() {
            engine = engine.with_seed(seed)?;
        }
        if let Engine::Umap(config) = &mut engine {
            config.min_dist = self.min_dist.unwrap_or(config.min_dist);
            config.n_components = self.components.unwrap_or(config.n_components);
            config.target = target.cloned();
            config.target_weight = self.target_weight.unwrap_or(config.target_weight);
        } else if let Some((flag, value)) = self.of_umap_alone() {
            let remedy = format!("{} has no such setting; choose umap", engine.title());
            return Err(Error::Config { name: flag, value, remedy });
        }
        let n_neighbors = if let Engine::Umap(config) = &mut engine {
            Some(&mut config.n_neighbors)
        } else if let Engine::Pacmap(config) = &mut engine {
            Some(&mut config.n_neighbors)
        } else if let Engine::Densmap(config) = &mut engine {
            Some(&mut config.n_neighbors)
        } else {
            None
        };
        let Some(n_neighbors) = n_neighbors else { return Ok(engine) };
        match self.n_neighbors {
            Some(wanted) => *n_neighbors = wanted,
            // What nobody asked for must not refuse small data.
            None if *n_neighbors >= n_rows => {
                *n_neighbors = n_rows - 1;
                output.note(&format!("{n_rows} rows: {} neighbors for {name}", n_rows - 1));
            }
            None => {}
        }
        Ok(engine)
    }
}

/// Scores a map of the latents; `None` for fewer rows than a score can be made of.
///
/// # Errors
/// As for [`assess`].
pub fn score(latents: &Latents, map: &Array2<f32>) -> Result<Option<Quality>> {
    let defaults = QualityConfig::default();
    // A neighborhood is less than half of all rows.
    let largest = latents.len().saturating_sub(1) / 2;
    if largest == 0 {
        return Ok(None);
    }
    let config =
        QualityConfig { k: defaults.k.min(largest), k_vote: defaults.k_vote.min(largest), ..defaults };
    let labels = latents.labels.as_ref();
    assess(Original(&latents.vectors), Map(map), labels, &config).map(Some)
}

/// The vectors that a command cannot do without, the first of all sets.
///
/// # Errors
/// There are none.
pub fn needed(sets: Vec<VectorSet>, name: &str) -> Result<Latents> {
    let remedy = "name their column by --vector, or write it by `map --with-vectors`".to_string();
    let first = sets.into_iter().next().map(|set| set.latents);
    first.ok_or_else(|| Error::Empty { what: format!("the list of vectors of {name}"), remedy })
}
