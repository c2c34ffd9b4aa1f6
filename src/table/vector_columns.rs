//! Which columns are vectors when nobody says, and what the names stand for that somebody gives.

use std::collections::HashMap;

use super::TableConfig;
use super::raw::{Raw, RawColumn, Values, no_column};
use crate::error::{Error, Result};

/// Columns e0, e1, ... that make one set of vectors without being named so.
const SPREAD_COLUMNS: usize = 8;

/// Columns that make one set of vectors.
pub(super) enum VectorColumns {
    /// The place of a column of lists.
    Lists(usize),
    /// Columns of one number each that differ in their number alone: a dimension says nothing by itself.
    Numbered { name: String, columns: Vec<String> },
    /// Columns that each measure something of its own, in a unit of its own.
    Measures { name: String, columns: Vec<String> },
}

/// The sets of vectors, in the order in which they are to be taken out of the columns.
///
/// # Errors
/// A name of the configuration that is neither a column, nor the beginning of several; the nearest is told.
pub(super) fn vector_columns(raw: &Raw, config: &TableConfig) -> Result<Vec<VectorColumns>> {
    let numbered = Numbered::of(raw);
    let mut sets = Vec::new();
    // Of each set of lists that is taken out, those behind it move up by one.
    let mut taken: Vec<usize> = Vec::new();
    let mut lists = |at: usize| {
        let moved = taken.iter().filter(|&&other| other < at).count();
        taken.push(at);
        VectorColumns::Lists(at - moved)
    };
    let mut singles = Vec::new();
    for name in config.vectors.iter().flat_map(|given| names_in(given, raw)) {
        match raw.columns.iter().position(|column| column.name == name) {
            Some(at) if is_lists(&raw.columns[at]) => sets.push(lists(at)),
            Some(at) if is_number(&raw.columns[at]) => singles.push(name.to_string()),
            Some(_) => {
                let remedy = "it holds neither numbers nor lists of numbers".to_string();
                return Err(Error::Column { name: name.to_string(), remedy });
            }
            None => match numbered.columns_of(name) {
                Some(columns) => {
                    let (name, columns) = (name.to_string(), columns.to_vec());
                    sets.push(VectorColumns::Numbered { name, columns });
                }
                None => singles.extend(beginning_with(name, raw)?),
            },
        }
    }
    if !singles.is_empty() {
        let name = if singles.len() == 1 { singles[0].clone() } else { "columns".to_string() };
        sets.push(match numbered.has_all(&singles) {
            true => VectorColumns::Numbered { name, columns: singles },
            false => VectorColumns::Measures { name, columns: singles },
        });
    }
    if config.vectors.is_empty() {
        for (at, column) in raw.columns.iter().enumerate() {
            if is_lists(column) && !is_ragged_tag(column) {
                sets.push(lists(at));
            }
        }
        sets.extend(numbered.wide());
    }
    // Columns of single numbers are found by name, so that those of lists may go first.
    Ok(sets)
}

fn is_lists(column: &RawColumn) -> bool {
    matches!(column.values, Values::Lists(_))
}

fn is_number(column: &RawColumn) -> bool {
    matches!(column.values, Values::Floats(_) | Values::Integers(_))
}

/// One name, or several that stand between commas where no column is called so.
fn names_in<'a>(given: &'a str, raw: &Raw) -> Vec<&'a str> {
    match raw.columns.iter().any(|column| column.name == given) {
        true => vec![given],
        false => given.split(',').map(str::trim).collect(),
    }
}

/// The columns of numbers whose names begin so.
fn beginning_with(start: &str, raw: &Raw) -> Result<Vec<String>> {
    let begins = |column: &&RawColumn| is_number(column) && column.name.starts_with(start);
    let found: Vec<String> = raw.columns.iter().filter(begins).map(|column| column.name.clone()).collect();
    match start.is_empty() || found.len() < 2 {
        true => Err(no_column(start, raw.columns.iter().map(|column| column.name.as_str()))),
        false => Ok(found),
    }
}

/// Lists of which most are of another length: ids of neighbors or the like, not vectors with a slip in them.
fn is_ragged_tag(column: &RawColumn) -> bool {
    let Values::Lists(lists) = &column.values else { return false };
    let Err((_, _, first)) = lists.width() else { return false };
    let given = lists.lengths.iter().flatten();
    given.clone().filter(|&&length| length == first).count() * 2 < given.count()
}

/// Columns of numbers called e0, e1, ... without a gap, and grids of them: p_0_0, p_0_1, ..., p_1_0, ...
struct Numbered {
    /// By what stands before the number.
    rows: HashMap<String, Vec<String>>,
    /// By what stands before both numbers, row by row.
    grids: HashMap<String, Vec<String>>,
    /// Which of the rows are part of a grid.
    in_grids: Vec<String>,
}

impl Numbered {
    fn of(raw: &Raw) -> Numbered {
        let names = raw.columns.iter().filter(|column| is_number(column)).map(|column| column.name.as_str());
        let rows = without_gaps(names);
        let grids: HashMap<String, Vec<String>> = without_gaps(rows.keys().map(String::as_str))
            .into_iter()
            .filter(|(_, stems)| stems.iter().all(|stem| rows[stem].len() == rows[&stems[0]].len()))
            .collect();
        let in_grids = grids.values().flatten().cloned().collect();
        let of_rows = |stems: Vec<String>| stems.iter().flat_map(|stem| rows[stem].clone()).collect();
        let grids = grids.into_iter().map(|(stem, stems)| (stem, of_rows(stems))).collect();
        Numbered { grids, in_grids, rows }
    }

    fn columns_of(&self, stem: &str) -> Option<&[String]> {
        self.grids.get(stem).or_else(|| self.rows.get(stem)).map(Vec::as_slice)
    }

    /// Whether one set has all of some columns.
    fn has_all(&self, columns: &[String]) -> bool {
        let mut sets = self.grids.values().chain(self.rows.values());
        sets.any(|set| columns.iter().all(|column| set.contains(column)))
    }

    /// The sets of many columns, which are vectors though nobody says so.
    fn wide(self) -> impl Iterator<Item = VectorColumns> {
        let Numbered { rows, grids, in_grids } = self;
        let alone = rows.into_iter().filter(|(stem, _)| !in_grids.contains(stem));
        let mut wide: Vec<(String, Vec<String>)> =
            alone.chain(grids).filter(|(_, columns)| columns.len() >= SPREAD_COLUMNS).collect();
        wide.sort();
        wide.into_iter().map(|(name, columns)| VectorColumns::Numbered { name, columns })
    }
}

/// Names that end in numbers from 0 or 1 on without a gap, in the order of these, by what stands before them.
fn without_gaps<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<String, Vec<String>> {
    let mut found: HashMap<String, Vec<(usize, String)>> = HashMap::new();
    for name in names {
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let Ok(number) = name[stem.len()..].parse::<usize>() else { continue };
        let stem = stem.trim_end_matches(['_', '-', '.', ' ']).to_string();
        found.entry(stem).or_default().push((number, name.to_string()));
    }
    found.retain(|_, columns| {
        columns.sort();
        let first = columns[0].0;
        columns.len() > 1
            && first <= 1
            && columns.iter().zip(first..).all(|(column, number)| column.0 == number)
    });
    let names = |columns: Vec<(usize, String)>| columns.into_iter().map(|(_, name)| name).collect();
    found.into_iter().map(|(stem, columns)| (stem, names(columns))).collect()
}
