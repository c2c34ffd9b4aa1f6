//! From plain columns to a table: which are vectors, coordinates and pictures, and what the others are.

use std::sync::Arc;

use ndarray::Array2;
use polars::prelude::{DataFrame, NamedFrom, Series};

use super::column::{Column, ColumnKind};
use super::pictures::{Decoding, Source, survey};
use super::raw::{Lists, Raw, RawColumn, Values, no_column};
use super::report::counted;
use super::vector_columns::{VectorColumns, vector_columns};
use super::{Coordinates, Origin, Pictures, Roles, Table, TableConfig, Vectors, guess, measures};
use crate::error::{Error, Result};
use crate::math::random::sample_rows;

/// Makes the table; what the configuration does not say is guessed.
pub(super) fn from_raw(name: &str, mut raw: Raw, config: &TableConfig) -> Result<Table> {
    if raw.n_rows == 0 {
        return Err(Error::empty(name, "give data with at least one row"));
    }
    check_names(&raw, config)?;
    let mut notes = std::mem::take(&mut raw.notes);
    let pictures = take_pictures(&mut raw, config, &mut notes)?;
    let coordinates = take_coordinates(&mut raw, config, &mut notes)?;
    let vectors = take_vectors(&mut raw, config, &mut notes)?;
    let mut columns = Vec::with_capacity(raw.columns.len());
    let mut series = Vec::with_capacity(raw.columns.len());
    for column in raw.columns {
        let kind = guess::kind(&column, config)?;
        let levels = column.levels.clone();
        let (values, n_missing) = of_values(column, kind)?;
        columns.push(Column { name: values.name().to_string(), kind, n_missing, levels });
        series.push(values.into());
    }
    let frame = DataFrame::new(raw.n_rows, series).map_err(|e| Error::dependency("polars", e))?;
    let mut table = Table {
        name: name.to_string(),
        numbers: (0..raw.n_rows).collect(),
        frame,
        columns,
        roles: Roles::default(),
        pictures,
        vectors,
        coordinates,
        notes,
    };
    if raw.only_with_pictures {
        let has =
            |&row: &usize| table.pictures.as_ref().is_some_and(|pictures| pictures.sources[row].is_some());
        let rows: Vec<usize> = (0..table.len()).filter(has).collect();
        if rows.len() < table.len() {
            table = table.selected(&rows)?;
        }
    }
    table.roles = guess::roles(&table, config)?;
    let id = table.roles.id.clone();
    // What is different in each row is no category, however few rows there are.
    let of_id = table.columns.iter_mut().find(|column| id.as_ref() == Some(&column.name));
    if let Some(column) = of_id.filter(|column| column.kind == ColumnKind::Category) {
        column.kind = ColumnKind::Text;
    }
    match config.sample {
        Some(0) => Err(Error::config("sample", 0, "keep at least one row")),
        Some(count) if count < table.len() => {
            let whole = table.len();
            let mut sample = table.selected(&sample_rows(whole, count, config.seed))?;
            sample.notes.push(format!("sample: {count} of {whole} rows, seed {}", config.seed));
            Ok(sample)
        }
        _ => Ok(table),
    }
}

/// Refuses names of columns that are not there, and columns that share a name.
fn check_names(raw: &Raw, config: &TableConfig) -> Result<()> {
    let names = || raw.columns.iter().map(|column| column.name.as_str());
    let mut seen = std::collections::HashSet::new();
    if let Some(twice) = names().find(|name| !seen.insert(*name)) {
        let remedy = "two columns have this name; rename one".to_string();
        return Err(Error::Column { name: twice.to_string(), remedy });
    }
    let single = [&config.x, &config.y, &config.label, &config.id, &config.image, &config.text];
    let listed = [&config.categories, &config.numbers, &config.dates].into_iter().flatten();
    for name in single.into_iter().flatten().chain(listed) {
        if !names().any(|other| other == name) {
            return Err(no_column(name, names()));
        }
    }
    match (&config.x, &config.y) {
        (Some(x), None) => Err(Error::config("x", x, "name the column of y too")),
        (None, Some(y)) => Err(Error::config("y", y, "name the column of x too")),
        _ => Ok(()),
    }
}

