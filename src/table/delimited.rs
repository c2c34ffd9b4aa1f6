//! CSV and TSV: text in cells, whose types are found by looking at all of a column.

use std::path::Path;

use super::raw::{Lists, Raw, RawColumn, Values};
use super::report::counted;
use crate::error::{Error, Result};

/// What stands for a missing number.
const NO_NUMBER: [&str; 9] = ["", "na", "n/a", "nan", "null", "none", "<na>", "-nan", "#n/a"];
/// What stands for a missing text: fewer, for "NA" is a country's code and "none" an answer.
const NO_TEXT: [&str; 4] = ["", "nan", "null", "<na>"];

/// Reads text with a line of names, unless that line holds numbers alone.
pub(super) fn read(path: &Path, text: &str, ending: &str, strict: bool) -> Result<Raw> {
    let delimiter = delimiter(text, ending);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let first = match records.next() {
        None => {
            return Err(Error::empty(
                &path.display().to_string(),
                "give a line of names and lines of values",
            ));
        }
        Some(record) => record.map_err(|e| Error::malformed(path, format!("cannot be read as CSV ({e})")))?,
    };
    let is_number = |cell: &str| cell.trim().parse::<f64>().is_ok();
    let headless = first.iter().all(is_number);
    let names: Vec<String> = match headless {
        true => (0..first.len()).map(|column| format!("c{column}")).collect(),
        false => named(&first),
    };
    let mut columns: Vec<Vec<String>> = vec![Vec::new(); names.len()];
    let mut push = |record: &csv::StringRecord| {
        columns.iter_mut().zip(record.iter()).for_each(|(column, cell)| column.push(cell.to_string()));
    };
    let mut n_rows = 0;
    if headless {
        push(&first);
        n_rows += 1;
    }
    let mut skipped = Vec::new();
    for record in records {
        let record = record.map_err(|e| Error::malformed(path, format!("cannot be read as CSV ({e})")))?;
        if record.len() == names.len() {
            push(&record);
            n_rows += 1;
        } else {
            let line = record.position().map_or(0, |position| position.line());
            skipped.push(format!("line {line} has {} cells", record.len()));
        }
    }
    if !skipped.is_empty() && (strict || skipped.len() > n_rows) {
        let reason = format!("{}, the first line {}; give every line as many", skipped[0], names.len());
        return Err(Error::malformed(path, reason));
    }
    let columns = names.iter().zip(columns).map(|(name, cells)| RawColumn::new(name, typed(cells))).collect();
    let mut raw = Raw { n_rows, columns, ..Raw::default() };
    if headless {
        raw.notes.push("the first line holds numbers alone: taken for a row, not for names".to_string());
    }
    if !skipped.is_empty() {
        let few = skipped.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        let (count, width) = (counted(skipped.len(), "line"), names.len());
        raw.notes.push(format!("left out: {count} of another width than {width}: {few}"));
    }
    Ok(raw)
}

/// The names of the columns; of one without a name, such as the row numbers of pandas, its place.
fn named(first: &csv::StringRecord) -> Vec<String> {
    let name = |(place, cell): (usize, &str)| match cell.trim() {
        "" => format!("column {place}"),
        name => name.to_string(),
    };
    first.iter().enumerate().map(name).collect()
}

/// The tab of TSV; else that of comma, tab, semicolon and bar of which the first line has most.
fn delimiter(text: &str, ending: &str) -> u8 {
    let line = text.lines().next().unwrap_or("");
    let count = |delimiter: &u8| line.bytes().filter(|byte| byte == delimiter).count();
    match ending {
        "tsv" | "tab" => b'\t',
        // Of equal counts the first named: `max_by_key` gives the last.
        _ => [b'|', b';', b'\t', b','].into_iter().max_by_key(count).expect("four to choose from"),
    }
}

/// The values of a column of text, as the type that all of them have.
pub(super) fn typed(cells: Vec<String>) -> Values {
    let missing = |cell: &str| NO_NUMBER.contains(&cell.trim().to_lowercase().as_str());
    let given = || cells.iter().map(|cell| cell.trim()).filter(|cell| !missing(cell));
    if given().next().is_none() {
        return Values::Texts(vec![None; cells.len()]);
    }
    // Whole numbers with gaps come out of pandas as 12.0.
    let whole = |cell: &str| cell.strip_suffix(".0").unwrap_or(cell).parse::<i64>().ok();
    // A number that starts with a zero, such as a postal code, is a name.
    let padded = |cell: &str| {
        let digits = cell.trim_start_matches('-');
        digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let named = given().any(padded);
    if !named && given().all(|cell| whole(cell).is_some()) {
        return Values::Integers(cells.iter().map(|cell| whole(cell.trim())).collect());
    }
    if !named && given().all(|cell| cell.parse::<f64>().is_ok()) {
        return Values::Floats(cells.iter().map(|cell| cell.trim().parse().unwrap_or(f64::NAN)).collect());
    }
    let truth = |cell: &str| match cell.to_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    if given().all(|cell| truth(cell).is_some()) {
        return Values::Bools(cells.iter().map(|cell| truth(cell.trim())).collect());
    }
    if given().all(|cell| cell.starts_with('[') && cell.ends_with(']')) {
        if let Some(lists) = lists(&cells) {
            return Values::Lists(lists);
        }
        if let Some(tags) = tags(&cells) {
            return Values::Tags(tags);
        }
    }
    let no_text = |cell: &String| NO_TEXT.contains(&cell.trim().to_lowercase().as_str());
    Values::Texts(cells.into_iter().map(|cell| (!no_text(&cell)).then_some(cell)).collect())
}

/// Lists of numbers as JSON, Python and numpy write them: "[0.1, 2]", "[0.1 2.]", "[nan, None]".
fn lists(cells: &[String]) -> Option<Lists> {
    let mut lists = Lists::default();
    let mut row = Vec::new();
    for cell in cells {
        let Some(inside) = cell.trim().strip_prefix('[').and_then(|cell| cell.strip_suffix(']')) else {
            lists.push(None);
            continue;
        };
        row.clear();
        let words = inside.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        for word in words {
            row.push(match word {
                "null" | "None" => f32::NAN,
                // numpy leaves out the middle of a long array when it prints it: that is lost.
                "..." => return None,
                word => word.parse().ok()?,
            });
        }
        lists.push(Some(&row));
    }
    Some(lists)
}

/// Lists of text as JSON, or as Python writes them.
fn tags(cells: &[String]) -> Option<Vec<Option<Vec<String>>>> {
    let tags = |cell: &String| {
        let cell = cell.trim();
        if !cell.starts_with('[') {
            return Some(None);
        }
        let json = serde_json::from_str(cell).or_else(|_| serde_json::from_str(&cell.replace('\'', "\"")));
        json.ok().map(Some)
    };
    cells.iter().map(tags).collect()
}
