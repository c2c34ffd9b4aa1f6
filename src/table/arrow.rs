//! Arrow arrays, as Parquet files are decoded to, in plain values.

use std::borrow::Cow;
use std::path::Path;

use polars_arrow::array::{
    Array, BinaryViewArray, BooleanArray, ListArray, PrimitiveArray, StructArray, Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_arrow::types::NativeType;

use super::dates::{date_text, time_text};
use super::pictures::Source;
use super::raw::{Lists, Values};

type Arrays = [Box<dyn Array>];

/// The values of a column's parts; `None` for a type that no one can see, such as a list of lists.
pub(super) fn values_of(
    dtype: &ArrowDataType,
    arrays: &Arrays,
    path: &Path,
) -> std::result::Result<Option<Values>, String> {
    use ArrowDataType as T;
    if let Some(numbers) = integers(dtype, arrays)? {
        return Ok(Some(Values::Integers(numbers)));
    }
    Ok(Some(match dtype {
        T::Null => Values::Texts(vec![None; arrays.iter().map(|array| array.len()).sum()]),
        T::Boolean => Values::Bools(cells::<BooleanArray, _>(arrays, |array| array.iter().collect())?),
        // What is beyond i64 is a hash or an id: a name, not a quantity.
        T::UInt64 => {
            let numbers = primitives::<u64>(arrays)?;
            match numbers.iter().flatten().all(|&number| i64::try_from(number).is_ok()) {
                true => Values::Integers(numbers.into_iter().map(|n| n.map(|n| n as i64)).collect()),
                false => Values::Texts(numbers.into_iter().map(|n| n.map(|n| n.to_string())).collect()),
            }
        }
        T::Float16 | T::Float32 | T::Float64 => {
            Values::Floats(floats(dtype, arrays)?.into_iter().map(|x| x.unwrap_or(f64::NAN)).collect())
        }
        T::Decimal(_, scale) => {
            let unit = 10f64.powi(*scale as i32);
            let numbers = primitives::<i128>(arrays)?;
            Values::Floats(numbers.into_iter().map(|n| n.map_or(f64::NAN, |n| n as f64 / unit)).collect())
        }
        T::Utf8View => Values::Texts(cells::<Utf8ViewArray, _>(arrays, |array| {
            array.iter().map(|text| text.map(str::to_string)).collect()
        })?),
        T::BinaryView => return binary(arrays),
        T::Date32 => {
            let days = primitives::<i32>(arrays)?;
            Values::Texts(days.into_iter().map(|day| day.map(|day| date_text(day.into()))).collect())
        }
        T::Timestamp(unit, _) => {
            let per_second = match unit {
                TimeUnit::Second => 1,
                TimeUnit::Millisecond => 1_000,
                TimeUnit::Microsecond => 1_000_000,
                TimeUnit::Nanosecond => 1_000_000_000,
            };
            let times = primitives::<i64>(arrays)?;
            let text = |time: i64| time_text(time.div_euclid(per_second));
            Values::Texts(times.into_iter().map(|time| time.map(text)).collect())
        }
        T::LargeList(item) => return lists(item.dtype(), arrays),
        T::Struct(fields) if fields.iter().any(|field| field.name.as_str() == "bytes") => {
            Values::Pictures(cells::<StructArray, _>(arrays, |array| pictures(array, path))?)
        }
        _ => return Ok(None),
    }))
}

/// The rows of all parts, each part taken for an array of type `A`.
fn cells<A: Array + 'static, T>(
    arrays: &Arrays,
    rows: impl Fn(&A) -> Vec<T>,
) -> std::result::Result<Vec<T>, String> {
    let mut all = Vec::new();
    for array in arrays {
        let array =
            array.as_any().downcast_ref::<A>().ok_or("a column is of another type than its header says")?;
        all.extend(rows(array));
    }
    Ok(all)
}

fn primitives<T: NativeType>(arrays: &Arrays) -> std::result::Result<Vec<Option<T>>, String> {
    cells::<PrimitiveArray<T>, _>(arrays, |array| array.iter().map(|value| value.copied()).collect())
}

fn integers(dtype: &ArrowDataType, arrays: &Arrays) -> std::result::Result<Option<Vec<Option<i64>>>, String> {
    fn of<T: NativeType + Into<i64>>(
        arrays: &Arrays,
    ) -> std::result::Result<Option<Vec<Option<i64>>>, String> {
        Ok(Some(primitives::<T>(arrays)?.into_iter().map(|number| number.map(Into::into)).collect()))
    }
    match dtype {
        ArrowDataType::Int8 => of::<i8>(arrays),
        ArrowDataType::Int16 => of::<i16>(arrays),
        ArrowDataType::Int32 => of::<i32>(arrays),
        ArrowDataType::Int64 => of::<i64>(arrays),
        ArrowDataType::UInt8 => of::<u8>(arrays),
        ArrowDataType::UInt16 => of::<u16>(arrays),
        ArrowDataType::UInt32 => of::<u32>(arrays),
        _ => Ok(None),
    }
}

fn floats(dtype: &ArrowDataType, arrays: &Arrays) -> std::result::Result<Vec<Option<f64>>, String> {
    Ok(match dtype {
        ArrowDataType::Float16 => {
            let halves = primitives::<polars::polars_utils::float16::pf16>(arrays)?;
            halves.into_iter().map(|x| x.map(|x| x.0.to_f64())).collect()
        }
        ArrowDataType::Float32 => primitives::<f32>(arrays)?.into_iter().map(|x| x.map(f64::from)).collect(),
        _ => primitives::<f64>(arrays)?,
    })
}

