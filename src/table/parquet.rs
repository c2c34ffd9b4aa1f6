//! Parquet files: lists and structs as arrays of ours, and the names that Hugging Face writes beside them.

use std::collections::HashSet;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars_arrow::array::Array;
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_buffer::Buffer;
use polars_parquet::parquet::page::CompressedPage;
use polars_parquet::read::schema::parquet_to_arrow_schema;
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, FileMetadata, PageReader, PrimitiveLogicalType,
    column_iter_to_arrays, read_metadata,
};
use serde_json::Value;

use super::arrow::values_of;
use super::raw::{Raw, RawColumn};
use crate::error::{Error, Result};

/// Values of a column that a row group may hold however few bytes they take, as a constant does.
const PACKED_VALUES: u64 = 1 << 24;
/// Values per byte beyond these: what a file claims and has no room for is refused before memory is taken.
const VALUES_PER_BYTE: u64 = 64;
/// Bytes of one page as it is stored.
const MAX_PAGE: usize = 1 << 30;
/// Bytes that a page may unpack to however small it is stored, and those per stored byte beyond them.
const UNPACKED_PAGE: usize = 1 << 26;
const UNPACKED_PER_BYTE: usize = 1 << 10;

/// Reads the content of a file; `path` is for its errors, and for pictures that it names.
pub(super) fn read(path: &Path, content: Vec<u8>) -> Result<Raw> {
    let unreadable =
        |reason: String| Error::malformed(path, format!("not a readable Parquet file ({reason})"));
    // The reader can panic on a damaged file; in a notebook that must not take the kernel's variables along.
    let decode = || -> std::result::Result<Raw, String> {
        let file = Buffer::from_vec(content);
        let metadata = read_metadata(&mut Cursor::new(file.as_slice())).map_err(|e| e.to_string())?;
        check_counts(&metadata, file.len())?;
        let schema = parquet_to_arrow_schema(metadata.schema().fields());
        let halves = half_columns(&metadata);
        let features = features(&metadata);
        let mut raw = Raw { n_rows: metadata.num_rows, ..Raw::default() };
        for mut field in schema.iter_values().cloned() {
            let name = field.name.to_string();
            if halves.contains(&name) {
                field.dtype = with_halves(field.dtype);
            }
            let arrays = arrays(&metadata, &file, &field)?;
            if arrays.iter().map(|array| array.len()).sum::<usize>() != raw.n_rows {
                return Err(format!("column {name:?} has another number of rows than the file"));
            }
            match values_of(field.dtype(), &arrays, path)? {
                Some(values) => {
                    let levels = features.get(&name).and_then(class_names);
                    raw.columns.push(RawColumn { name, values, levels });
                }
                None => raw.notes.push(format!("left out: column {name} ({})", words_of(field.dtype()))),
            }
        }
        Ok(raw)
    };
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(read) => read.map_err(unreadable),
        Err(_) => Err(unreadable("its pages do not fit its header".to_string())),
    }
}

/// Refuses counts and places that the file's size forbids.
fn check_counts(metadata: &FileMetadata, size: usize) -> std::result::Result<(), String> {
    let rows: usize = metadata.row_groups.iter().map(|group| group.num_rows()).sum();
    if rows != metadata.num_rows {
        return Err(format!("{rows} rows in its groups, {} in its header", metadata.num_rows));
    }
    for chunk in metadata.row_groups.iter().flat_map(|group| group.parquet_columns()) {
        let range = chunk.byte_range();
        if range.start > range.end || range.end > size as u64 {
            return Err(format!("a column is said to end at byte {}, the file at {size}", range.end));
        }
        let most = PACKED_VALUES + VALUES_PER_BYTE * (range.end - range.start);
        if u64::try_from(chunk.num_values()).map_or(true, |values| values > most) {
            return Err(format!(
                "{} values are said to be in {} bytes",
                chunk.num_values(),
                range.end - range.start
            ));
        }
    }
    Ok(())
}

