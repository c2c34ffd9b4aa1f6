//! The pictures of a table as a data set: squares of one size, all gray or all in color, shared out for training and
//! test.

use ndarray::{Array1, Array4, Axis};
use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::{Dataset, Split};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::math::random::seeded;
use crate::table::{Picture, Table};

/// The side of images where the pictures do not say one.
const SIDE: usize = 32;
/// The largest side at which pictures are taken as they are.
const MAX_OWN_SIDE: usize = 64;
/// The largest side that may be asked for.
const MAX_SIDE: usize = 1024;

/// How the pictures of a table become images, and which of them are held out. How a picture that is not square is
/// fitted, and on which ground, is said when the table is opened: by [`TableConfig`](crate::table::TableConfig).
#[derive(Debug, Clone, PartialEq)]
pub struct PictureConfig {
    /// Pixels from one side of an image to the other. `None`: that of the pictures where all are squares of one side of
    /// at most 64 that divides by 4, else 32.
    pub side: Option<usize>,
    /// 1 for gray, 3 for red, green and blue. `None`: 1 where no picture has color, else 3.
    pub channels: Option<usize>,
    /// Share of each class that is held out for test, above 0 and below 1, where the table has no split of its own.
    pub test_fraction: f64,
    /// Seed by which these are drawn.
    pub seed: u64,
}

impl Default for PictureConfig {
    fn default() -> Self {
        PictureConfig { side: None, channels: None, test_fraction: 0.2, seed: 42 }
    }
}

impl PictureConfig {
    /// The rows of the table to train on and those to test on, each in ascending order; rows without a picture are in
    /// neither.
    ///
    /// Where [`Table::splits`] has rows called train and others called test, it is these (validation, where none is
    /// called test); rows of any other split are in neither. Otherwise `test_fraction` of each class, and of the rows
    /// without a class, is held out: none of a class of one picture, at least one of any larger one.
    ///
    /// # Errors
    /// A fraction that is not between 0 and 1; fewer than two pictures.
    pub fn rows(&self, table: &Table) -> Result<(Vec<usize>, Vec<usize>)> {
        if !(self.test_fraction > 0.0 && self.test_fraction < 1.0) {
            let remedy = "give a number between 0 and 1, such as 0.2";
            return Err(Error::config("test_fraction", self.test_fraction, remedy));
        }
        let rows = table.rows_with_picture();
        if rows.len() < 2 {
            let remedy = format!("give one to train on and one to test on: {}", table.name());
            return Err(Error::config("number of pictures", rows.len(), remedy));
        }
        if let Some(parts) = table.splits().and_then(|splits| by_name(&rows, &splits)) {
            return Ok(parts);
        }
        let mut classes: Vec<Vec<usize>> = Vec::new();
        let labels = table.labels();
        let n_classes = labels.as_ref().map_or(0, Labels::n_classes);
        classes.resize_with(n_classes + 1, Vec::new);
        for row in rows.iter().copied() {
            let code = labels.as_ref().map_or(Labels::MISSING, |labels| labels.codes[row]);
            classes[(code as usize).min(n_classes)].push(row);
        }
        let (mut train, mut test) = (Vec::new(), Vec::new());
        for (number, class) in (0u64..).zip(classes) {
            self.share_out(class, number, &mut train, &mut test);
        }
        if test.is_empty() {
            // Every class has one picture: they are as good as none.
            self.share_out(std::mem::take(&mut train), 0, &mut train, &mut test);
        }
        train.sort_unstable();
        test.sort_unstable();
        Ok((train, test))
    }

    /// Adds the rows of a class to those to train on and those to test on.
    fn share_out(&self, mut class: Vec<usize>, number: u64, train: &mut Vec<usize>, test: &mut Vec<usize>) {
        class.shuffle(&mut seeded(self.seed.wrapping_add(number)));
        if class.len() > 1 {
            let held_out = (class.len() as f64 * self.test_fraction).round() as usize;
            test.extend(class.drain(..held_out.clamp(1, class.len() - 1)));
        }
        train.extend(class);
    }

