//! Columns of a batch as rows of images or vectors, each with what is wrong with it.

use image::{ColorType, ImageReader};
use ndarray::{Array2, Array3, Array4, Axis};
use neural_manifold::model::AutoencoderConfig;
use neural_manifold::neighbors::Metric;
use neural_manifold::table::Picture;
use polars_arrow::array::{
    Array, BinaryArray, BinaryViewArray, FixedSizeBinaryArray, FixedSizeListArray, ListArray, PrimitiveArray,
    Utf8Array,
};
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_arrow::offset::{Offsets, OffsetsBuffer};
use std::io::Cursor;

/// What is made of one row: its value, or why there is none.
pub type Row<T> = Result<T, String>;

/// The bytes of each row of a column of images.
pub fn bytes(column: &dyn Array) -> Result<Vec<Option<&[u8]>>, String> {
    let any = column.as_any();
    if let Some(array) = any.downcast_ref::<BinaryArray<i32>>() {
        return Ok(array.iter().collect());
    }
    if let Some(array) = any.downcast_ref::<BinaryArray<i64>>() {
        return Ok(array.iter().collect());
    }
    if let Some(array) = any.downcast_ref::<BinaryViewArray>() {
        return Ok(array.iter().collect());
    }
    if let Some(array) = any.downcast_ref::<FixedSizeBinaryArray>() {
        return Ok(array.iter().collect());
    }
    Err(format!("holds {:?}, no bytes; give pixels, PNG or JPEG as binary", column.dtype()))
}

/// Pixels `[side, side, channels]` as the model takes them: such as they are, or of a PNG or JPEG.
pub fn pixels(bytes: Option<&[u8]>, config: &AutoencoderConfig) -> Row<Vec<u8>> {
    let bytes = bytes.ok_or("no image")?;
    let (side, channels) = (config.image_size, config.image_channels);
    let n_bytes = side * side * channels;
    let is_picture = bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(&[0xFF, 0xD8, 0xFF]);
    let is_pixels = bytes.len() == n_bytes;
    match is_picture.then(|| decoded(bytes, side, channels)) {
        Some(Ok(pixels)) => Ok(pixels),
        // Pixels may begin as a JPEG does.
        _ if is_pixels => Ok(bytes.to_vec()),
        Some(refused) => refused,
        None => Err(format!("image of {} bytes, the model takes {n_bytes}", bytes.len())),
    }
}

fn decoded(bytes: &[u8], side: usize, channels: usize) -> Row<Vec<u8>> {
    let reader = || {
        let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
        reader.map_err(|e| format!("image cannot be decoded ({e})"))
    };
    let failed = |e: image::ImageError| format!("image cannot be decoded ({e})");
    // Before any memory is taken by what a file claims.
    let (width, height) = reader()?.into_dimensions().map_err(failed)?;
    if [width as usize, height as usize] != [side, side] {
        return Err(format!("image of {width} x {height}, the model takes {side} x {side}"));
    }
    let decoded = reader()?.decode().map_err(failed)?;
    let is_gray =
        matches!(decoded.color(), ColorType::L8 | ColorType::L16 | ColorType::La8 | ColorType::La16);
    let (depth, raw) =
        if is_gray { (1, decoded.to_luma8().into_raw()) } else { (3, decoded.to_rgb8().into_raw()) };
    let pixels = Array3::from_shape_vec((side, side, depth), raw).expect("the sides were looked at");
    let picture = Picture { pixels };
    let picture = if channels == 1 { picture.to_gray() } else { picture.to_rgb() };
    Ok(picture.pixels.iter().copied().collect())
}

/// The good images as one array, in the order of the rows.
pub fn images(rows: &[Row<Vec<u8>>], config: &AutoencoderConfig) -> Array4<u8> {
    let (side, channels) = (config.image_size, config.image_channels);
    let good: Vec<u8> = rows.iter().flatten().flatten().copied().collect();
    let count = rows.iter().flatten().count();
    Array4::from_shape_vec((count, side, side, channels), good).expect("each good row is of the model's size")
}

