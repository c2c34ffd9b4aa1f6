//! `explore`: a page that shows the data.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use ndarray::{Array1, Array4, Axis};
use neural_manifold::Result;
use neural_manifold::dataset::Split;
use neural_manifold::export::{Explorer, ExplorerFiles};
use neural_manifold::labels::Labels;
use neural_manifold::table::{ColumnKind, Fit, Picture, Table};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::engines::{Engines, score};
use super::input::{Input, Rows};
use super::output::{Output, scores_json, scores_line};

/// Pixels from one side of a picture on the page to the other, where the pictures are not small squares themselves.
const SIDE: usize = 48;
/// The largest square that is shown as it is.
const MAX_SIDE: usize = 64;
/// Colors in a menu that can still be looked through.
const MAX_VALUES: usize = 24;

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
    /// Print what was read and the maps' scores; write no page
    #[arg(long)]
    report: bool,
}

impl Explore {
    pub fn run(&self, output: &Output) -> Result<ExitCode> {
        let rows = self.input.rows(output)?;
        let mut page = page_of(&rows, output)?;
        if let Some(title) = &self.title {
            page = page.with_title(title);
        }
        let (mut lines, mut maps) = (Vec::new(), Vec::new());
        if let Some(latents) = &rows.latents {
            // A map that came with the data answers for itself; ours stands beside it.
            for (map, quality) in self.engines.run(latents, self.input.seed, output)?.maps {
                lines.extend(quality.as_ref().map(|quality| scores_line(&map.name, quality)));
                maps.push(scores_json(&map.name, quality.as_ref()));
                page = match &quality {
                    Some(quality) => page.with_map(&map, quality)?,
                    None => page.with_unscored_map(&map)?,
                };
            }
        }
        for (name, places) in &rows.maps {
            let quality = match &rows.latents {
                Some(latents) => score(latents, places)?,
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
            output.result(&text, &json!({ "report": rows.table.report(), "maps": maps }));
            return Ok(ExitCode::SUCCESS);
        }
        let files = match self.output.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("html")) {
            true => page.write_html(&self.output)?,
            false => page.write(&self.output)?,
        };
        tell(&files, &maps, output);
        if self.open {
            open(&files.page, output);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn tell(files: &ExplorerFiles, maps: &[Value], output: &Output) {
    let ExplorerFiles { page, bytes, points, .. } = files;
    let text = format!("{}: {points} points, {:.1} MB", page.display(), *bytes as f64 / 1e6);
    output.result(&text, &json!({ "page": page, "points": points, "bytes": bytes, "maps": maps }));
}

/// The page without its maps.
fn page_of(rows: &Rows, output: &Output) -> Result<Explorer> {
    let Rows { table, latents, .. } = rows;
    let labels = table.labels();
    let mut page = match latents {
        None => Explorer::of_points(table.name(), table.len(), labels.as_ref())?,
        Some(latents) if table.has_pictures() => Explorer::new(&split_of(table, labels, output)?, latents)?,
        Some(latents) => Explorer::of(latents)?,
    };
    page = page.with_row_numbers(table.row_numbers())?;
    let of_numbers = table.columns().iter().filter(|column| column.kind == ColumnKind::Number);
    for column in of_numbers.filter(|column| column.n_missing == 0).take(MAX_VALUES) {
        let values: Array1<f32> = table.numbers(&column.name)?.mapv(|value| value as f32);
        if values.iter().all(|value| value.is_finite()) {
            page = page.with_values(&column.name, &values)?;
        }
    }
    Ok(page)
}

/// The pictures as the page takes them: squares of one size, all gray or all in color, white where a row has none.
fn split_of(table: &Table, labels: Option<Labels>, output: &Output) -> Result<Split> {
    let first = (0..table.len()).find_map(|row| table.picture(row).ok().flatten());
    let small = |picture: &Picture| picture.width() == picture.height() && picture.width() <= MAX_SIDE;
    let side = first.as_ref().filter(|picture| small(picture)).map_or(SIDE, Picture::width);
    let square = |row: usize| {
        let picture = table.picture(row)?;
        Ok(picture.map(|picture| picture.fitted(side, Fit::Pad, [255; 3])))
    };
    let squares = (0..table.len()).into_par_iter().map(square).collect::<Result<Vec<Option<Picture>>>>()?;
    let gray = squares.iter().flatten().all(Picture::is_gray);
    if !gray {
        output.note("the page shows pictures in gray");
    }
    let mut images = Array4::from_elem((table.len(), side, side, if gray { 1 } else { 3 }), u8::MAX);
    for (mut image, square) in images.axis_iter_mut(Axis(0)).zip(squares) {
        if let Some(square) = square {
            image.assign(&if gray { square } else { square.to_rgb() }.pixels);
        }
    }
    let unlabeled = || Labels { codes: Array1::from_elem(table.len(), Labels::MISSING), names: Vec::new() };
    Ok(Split { name: table.name().to_string(), images, labels: labels.unwrap_or_else(unlabeled) })
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
