//! What `data.js` says: the head and its fields, made of all that an explorer was given.

use std::collections::BTreeMap;

use ndarray::Array1;
use rayon::prelude::*;

use super::document::{Document, Encoder, FramesEntry, Map, Mode, Model, SCHEMA_VERSION, Scores};
use super::field::Field;
use super::pictures::Pictures;
use super::{ColumnValues, Explorer, Frames, NamedMap, column_field, network};
use crate::error::{Error, Result};
use crate::progress::Tally;

impl Explorer {
    /// What `data.js` says.
    pub(super) fn document(&self) -> Result<Document<'_>> {
        if self.maps.is_empty() {
            return Err(Error::empty("the list of maps", "add one with with_map before writing"));
        }
        let (mut fields, points) = (BTreeMap::new(), self.points);
        fields.insert("index".to_string(), Field::u32(&self.numbers, vec![points]));
        let ids = self.ids.as_ref().map(|ids| {
            let ids: Vec<Option<String>> = ids.iter().cloned().map(Some).collect();
            fields.insert("ids".to_string(), Field::texts(&ids));
            "ids".to_string()
        });
        let pictures = self.pictures.as_ref().map(|pictures| pictures.export(&mut fields)).transpose()?;
        let (columns, [label, text, titles, clusters]) = self.export_columns(&mut fields);
        let sets = self.sets.iter().enumerate();
        let vectors = sets.map(|(number, set)| set.export(number, self.ship_vectors, &mut fields));
        let vectors = vectors.collect::<Result<Vec<_>>>()?;

        let (mut maps, mut modes) = (Vec::new(), Vec::new());
        for (number, map) in self.maps.iter().enumerate() {
            maps.push(self.export_map(number, map, &mut fields, &mut modes)?);
        }
        let (mut model, mut layers, mut encoder) = (None, None, None);
        if let (Some(trained), Some(pictures)) = (&self.model, &self.pictures) {
            let errors = trained.reconstruction_errors(&pictures.images)?;
            let test_loss = errors.iter().map(|&e| e as f64).sum::<f64>() / points as f64;
            let (unit, parameters) = (trained.config.loss.unit(), trained.n_parameters());
            model = Some(Model { test_loss, unit, parameters });
            fields.insert("errors".to_string(), Field::f32(&errors.to_vec(), vec![points]));
            fields.insert("errors.rank".to_string(), Field::values("errors", &ranks(&errors))?);
            modes.push(Mode {
                key: "error".into(),
                title: "Error".into(),
                ends: ["small error".into(), "large error".into()],
                ramp: "sequential",
                map: None,
                field: "errors.rank".into(),
            });
            // Without the vectors there is nothing to decode, and nothing that a new picture could be near to.
            if self.ship_vectors {
                layers = Some(network::decoder(trained, &mut fields)?);
                let (fit, ground) = (self.fit.0.name(), self.fit.1);
                encoder = Some(Encoder { network: network::encoder(trained, &mut fields)?, fit, ground });
            }
        }
        if self.gzip {
            pack(&mut fields)?;
        }
        Ok(Document {
            schema: "neural-manifold",
            version: SCHEMA_VERSION,
            generator: concat!("neural-manifold ", env!("CARGO_PKG_VERSION")).to_string(),
            title: &self.title,
            points,
            side: self.pictures.as_ref().map_or(0, Pictures::side),
            channels: self.pictures.as_ref().map_or(0, Pictures::channels),
            pictures,
            ids,
            columns,
            label,
            text,
            titles,
            clusters,
            vectors,
            model,
            maps,
            modes,
            decoder: layers,
            encoder,
            rest: None,
            fields,
        })
    }

    /// The columns, that of the labels first, and the places of label, text, titles and clusters among them.
    fn export_columns(
        &self,
        fields: &mut BTreeMap<String, Field>,
    ) -> (Vec<column_field::Column>, [Option<usize>; 4]) {
        let label = self.labels.as_ref().map(|labels| (&self.label_column, labels.clone().into()));
        let all = label.iter().map(|(name, values)| (*name, values));
        let all = all.chain(self.columns.iter().map(|(name, values)| (name, values)));
        let all = all.chain(self.clusters.iter().map(|(name, values)| (name, values)));
        let export = |(number, (name, values)): (usize, (&String, &ColumnValues))| {
            column_field::export(name, values, format!("columns.{number}"), fields)
        };
        let columns: Vec<column_field::Column> = all.enumerate().map(export).collect();
        let place =
            |name: &Option<String>| columns.iter().position(|column| Some(&column.name) == name.as_ref());
        let (text, titles) = (place(&self.text_column), place(&self.title_column));
        let clusters = self.clusters.as_ref().map(|_| columns.len() - 1);
        (columns, [label.map(|_| 0), text, titles, clusters])
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
        fields.insert(field.clone(), Field::quantized(&map.name, &map.coordinates)?);
        let mut add_mode = |key: &str, title: &str, ends: [&str; 2], values: &Array1<f32>| -> Result<()> {
            let mode_field = format!("{field}.{key}");
            fields.insert(mode_field.clone(), Field::values(key, values)?);
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
        // The eye should go to what is wrong: the strong end of the ramp is doubt, and the titles name what it counts.
        let doubt = |values: &Array1<f32>| values.mapv(|x| 1.0 - x);
        let quality = map.quality.as_ref();
        if let Some(values) = quality.and_then(|quality| quality.point_trustworthiness.as_ref()) {
            add_mode("trust", "False neighbors", ["few", "many"], &doubt(values))?;
        }
        if let Some(values) = quality.and_then(|quality| quality.point_continuity.as_ref()) {
            add_mode("continuity", "Torn neighbors", ["few", "many"], &doubt(values))?;
        }
        let scores = quality.map(|quality| Scores {
            k: quality.k,
            n: quality.n_points,
            trustworthiness: quality.trustworthiness,
            continuity: quality.continuity,
            recall: quality.recall,
            knn_accuracy: quality.knn_accuracy_low,
        });
        let export_frames = |frames: &Frames| -> Result<FramesEntry> {
            let frames_field = format!("{field}.frames");
            fields.insert(frames_field.clone(), frames.field(&map.name)?);
            let names = frames.names().into_iter().map(String::from).collect();
            Ok(FramesEntry { names, field: frames_field })
        };
        let frames = map.frames.as_ref().map(export_frames).transpose()?;
        let (name, title) = (map.name.clone(), map.name.clone());
        Ok(Map {
            name,
            title,
            engine: map.engine,
            note: map.note.clone(),
            field,
            vectors: map.vectors,
            scores,
            frames,
        })
    }
}

/// Gzips the fields, and says how far it is where that takes long.
///
/// # Errors
/// It was stopped before all were done.
fn pack(fields: &mut BTreeMap<String, Field>) -> Result<()> {
    let kib = |bytes: usize| bytes / 1024;
    let tally = Tally::start("packing", fields.values().map(|field| kib(field.bytes)).sum(), "KiB");
    fields.par_iter_mut().for_each(|(_, field)| field.compress(|bytes| tally.add(kib(bytes))));
    tally.finish()
}

/// Each value's share of smaller ones: a few large values then do not take all colors.
fn ranks(values: &Array1<f32>) -> Array1<f32> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    values.mapv(|value| sorted.partition_point(|&other| other < value) as f32 / sorted.len() as f32)
}