/// The vectors of each row of a column of lists.
pub fn vectors(column: &dyn Array) -> Result<Vec<Row<Vec<f32>>>, String> {
    let any = column.as_any();
    let lists: Vec<Option<Box<dyn Array>>> = if let Some(array) = any.downcast_ref::<ListArray<i32>>() {
        array.iter().collect()
    } else if let Some(array) = any.downcast_ref::<ListArray<i64>>() {
        array.iter().collect()
    } else if let Some(array) = any.downcast_ref::<FixedSizeListArray>() {
        array.iter().collect()
    } else {
        return Err(format!("holds {:?}, no lists; give lists of float32", column.dtype()));
    };
    let row = |list: Option<Box<dyn Array>>| {
        let list = list.ok_or("no vector")?;
        let numbers =
            list.as_any().downcast_ref::<PrimitiveArray<f32>>().ok_or("vector is not of float32")?;
        let numbers: Option<Vec<f32>> = numbers.iter().map(|number| number.copied()).collect();
        numbers.ok_or_else(|| "vector lacks a number".to_string())
    };
    Ok(lists.into_iter().map(row).collect())
}

/// Refuses what no map has a place for: another width, numbers that are none, no direction where directions are
/// compared. Vectors are made ready for the metric.
pub fn fit_for_map(mut vector: Vec<f32>, width: usize, metric: Metric) -> Row<Vec<f32>> {
    if vector.len() != width {
        return Err(format!("vector of {} numbers, the map takes {width}", vector.len()));
    }
    if let Some(at) = vector.iter().position(|x| !x.is_finite()) {
        return Err(format!("vector holds {} at place {at}", vector[at]));
    }
    if !metric.make_ready(&mut vector) {
        return Err(format!("vector {}", metric.refusal()));
    }
    Ok(vector)
}

/// The good vectors as one array, in the order of the rows.
pub fn matrix(rows: &[Row<Vec<f32>>], width: usize) -> Array2<f32> {
    let good: Vec<f32> = rows.iter().flatten().flatten().copied().collect();
    Array2::from_shape_vec((rows.iter().flatten().count(), width), good)
        .expect("each good row is of this width")
}

/// The rows of `values`, one per good row; the bad ones stay as they are.
pub fn spread<T>(good: &Array2<f32>, rows: Vec<Row<T>>) -> Vec<Row<Vec<f32>>> {
    let mut good = good.axis_iter(Axis(0));
    rows.into_iter().map(|row| row.map(|_| good.next().expect("one per good row").to_vec())).collect()
}

/// Lists of float32, the only ones that Spark takes.
pub fn list_type() -> ArrowDataType {
    ArrowDataType::List(Box::new(Field::new("element".into(), ArrowDataType::Float32, true)))
}

pub fn lists(rows: &[Row<Vec<f32>>]) -> Result<Box<dyn Array>, String> {
    let lengths = rows.iter().map(|row| row.as_ref().map_or(0, Vec::len));
    let offsets =
        Offsets::<i32>::try_from_lengths(lengths).map_err(|e| format!("a batch is too large ({e})"))?;
    let values: Vec<f32> = rows.iter().flatten().flatten().copied().collect();
    let validity = rows.iter().map(Result::is_ok).collect::<polars_arrow::bitmap::Bitmap>();
    let values = PrimitiveArray::from_vec(values).boxed();
    Ok(ListArray::new(list_type(), OffsetsBuffer::from(offsets), values, Some(validity)).boxed())
}

pub fn floats(rows: impl Iterator<Item = Option<f32>>) -> Box<dyn Array> {
    PrimitiveArray::<f32>::from_iter(rows).boxed()
}

pub fn texts<'a>(rows: impl Iterator<Item = Option<&'a str>>) -> Box<dyn Array> {
    rows.collect::<Utf8Array<i32>>().boxed()
}
