//! The explorer's data: one script, `data.js`, that the page reads by a `<script src>`, with no server.
//!
//! Arrays travel as base64 of little-endian typed arrays, gzipped, each with its type, shape and scale; the page
//! checks every count before it draws. `plotly.min.js` is written beside it, so that the page needs no network.

mod decoder;
mod document;
mod field;
mod script;

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};

use crate::dataset::Split;
use crate::error::{Error, Result};
use crate::files;
use crate::latents::Latents;
use crate::math::checks::check_counts;
use crate::model::Autoencoder;
use crate::projection::Projection;
use crate::quality::Quality;
/// Everything that the page shows; collected by a notebook, then written.
///
/// ```
/// use neural_manifold::prelude::*;
///
/// let images = Array3::from_shape_fn((40, 8, 8), |(item, y, x)| (item * y * x % 251) as u8);
/// let split = Split::new("test", images, Array1::from_elem(40, 0u32))?;
/// let latents = Latents::new("test", split.pixel_rows()?, Some(split.labels.clone()))?;
/// let pca = project(&latents, PcaConfig)?;
/// let folder = std::env::temp_dir().join("explorer-example");
/// let files = Explorer::new(&split, &latents)?.with_unscored_map(&pca)?.write(&folder)?;
/// assert_eq!(files.points, 40);
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Explorer {
    /// Stands above the map.
    pub title: String,
    /// The images shown.
    pub split: Split,
    /// Their latent vectors, in the same order.
    pub latents: Latents,
    /// Whether arrays are gzipped; a browser from before 2023 needs them raw.
    pub gzip: bool,
    model: Option<Autoencoder>,
    maps: Vec<NamedMap>,
    values: Vec<(String, Array1<f32>)>,
}

/// A map as the page shows it.
#[derive(Debug, Clone)]
struct NamedMap {
    name: String,
    engine: Option<&'static str>,
    note: String,
    coordinates: Array2<f32>,
    quality: Option<Quality>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplorerFiles {
    /// The script that holds the data.
    pub data_js: PathBuf,
    /// Its size in bytes.
    pub bytes: usize,
    /// Points in it.
    pub points: usize,
}

impl Explorer {
    /// The images of a split and their latent vectors; maps, model and values are added next.
    ///
    /// # Errors
    /// Latents of another split: of another name, another count or other labels than the images.
    pub fn new(split: &Split, latents: &Latents) -> Result<Explorer> {
        let explorer = Explorer {
            title: split.name.clone(),
            split: split.clone(),
            latents: latents.clone(),
            gzip: true,
            model: None,
            maps: Vec::new(),
            values: Vec::new(),
        };
        explorer.check_latents()?;
        Ok(explorer)
    }

    /// Puts a title above the map.
    pub fn with_title(mut self, title: &str) -> Explorer {
        self.title = title.to_string();
        self
    }

    /// Adds the network: its decoder, and the error of each image's reconstruction.
    ///
    /// # Errors
    /// A network that was made for images of another side.
    pub fn with_model(mut self, model: &Autoencoder) -> Result<Explorer> {
        model.check_side(&self.split.images)?;
        self.model = Some(model.clone());
        Ok(self)
    }

    /// Adds a map with its scores, under the map's own name.
    ///
    /// # Errors
    /// A name that another map has, a map of other rows, or scores of a map of another size.
    pub fn with_map(self, projection: &Projection, quality: &Quality) -> Result<Explorer> {
        if !quality.sampled {
            self.check_count("the scores", quality.n_points)?;
        }
        self.with_projection(projection, Some(quality.clone()))
    }

    /// Adds a map without scores.
    ///
    /// # Errors
    /// A name that another map has, or a map of other rows.
    pub fn with_unscored_map(self, projection: &Projection) -> Result<Explorer> {
        self.with_projection(projection, None)
    }

    fn with_projection(self, projection: &Projection, quality: Option<Quality>) -> Result<Explorer> {
        self.check_count("the map", projection.len())?;
        if projection.latents.split != self.latents.split {
            return Err(other_split("the map", &projection.latents.split, &self.latents.split));
        }
        self.add(NamedMap {
            name: projection.name.clone(),
            engine: Some(projection.engine.name()),
            note: projection.engine.note(),
            coordinates: projection.coordinates.clone(),
            quality,
        })
    }