/// Content of files as pictures, text as text.
fn binary(arrays: &Arrays) -> std::result::Result<Option<Values>, String> {
    let bytes: Vec<Option<Vec<u8>>> = cells::<BinaryViewArray, _>(arrays, |array| {
        array.iter().map(|bytes| bytes.map(<[u8]>::to_vec)).collect()
    })?;
    let first = bytes.iter().flatten().find(|bytes| !bytes.is_empty());
    if first.is_some_and(|first| image::guess_format(first).is_ok()) {
        return Ok(Some(Values::Pictures(
            bytes.into_iter().map(|b| b.map(|b| Source::Encoded(b.into()))).collect(),
        )));
    }
    let text = |bytes: Option<Vec<u8>>| bytes.map(String::from_utf8).transpose();
    let texts: std::result::Result<Vec<Option<String>>, _> = bytes.into_iter().map(text).collect();
    Ok(texts.ok().map(Values::Texts))
}

/// The pictures of Hugging Face's `Image`: the content of a file, or its path alone.
fn pictures(array: &StructArray, path: &Path) -> Vec<Option<Source>> {
    let field = |name: &str| {
        let at = array.fields().iter().position(|field| field.name.as_str() == name)?;
        Some(&array.values()[at])
    };
    let bytes = field("bytes").and_then(|values| values.as_any().downcast_ref::<BinaryViewArray>());
    let paths = field("path").and_then(|values| values.as_any().downcast_ref::<Utf8ViewArray>());
    let folder = path.parent().unwrap_or(Path::new("."));
    let source = |row: usize| {
        if array.is_null(row) {
            return None;
        }
        let content = bytes.and_then(|bytes| bytes.get(row)).filter(|content| !content.is_empty());
        match content {
            Some(content) => Some(Source::Encoded(content.into())),
            None => paths.and_then(|paths| paths.get(row)).map(|name| Source::File(folder.join(name))),
        }
    };
    (0..array.len()).map(source).collect()
}

fn lists(item: &ArrowDataType, arrays: &Arrays) -> std::result::Result<Option<Values>, String> {
    let parts: Vec<&ListArray<i64>> = arrays
        .iter()
        .map(|array| {
            array.as_any().downcast_ref().ok_or_else(|| "a list is of another type than said".to_string())
        })
        .collect::<std::result::Result<_, String>>()?;
    if item == &ArrowDataType::Utf8View {
        let words = |list: Box<dyn Array>| {
            let words = list.as_any().downcast_ref::<Utf8ViewArray>().expect("the type was looked at");
            words.iter().flatten().map(str::to_string).collect::<Vec<String>>()
        };
        let rows = parts.iter().flat_map(|part| part.iter()).map(|list| list.map(words));
        return Ok(Some(Values::Tags(rows.collect())));
    }
    let mut all = Lists::default();
    all.numbers.reserve_exact(parts.iter().map(|part| part.values().len()).sum());
    for part in parts {
        let Some(numbers) = list_numbers(item, part.values().as_ref())? else { return Ok(None) };
        let offsets = part.offsets();
        for row in 0..part.len() {
            let (start, end) = offsets.start_end(row);
            all.push((!part.is_null(row)).then(|| &numbers[start..end]));
        }
    }
    Ok(Some(Values::Lists(all)))
}

/// The numbers of lists one after another, NaN where one is missing, without a copy where they are f32 already; `None`
/// for lists of anything else.
fn list_numbers<'a>(
    item: &ArrowDataType,
    values: &'a dyn Array,
) -> std::result::Result<Option<Cow<'a, [f32]>>, String> {
    use polars::polars_utils::float16::pf16;
    fn of<T: NativeType>(values: &dyn Array) -> std::result::Result<&PrimitiveArray<T>, String> {
        let array = values.as_any().downcast_ref::<PrimitiveArray<T>>();
        array.ok_or_else(|| "a list holds numbers of another type than said".to_string())
    }
    fn read<'a, T: NativeType>(
        values: &'a dyn Array,
        number: impl Fn(T) -> f32,
    ) -> std::result::Result<Cow<'a, [f32]>, String> {
        Ok(of::<T>(values)?.iter().map(|x| x.map_or(f32::NAN, |&x| number(x))).collect())
    }
    Ok(Some(match item {
        ArrowDataType::Float32 if values.null_count() == 0 => {
            Cow::Borrowed(of::<f32>(values)?.values().as_slice())
        }
        ArrowDataType::Float32 => read(values, |x: f32| x)?,
        ArrowDataType::Float64 => read(values, |x: f64| x as f32)?,
        ArrowDataType::Float16 => read(values, |x: pf16| x.0.to_f32())?,
        ArrowDataType::Int8 => read(values, |x: i8| x.into())?,
        ArrowDataType::Int16 => read(values, |x: i16| x.into())?,
        ArrowDataType::Int32 => read(values, |x: i32| x as f32)?,
        ArrowDataType::Int64 => read(values, |x: i64| x as f32)?,
        ArrowDataType::UInt8 => read(values, |x: u8| x.into())?,
        ArrowDataType::UInt16 => read(values, |x: u16| x.into())?,
        ArrowDataType::UInt32 => read(values, |x: u32| x as f32)?,
        ArrowDataType::UInt64 => read(values, |x: u64| x as f32)?,
        _ => return Ok(None),
    }))
}
