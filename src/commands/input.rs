//! The data that a command is about, and the rows of it that a page or a score can be of.

use std::path::{Path, PathBuf};

use clap::Args;
use ndarray::Array2;
use neural_manifold::latents::Latents;
use neural_manifold::model::Autoencoder;
use neural_manifold::neighbors::Metric;
use neural_manifold::table::{Origin, Table, TableConfig};
use neural_manifold::{Error, Result};

use super::output::Output;

/// Pixels from one side to the other of pictures that are compared pixel by pixel.
const PIXEL_SIDE: usize = 16;

#[derive(Args, Default)]
pub struct Input {
    /// Parquet, CSV, TSV, JSON lines, npy, npz, safetensors, IDX or a folder; several are one table
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// Column with vectors, or columns of numbers that make one vector per row: several flags, names with commas between
    /// them, or how they all begin. Each set that is named is mapped, else the first; without any, all columns of numbers
    #[arg(long, value_name = "COLUMN")]
    vector: Vec<String>,
    /// Take columns that measure different things as they are; otherwise each is brought to mean 0 and deviation 1
    #[arg(long)]
    unscaled: bool,
    /// Column with the first coordinate of a map that is there already
    #[arg(long, value_name = "COLUMN", requires = "y")]
    x: Option<String>,
    /// Column with its second coordinate
    #[arg(long, value_name = "COLUMN", requires = "x")]
    y: Option<String>,
    /// Column with the class of each row
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
    /// Column that names the rows
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// Column with pictures, or with paths to them
    #[arg(long, value_name = "COLUMN")]
    image: Option<String>,
    /// Column that is read beside a point
    #[arg(long, value_name = "COLUMN")]
    text: Option<String>,
    /// How vectors are compared: euclidean, cosine or correlation
    #[arg(long)]
    metric: Option<Metric>,
    /// Rows to keep, drawn by the seed
    #[arg(long, value_name = "ROWS")]
    sample: Option<usize>,
    /// Seed of the sample and of the map
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
}

/// Vectors of all rows that are looked at.
pub struct VectorSet {
    pub name: String,
    pub latents: Latents,
    pub origin: Origin,
    /// How they are compared; for others than the Euclidean distance they are made ready for it.
    pub metric: Metric,
    /// Whether each dimension was scaled by all rows.
    pub scaled: bool,
}

/// Rows that have all that is shown of them.
pub struct Rows {
    /// These rows alone.
    pub table: Table,
    /// Their vectors, if there are any: the model's, then each set that a flag names; without these the first.
    pub sets: Vec<VectorSet>,
    /// Maps that came with the data, each of all these rows.
    pub maps: Vec<(String, Array2<f32>)>,
    /// Rows that were read, with those that have been left out.
    pub n_read: usize,
}

impl Input {
    /// Other data than those of the command line, of the same metric and seed: a map with its vectors, say.
    pub fn beside(&self, data: &Path, vector: Option<&str>, x: &str, y: &str) -> Input {
        Input {
            data: vec![data.to_path_buf()],
            vector: vector.iter().map(ToString::to_string).collect(),
            x: Some(x.to_string()),
            y: Some(y.to_string()),
            unscaled: self.unscaled,
            metric: self.metric,
            seed: self.seed,
            ..Input::default()
        }
    }

    /// Whether a flag says which vectors are looked at.
    pub fn names_vectors(&self) -> bool {
        !self.vector.is_empty()
    }

    /// Reads the data as the flags say, what they do not say as `base` does, and guesses the rest.
    ///
    /// # Errors
    /// As for [`Table::open_all`].
    pub fn open(&self, base: TableConfig) -> Result<Table> {
        let config = TableConfig {
            vectors: self.vector.clone(),
            scaled: !self.unscaled,
            x: self.x.clone(),
            y: self.y.clone(),
            label: self.label.clone(),
            id: self.id.clone(),
            image: self.image.clone(),
            text: self.text.clone(),
            metric: self.metric,
            sample: self.sample,
            seed: self.seed,
            ..base
        };
        Table::open_all(&self.data, &config)
    }

