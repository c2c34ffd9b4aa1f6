//! A folder of pictures: with classes as subfolders, splits above them, or a table beside the files.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::pictures::Source;
use super::raw::{Raw, RawColumn, Values};
use super::report::counted;
use super::{TableConfig, text};
use crate::error::{Error, Result};

/// What subfolders are called that are splits and not classes.
const SPLITS: [&str; 7] = ["train", "test", "val", "valid", "validation", "dev", "eval"];
/// Folders within folders that are looked into.
const MAX_DEPTH: usize = 8;

/// Files and folders of a folder in the order of their names, without hidden ones and those of macOS and Python
/// (`__MACOSX`, `__pycache__`).
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let listing = std::fs::read_dir(folder).map_err(|e| Error::io("list", folder, e))?;
    let mut paths = Vec::new();
    for entry in listing {
        let path = entry.map_err(|e| Error::io("list", folder, e))?.path();
        let name = file_name(&path);
        if !name.starts_with('.') && !name.starts_with("__") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Whether a name ends as those of pictures that can be decoded.
pub(super) fn is_picture(path: &Path) -> bool {
    let endings = ["png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "tif", "tiff"];
    endings.contains(&text::ending(path).as_str())
}

/// A file that was found, with the folders between it and the root.
struct Found {
    path: PathBuf,
    folders: Vec<String>,
}

/// Reads a folder. The rows are in the order of the paths.
pub(super) fn read(root: &Path, config: &TableConfig) -> Result<Raw> {
    let mut found = Vec::new();
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    let mut tables = Vec::new();
    walk(root, &mut Vec::new(), &mut found, &mut others, &mut tables)?;
    if found.is_empty() {
        let endings: Vec<String> = others.iter().map(|(ending, count)| format!("{count} {ending}")).collect();
        let has =
            if endings.is_empty() { "is empty".to_string() } else { format!("has {}", endings.join(", ")) };
        let reason =
            format!("holds no picture (PNG, JPEG, WebP, GIF, BMP, TIFF) and no Parquet file; it {has}");
        return Err(Error::malformed(root, reason));
    }
    let mut raw = match tables.is_empty() {
        false => with_tables(root, &found, &tables, config)?,
        true => with_classes(&found),
    };
    if !others.is_empty() {
        let listed: Vec<String> = others.iter().map(|(ending, count)| format!("{count} {ending}")).collect();
        raw.notes.push(format!("left out: files of other endings: {}", listed.join(", ")));
    }
    raw.only_with_pictures = true;
    Ok(raw)
}

fn walk(
    folder: &Path,
    folders: &mut Vec<String>,
    found: &mut Vec<Found>,
    others: &mut BTreeMap<String, usize>,
    tables: &mut Vec<(PathBuf, Vec<String>)>,
) -> Result<()> {
    for path in entries(folder)? {
        if path.is_dir() {
            // A link to a folder above would otherwise never end.
            if folders.len() < MAX_DEPTH {
                folders.push(file_name(&path));
                walk(&path, folders, found, others, tables)?;
                folders.pop();
            }
        } else if is_picture(&path) {
            found.push(Found { path, folders: folders.clone() });
        } else if ["metadata.csv", "metadata.jsonl"].contains(&file_name(&path).as_str()) {
            tables.push((path, folders.clone()));
        } else {
            let ending = text::ending(&path);
            let ending =
                if ending.is_empty() { "without an ending".to_string() } else { format!(".{ending}") };
            *others.entry(ending).or_default() += 1;
        }
    }
    Ok(())
}

/// Whether all folders at the top are splits.
fn has_splits(found: &[Found]) -> bool {
    found
        .iter()
        .all(|file| file.folders.first().is_some_and(|top| SPLITS.contains(&top.to_lowercase().as_str())))
}

fn with_classes(found: &[Found]) -> Raw {
    let splits = has_splits(found);
    let depth = usize::from(splits);
    let mut columns = vec![
        RawColumn::new("file", Values::Texts(found.iter().map(|file| Some(relative(file))).collect())),
        RawColumn::new("image", pictures(found.iter().map(|file| Some(file.path.clone())))),
    ];
    if found.iter().any(|file| file.folders.len() > depth) {
        let class = |file: &Found| file.folders.get(depth).cloned();
        let values = Values::Texts(found.iter().map(class).collect());
        let mut column = RawColumn::new("label", values);
        // However many classes there are, folders are classes.
        let mut levels: Vec<String> = found.iter().filter_map(class).collect();
        levels.sort();
        levels.dedup();
        column.levels = Some(levels);
        columns.push(column);
    }
    if splits {
        let split = |file: &Found| file.folders.first().cloned();
        columns.push(RawColumn::new("split", Values::Texts(found.iter().map(split).collect())));
    }
    Raw::new(columns)
}

fn relative(file: &Found) -> String {
    let mut parts = file.folders.clone();
    parts.push(file_name(&file.path));
    parts.join("/")
}

fn pictures(paths: impl Iterator<Item = Option<PathBuf>>) -> Values {
    Values::Pictures(paths.map(|path| path.map(Source::File)).collect())
}

/// The rows of `metadata.csv` or `metadata.jsonl`, as Hugging Face's `imagefolder` has them, with their pictures.
fn with_tables(
    root: &Path,
    found: &[Found],
    tables: &[(PathBuf, Vec<String>)],
    config: &TableConfig,
) -> Result<Raw> {
    let by_name: HashMap<String, &Found> = found.iter().map(|file| (relative(file), file)).collect();
    let mut whole: Option<Raw> = None;
    let mut used = std::collections::HashSet::new();
    let mut missing = Vec::new();
    for (path, folders) in tables {
        let content = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
        let mut raw = text::columns_of_text(path, &file_name(path), content, config)?;
        let at = raw.columns.iter().position(|column| column.name == "file_name");
        let Some(Values::Texts(names)) = at.map(|at| &raw.columns[at].values) else {
            return Err(Error::malformed(path, "has no column \"file_name\" with the names of the pictures"));
        };
        let mut sources = Vec::with_capacity(names.len());
        for name in names {
            let name = name.as_deref().unwrap_or("").trim_start_matches("./").to_string();
            let full = folders.iter().cloned().chain([name.clone()]).collect::<Vec<_>>().join("/");
            let file = by_name.get(&full);
            match file {
                Some(_) => drop(used.insert(full)),
                None => missing.push(full),
            }
            sources.push(file.map(|file| file.path.clone()));
        }
        raw.columns.push(RawColumn::new("image", pictures(sources.into_iter())));
        if has_splits(found) && !folders.is_empty() {
            let split = vec![Some(folders[0].clone()); raw.n_rows];
            raw.columns.push(RawColumn::new("split", Values::Texts(split)));
        }
        match &mut whole {
            None => whole = Some(raw),
            Some(whole) => whole.append(raw, &path.display().to_string())?,
        }
    }
    let mut raw = whole.expect("there is a table");
    if let (true, Some(first)) = (config.strict, missing.first()) {
        return Err(Error::malformed(root, format!("lacks the picture {first:?} that its metadata names")));
    }
    if !missing.is_empty() {
        let few = missing.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        raw.notes.push(format!("{} not there: {few}", counted(missing.len(), "picture")));
    }
    if used.len() < found.len() {
        let count = counted(found.len() - used.len(), "picture");
        raw.notes.push(format!("left out: {count} that the metadata does not name"));
    }
    Ok(raw)
}