fn take_pictures(raw: &mut Raw, config: &TableConfig, notes: &mut Vec<String>) -> Result<Option<Pictures>> {
    let is_pictures = |column: &RawColumn| matches!(column.values, Values::Pictures(_));
    let at = match &config.image {
        Some(name) => raw.columns.iter().position(|column| &column.name == name),
        None => raw.columns.iter().position(is_pictures),
    };
    let Some(at) = at else { return Ok(None) };
    let RawColumn { name, values, .. } = raw.columns.remove(at);
    // A row shows one picture; further columns of pictures are named and left.
    raw.columns.retain(|other| {
        let further = is_pictures(other);
        if further {
            notes.push(format!("left out: column {} (a second picture per row)", other.name));
        }
        !further
    });
    let Values::Pictures(mut sources) = values else {
        let remedy = "it holds no pictures, nor paths to any".to_string();
        return Err(Error::Column { name, remedy });
    };
    let places: Vec<usize> = (0..sources.len()).filter(|&row| sources[row].is_some()).collect();
    let present: Vec<&Source> = sources.iter().flatten().collect();
    let survey = survey(&present);
    let named = |(place, reason): &(usize, String)| format!("{} ({reason})", present[*place].name());
    if let (true, Some(first)) = (config.strict, survey.broken.first()) {
        let remedy = format!("{}: repair or remove it, or load without strict", named(first));
        return Err(Error::Column { name, remedy });
    }
    let listed: Vec<String> = survey.broken.iter().take(5).map(named).collect();
    if !listed.is_empty() {
        let count = counted(survey.broken.len(), "picture");
        notes.push(format!("{count} cannot be decoded: {}", listed.join(", ")));
    }
    let mut side = None;
    if let Some(((low_h, low_w), (high_h, high_w))) = survey.sizes {
        side = Some(low_h).filter(|_| low_h == low_w && (low_h, low_w) == (high_h, high_w));
        let to = match (low_h, low_w) == (high_h, high_w) {
            true => String::new(),
            false => format!(" to {high_w} x {high_h}"),
        };
        notes.push(format!("pictures are {low_w} x {low_h}{to} pixels"));
    }
    if let Some((low, high)) = survey.window {
        notes.push(format!("pictures of 16 bits: {low} is shown as black, {high} as white"));
    }
    for (place, _) in &survey.broken {
        sources[places[*place]] = None;
    }
    if sources.iter().all(Option::is_none) {
        return Err(Error::Column { name, remedy: "none of its pictures can be decoded".to_string() });
    }
    Ok(Some(Pictures {
        sources: Arc::new(sources),
        decoding: Decoding { ground: config.ground, window: survey.window },
        side,
        fit: config.fit,
        thumb_side: config.thumb_side,
    }))
}

fn take_coordinates(
    raw: &mut Raw,
    config: &TableConfig,
    notes: &mut Vec<String>,
) -> Result<Vec<Coordinates>> {
    let mut maps = Vec::new();
    let pairs = match (&config.x, &config.y) {
        (Some(x), Some(y)) => vec![(x.clone(), y.clone())],
        _ => guess::coordinate_pairs(raw),
    };
    for (x, y) in pairs {
        let places = [column_numbers(raw, &x)?, column_numbers(raw, &y)?];
        let values = Array2::from_shape_fn((raw.n_rows, 2), |(row, axis)| places[axis][row] as f32);
        maps.push(Coordinates::sifted(&format!("{x}, {y}"), values));
        raw.columns.retain(|column| column.name != x && column.name != y);
    }
    // Lists of two numbers are places, such as scanpy's X_umap, unless they are named as vectors, or called so.
    let named = |name: &String| config.vectors.contains(name) || name == "vector";
    let pair_lists = |column: &RawColumn| match &column.values {
        Values::Lists(lists) => lists.width() == Ok(2) && !named(&column.name),
        _ => false,
    };
    while let Some(at) = raw.columns.iter().position(pair_lists) {
        let column = raw.columns.remove(at);
        let Values::Lists(lists) = column.values else { continue };
        notes.push(format!("{} has two numbers per row: taken for a map", column.name));
        maps.push(Coordinates::sifted(&column.name, rectangle(lists, 2).0));
    }
    Ok(maps)
}

/// The numbers of a column, NaN where one is missing.
fn column_numbers(raw: &Raw, name: &str) -> Result<Vec<f64>> {
    let column = raw.columns.iter().find(|column| column.name == name).expect("it was looked up");
    match &column.values {
        Values::Floats(numbers) => Ok(numbers.clone()),
        Values::Integers(numbers) => Ok(numbers.iter().map(|n| n.map_or(f64::NAN, |n| n as f64)).collect()),
        _ => Err(Error::Column { name: name.to_string(), remedy: "it does not hold numbers".to_string() }),
    }
}

/// Lists of one length as rows, NaN where one is missing, and which are there.
fn rectangle(lists: Lists, width: usize) -> (Array2<f32>, Vec<bool>) {
    let present: Vec<bool> = lists.lengths.iter().map(Option::is_some).collect();
    if present.iter().all(|&present| present) {
        let values = Array2::from_shape_vec((present.len(), width), lists.numbers);
        return (values.expect("each list has this many numbers"), present);
    }
    let mut values = Array2::from_elem((present.len(), width), f32::NAN);
    let mut numbers = lists.numbers.chunks(width.max(1));
    for (mut row, _) in values.rows_mut().into_iter().zip(&present).filter(|(_, present)| **present) {
        let list = numbers.next().expect("one list per row that has one");
        row.iter_mut().zip(list).for_each(|(value, &number)| *value = number);
    }
    (values, present)
}