    /// Adds a map that was made elsewhere, `[n, 2]`: another program's, or two columns of the data.
    ///
    /// # Errors
    /// A name that another map has, another count of points, or a value that is not finite.
    pub fn with_coordinates(self, name: &str, coordinates: &Array2<f32>) -> Result<Explorer> {
        self.check_count(name, coordinates.nrows())?;
        if coordinates.ncols() != 2 {
            let remedy = "give x and y of each point";
            return Err(Error::config("columns of the coordinates", coordinates.ncols(), remedy));
        }
        let coordinates = coordinates.clone();
        self.add(NamedMap {
            name: name.into(),
            engine: None,
            note: "made elsewhere".into(),
            coordinates,
            quality: None,
        })
    }

    /// Adds a number per point, `[n]`, by which every map can be colored, from the least to the greatest.
    ///
    /// # Errors
    /// A name that other values have, another count than the points, or a value that is not finite.
    pub fn with_values(mut self, name: &str, values: &Array1<f32>) -> Result<Explorer> {
        self.check_count(name, values.len())?;
        if self.values.iter().any(|(taken, _)| taken == name) {
            return Err(taken_name("values", name));
        }
        if let Some((row, &value)) = values.indexed_iter().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NonFinite { what: name.into(), value, row, column: 0 });
        }
        self.values.push((name.to_string(), values.clone()));
        Ok(self)
    }

    /// Writes `data.js` and `plotly.min.js` into the page's folder, each aside and renamed.
    ///
    /// # Errors
    /// No map; counts that differ; a value that is not finite; a folder that cannot be written.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<ExplorerFiles> {
        let script = self.script()?;
        let data_js = folder.as_ref().join("data.js");
        files::write(&data_js, script.as_bytes())?;
        files::write(&folder.as_ref().join("plotly.min.js"), plotly_js()?.as_bytes())?;
        Ok(ExplorerFiles { data_js, bytes: script.len(), points: self.split.len() })
    }

    fn add(mut self, map: NamedMap) -> Result<Explorer> {
        if self.maps.iter().any(|other| other.name == map.name) {
            return Err(taken_name("map", &map.name));
        }
        self.maps.push(map);
        Ok(self)
    }

    fn check_count(&self, what: &str, count: usize) -> Result<()> {
        let (found, shown) = ((count, what), (self.split.len(), "the images of the page"));
        check_counts("items", found, shown, "export the split that was encoded and mapped")
    }

    fn check_latents(&self) -> Result<()> {
        self.latents.check()?;
        self.check_count("the latents", self.latents.len())?;
        let same_labels = self.latents.labels.as_ref().is_none_or(|labels| *labels == self.split.labels);
        if self.latents.split != self.split.name || !same_labels {
            return Err(other_split("the latents", &self.latents.split, &self.split.name));
        }
        Ok(())
    }
}

fn taken_name(what: &'static str, name: &str) -> Error {
    let remedy = format!("other {what} of the page have that name; give each a name of its own");
    Error::config("name", format!("{name:?}"), remedy)
}

fn other_split(what: &str, found: &str, shown: &str) -> Error {
    let remedy =
        format!("the page shows the images of {shown:?} with other labels or another name; export one split");
    Error::Config { name: "split", value: format!("{found:?} in {what}"), remedy }
}

/// plotly.js as the crate plotly carries it.
fn plotly_js() -> Result<String> {
    let sources = plotly::Plot::offline_js_sources();
    // The first script is plotly.js, the second typesets formulas, which the page has none of.
    let found = sources
        .split_once("<script type=\"text/javascript\">")
        .and_then(|(_, rest)| rest.split_once("</script>\n"))
        .map(|(script, _)| script);
    match found {
        Some(script) if script.contains("Plotly") => Ok(script.to_string()),
        _ => Err(Error::dependency("plotly", "its embedded script is not where it was")),
    }
}
