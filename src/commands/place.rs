//! `place`: new rows on a map that is there already.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use neural_manifold::external::polars::prelude::{NamedFrom, Series};
use neural_manifold::projection::Projection;
use neural_manifold::table::TableConfig;
use neural_manifold::{Error, Result};
use serde_json::json;

use super::engines::{Engines, needed};
use super::input::{Input, check_unscaled};
use super::output::{Output, add_column, is_npy, prepare, write_frame, write_places};

/// Put new rows on a map that is there already, each by itself, and leave the map as it is
///
/// The settings are those that made the map. Beside x and y stands how far outside the mapped rows each lies: about 1
/// inside, 2 twice as isolated as its surroundings. A file that ends in .npy gets the coordinates alone.
#[derive(Args)]
pub struct Place {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    engines: Engines,
    /// The map with its vectors, as `map --with-vectors` writes it
    #[arg(long, value_name = "FILE")]
    onto: PathBuf,
    /// The map's column with vectors [default: the first]
    #[arg(long, value_name = "COLUMN")]
    onto_vector: Option<String>,
    /// The map's column with the first coordinate
    #[arg(long, value_name = "COLUMN", default_value = "x")]
    onto_x: String,
    /// The map's column with the second coordinate
    #[arg(long, value_name = "COLUMN", default_value = "y")]
    onto_y: String,
    /// The Parquet file to write, or an npy file of the coordinates alone
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Place {
    pub fn run(&self, output: &Output) -> Result<ExitCode> {
        self.engines.check_plane()?;
        prepare(&self.output)?;
        let onto = self.input.beside(&self.onto, self.onto_vector.as_deref(), &self.onto_x, &self.onto_y);
        let mapped = onto.rows(TableConfig::default(), None, output)?;
        let name = mapped.table.name().to_string();
        let Some((_, places)) = mapped.maps.into_iter().next() else {
            let remedy = "name its columns by --onto-x and --onto-y".to_string();
            return Err(Error::Empty { what: format!("the list of maps of {name}"), remedy });
        };
        let latents = needed(mapped.sets, &name)?;
        let engine = self.engines.single(self.input.seed, latents.len(), output)?;
        let map = Projection::of(&latents, places, engine)?;

        let rows = self.input.rows(TableConfig::default(), None, output)?;
        check_unscaled(&rows.sets)?;
        let placed = map.transform(&needed(rows.sets, rows.table.name())?.vectors)?;
        if is_npy(&self.output) {
            let numbers = rows.table.row_numbers();
            return write_places(&self.output, &placed.coordinates, numbers, rows.n_read, output);
        }
        let mut frame = rows.table.frame().clone();
        for (axis, part) in ["x", "y"].into_iter().enumerate() {
            let values = placed.coordinates.column(axis).mapv(f64::from).to_vec();
            add_column(&mut frame, Series::new(part.into(), values))?;
        }
        let isolation = placed.outlier_score.mapv(f64::from).to_vec();
        add_column(&mut frame, Series::new("isolation".into(), isolation))?;
        write_frame(&self.output, &mut frame)?;
        let text = format!("{}: {} rows placed", self.output.display(), frame.height());
        output.result(&text, &json!({ "file": self.output, "rows": frame.height() }));
        Ok(ExitCode::SUCCESS)
    }
}
