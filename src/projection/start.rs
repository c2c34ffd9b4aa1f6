//! Where rows begin a map that is to look like one before.

use std::collections::HashMap;

use ndarray::{Array2, ArrayView1, Axis};

use super::Projection;
use crate::error::{Error, Result};
use crate::math::checks::{check_counts, check_rows};

/// Where rows begin a new map; made by [`Projection::start`], taken by [`Engine::with_start`](super::Engine::with_start).
#[derive(Debug, Clone)]
pub struct Start {
    /// Places in the order of the rows, `[m, n_components]`.
    pub coordinates: Array2<f32>,
    /// Which row of the first map each is; `None` for a new one.
    pub mapped: Vec<Option<usize>>,
}

impl Projection {
    /// Where `rows`, `[m, d]`, begin a second map that is to stay recognizable: a row that is on this map, its values the
    /// same to the bit, at its place, any other where [`Projection::transform`] puts it.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let waves = Array2::from_shape_fn((90, 3), |(row, column)| ((row * (column + 1)) as f32 / 9.0).sin());
    /// let all = Latents::new("waves", waves, None)?;
    /// let first = project(&Latents::new("some", all.vectors.slice(s![..60, ..]).to_owned(), None)?, UmapConfig::default())?;
    /// let start = first.start(&all.vectors)?;
    /// assert_eq!(start.mapped.iter().flatten().count(), 60);
    /// let second = project(&all, first.engine.with_start(&start)?)?;
    /// assert_eq!(second.len(), 90);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Projection::transform`]; none of the rows is on this map, so that nothing would be recognized.
    pub fn start(&self, rows: &Array2<f32>) -> Result<Start> {
        let known = &self.latents.vectors;
        let width = (rows.ncols(), "the rows");
        check_counts("columns", width, (known.ncols(), "the map"), "give vectors of the same origin")?;
        check_rows("rows", rows)?;
        let bits = |row: ArrayView1<f32>| row.iter().map(|value| value.to_bits()).collect::<Vec<u32>>();
        let mut numbers = HashMap::with_capacity(known.nrows());
        for (number, row) in known.rows().into_iter().enumerate() {
            numbers.entry(bits(row)).or_insert(number);
        }
        let mapped: Vec<Option<usize>> =
            rows.rows().into_iter().map(|row| numbers.get(&bits(row)).copied()).collect();
        if mapped.iter().all(Option::is_none) {
            let what =
                format!("the list of rows that are among the {} of the map {:?}", self.len(), self.name);
            let remedy = "give its rows too, and vectors of the same model".to_string();
            return Err(Error::Empty { what, remedy });
        }
        let new: Vec<usize> = (0..mapped.len()).filter(|&row| mapped[row].is_none()).collect();
        let mut coordinates = Array2::zeros((rows.nrows(), self.n_components()));
        if !new.is_empty() {
            let placed = self.transform(&rows.select(Axis(0), &new))?;
            for (&row, place) in new.iter().zip(placed.coordinates.rows()) {
                coordinates.row_mut(row).assign(&place);
            }
        }
        for (row, number) in mapped.iter().enumerate() {
            if let Some(number) = *number {
                coordinates.row_mut(row).assign(&self.coordinates.row(number));
            }
        }
        Ok(Start { coordinates, mapped })
    }
}
