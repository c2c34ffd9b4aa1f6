//! What a column is when nobody says: the rules that users of other explorers know.

use std::collections::{HashMap, HashSet};

use super::column::ColumnKind;
use super::dates::seconds_of;
use super::raw::{Raw, RawColumn, Values};
use super::{Roles, Table, TableConfig};
use crate::error::{Error, Result};

/// Different integers up to which a column of them is of categories.
const INTEGER_CATEGORIES: usize = 10;
/// Different texts up to which a column of them is of categories; also of integers that are called a label.
const TEXT_CATEGORIES: usize = 1_000;
/// What columns of classes are called.
const LABEL_NAMES: [&str; 6] = ["label", "class", "category", "y", "target", "labels"];

fn is_called(name: &str, names: &[&str]) -> bool {
    names.contains(&name.to_lowercase().as_str())
}

/// The kind of a column that holds neither vectors nor pictures.
///
/// # Errors
/// It cannot be what the configuration calls it.
pub(super) fn kind(column: &RawColumn, config: &TableConfig) -> Result<ColumnKind> {
    let name = &column.name;
    let is_label = config.label.as_ref() == Some(name);
    let refused =
        |what: &str| Error::Column { name: name.clone(), remedy: format!("its values are not {what}") };
    if config.categories.contains(name) || is_label {
        return match column.values {
            Values::Lists(_) | Values::Pictures(_) | Values::Tags(_) => Err(refused("single classes")),
            _ => Ok(ColumnKind::Category),
        };
    }
    if config.numbers.contains(name) {
        return match column.values {
            Values::Integers(_) | Values::Floats(_) => Ok(ColumnKind::Number),
            _ => Err(refused("numbers")),
        };
    }
    if config.dates.contains(name) {
        return match &column.values {
            Values::Texts(texts) if texts.iter().flatten().any(|text| seconds_of(text).is_some()) => {
                Ok(ColumnKind::Date)
            }
            _ => Err(refused("dates; write them as 2024-05-01")),
        };
    }
    if config.text.as_ref() == Some(name) {
        return match column.values {
            Values::Texts(_) | Values::Integers(_) => Ok(ColumnKind::Text),
            _ => Err(refused("text")),
        };
    }
    Ok(match &column.values {
        _ if column.levels.is_some() => ColumnKind::Category,
        Values::Floats(_) => ColumnKind::Number,
        Values::Bools(_) => ColumnKind::Category,
        Values::Tags(_) | Values::Lists(_) | Values::Pictures(_) => ColumnKind::Tags,
        Values::Integers(numbers) => {
            let named = is_called(name, &LABEL_NAMES) && numbers.iter().flatten().all(|&n| n >= -1);
            let most = if named { TEXT_CATEGORIES } else { INTEGER_CATEGORIES };
            if recurs(numbers.iter().flatten(), most) { ColumnKind::Category } else { ColumnKind::Number }
        }
        Values::Texts(texts) => {
            let mut given = texts.iter().flatten().peekable();
            let dates = given.peek().is_some() && given.all(|text| seconds_of(text).is_some());
            if dates {
                ColumnKind::Date
            } else if recurs(texts.iter().flatten(), TEXT_CATEGORIES) && !names_rows(texts) {
                ColumnKind::Category
            } else {
                ColumnKind::Text
            }
        }
    })
}

/// Whether at most `most` different values occur.
fn recurs<T: std::hash::Hash + Eq>(values: impl Iterator<Item = T>, most: usize) -> bool {
    let mut seen = HashSet::new();
    for value in values {
        seen.insert(value);
        if seen.len() > most {
            return false;
        }
    }
    true
}

/// Whether a column of few rows has another text in each: titles, not classes.
fn names_rows(texts: &[Option<String>]) -> bool {
    let given: Vec<&String> = texts.iter().flatten().collect();
    given.len() > INTEGER_CATEGORIES && given.iter().collect::<HashSet<_>>().len() == given.len()
}

/// Columns of numbers that are the two coordinates of a map.
pub(super) fn coordinate_pairs(raw: &Raw) -> Vec<(String, String)> {
    const MAPS: [&str; 8] = ["", "projection", "umap", "tsne", "t-sne", "pacmap", "map", "x_umap"];
    let mut pairs = Vec::new();
    for first in &raw.columns {
        let lower = first.name.to_lowercase();
        for (x, y) in [("x", "y"), ("1", "2")] {
            let Some(stem) = lower.strip_suffix(x) else { continue };
            let bare = stem.trim_end_matches(['_', '-', ' ', '.']);
            if !MAPS.contains(&bare) || (bare.is_empty() && x != "x") {
                continue;
            }
            let second = raw.columns.iter().find(|column| column.name.to_lowercase() == format!("{stem}{y}"));
            let is_float = |column: &RawColumn| matches!(column.values, Values::Floats(_));
            if let Some(second) = second.filter(|second| is_float(second) && is_float(first)) {
                pairs.push((first.name.clone(), second.name.clone()));
            }
        }
    }
    pairs
}

