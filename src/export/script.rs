//! The text of `data.js`: the head and its fields, made of all that an explorer was given.

use std::collections::BTreeMap;

use ndarray::{Array1, Axis};

use super::document::{Document, Map, Mode, Model, SCHEMA_VERSION, Scores, escape_script};
use super::field::Field;
use super::{Explorer, NamedMap, decoder};
use crate::dataset::Split;
use crate::error::{Error, Result};
use crate::table::Picture;

/// The most dimensions that the page takes.
const MAX_LATENT_SIZE: usize = 4096;

impl Explorer {
    /// The text of `data.js`.
    pub(super) fn script(&self) -> Result<String> {
        if self.maps.is_empty() {
            return Err(Error::empty("the list of maps", "add one with with_map before writing"));
        }
        self.check()?;
        let mut fields = BTreeMap::new();
        let points = self.points;
        fields.insert("index".to_string(), Field::u32(&self.numbers, vec![points], self.gzip));
        if let Some(split) = &self.split {
            let (side, images) = (split.side(), split.images.axis_iter(Axis(0)));
            let gray = images.flat_map(|image| Picture { pixels: image.to_owned() }.to_gray().pixels);
            let gray: Vec<u8> = gray.collect();
            fields.insert("images".to_string(), Field::u8(&gray, vec![points, side, side], self.gzip));
        }
        if let Some(labels) = &self.labels {
            let codes = Field::codes(&labels.codes.to_vec(), labels.n_classes(), self.gzip);
            fields.insert("labels".to_string(), codes);
        }
        // Vectors that the page cannot show make a larger page and nothing else.
        let vectors = self.latents.as_ref().map(|latents| &latents.vectors);
        let vectors = vectors.filter(|vectors| vectors.ncols() <= MAX_LATENT_SIZE);
        if let Some(vectors) = vectors {
            fields.insert("latents".to_string(), Field::latents(vectors, self.gzip)?);
        }

        let (mut maps, mut modes) = (Vec::new(), Vec::new());
        for (number, map) in self.maps.iter().enumerate() {
            maps.push(self.export_map(number, map, &mut fields, &mut modes)?);
        }
        let (mut model, mut layers) = (None, None);
        if let (Some(network), Some(split)) = (&self.model, &self.split) {
            let errors = network.reconstruction_errors(&split.images)?;
            let test_loss = errors.iter().map(|&e| e as f64).sum::<f64>() / points as f64;
            model = Some(Model { test_loss, parameters: network.n_parameters() });
            fields.insert("errors".to_string(), Field::f32(&errors.to_vec(), vec![points], self.gzip));
            fields.insert("errors.rank".to_string(), Field::values("errors", &ranks(&errors), self.gzip)?);
            modes.push(Mode {
                key: "error".into(),
                title: "Error".into(),
                ends: ["small error".into(), "large error".into()],
                ramp: "sequential",
                map: None,
                field: "errors.rank".into(),
            });
            layers = Some(decoder::export(network, &mut fields, self.gzip)?);
        }
        for (number, (name, values)) in self.values.iter().enumerate() {
            let field = format!("values.{number}");
            fields.insert(field.clone(), Field::values(name, values, self.gzip)?);
            let (key, title) = (format!("values:{name}"), name.clone());
            modes.push(Mode { key, title, ends: Default::default(), ramp: "sequential", map: None, field });
        }
        let document = Document {
            schema: "neural-manifold",
            version: SCHEMA_VERSION,
            generator: concat!("neural-manifold ", env!("CARGO_PKG_VERSION")).to_string(),
            title: &self.title,
            points,
            side: self.split.as_ref().map_or(0, Split::side),
            latent_size: vectors.map_or(0, |vectors| vectors.ncols()),
            class_names: self.labels.as_ref().map_or(&[], |labels| &labels.names),
            model,
            maps,
            modes,
            decoder: layers,
            fields,
        };
        let json = serde_json::to_string(&document).map_err(|e| Error::dependency("serde_json", e))?;
        Ok(format!("window.NEURAL_MANIFOLD_DATA = {};\n", escape_script(&json)))
    }

    /// Puts a map's coordinates among the fields, and what colors it alone among the modes.
    fn export_map(
        &self,
        number: usize,
        map: &NamedMap,
        fields: &mut BTreeMap<String, Field>,
        modes: &mut Vec<Mode>,
    ) -> Result<Map> {
        let field = format!("map.{number}");
        fields.insert(field.clone(), Field::quantized(&map.name, &map.coordinates, self.gzip)?);
        let mut add_mode = |key: &str, title: &str, ends: [&str; 2], values: &Array1<f32>| -> Result<()> {
            let mode_field = format!("{field}.{key}");
            fields.insert(mode_field.clone(), Field::values(key, values, self.gzip)?);
            modes.push(Mode {
                key: format!("{key}:{}", map.name),
                title: title.into(),
                ends: ends.map(String::from),
                ramp: "sequential",
                map: Some(map.name.clone()),
                field: mode_field,
            });
            Ok(())
        };
        // The eye should go to what is wrong: the strong end of the ramp is distrust.
        let doubt = |values: &Array1<f32>| values.mapv(|x| 1.0 - x);
        let quality = map.quality.as_ref();
        if let Some(values) = quality.and_then(|quality| quality.point_trustworthiness.as_ref()) {
            add_mode("trust", "Trust", ["trusted", "false neighbors"], &doubt(values))?;
        }
        if let Some(values) = quality.and_then(|quality| quality.point_continuity.as_ref()) {
            add_mode("continuity", "Continuity", ["whole", "torn"], &doubt(values))?;
        }
        let scores = quality.map(|quality| Scores {
            k: quality.k,
            n: quality.n_points,
            trustworthiness: quality.trustworthiness,
            continuity: quality.continuity,
            recall: quality.recall,
            knn_accuracy: quality.knn_accuracy_low,
        });
        let (name, title) = (map.name.clone(), map.name.clone());
        Ok(Map { name, title, engine: map.engine, note: map.note.clone(), field, scores })
    }
}

/// Each value's share of smaller ones: a few large values then do not take all colors.
fn ranks(values: &Array1<f32>) -> Array1<f32> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    values.mapv(|value| sorted.partition_point(|&other| other < value) as f32 / sorted.len() as f32)
}
