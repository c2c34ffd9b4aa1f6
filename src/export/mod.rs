//! The explorer's data: one script, `data.js`, that the page reads by a `<script src>`, with no server.
//!
//! Arrays travel as base64 of little-endian typed arrays, gzipped, each with its type, shape and scale; the page
//! checks every count before it draws. `plotly.min.js` is written beside it, so that the page needs no network.

mod decoder;
mod field;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::dataset::{Dataset, Split};
use crate::error::{Error, Result};
use crate::files;
use crate::latents::Latents;
use crate::model::Autoencoder;
use crate::projection::{Engine, Projection};
use crate::quality::Quality;
use field::Field;

/// Raised when a page of before cannot read the file.
const SCHEMA_VERSION: u32 = 1;

/// Everything that the page shows; collected by a notebook, then written.
#[derive(Debug, Clone)]
pub struct Explorer {
    /// Stands above the map.
    pub title: String,
    /// The name of each label.
    pub class_names: Vec<String>,
    /// The images shown.
    pub split: Split,
    /// Their latent vectors, in the same order.
    pub latents: Latents,
    /// The network, whose decoder runs in the page.
    pub model: Option<Autoencoder>,
    /// The maps, with their scores where they were taken.
    pub maps: Vec<(Projection, Option<Quality>)>,
    /// Whether arrays are gzipped; a browser from before 2023 needs them raw.
    pub gzip: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The script that holds the data.
    pub data_js: PathBuf,
    /// Its size in bytes.
    pub bytes: usize,
    /// Points in it.
    pub points: usize,
}

#[derive(Serialize)]
struct Data<'a> {
    schema: &'static str,
    version: u32,
    generator: String,
    title: &'a str,
    points: usize,
    side: usize,
    latent_size: usize,
    class_names: &'a [String],
    model: Option<Model>,
    maps: Vec<Map>,
    decoder: Option<decoder::Decoder>,
    fields: BTreeMap<String, Field>,
}

#[derive(Serialize)]
struct Model {
    test_loss: f64,
    parameters: usize,
}

#[derive(Serialize)]
struct Map {
    name: String,
    title: String,
    note: String,
    field: String,
    trust: Option<String>,
    continuity: Option<String>,
    scores: Option<Scores>,
}

#[derive(Serialize)]
struct Scores {
    k: usize,
    n: usize,
    trustworthiness: f64,
    continuity: f64,
    recall: f64,
    knn_accuracy: f64,
}

impl Explorer {
    /// The test images of a data set and their latents; maps and model are added next.
    ///
    /// # Errors
    /// Latents of another count than the images, or a value that is not finite.
    pub fn new(dataset: &Dataset, latents: &Latents) -> Result<Explorer> {
        let explorer = Explorer {
            title: dataset.name.clone(),
            class_names: dataset.class_names().to_vec(),
            split: dataset.test.clone(),
            latents: latents.clone(),
            model: None,
            maps: Vec::new(),
            gzip: true,
        };
        explorer.check("the latents", latents.len())?;
        Ok(explorer)
    }

    fn check(&self, what: &str, count: usize) -> Result<()> {
        if count == self.split.len() {
            return Ok(());
        }
        Err(Error::mismatch(
            what,
            count,
            "the images of the page",
            self.split.len(),
            "export the split that was encoded and mapped",
        ))
    }

    /// Adds a map with its scores.
    pub fn with_map(mut self, projection: &Projection, quality: &Quality) -> Result<Explorer> {
        self.check("the map", projection.coordinates.nrows())?;
        self.maps.push((projection.clone(), Some(quality.clone())));
        Ok(self)
    }

    /// Adds the network: its decoder, and the error of each image's reconstruction.
    pub fn with_model(mut self, model: &Autoencoder) -> Result<Explorer> {
        model.check_side(&self.split.images)?;
        self.model = Some(model.clone());
        Ok(self)
    }

    /// Writes `data.js` and `plotly.min.js` into the page's folder, each aside and renamed.
    ///
    /// # Errors
    /// No map; counts that differ; a value that is not finite; a folder that cannot be written.
    pub fn write(&self, folder: &str) -> Result<Written> {
        let script = self.script()?;
        let folder = Path::new(folder);
        let data_js = folder.join("data.js");
        files::write(&data_js, script.as_bytes())?;
        files::write(&folder.join("plotly.min.js"), plotly_js()?.as_bytes())?;
        Ok(Written { data_js, bytes: script.len(), points: self.split.len() })
    }