fn take_vectors(raw: &mut Raw, config: &TableConfig, notes: &mut Vec<String>) -> Result<Vec<Vectors>> {
    let mut sets = Vec::new();
    for columns in vector_columns(raw, config)? {
        let (name, values, present) = match columns {
            VectorColumns::Lists(at) => {
                let column = raw.columns.remove(at);
                let Values::Lists(lists) = column.values else { continue };
                let width = lists.width().map_err(|(row, length, first)| Error::Column {
                    name: column.name.clone(),
                    remedy: format!(
                        "{length} numbers in row {row}, {first} in the first; give vectors of one length"
                    ),
                })?;
                let (values, present) = rectangle(lists, width);
                (column.name, values, Some(present))
            }
            VectorColumns::Numbered { name, columns } => {
                let values = side_by_side(raw, &columns)?;
                raw.columns.retain(|column| !columns.contains(&column.name));
                notes.push(format!("{} columns from {} are one set of vectors", columns.len(), columns[0]));
                (name, values, None)
            }
            VectorColumns::Measures { name, columns } => {
                let values = side_by_side(raw, &columns)?;
                let (set, note) = measures::set_of(&name, &columns, values, config.metric, config.scaled);
                notes.push(note);
                sets.push(set);
                continue;
            }
        };
        if values.ncols() == 0 {
            return Err(Error::Column { name, remedy: "its vectors have no numbers".to_string() });
        }
        sets.push(Vectors::sifted(&name, values, present.as_deref(), config.metric, Origin::Given));
    }
    Ok(sets)
}

/// Columns of numbers as one array, `[n, columns]`.
fn side_by_side(raw: &Raw, columns: &[String]) -> Result<Array2<f32>> {
    let numbers = columns.iter().map(|name| column_numbers(raw, name)).collect::<Result<Vec<_>>>()?;
    Ok(Array2::from_shape_fn((raw.n_rows, columns.len()), |(row, column)| numbers[column][row] as f32))
}

/// A column of the frame, and how many of its values are missing.
fn of_values(column: RawColumn, kind: ColumnKind) -> Result<(Series, usize)> {
    let name = column.name.as_str().into();
    let levels = column.levels;
    let level = |code: i64| levels.as_ref()?.get(usize::try_from(code).ok()?).cloned();
    let series = match column.values {
        // The file lists the names of the classes: the codes say nothing to a reader.
        Values::Integers(codes) if levels.is_some() && kind == ColumnKind::Category => Series::new(
            name,
            codes.into_iter().map(|code| code.and_then(level)).collect::<Vec<Option<String>>>(),
        ),
        Values::Integers(numbers) => Series::new(name, numbers),
        // NaN is missing in every tool that people bring tables from.
        Values::Floats(numbers) => Series::new(
            name,
            numbers.iter().map(|x| (!x.is_nan()).then_some(*x)).collect::<Vec<Option<f64>>>(),
        ),
        Values::Bools(values) => Series::new(name, values),
        Values::Texts(values) => Series::new(name, values),
        Values::Tags(values) => Series::new(
            name,
            values
                .into_iter()
                .map(|tags| tags.map(|tags| Series::new("".into(), tags)))
                .collect::<Vec<Option<Series>>>(),
        ),
        Values::Lists(lists) => {
            let mut numbers = lists.numbers.as_slice();
            let mut rows = Vec::with_capacity(lists.lengths.len());
            for length in lists.lengths {
                let (list, rest) = numbers.split_at(length.unwrap_or(0));
                numbers = rest;
                rows.push(length.map(|_| Series::new("".into(), list)));
            }
            Series::new(name, rows)
        }
        Values::Pictures(_) => {
            let remedy = "a second picture per row cannot be shown".to_string();
            return Err(Error::Column { name: column.name, remedy });
        }
    };
    let n_missing = series.null_count();
    Ok((series, n_missing))
}

impl Table {
    /// [`Table::select`] without its checks.
    pub(super) fn selected(&self, rows: &[usize]) -> Result<Table> {
        let numbers: Vec<polars::prelude::IdxSize> =
            rows.iter().map(|&row| row as polars::prelude::IdxSize).collect();
        let numbers = polars::prelude::IdxCa::new("".into(), numbers);
        let frame = self.frame.take(&numbers).map_err(|e| Error::dependency("polars", e))?;
        let columns = self.columns.iter().map(|column| {
            let n_missing = frame.column(&column.name).map_or(0, |values| values.null_count());
            Column { n_missing, ..column.clone() }
        });
        let pictures = self.pictures.as_ref().map(|pictures| Pictures {
            sources: Arc::new(rows.iter().map(|&row| pictures.sources[row].clone()).collect()),
            ..pictures.clone()
        });
        let n_rows = self.len();
        Ok(Table {
            name: self.name.clone(),
            numbers: rows.iter().map(|&row| self.numbers[row]).collect(),
            columns: columns.collect(),
            roles: self.roles.clone(),
            pictures,
            vectors: self.vectors.iter().map(|set| set.select(rows, n_rows)).collect(),
            coordinates: self.coordinates.iter().map(|map| map.select(rows, n_rows)).collect(),
            notes: self.notes.clone(),
            frame,
        })
    }
}
