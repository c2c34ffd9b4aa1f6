//! The explorer: a page that a browser opens from the disk, with no server and no network.
//!
//! [`Explorer::write`] puts it into a folder and the data beside it, as the script `data.js`, of much data with a second;
//! [`Explorer::write_html`] puts all of it into one file. Arrays travel as base64 of little-endian typed arrays,
//! gzipped, each with its type, shape and scale; the page checks every count before it draws.

mod column_field;
mod columns;
mod document;
mod field;
mod frames;
mod network;
mod page;
mod pictures;
mod rest;
mod script;
mod show;
mod vectors;
mod write;

use ndarray::Array2;

use crate::dataset::Split;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::latents::Latents;
use crate::math::checks::check_counts;
use crate::model::Autoencoder;
use crate::projection::Projection;
use crate::quality::Quality;
use crate::table::{Fit, Origin};
pub use columns::ColumnValues;
pub use frames::Frames;
use pictures::Pictures;
pub use show::Shown;
use vectors::VectorSet;
pub use write::ExplorerFiles;

/// Everything that the page shows: points and a map of them, and whatever else is known; collected, then written.
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
    /// Whether arrays are gzipped; a browser from before 2023 needs them raw.
    pub gzip: bool,
    /// Name of the split that all parts are of.
    name: String,
    points: usize,
    labels: Option<Labels>,
    /// What the page calls the column of labels.
    label_column: String,
    /// What the page calls each point, `[points]`.
    numbers: Vec<u32>,
    /// What the user calls each point, `[points]`.
    ids: Option<Vec<String>>,
    columns: Vec<(String, ColumnValues)>,
    /// The column that is read where a point has no picture.
    text_column: Option<String>,
    title_column: Option<String>,
    left_out: Vec<String>,
    /// Clusters of the points, which the page names by what sets them apart.
    clusters: Option<(String, ColumnValues)>,
    pictures: Option<Pictures>,
    /// How a picture that comes later becomes a square, and on which ground.
    fit: (Fit, [u8; 3]),
    sets: Vec<VectorSet>,
    ship_vectors: bool,
    model: Option<Autoencoder>,
    maps: Vec<NamedMap>,
}

/// A map as the page shows it.
#[derive(Debug, Clone)]
struct NamedMap {
    name: String,
    engine: Option<&'static str>,
    note: String,
    coordinates: Array2<f32>,
    quality: Option<Quality>,
    /// The set of vectors that it was made of, where that is among the page's.
    vectors: Option<usize>,
    /// Where its points were before.
    frames: Option<Frames>,
}

impl Explorer {
    /// The images of a split and their latent vectors; maps, model and columns are added next.
    ///
    /// # Errors
    /// Latents of another split: of another name, another count or other labels than the images.
    pub fn new(split: &Split, latents: &Latents) -> Result<Explorer> {
        Explorer::of_points(&split.name, split.len(), Some(&split.labels))?
            .with_images(split.images.clone())?
            .with_vectors("latents", latents, Origin::Latent(split.name.clone()))
    }

    /// Vectors without images, with the classes that they have.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let vectors = Array2::from_shape_fn((40, 6), |(row, column)| ((row * (column + 2)) as f32 / 5.0).sin());
    /// let latents = Latents::new("mine", vectors, None)?;
    /// let page = std::env::temp_dir().join("explorer-of-vectors.html");
    /// let files = Explorer::of(&latents)?.with_unscored_map(&project(&latents, PcaConfig)?)?.write_html(&page)?;
    /// assert_eq!(files.points, 40);
    /// # std::fs::remove_file(page).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// No row; labels of another count than the vectors.
    pub fn of(latents: &Latents) -> Result<Explorer> {
        Explorer::of_points(&latents.split, latents.len(), latents.labels.as_ref())?.with_vectors(
            "vectors",
            latents,
            Origin::Given,
        )
    }

    /// Points of which nothing is known but their classes, and the maps that [`Explorer::with_coordinates`] adds.
    ///
    /// # Errors
    /// No point; labels of another count.
    pub fn of_points(name: &str, points: usize, labels: Option<&Labels>) -> Result<Explorer> {
        if points == 0 {
            return Err(Error::empty(name, "give at least one point"));
        }
        let explorer = Explorer {
            title: name.to_string(),
            gzip: true,
            name: name.to_string(),
            points,
            labels: labels.cloned(),
            label_column: "class".to_string(),
            numbers: (0..points as u32).collect(),
            ids: None,
            columns: Vec::new(),
            text_column: None,
            title_column: None,
            left_out: Vec::new(),
            clusters: None,
            pictures: None,
            fit: (Fit::Pad, [255; 3]),
            sets: Vec::new(),
            ship_vectors: true,
            model: None,
            maps: Vec::new(),
        };
        if let Some(labels) = labels {
            explorer.check_count("the labels", labels.len())?;
        }
        Ok(explorer)
    }

    /// Puts a title above the map.
    pub fn with_title(mut self, title: &str) -> Explorer {
        self.title = title.to_string();
        self
    }