    /// The text of `data.js`.
    pub(crate) fn script(&self) -> Result<String> {
        if self.maps.is_empty() {
            return Err(Error::empty("the list of maps", "add one with with_map before writing"));
        }
        self.check("the latents", self.latents.len())?;
        self.check("the labels", self.latents.labels.len())?;
        let mut fields = BTreeMap::new();
        let points = self.split.len();
        let side = self.split.side();
        let images: Vec<u8> = self.split.images.iter().copied().collect();
        fields.insert("images".to_string(), Field::u8(&images, vec![points, side, side], self.gzip));
        fields
            .insert("labels".to_string(), Field::u8(&self.latents.labels.to_vec(), vec![points], self.gzip));
        let index: Vec<u32> = (0..points as u32).collect();
        fields.insert("index".to_string(), Field::u32(&index, vec![points], self.gzip));
        fields.insert("latents".to_string(), Field::quantized("latents", &self.latents.vectors, self.gzip)?);

        let mut maps = Vec::new();
        for (projection, quality) in &self.maps {
            maps.push(self.map(projection, quality.as_ref(), &mut fields)?);
        }
        let (mut model, mut layers) = (None, None);
        if let Some(network) = &self.model {
            let errors = network.reconstruction_errors(&self.split.images)?;
            let test_loss = errors.iter().map(|&e| e as f64).sum::<f64>() / points as f64;
            model = Some(Model { test_loss, parameters: network.n_parameters() });
            fields.insert("errors".to_string(), Field::f32(&errors.to_vec(), vec![points], self.gzip));
            layers = Some(decoder::export(network, &mut fields, self.gzip)?);
        }
        let data = Data {
            schema: "neural-manifold",
            version: SCHEMA_VERSION,
            generator: concat!("neural-manifold ", env!("CARGO_PKG_VERSION")).to_string(),
            title: &self.title,
            points,
            side,
            latent_size: self.latents.vectors.ncols(),
            class_names: &self.class_names,
            model,
            maps,
            decoder: layers,
            fields,
        };
        let json = serde_json::to_string(&data)
            .map_err(|e| Error::Engine { engine: "serde_json", reason: e.to_string() })?;
        Ok(format!("window.NEURAL_MANIFOLD_DATA = {};\n", inert(&json)))
    }

    fn map(
        &self,
        projection: &Projection,
        quality: Option<&Quality>,
        fields: &mut BTreeMap<String, Field>,
    ) -> Result<Map> {
        self.check("the map", projection.coordinates.nrows())?;
        let name = projection.engine.name().to_string();
        let field = format!("map.{name}");
        fields.insert(field.clone(), Field::quantized(&field, &projection.coordinates, self.gzip)?);
        let mut per_point = |what: &str, values: &ndarray::Array1<f32>| {
            let key = format!("{field}.{what}");
            fields.insert(key.clone(), Field::unit(values, self.gzip));
            key
        };
        let (mut trust, mut continuity, mut scores) = (None, None, None);
        if let Some(quality) = quality {
            trust = quality.point_trustworthiness.as_ref().map(|values| per_point("trust", values));
            continuity = quality.point_continuity.as_ref().map(|values| per_point("continuity", values));
            scores = Some(Scores {
                k: quality.k,
                n: quality.n_points,
                trustworthiness: quality.trustworthiness,
                continuity: quality.continuity,
                recall: quality.recall,
                knn_accuracy: quality.knn_accuracy_low,
            });
        }
        Ok(Map {
            title: projection.engine.title().to_string(),
            note: note(projection),
            name,
            field,
            trust,
            continuity,
            scores,
        })
    }
}

/// The settings that shaped a map, in one line.
fn note(projection: &Projection) -> String {
    let config = &projection.config;
    match projection.engine {
        Engine::Pca => "the two directions of greatest variance".to_string(),
        Engine::Annembed => {
            format!("{} neighbours, unseeded: another run gives another map", config.n_neighbors)
        }
        Engine::Umap | Engine::Densmap => format!(
            "{} neighbours, min_dist {}, seed {}: the same map every time",
            config.n_neighbors, config.min_dist, config.seed
        ),
        Engine::Tsne | Engine::Pacmap => format!("{} neighbours, seed {}", config.n_neighbors, config.seed),
    }
}

/// JSON that no text in it can end: `<` and the two line separators that scripts of old cannot hold.
fn inert(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
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
        _ => Err(Error::Engine {
            engine: "plotly",
            reason: "its embedded script is not where it was".to_string(),
        }),
    }
}