    fn side_of(&self, table: &Table) -> Result<usize> {
        match self.side {
            None => {
                Ok(table.common_side().filter(|&side| side <= MAX_OWN_SIDE && side % 4 == 0).unwrap_or(SIDE))
            }
            Some(side) if (1..=MAX_SIDE).contains(&side) => Ok(side),
            Some(side) => {
                Err(Error::config("side", side, format!("give 1 to {MAX_SIDE} pixels, such as {SIDE}")))
            }
        }
    }
}

/// The rows that splits of these names have; `None` where there are none to train on or none to test on.
fn by_name(rows: &[usize], splits: &Labels) -> Option<(Vec<usize>, Vec<usize>)> {
    let called = |names: &[&str]| -> Vec<usize> {
        let is = |&row: &usize| names.contains(&splits.name(row).to_lowercase().as_str());
        rows.iter().copied().filter(is).collect()
    };
    let (train, mut test) = (called(&["train", "training"]), called(&["test"]));
    if test.is_empty() {
        test = called(&["val", "valid", "validation", "dev", "eval"]);
    }
    (!train.is_empty() && !test.is_empty()).then_some((train, test))
}

impl Dataset {
    /// The pictures of a table as images to train on and to test on, with the classes of the column that is its label;
    /// without one no image has a class.
    ///
    /// ```no_run
    /// use neural_manifold::prelude::*;
    ///
    /// let table: Table = Table::open("photos")?;
    /// println!("{}", table.report());
    /// let config: PictureConfig = PictureConfig { side: Some(48), ..PictureConfig::default() };
    /// let photos: Dataset = Dataset::from_table(&table, &config)?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`PictureConfig::rows`] and [`Split::from_table`]; a side of 0 or above 1,024.
    pub fn from_table(table: &Table, config: &PictureConfig) -> Result<Dataset> {
        let (train, test) = config.rows(table)?;
        let side = config.side_of(table)?;
        let (train_squares, test_squares) = (squares(table, &train, side)?, squares(table, &test, side)?);
        let color = train_squares.iter().chain(&test_squares).any(Picture::has_color);
        let channels = config.channels.unwrap_or(if color { 3 } else { 1 });
        Ok(Dataset {
            name: table.name().to_string(),
            train: split_of("train", table, &train, &train_squares, channels)?,
            test: split_of("test", table, &test, &test_squares, channels)?,
        })
    }
}

impl Split {
    /// The pictures of a table as images `[n, side, side, channels]`: what a network that is there already encodes. One
    /// image per row of [`Table::rows_with_picture`], in that order.
    ///
    /// # Errors
    /// No picture; one that cannot be decoded; channels other than 1 and 3; a side of 0 or above 1,024.
    pub fn from_table(table: &Table, side: usize, channels: usize) -> Result<Split> {
        let rows = table.rows_with_picture();
        let side = PictureConfig { side: Some(side), ..PictureConfig::default() }.side_of(table)?;
        split_of(table.name(), table, &rows, &squares(table, &rows, side)?, channels)
    }
}

/// The pictures of rows that have one, in squares.
fn squares(table: &Table, rows: &[usize], side: usize) -> Result<Vec<Picture>> {
    let square = |&row: &usize| Ok(table.square(row, side)?.expect("these rows have a picture"));
    rows.par_iter().map(square).collect()
}

fn split_of(
    name: &str,
    table: &Table,
    rows: &[usize],
    squares: &[Picture],
    channels: usize,
) -> Result<Split> {
    if squares.is_empty() {
        return Err(Error::empty(&format!("the list of pictures of {}", table.name()), "give pictures"));
    }
    if channels != 1 && channels != 3 {
        return Err(Error::config("channels", channels, "give 1 (gray) or 3 (red, green, blue)"));
    }
    let side = squares[0].width();
    let mut images = Array4::zeros((rows.len(), side, side, channels));
    for (mut image, square) in images.axis_iter_mut(Axis(0)).zip(squares) {
        image.assign(&if channels == 1 { square.to_gray() } else { square.to_rgb() }.pixels);
    }
    let labels = match table.labels() {
        Some(labels) => labels.select(rows),
        None => Labels { codes: Array1::from_elem(rows.len(), Labels::MISSING), names: Vec::new() },
    };
    Ok(Split { name: name.to_string(), images, labels })
}
