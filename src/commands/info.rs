//! `info`: what the data are, and what the other commands would guess of them.

use std::process::ExitCode;

use clap::Args;
use neural_manifold::Result;
use neural_manifold::table::TableConfig;
use serde_json::{Value, json};

use super::input::Input;
use super::output::Output;

/// Tell what the data are and what would be guessed
#[derive(Args)]
pub struct Info {
    #[command(flatten)]
    input: Input,
}

impl Info {
    pub fn run(&self, output: &Output) -> Result<ExitCode> {
        let table = self.input.open(TableConfig::default())?;
        let columns: Vec<Value> = table
            .columns()
            .iter()
            .map(|column| json!({ "name": column.name, "kind": column.kind.name(), "missing": column.n_missing }))
            .collect();
        let vectors: Vec<Value> = table
            .vector_sets()
            .iter()
            .map(|set| {
                let metric = format!("{:?}", set.metric).to_lowercase();
                let (rows, left_out) = (set.rows.len(), set.left_out.total());
                json!({ "name": set.name, "rows": rows, "width": set.width(), "metric": metric, "left_out": left_out })
            })
            .collect();
        let maps: Vec<&str> = table.coordinates().iter().map(|map| map.name.as_str()).collect();
        let value = json!({
            "name": table.name(),
            "rows": table.len(),
            "columns": columns,
            "label": table.label_column(),
            "id": table.id_column(),
            "text": table.text_column(),
            "titles": table.title_column(),
            "split": table.split_column(),
            "pictures": table.has_pictures(),
            "vectors": vectors,
            "maps": maps,
        });
        output.result(&table.report(), &value);
        Ok(ExitCode::SUCCESS)
    }
}
