//! JSON lines, and one JSON array of objects: a row per object.

use std::path::Path;

use serde_json::{Map, Value};

use super::raw::{Lists, Raw, RawColumn, Values};
use super::report::counted;
use crate::error::{Error, Result};

/// Reads a row per line, or per object of an array.
pub(super) fn read(path: &Path, text: &str, strict: bool) -> Result<Raw> {
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    let mut skipped: Vec<String> = Vec::new();
    if text.trim_start().starts_with('[') {
        rows = serde_json::from_str(text)
            .map_err(|e| Error::malformed(path, format!("not an array of JSON objects ({e})")))?;
    } else {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(row) => rows.push(row),
                Err(e) => skipped.push(format!("line {} ({e})", number + 1)),
            }
        }
    }
    if !skipped.is_empty() && (strict || skipped.len() > rows.len()) {
        return Err(Error::malformed(path, format!("{} is no JSON object; repair or remove it", skipped[0])));
    }
    let mut names: Vec<String> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for name in rows.iter().flat_map(|row| row.keys()) {
        if known.insert(name.clone()) {
            names.push(name.clone());
        }
    }
    let mut raw = Raw { n_rows: rows.len(), ..Raw::default() };
    for name in &names {
        let cells: Vec<Option<Value>> =
            rows.iter_mut().map(|row| row.remove(name).filter(|value| !value.is_null())).collect();
        match typed(cells) {
            Some(values) => raw.columns.push(RawColumn::new(name, values)),
            None => raw.notes.push(format!("left out: column {name} (objects, or lists of lists)")),
        }
    }
    if !skipped.is_empty() {
        let few = skipped.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        raw.notes
            .push(format!("left out: {} that are no JSON objects: {few}", counted(skipped.len(), "line")));
    }
    Ok(raw)
}

/// The values of a column, as the type that all of them have; text where they differ.
fn typed(cells: Vec<Option<Value>>) -> Option<Values> {
    let all = |is: fn(&Value) -> bool| cells.iter().flatten().all(is);
    if all(Value::is_boolean) && cells.iter().any(Option::is_some) {
        return Some(Values::Bools(
            cells.iter().map(|cell| cell.as_ref().and_then(Value::as_bool)).collect(),
        ));
    }
    if all(Value::is_i64) && cells.iter().any(Option::is_some) {
        return Some(Values::Integers(
            cells.iter().map(|cell| cell.as_ref().and_then(Value::as_i64)).collect(),
        ));
    }
    if all(Value::is_number) && cells.iter().any(Option::is_some) {
        let number = |cell: &Option<Value>| cell.as_ref().and_then(Value::as_f64).unwrap_or(f64::NAN);
        return Some(Values::Floats(cells.iter().map(number).collect()));
    }
    if all(Value::is_array) && cells.iter().any(Option::is_some) {
        return lists(&cells).map(Values::Lists).or_else(|| tags(&cells).map(Values::Tags));
    }
    if cells.iter().flatten().any(|cell| cell.is_object() || cell.is_array()) {
        return None;
    }
    let text = |cell: Option<Value>| {
        cell.map(|cell| match cell {
            Value::String(text) => text,
            other => other.to_string(),
        })
    };
    let texts: Vec<Option<String>> = cells.into_iter().map(text).collect();
    Some(Values::Texts(texts.into_iter().map(|text| text.filter(|text| !text.is_empty())).collect()))
}

fn lists(cells: &[Option<Value>]) -> Option<Lists> {
    let mut lists = Lists::default();
    for cell in cells {
        let Some(array) = cell.as_ref().and_then(Value::as_array) else {
            lists.push(None);
            continue;
        };
        let number = |value: &Value| match value {
            Value::Null => Some(f32::NAN),
            value => value.as_f64().map(|x| x as f32),
        };
        lists.push(Some(&array.iter().map(number).collect::<Option<Vec<f32>>>()?));
    }
    Some(lists)
}

fn tags(cells: &[Option<Value>]) -> Option<Vec<Option<Vec<String>>>> {
    let words = |array: &Vec<Value>| {
        array.iter().map(|value| value.as_str().map(str::to_string)).collect::<Option<Vec<String>>>()
    };
    let row = |cell: &Option<Value>| match cell.as_ref().and_then(Value::as_array) {
        None => Some(None),
        Some(array) => words(array).map(Some),
    };
    cells.iter().map(row).collect()
}