/// The columns with a part to play.
///
/// # Errors
/// Ids that the configuration names and that are missing or not unique.
pub(super) fn roles(table: &Table, config: &TableConfig) -> Result<Roles> {
    let of_kind = |names: &[&str], kind: ColumnKind| {
        names.iter().find_map(|name| {
            let column = table.columns().iter().find(|column| column.name.to_lowercase() == *name)?;
            (column.kind == kind).then(|| column.name.clone())
        })
    };
    let id = match &config.id {
        Some(name) => Some(checked_id(table, name)?),
        None => table
            .columns()
            .iter()
            .filter(|column| is_called(&column.name, &["id", "key", "uuid", "_id", "file", "file_name"]))
            .find_map(|column| checked_id(table, &column.name).ok()),
    };
    let guessed = || {
        let label = of_kind(&LABEL_NAMES, ColumnKind::Category)?;
        Some(names_of(table, &label).unwrap_or(label))
    };
    let text = config.text.clone().or_else(|| longest_text(table, id.as_deref()));
    let titles = titles(table, id.as_deref());
    Ok(Roles {
        id,
        label: config.label.clone().or_else(guessed),
        split: of_kind(&["split", "subset", "fold"], ColumnKind::Category),
        text,
        titles,
    })
}

/// The column with the names of classes that `label` has by number: one that is called like a label and goes with it one
/// to one.
fn names_of(table: &Table, label: &str) -> Option<String> {
    let numbers = table.categories(label).ok()?;
    let is_number = |name: &String| name.parse::<f64>().is_ok();
    if !numbers.names.iter().all(is_number) {
        return None;
    }
    let candidates = table.columns().iter().filter(|column| {
        let name = column.name.to_lowercase();
        let called = ["label", "class", "category", "target", "name"].iter().any(|word| name.contains(word));
        called && column.kind == ColumnKind::Category && column.name != label
    });
    let names_them = |name: &&str| {
        let Ok(names) = table.categories(name) else { return false };
        if names.names.iter().any(is_number) {
            return false;
        }
        let (mut name_of, mut number_of) = (HashMap::new(), HashMap::new());
        numbers.codes.iter().zip(&names.codes).all(|(&number, &name)| {
            *name_of.entry(number).or_insert(name) == name
                && *number_of.entry(name).or_insert(number) == number
        })
    };
    candidates.map(|column| column.name.as_str()).find(names_them).map(String::from)
}

fn checked_id(table: &Table, name: &str) -> Result<String> {
    let refused = |remedy: String| Error::Column { name: name.to_string(), remedy };
    if !table.columns().iter().any(|column| column.name == name) {
        return Err(refused(
            "it cannot be the ids, for it became vectors, coordinates or pictures".to_string(),
        ));
    }
    let mut seen: HashMap<String, usize> = HashMap::with_capacity(table.len());
    for (row, text) in table.cell_texts(name).into_iter().enumerate() {
        let Some(text) = text else {
            return Err(refused(format!("row {row} has no id; give every row one")));
        };
        if let Some(first) = seen.insert(text.clone(), row) {
            return Err(refused(format!(
                "rows {first} and {row} have the id {text:?}; give every row one of its own"
            )));
        }
    }
    Ok(name.to_string())
}

/// The first column of text that is called a title, as "Movie Title" is, or a name, and that most rows have.
fn titles(table: &Table, id: Option<&str>) -> Option<String> {
    let is_title = |name: &str| {
        let last = name.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or(name);
        is_called(last, &["title", "titles"]) || is_called(name, &["name", "names"])
    };
    let mut texts =
        table.columns().iter().filter(|c| c.kind == ColumnKind::Text && Some(c.name.as_str()) != id);
    let found = texts.find(|column| is_title(&column.name) && 2 * column.n_missing < table.len());
    found.map(|column| column.name.clone())
}

/// The column of text whose values are longest.
fn longest_text(table: &Table, id: Option<&str>) -> Option<String> {
    let texts = table.columns().iter().filter(|c| c.kind == ColumnKind::Text && Some(c.name.as_str()) != id);
    let length = |name: &str| table.cell_texts(name).iter().flatten().map(String::len).sum::<usize>();
    // Of equally long ones the first, which `max_by_key` would give last.
    texts.rev().max_by_key(|column| length(&column.name)).map(|column| column.name.clone())
}
