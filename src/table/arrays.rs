//! Arrays of any number of dimensions, as npz and safetensors hold them, as columns of a table.

use std::path::Path;
use std::sync::Arc;

use super::TableConfig;
use super::pictures::{Source, Stack};
use super::raw::{Lists, Raw, RawColumn, Values};
use crate::error::{Error, Result};

/// An array, the last index running fastest.
#[derive(Debug)]
pub(super) struct NdArray {
    pub name: String,
    pub shape: Vec<usize>,
    pub numbers: Numbers,
}

/// The values of an array by type.
#[derive(Debug, Clone)]
pub(super) enum Numbers {
    Bytes(Vec<u8>),
    Integers(Vec<i64>),
    Floats(Vec<f32>),
    Doubles(Vec<f64>),
    Texts(Vec<String>),
}

/// Beginnings of names that tell the split, as in MedMNIST's `train_images`.
const SPLITS: [&str; 4] = ["train", "val", "valid", "test"];

/// Columns of the arrays that have one row per item; `path` is for the errors alone.
pub(super) fn to_raw(path: &Path, mut arrays: Vec<NdArray>, config: &TableConfig) -> Result<Raw> {
    let mut notes = Vec::new();
    arrays.retain(|array| {
        // An array without values may claim any number of rows.
        let keep = !array.shape.is_empty() && !array.shape.contains(&0);
        if !keep {
            notes.push(format!("left out: array {} (of shape {:?})", array.name, array.shape));
        }
        keep
    });
    let split = joined_splits(path, &mut arrays)?;
    let n_rows = match common_rows(path, &arrays, config)? {
        Some(n_rows) => n_rows,
        None => return Err(Error::malformed(path, "holds no array with rows; save at least one")),
    };
    arrays.retain(|array| {
        let keep = array.shape[0] == n_rows;
        if !keep {
            notes.push(format!("left out: array {} ({} rows, not {n_rows})", array.name, array.shape[0]));
        }
        keep
    });
    let mut columns: Vec<RawColumn> = Vec::new();
    for array in arrays {
        let (name, shape) = (array.name.clone(), array.shape.clone());
        match column(array, &mut notes) {
            Some(column) => columns.push(column),
            None => notes.push(format!("left out: array {name} (of shape {shape:?})")),
        }
    }
    columns.extend(split.map(|split| RawColumn::new("split", Values::Texts(split))));
    Ok(Raw { n_rows, columns, notes, ..Raw::default() })
}

/// Puts the arrays of the splits of one set behind one another; the split of each row.
fn joined_splits(path: &Path, arrays: &mut Vec<NdArray>) -> Result<Option<Vec<Option<String>>>> {
    let split_of = |name: &str| {
        let (split, rest) = name.split_once('_')?;
        SPLITS.contains(&split).then(|| (split.to_string(), rest.to_string()))
    };
    if arrays.is_empty() || !arrays.iter().all(|array| split_of(&array.name).is_some()) {
        return Ok(None);
    }
    // Archives list files in any order: all sets are joined in that of the splits' names.
    arrays.sort_by(|a, b| a.name.cmp(&b.name));
    let mut joined: Vec<(NdArray, Vec<(String, usize)>)> = Vec::new();
    for array in arrays.drain(..) {
        let (split, rest) = split_of(&array.name).expect("each name has a split");
        let part = (split, array.shape[0]);
        match joined.iter_mut().find(|(whole, _)| whole.name == rest) {
            None => joined.push((NdArray { name: rest, ..array }, vec![part])),
            Some((whole, parts)) => {
                let (one, other) = (whole.shape[1..].to_vec(), array.shape[1..].to_vec());
                let shape_differs = one != other;
                if shape_differs || !whole.numbers.append(array.numbers) {
                    let reason =
                        format!("{rest} has items of shape {one:?} and {other:?} or of two types; save one");
                    return Err(Error::malformed(path, reason));
                }
                whole.shape[0] += array.shape[0];
                parts.push(part);
            }
        }
    }
    let parts = joined[0].1.clone();
    for (array, other) in &joined {
        if other != &parts {
            let reason = format!("{} has the splits {other:?}, {} {parts:?}", array.name, joined[0].0.name);
            return Err(Error::malformed(path, format!("{reason}; save one row per item in each")));
        }
    }
    let mut split = Vec::new();
    for (name, count) in parts {
        split.extend(std::iter::repeat_n(Some(name), count));
    }
    arrays.extend(joined.into_iter().map(|(array, _)| array));
    Ok(Some(split))
}

/// The number of rows of the table: that of the vectors and pictures, which have to agree.
fn common_rows(path: &Path, arrays: &[NdArray], config: &TableConfig) -> Result<Option<usize>> {
    let chosen = |array: &&NdArray| match config.vectors.is_empty() {
        true => array.shape.len() > 1 && !matches!(array.numbers, Numbers::Texts(_)),
        false => config.vectors.contains(&array.name),
    };
    let mut main = arrays.iter().filter(chosen);
    let Some(first) = main.next() else { return Ok(arrays.iter().map(|array| array.shape[0]).max()) };
    if let Some(other) = main.find(|other| other.shape[0] != first.shape[0]) {
        let name = |array: &NdArray| format!("{:?} of {}", array.name, path.display());
        let (left, right) = (name(first), name(other));
        let remedy = "name those that belong together (TableConfig::vectors, --vector)";
        return Err(Error::mismatch("rows", (first.shape[0], &left), (other.shape[0], &right), remedy));
    }
    Ok(Some(first.shape[0]))
}

