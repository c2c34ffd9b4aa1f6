//! Files of text: their encoding, and whether they are JSON or a table of delimited cells.

use std::path::Path;

use super::raw::Raw;
use super::{TableConfig, delimited, jsonl};
use crate::error::{Error, Result};

/// The columns of CSV, TSV or JSON; `name` has the ending, which a packed file has not.
pub(super) fn columns_of_text(
    path: &Path,
    name: &str,
    content: Vec<u8>,
    config: &TableConfig,
) -> Result<Raw> {
    let (text, note) = decoded(path, content)?;
    let ending = ending(Path::new(name));
    let is_json = match text.trim_start().as_bytes() {
        [b'{', ..] => true,
        // A line of CSV may start with a bracket too, but then its cell is quoted.
        [b'[', ..] => ["json", "jsonl", "ndjson"].contains(&ending.as_str()),
        _ => false,
    };
    let mut raw = match is_json {
        true => jsonl::read(path, &text, config.strict)?,
        false => delimited::read(path, &text, &ending, config.strict)?,
    };
    raw.notes.extend(note);
    Ok(raw)
}

/// Bytes as text, and what was assumed of them.
fn decoded(path: &Path, content: Vec<u8>) -> Result<(String, Option<String>)> {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = content[2..].chunks_exact(2).map(|unit| from([unit[0], unit[1]])).collect();
        (String::from_utf16_lossy(&units), Some("text is in UTF-16".to_string()))
    };
    if content.starts_with(&[0xff, 0xfe]) {
        return Ok(wide(u16::from_le_bytes));
    }
    if content.starts_with(&[0xfe, 0xff]) {
        return Ok(wide(u16::from_be_bytes));
    }
    if content.contains(&0) {
        let remedy = "is of a format that is not known; give Parquet, CSV, npy or a folder of pictures";
        return Err(Error::malformed(path, remedy));
    }
    match String::from_utf8(content) {
        Ok(text) => Ok((text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text), None)),
        Err(e) => {
            let text = e.into_bytes().into_iter().map(char::from).collect();
            Ok((text, Some("text is not UTF-8: taken for Latin-1".to_string())))
        }
    }
}

/// The ending of a file in small letters.
pub(super) fn ending(path: &Path) -> String {
    path.extension().map_or_else(String::new, |ending| ending.to_string_lossy().to_lowercase())
}