    /// The rows that have a vector and a place on each map that came with the data. Pictures are encoded by the model
    /// where one is given; without vectors and a model they are compared pixel by pixel.
    ///
    /// # Errors
    /// As for [`Input::open`]; neither vectors nor pictures nor a map; no row that has all.
    pub fn rows(&self, base: TableConfig, model: Option<&Autoencoder>, output: &Output) -> Result<Rows> {
        let mut table = self.open(base)?;
        let n_read = table.len();
        output.note(&guesses(&table));
        if let Some(model) = model {
            table = table.with_encoded(model)?;
        } else if table.vector_sets().is_empty() && table.has_pictures() {
            table = table.with_pixels(PIXEL_SIDE)?;
            output.note(&format!("no vectors: pictures are compared by {PIXEL_SIDE} x {PIXEL_SIDE} pixels"));
        }
        if table.vector_sets().is_empty() && table.coordinates().is_empty() {
            table = table.with_measures(self.metric, !self.unscaled)?;
            output.note(&format!("no column of vectors: {}", measured(&table)));
        }
        let mut kept = vec![true; table.len()];
        let n_sets = table.vector_sets().len();
        // What the model made, which stands last, comes first: the page's decoder is of the first set. Then all that
        // flags name; where there is neither, the first.
        let encoded = model.map(|_| n_sets - 1);
        let named = match (self.vector.is_empty(), encoded) {
            (false, None) => 0..n_sets,
            (false, Some(encoded)) => 0..encoded,
            (true, Some(_)) => 0..0,
            (true, None) => 0..n_sets.min(1),
        };
        let wanted: Vec<usize> = encoded.into_iter().chain(named).collect();
        let of_vectors = wanted.iter().map(|&number| table.vector_sets()[number].rows.as_slice());
        for rows in of_vectors.chain(table.coordinates().iter().map(|map| map.rows.as_slice())) {
            let mut present = vec![false; table.len()];
            rows.iter().for_each(|&row| present[row] = true);
            kept.iter_mut().zip(present).for_each(|(kept, present)| *kept &= present);
        }
        let complete: Vec<usize> = (0..table.len()).filter(|&row| kept[row]).collect();
        if complete.is_empty() {
            return Err(nothing_left(&table));
        }
        if complete.len() < table.len() {
            let left_out = table.len() - complete.len();
            output.note(&format!(
                "left out: {left_out} of {} rows, without a usable vector or place",
                table.len()
            ));
            table = table.select(&complete)?;
        }
        let sets = wanted.iter().map(|&number| {
            let set = &table.vector_sets()[number];
            let (name, origin) = (set.name.clone(), set.origin.clone());
            let (latents, metric) = (table.latents(Some(&name))?, set.metric);
            Ok(VectorSet { latents, name, origin, metric, scaled: set.scaled })
        });
        let sets = sets.collect::<Result<Vec<_>>>()?;
        let maps = table.coordinates().iter().map(|map| (map.name.clone(), map.values.clone())).collect();
        Ok(Rows { table, sets, maps, n_read })
    }
}

/// What the report says of the columns of numbers that were taken for vectors.
fn measured(table: &Table) -> String {
    table.report().lines().last().unwrap_or_default().to_string()
}

/// Refuses columns that were scaled by the rows at hand, where other rows are to be compared with these.
///
/// # Errors
/// The first set is of such columns.
pub fn check_unscaled(sets: &[VectorSet]) -> Result<()> {
    let Some(set) = sets.first().filter(|set| set.scaled) else { return Ok(()) };
    let remedy = "each of its columns would be scaled by these rows alone; make the map and place rows with --unscaled, or \
                  give the vectors in one column of lists";
    Err(Error::Config { name: "vector", value: set.name.clone(), remedy: remedy.into() })
}

/// No row has all that is wanted; what each set of vectors and each map lacks is told.
fn nothing_left(table: &Table) -> Error {
    let sets = table.vector_sets().iter().map(|set| (&set.name, set.rows.len()));
    let maps = table.coordinates().iter().map(|map| (&map.name, map.rows.len()));
    let usable: Vec<String> = sets.chain(maps).map(|(name, rows)| format!("{rows} in {name}")).collect();
    let what = format!("the list of rows of {} that can be shown", table.name());
    let remedy = format!("of {} rows, usable are {}; give finite numbers", table.len(), usable.join(", "));
    Error::Empty { what, remedy }
}

/// What was read and guessed, in one line.
fn guesses(table: &Table) -> String {
    let mut parts =
        vec![format!("{}: {} row{}", table.name(), table.len(), if table.len() == 1 { "" } else { "s" })];
    for set in table.vector_sets() {
        parts.push(format!("vectors {} ({} dimensions, {} distance)", set.name, set.width(), set.metric));
    }
    parts.extend(table.coordinates().iter().map(|map| format!("map {}", map.name)));
    let roles = [
        ("label", table.label_column()),
        ("id", table.id_column()),
        ("titles", table.title_column()),
        ("text", table.text_column()),
    ];
    parts.extend(roles.iter().filter_map(|(role, column)| column.map(|column| format!("{role} {column}"))));
    if table.has_pictures() {
        parts.push("pictures".to_string());
    }
    parts.join(", ")
}
