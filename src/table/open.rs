//! Which loader a path is for, by its ending and its content.

use std::path::{Path, PathBuf};

use super::pictures::Source;
use super::raw::{Raw, RawColumn, Values};
use super::report::counted;
use super::{Table, TableConfig, arrays, build, folder, idx, npy, parquet, safetensors, text, zip};
use crate::error::{Error, Result};

impl Table {
    /// Reads a file or a folder, with everything guessed.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// # let folder = std::env::temp_dir().join("neural-manifold-doc");
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// # let path = folder.join("people.csv");
    /// std::fs::write(&path, "id,class,vector\n7,a,\"[0, 3]\"\n8,b,\"[2, 1]\"\n").unwrap();
    /// let named = TableConfig { vectors: vec!["vector".into()], ..TableConfig::default() };
    /// let table = Table::open_with(&path, &named)?;
    /// assert_eq!(table.ids(), ["7", "8"]);
    /// assert_eq!(*table.latents(None)?.vectors, ndarray::array![[0.0, 3.0], [2.0, 1.0]]);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Table::open_with`].
    pub fn open(path: impl AsRef<Path>) -> Result<Table> {
        Table::open_with(path, &TableConfig::default())
    }

    /// Reads a file or a folder.
    ///
    /// # Errors
    /// It is not there, is of no format that is known, or is not what its format promises; a column that the
    /// configuration names is not there or cannot be what it is called; no row; ids that are not unique; vectors of
    /// different lengths.
    pub fn open_with(path: impl AsRef<Path>, config: &TableConfig) -> Result<Table> {
        Table::open_all(&[path.as_ref()], config)
    }

    /// Reads several files as one table: those of the same columns one behind another (shards), others side by side,
    /// row by row (vectors in one file and their words in another).
    ///
    /// # Errors
    /// As for [`Table::open_with`]; no path; files of other columns that differ in their number of rows.
    pub fn open_all<P: AsRef<Path>>(paths: &[P], config: &TableConfig) -> Result<Table> {
        let Some(first) = paths.first() else {
            return Err(Error::empty("the list of files", "name at least one"));
        };
        let mut raw = read(first.as_ref(), config)?;
        for path in &paths[1..] {
            raw.join(read(path.as_ref(), config)?, first.as_ref(), path.as_ref())?;
        }
        build::from_raw(&name_of(first.as_ref()), raw, config)
    }
}