/// What an array of `[n, ..]` is in a table.
fn column(array: NdArray, notes: &mut Vec<String>) -> Option<RawColumn> {
    let NdArray { name, shape, numbers } = array;
    let values = match (shape.as_slice(), numbers) {
        ([_] | [_, 1], numbers) => numbers.values(),
        ([_, _], Numbers::Texts(_)) => return None,
        ([n, d], numbers) => match several_classes(&name, *n, *d, &numbers) {
            Some(tags) => Values::Tags(tags),
            None => Values::Lists(Lists { numbers: numbers.floats()?, lengths: vec![Some(*d); *n] }),
        },
        (&[n, height, width], numbers) => stack(&name, [n, height, width, 1], numbers, notes)?,
        (&[n, height, width, channels @ (1 | 3 | 4)], numbers) => {
            stack(&name, [n, height, width, channels], numbers, notes)?
        }
        // Channels first, as torch has them.
        (&[n, channels @ (1 | 3), height, width], numbers) => {
            let Values::Pictures(pictures) = stack(&name, [n, height, width, channels], numbers, notes)?
            else {
                return None;
            };
            Values::Pictures(channels_last(pictures))
        }
        _ => return None,
    };
    Some(RawColumn { name, values, levels: None })
}

/// Labels of which an item has any number, as columns of 0 and 1: the numbers of those that it has.
fn several_classes(name: &str, n: usize, d: usize, numbers: &Numbers) -> Option<Vec<Option<Vec<String>>>> {
    let is_labels = ["label", "labels", "targets", "y"].contains(&name.to_lowercase().as_str());
    let flags: Vec<bool> = match numbers {
        Numbers::Bytes(bytes) if bytes.iter().all(|&b| b < 2) => bytes.iter().map(|&b| b == 1).collect(),
        Numbers::Integers(ints) if ints.iter().all(|&i| i == 0 || i == 1) => {
            ints.iter().map(|&i| i == 1).collect()
        }
        _ => return None,
    };
    if !is_labels || d == 0 {
        return None;
    }
    let words = |row: &[bool]| {
        row.iter().zip(0..).filter(|(on, _)| **on).map(|(_, i): (_, i32)| i.to_string()).collect()
    };
    debug_assert_eq!(flags.len(), n * d);
    Some(flags.chunks(d).map(|row| Some(words(row))).collect())
}

/// Pictures `[n, height, width, channels]`; values that are not bytes are spread from the smallest to the largest.
fn stack(
    name: &str,
    [n, height, width, channels]: [usize; 4],
    numbers: Numbers,
    notes: &mut Vec<String>,
) -> Option<Values> {
    if height == 0 || width == 0 {
        return None;
    }
    let pixels = match numbers {
        Numbers::Bytes(bytes) => bytes,
        other => {
            let values = other.floats()?;
            let finite = values.iter().filter(|value| value.is_finite());
            let (low, high) =
                finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), &x| (a.min(x), b.max(x)));
            notes.push(format!("pictures of {name}: {low} is shown as black, {high} as white"));
            let range = (high - low).max(f32::MIN_POSITIVE);
            values.iter().map(|&value| ((value - low) / range * 255.0).round() as u8).collect()
        }
    };
    let stack = Arc::new(Stack { height, width, channels, pixels });
    Some(Values::Pictures((0..n).map(|row| Some(Source::Stacked(stack.clone(), row))).collect()))
}

/// Pictures whose planes stand one behind another, with the channels of each pixel side by side.
fn channels_last(pictures: Vec<Option<Source>>) -> Vec<Option<Source>> {
    let Some(Some(Source::Stacked(stack, _))) = pictures.first() else { return pictures };
    let plane = stack.height * stack.width;
    let planes = stack.pixels.chunks(plane * stack.channels);
    let pixels = planes.flat_map(|planes| {
        (0..plane).flat_map(move |pixel| planes.iter().skip(pixel).step_by(plane).copied())
    });
    let stack = Arc::new(Stack {
        height: stack.height,
        width: stack.width,
        channels: stack.channels,
        pixels: pixels.collect(),
    });
    (0..pictures.len()).map(|row| Some(Source::Stacked(stack.clone(), row))).collect()
}

impl Numbers {
    /// The values as a column.
    fn values(self) -> Values {
        match self {
            Numbers::Bytes(bytes) => Values::Integers(bytes.into_iter().map(|b| Some(b.into())).collect()),
            Numbers::Integers(integers) => Values::Integers(integers.into_iter().map(Some).collect()),
            Numbers::Floats(floats) => Values::Floats(floats.into_iter().map(f64::from).collect()),
            Numbers::Doubles(doubles) => Values::Floats(doubles),
            Numbers::Texts(texts) => {
                Values::Texts(texts.into_iter().map(|t| (!t.is_empty()).then_some(t)).collect())
            }
        }
    }

    /// The values as parts of vectors; `None` for text.
    fn floats(self) -> Option<Vec<f32>> {
        match self {
            Numbers::Bytes(bytes) => Some(bytes.into_iter().map(f32::from).collect()),
            Numbers::Integers(integers) => Some(integers.into_iter().map(|i| i as f32).collect()),
            Numbers::Floats(floats) => Some(floats),
            Numbers::Doubles(doubles) => Some(doubles.into_iter().map(|x| x as f32).collect()),
            Numbers::Texts(_) => None,
        }
    }

    fn append(&mut self, other: Numbers) -> bool {
        match (self, other) {
            (Numbers::Bytes(a), Numbers::Bytes(b)) => a.extend(b),
            (Numbers::Integers(a), Numbers::Integers(b)) => a.extend(b),
            (Numbers::Floats(a), Numbers::Floats(b)) => a.extend(b),
            (Numbers::Doubles(a), Numbers::Doubles(b)) => a.extend(b),
            (Numbers::Texts(a), Numbers::Texts(b)) => a.extend(b),
            (_, _) => return false,
        }
        true
    }
}