    /// Says by which numbers the page calls the points: those of their rows in the data, of which some were left out.
    ///
    /// # Errors
    /// Another count than the points; a number above 4,294,967,295.
    pub fn with_row_numbers(mut self, rows: &[usize]) -> Result<Explorer> {
        self.check_count("the row numbers", rows.len())?;
        let number = |&row: &usize| {
            u32::try_from(row).map_err(|_| Error::config("row number", row, "the page counts in 32 bits"))
        };
        self.numbers = rows.iter().map(number).collect::<Result<Vec<u32>>>()?;
        Ok(self)
    }

    /// Adds the network: its decoder, which decodes the first set of vectors, its encoder, which gives a picture that is
    /// dropped on the page its place, and the error of each image's reconstruction.
    ///
    /// # Errors
    /// A page without images or without latents; a network that was made for images of another side or other
    /// channels, or for latent vectors of another size.
    pub fn with_model(mut self, model: &Autoencoder) -> Result<Explorer> {
        let Some(pictures) = self.pictures.as_ref().filter(|_| !self.sets.is_empty()) else {
            let what = "the list of images and their latents";
            return Err(Error::empty(what, "begin with Explorer::new, which takes them"));
        };
        model.check_images(&pictures.images)?;
        let (first, wanted) = (&self.sets[0], model.config.latent_size);
        if first.width() != wanted {
            return Err(Error::mismatch(
                "numbers per vector",
                (first.width(), &format!("{:?}, the first set of vectors,", first.name)),
                (wanted, "the network"),
                "add the latent vectors of that network before others",
            ));
        }
        self.model = Some(model.clone());
        Ok(self)
    }

    /// Adds a map with its scores, under the map's own name.
    ///
    /// # Errors
    /// A name that another map has, a map of other rows or of other than two axes, or scores of a map of another size.
    pub fn with_map(self, projection: &Projection, quality: &Quality) -> Result<Explorer> {
        if !quality.sampled {
            self.check_count("the scores", quality.n_points)?;
        }
        self.with_projection(projection, Some(quality.clone()))
    }

    /// Adds a map without scores.
    ///
    /// # Errors
    /// A name that another map has, or a map of other rows or of other than two axes.
    pub fn with_unscored_map(self, projection: &Projection) -> Result<Explorer> {
        self.with_projection(projection, None)
    }

    fn with_projection(self, projection: &Projection, quality: Option<Quality>) -> Result<Explorer> {
        self.check_count("the map", projection.len())?;
        projection.check_plane("the page")?;
        if projection.latents.split != self.name {
            return Err(other_split("the map", &projection.latents.split, &self.name));
        }
        let vectors = self.sets.iter().position(|set| set.is_of(projection));
        self.add(NamedMap {
            name: projection.name.clone(),
            engine: Some(projection.engine.name()),
            note: projection.engine.note(),
            coordinates: projection.coordinates.clone(),
            quality,
            vectors,
            frames: None,
        })
    }

    /// Adds a map that was made elsewhere, `[n, 2]`: another program's, or two columns of the data.
    ///
    /// # Errors
    /// A name that another map has, another count of points, or a value that is not finite.
    pub fn with_coordinates(self, name: &str, coordinates: &Array2<f32>) -> Result<Explorer> {
        self.with_elsewhere(name, coordinates, None)
    }

    /// Adds a map that was made elsewhere with its scores, as [`assess`](crate::quality::assess) gives them.
    ///
    /// # Errors
    /// As for [`Explorer::with_coordinates`]; scores of a map of another size.
    pub fn with_scored_coordinates(
        self,
        name: &str,
        coordinates: &Array2<f32>,
        quality: &Quality,
    ) -> Result<Explorer> {
        if !quality.sampled {
            self.check_count("the scores", quality.n_points)?;
        }
        self.with_elsewhere(name, coordinates, Some(quality.clone()))
    }

    fn with_elsewhere(
        self,
        name: &str,
        coordinates: &Array2<f32>,
        quality: Option<Quality>,
    ) -> Result<Explorer> {
        self.check_count(name, coordinates.nrows())?;
        if coordinates.ncols() != 2 {
            let remedy = "give x and y of each point";
            return Err(Error::config("columns of the coordinates", coordinates.ncols(), remedy));
        }
        let (coordinates, note) = (coordinates.clone(), "made elsewhere".to_string());
        self.add(NamedMap {
            name: name.into(),
            engine: None,
            note,
            coordinates,
            quality,
            vectors: None,
            frames: None,
        })
    }

    fn add(mut self, map: NamedMap) -> Result<Explorer> {
        if self.maps.iter().any(|other| other.name == map.name) {
            return Err(taken_name("map", &map.name));
        }
        self.maps.push(map);
        Ok(self)
    }

    fn check_count(&self, what: &str, count: usize) -> Result<()> {
        let shown = if self.pictures.is_some() { "the images of the page" } else { "the page" };
        let remedy = "export the split that was encoded and mapped";
        check_counts("items", (count, what), (self.points, shown), remedy)
    }
}

fn taken_name(what: &'static str, name: &str) -> Error {
    let remedy = format!("other {what} of the page have that name; give each a name of its own");
    Error::config("name", format!("{name:?}"), remedy)
}

fn other_split(what: &str, found: &str, shown: &str) -> Error {
    let remedy =
        format!("the page shows the points of {shown:?} with other labels or another name; export one split");
    Error::Config { name: "split", value: format!("{found:?} in {what}"), remedy }
}