/// What a title calls a path: its name without the ending.
fn name_of(path: &Path) -> String {
    // The name of a folder such as "." is that of the place it stands for.
    let full = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let name = if path.is_dir() { full.file_name() } else { path.file_stem() };
    name.map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn read(path: &Path, config: &TableConfig) -> Result<Raw> {
    let about = std::fs::metadata(path).map_err(|e| Error::io("read", path, e))?;
    if about.is_dir() {
        return read_folder(path, config);
    }
    if about.len() == 0 {
        return Err(Error::malformed(path, "has 0 bytes; save or fetch it again"));
    }
    let content = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    let unknown = |what: &str, remedy: &str| Err(Error::malformed(path, format!("is {what}; {remedy}")));
    match content.as_slice() {
        [b'P', b'A', b'R', b'1', ..] => {
            let mut raw = parquet::read(path, content)?;
            if let Some(count @ 2..) = shard_count(path) {
                raw.notes.push(format!("one file of {count}; name its folder to read all"));
            }
            open_pictures(&mut raw, path, config)?;
            Ok(raw)
        }
        start if start.starts_with(npy::MAGIC) => {
            arrays::to_raw(path, vec![npy::parse(path, &stem(path), &content)?], config)
        }
        [b'P', b'K', 3 | 5, 4 | 6, ..] => {
            let files = zip::files(path, &content, ".npy")?;
            if files.is_empty() {
                return unknown("a zip archive without arrays", "unpack it, or save a sheet as CSV");
            }
            let arrays =
                files.iter().map(|(name, file)| npy::parse(path, name, file)).collect::<Result<_>>()?;
            arrays::to_raw(path, arrays, config)
        }
        [_, _, _, _, _, _, 0, 0, b'{', ..] => safetensors::read(path, &content, config),
        start if idx::is_idx(start) => idx::read(path),
        [0x1f, 0x8b, ..] => {
            let plain = idx::read_plain(path)?;
            match idx::is_idx(&plain) {
                true => idx::read(path),
                false => of_text(path, &stem(path), plain, config),
            }
        }
        [0x80, 2..=5, ..] => {
            unknown("a pickle, which can run code", "save its arrays by numpy.save, or as Parquet")
        }
        [0x89, b'H', b'D', b'F', ..] => {
            unknown("an HDF5 file", "write it as Parquet; pandas and anndata can")
        }
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => unknown("an Arrow file", "write it as Parquet"),
        [b'%', b'P', b'D', b'F', ..] => unknown("a PDF", "give Parquet, CSV, npy or a folder of pictures"),
        start if image::guess_format(start).is_ok() => {
            unknown("a single picture", "name the folder in which its fellows are")
        }
        _ => match text::ending(path).as_str() {
            ending @ ("parquet" | "npy" | "npz" | "safetensors") => {
                let reason = format!("does not start as a {ending} file does; save or fetch it again");
                Err(Error::malformed(path, reason))
            }
            "pkl" | "pickle" | "pt" | "pth" => {
                unknown("a pickle, which can run code", "save its arrays by numpy.save, or as Parquet")
            }
            _ => of_text(path, &path.display().to_string(), content, config),
        },
    }
}

fn read_folder(path: &Path, config: &TableConfig) -> Result<Raw> {
    let mut files: Vec<PathBuf> = folder::entries(path)?;
    let data = path.join("data");
    let is_parquet = |path: &PathBuf| path.is_file() && text::ending(path) == "parquet";
    // Data sets of Hugging Face keep their shards in a folder of this name.
    if !files.iter().any(is_parquet) && data.is_dir() {
        files.extend(folder::entries(&data)?);
    }
    let shards: Vec<&PathBuf> = files.iter().filter(|path| is_parquet(path)).collect();
    if !shards.is_empty() {
        return read_shards(&shards, config);
    }
    match idx::read_folder(&files)? {
        Some(raw) => Ok(raw),
        None => folder::read(path, config),
    }
}

/// Reads Parquet files one behind another; what stands before "-00000-of-00009" in their names is the split.
fn read_shards(shards: &[&PathBuf], config: &TableConfig) -> Result<Raw> {
    let split_of = |path: &Path| {
        shard_count(path)?;
        stem(path).split('-').next().map(str::to_string)
    };
    let splits: Vec<Option<String>> = shards.iter().map(|path| split_of(path)).collect();
    let named = splits.iter().flatten().collect::<std::collections::HashSet<_>>().len() > 1;
    let mut whole: Option<Raw> = None;
    for (path, split) in shards.iter().zip(splits) {
        let mut raw = read(path, config)?;
        raw.notes.retain(|note| !note.starts_with("one file of "));
        if named && !raw.columns.iter().any(|column| column.name == "split") {
            raw.columns.push(RawColumn::new("split", Values::Texts(vec![split; raw.n_rows])));
        }
        match &mut whole {
            None => whole = Some(raw),
            Some(whole) => whole.append(raw, &path.display().to_string())?,
        }
    }
    let mut raw = whole.expect("there is a shard");
    raw.notes.sort();
    raw.notes.dedup();
    raw.notes.push(counted(shards.len(), "Parquet file"));
    Ok(raw)
}

/// How many files a shard is one of, where its name tells.
fn shard_count(path: &Path) -> Option<usize> {
    let stem = stem(path);
    let (before, count) = stem.rsplit_once("-of-")?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = before.rsplit('-').next()?;
    let count_number = count.split('-').next()?;
    count_number.parse().ok().filter(|_| digits(number))
}

/// A file of text with the pictures that it names.
fn of_text(path: &Path, name: &str, content: Vec<u8>, config: &TableConfig) -> Result<Raw> {
    let mut raw = text::columns_of_text(path, name, content, config)?;
    open_pictures(&mut raw, path, config)?;
    Ok(raw)
}

/// Values looked at to see whether a column of text holds paths of pictures.
const LOOKED_AT: usize = 20;

/// Makes pictures of the column of text that the configuration names, or that holds paths of pictures that are there.
fn open_pictures(raw: &mut Raw, path: &Path, config: &TableConfig) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(".")).to_path_buf();
    let is_named = |column: &RawColumn| config.image.as_ref() == Some(&column.name);
    let holds_paths = |column: &RawColumn| {
        let Values::Texts(texts) = &column.values else { return false };
        let mut first = texts.iter().flatten().take(LOOKED_AT).map(|text| folder.join(text)).peekable();
        let all: Vec<PathBuf> = first.by_ref().collect();
        !all.is_empty()
            && all.iter().all(|path| folder::is_picture(path))
            && all.iter().any(|path| path.is_file())
    };
    let has_pictures = raw.columns.iter().any(|column| matches!(column.values, Values::Pictures(_)));
    let at = match &config.image {
        Some(_) => raw.columns.iter().position(is_named),
        None if has_pictures => None,
        None => raw.columns.iter().position(holds_paths),
    };
    let Some(column) = at.map(|at| &mut raw.columns[at]) else { return Ok(()) };
    let Values::Texts(texts) = &column.values else { return Ok(()) };
    let mut missing = Vec::new();
    let mut source = |text: &Option<String>| {
        let path = folder.join(text.as_ref()?);
        if path.is_file() {
            return Some(Source::File(path));
        }
        missing.extend(text.clone());
        None
    };
    column.values = Values::Pictures(texts.iter().map(&mut source).collect());
    let name = column.name.clone();
    if let (true, Some(first)) = (config.strict, missing.first()) {
        let remedy = format!("the picture {first:?} is not there; paths start at the folder of the table");
        return Err(Error::Column { name, remedy });
    }
    if !missing.is_empty() {
        let few = missing.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        raw.notes.push(format!("{} not there: {few}", counted(missing.len(), "picture")));
    }
    Ok(())
}
