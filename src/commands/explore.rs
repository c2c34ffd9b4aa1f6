//! `explore`: a page that shows the data.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use ndarray::Array2;
use neural_manifold::dataset::Split;
use neural_manifold::export::{Explorer, ExplorerFiles, Frames};
use neural_manifold::labels::Labels;
use neural_manifold::model::Autoencoder;
use neural_manifold::table::{Fit, TableConfig};
use neural_manifold::topology::{ClusterConfig, clusters};
use neural_manifold::{Error, Result};
use serde_json::{Value, json};

use super::engines::{Course, Engines, score};
use super::input::{Input, Rows};
use super::output::{Output, graph_json, graph_line, scores_json, scores_line};

/// Draw a map of the data and write a page to look at it
#[derive(Args)]
pub struct Explore {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    engines: Engines,
    /// One file that ends in .html, or a folder
    #[arg(short, long, default_value = "explorer.html", value_name = "PATH")]
    output: PathBuf,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// What stands above the map [default: the name of the data]
    #[arg(long)]
    title: Option<String>,
    /// Pixels from one side of a picture on the page to the other
    #[arg(long, value_name = "PIXELS", default_value_t = 48, value_parser = clap::value_parser!(u16).range(1..=1024))]
    thumb: u16,
    /// How a picture that is not square is shown: pad, crop or stretch
    #[arg(long, value_parser = fit, default_value = "pad", value_name = "FIT")]
    fit: Fit,
    /// Leave the vectors out: a smaller page, which still knows each row's neighbors
    #[arg(long)]
    no_vectors: bool,
    /// A model file of `train`: pictures are mapped by what it makes of them, and its decoder is in the page
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Show how the first map came about, in so many frames that the page plays: 4 bytes per row and frame, before gzip
    #[arg(long, value_name = "COUNT")]
    frames: Option<usize>,
    /// Print what was read and the maps' scores; write no page
    #[arg(long)]
    report: bool,
}

fn fit(name: &str) -> std::result::Result<Fit, String> {
    match name {
        "pad" => Ok(Fit::Pad),
        "crop" => Ok(Fit::Crop),
        "stretch" => Ok(Fit::Stretch),
        _ => Err("give pad, crop or stretch".to_string()),
    }
}