/// Columns whose numbers are half floats, which the schema takes for pairs of bytes.
fn half_columns(metadata: &FileMetadata) -> HashSet<String> {
    let columns = metadata.schema().columns().iter();
    let halves = columns.filter(|column| {
        column.descriptor.primitive_type.logical_type == Some(PrimitiveLogicalType::Float16)
    });
    halves.filter_map(|column| column.path_in_schema.first().map(|name| name.to_string())).collect()
}

/// What a reader calls a type that no column of a table has.
fn words_of(dtype: &ArrowDataType) -> &'static str {
    match dtype {
        ArrowDataType::LargeList(_) | ArrowDataType::Map(..) => "lists of lists or of structs",
        ArrowDataType::Struct(_) => "structs other than pictures",
        ArrowDataType::BinaryView | ArrowDataType::FixedSizeBinary(_) => {
            "bytes that are neither pictures nor text"
        }
        _ => "times of day, durations or a rarer type",
    }
}

fn with_halves(dtype: ArrowDataType) -> ArrowDataType {
    match dtype {
        ArrowDataType::FixedSizeBinary(2) => ArrowDataType::Float16,
        ArrowDataType::LargeList(mut item) => {
            item.dtype = with_halves(item.dtype);
            ArrowDataType::LargeList(item)
        }
        other => other,
    }
}

/// The parts of one column, one array per row group.
fn arrays(
    metadata: &FileMetadata,
    file: &Buffer<u8>,
    field: &Field,
) -> std::result::Result<Vec<Box<dyn Array>>, String> {
    let mut arrays = Vec::new();
    for group in &metadata.row_groups {
        let chunks = group.columns_under_root_iter(field.name.as_str()).ok_or("a column lacks its data")?;
        let chunks: Vec<&ColumnChunkMetadata> = chunks.collect();
        chunks.iter().try_for_each(|chunk| check_pages(pages(file, chunk)))?;
        let (columns, types) = chunks
            .into_iter()
            .map(|chunk| {
                let primitive = &chunk.descriptor().descriptor.primitive_type;
                (BasicDecompressor::new(pages(file, chunk), Vec::new()), primitive)
            })
            .unzip();
        let (parts, _) =
            column_iter_to_arrays(columns, types, field.clone(), None).map_err(|e| e.to_string())?;
        arrays.extend(parts);
    }
    Ok(arrays)
}

/// The pages of a column in one row group, as they are stored.
fn pages(file: &Buffer<u8>, chunk: &ColumnChunkMetadata) -> PageReader {
    let range = chunk.byte_range();
    let bytes = file.clone().sliced(range.start as usize..range.end as usize);
    PageReader::new(Cursor::new(bytes), chunk, Vec::new(), MAX_PAGE)
}

/// Refuses pages that say they unpack to more than they can: the reader makes room for them first.
fn check_pages(pages: PageReader) -> std::result::Result<(), String> {
    for page in pages {
        if let CompressedPage::Data(page) = page.map_err(|e| e.to_string())? {
            let (stored, unpacked) = (page.compressed_size(), page.uncompressed_size());
            if unpacked > UNPACKED_PAGE.max(stored.saturating_mul(UNPACKED_PER_BYTE)) {
                return Err(format!("a page of {stored} bytes is said to unpack to {unpacked}"));
            }
        }
    }
    Ok(())
}

/// What Hugging Face's `datasets` writes of each column; null where another program wrote the file.
fn features(metadata: &FileMetadata) -> Value {
    let pairs = metadata.key_value_metadata().as_deref().unwrap_or(&[]);
    let written = pairs.iter().find(|pair| pair.key == "huggingface").and_then(|pair| pair.value.as_deref());
    let parsed = written.and_then(|text| serde_json::from_str::<Value>(text).ok());
    parsed.and_then(|info| info.pointer("/info/features").cloned()).unwrap_or(Value::Null)
}

/// The names of a `ClassLabel`.
fn class_names(feature: &Value) -> Option<Vec<String>> {
    if feature.get("_type")? != "ClassLabel" {
        return None;
    }
    feature.get("names")?.as_array()?.iter().map(|name| name.as_str().map(str::to_string)).collect()
}