impl Explore {
    pub fn run(&self, output: &Output) -> Result<ExitCode> {
        self.engines.check_names()?;
        self.engines.check_plane()?;
        self.check_output()?;
        let shown = TableConfig {
            thumb_side: self.thumb.into(),
            fit: self.fit,
            categories: self.engines.categories(),
            ..TableConfig::default()
        };
        let model = self.model.as_ref().map(Autoencoder::load).transpose()?;
        let rows = self.input.rows(shown, model.as_ref(), output)?;
        let mut page = page_of(&rows, model.as_ref(), output)?;
        if let Some(title) = &self.title {
            page = page.with_title(title);
        }
        if self.no_vectors {
            page = page.without_vectors();
        }
        let (mut lines, mut maps, mut graphs) = (Vec::new(), Vec::new(), Vec::new());
        let mut first_map = None;
        if let Some(frames) = self.frames.filter(|_| rows.sets.is_empty()) {
            let remedy = "they are of a map that is laid out here, of vectors; name their column by --vector";
            return Err(Error::Config { name: "frames", value: frames.to_string(), remedy: remedy.into() });
        }
        for (number, set) in rows.sets.iter().enumerate() {
            let course = Course { scored: true, frames: self.frames.filter(|_| number == 0), start: None };
            let made = self.engines.run(&rows.table, &set.latents, self.input.seed, &course, output)?;
            graphs.push(graph_json(made.graph.as_ref()));
            if let Some(graph) = &made.graph {
                lines.push(graph_line(graph));
                page = page.with_neighbors(graph)?;
            }
            // A map that came with the data answers for itself; ours stands beside it.
            for (map, quality) in made.maps {
                // Maps of several sets by one engine are told apart by the sets.
                let map = match rows.sets.len() {
                    1 => map,
                    _ => map.clone().named(&format!("{}, {}", map.name, set.name)),
                };
                first_map.get_or_insert_with(|| map.coordinates.clone());
                lines.extend(quality.as_ref().map(|quality| scores_line(&map.name, quality)));
                maps.push(scores_json(&map.name, quality.as_ref()));
                page = match &quality {
                    Some(quality) => page.with_map(&map, quality)?,
                    None => page.with_unscored_map(&map)?,
                };
                if !map.snapshots.is_empty() {
                    page = page.with_frames(&map.name, &Frames::of(&map)?)?;
                }
            }
        }
        for (name, places) in &rows.maps {
            first_map.get_or_insert_with(|| places.clone());
            let quality = match rows.sets.first() {
                Some(set) => score(&set.latents, places)?,
                None => None,
            };
            maps.push(scores_json(name, quality.as_ref()));
            page = match &quality {
                Some(quality) => {
                    let line = scores_line(name, quality);
                    output.note(&line);
                    lines.push(line);
                    page.with_scored_coordinates(name, places, quality)?
                }
                None => page.with_coordinates(name, places)?,
            };
        }
        if self.report {
            let text = format!("{}\n{}", rows.table.report(), lines.join("\n"));
            let report = rows.table.report();
            output.result(&text, &json!({ "report": report, "neighbors": graphs, "maps": maps }));
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(found) =
            first_map.as_ref().map(|places| clusters_of(places, output)).transpose()?.flatten()
        {
            page = page.with_clusters(&found)?;
        }
        let files = match self.is_one_file() {
            true => page.write_html(&self.output)?,
            false => page.write(&self.output)?,
        };
        tell(&files, &graphs, &maps, output);
        if self.open {
            open(&files.page, output);
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Explore {
    fn is_one_file(&self) -> bool {
        self.output.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("html"))
    }

    /// Refuses the name of a file that is no page; a folder's may have a point in it.
    fn check_output(&self) -> Result<()> {
        const FILES: [&str; 9] = ["csv", "htm", "js", "json", "parquet", "pdf", "png", "txt", "zip"];
        let ending = self.output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if !ending.is_some_and(|ending| FILES.contains(&ending.as_str())) || self.output.is_dir() {
            return Ok(());
        }
        let remedy = "a page is one file that ends in .html, or a folder".to_string();
        Err(Error::Config { name: "output", value: self.output.display().to_string(), remedy })
    }
}

fn tell(files: &ExplorerFiles, graphs: &[Value], maps: &[Value], output: &Output) {
    let ExplorerFiles { page, bytes, points, .. } = files;
    let text = format!("{}: {points} points, {:.1} MB", page.display(), *bytes as f64 / 1e6);
    let told = json!({ "page": page, "points": points, "bytes": bytes, "neighbors": graphs, "maps": maps });
    output.result(&text, &told);
}

/// The most rows of which clusters are found: every pair of them is measured.
const MAX_CLUSTERED: usize = 50_000;

/// The clusters of a map; `None` where there are none, or too many rows to look for any.
fn clusters_of(places: &Array2<f32>, output: &Output) -> Result<Option<Labels>> {
    let (n, config) = (places.nrows(), ClusterConfig::for_rows(places.nrows()));
    if n > MAX_CLUSTERED {
        output.note(&format!("{n} rows: no clusters, which are sought among {MAX_CLUSTERED} at the most"));
    }
    if n > MAX_CLUSTERED || n < config.min_samples {
        return Ok(None);
    }
    let found = clusters(places, &config)?;
    output.note(&format!("clusters of the first map: {}", found.n_classes()));
    Ok((found.n_classes() > 0).then_some(found))
}

/// The page without its maps.
fn page_of(rows: &Rows, model: Option<&Autoencoder>, output: &Output) -> Result<Explorer> {
    let Rows { table, sets, .. } = rows;
    let page = Explorer::of_points(table.name(), table.len(), table.labels().as_ref())?;
    let mut page = page.with_row_numbers(table.row_numbers())?.with_columns(table)?;
    for column in page.left_out() {
        output.note(&format!("column {column} is not in the page, which would be too large"));
    }
    if let Some(Autoencoder { config, .. }) = model {
        // Beside what the decoder makes of it, a picture is shown as the network sees it.
        page =
            page.with_images(Split::from_table(table, config.image_size, config.image_channels)?.images)?;
    } else if table.has_pictures() {
        page = page.with_thumbnails(table)?;
    }
    for set in sets {
        page = page.with_vectors(&set.name, &set.latents, set.origin.clone())?;
    }
    if let Some(model) = model {
        page = page.with_model(model)?;
    }
    Ok(page)
}

/// Hands the page to whatever opens pages here; the page is written, so that a failure is no error.
fn open(page: &Path, output: &Output) {
    let opener: &[&str] = match std::env::consts::OS {
        "macos" => &["open"],
        "windows" => &["cmd", "/C", "start", ""],
        _ => &["xdg-open"],
    };
    let started = std::process::Command::new(opener[0]).args(&opener[1..]).arg(page).spawn();
    if let Err(error) = started {
        output.note(&format!("cannot open a browser by {} ({error}); open the page by hand", opener[0]));
    }
}
