//! Tensors of a safetensors file as arrays.

use std::path::Path;

use half::{bf16, f16};
use safetensors::{Dtype, SafeTensors};

use super::TableConfig;
use super::arrays::{self, NdArray, Numbers};
use super::raw::Raw;
use crate::error::{Error, Result};

pub(super) fn read(path: &Path, content: &[u8], config: &TableConfig) -> Result<Raw> {
    let file = SafeTensors::deserialize(content)
        .map_err(|e| Error::malformed(path, format!("not a readable safetensors file ({e})")))?;
    let mut notes = Vec::new();
    let mut tensors = file.tensors();
    // Tensors are kept by hash: a set is to be the first by name in every run.
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    let mut found = Vec::new();
    for (name, tensor) in tensors {
        match numbers(tensor.dtype(), tensor.data()) {
            Some(numbers) => found.push(NdArray { name, shape: tensor.shape().to_vec(), numbers }),
            None => notes.push(format!("left out: tensor {name} (of type {:?})", tensor.dtype())),
        }
    }
    let mut raw = arrays::to_raw(path, found, config)?;
    raw.notes.extend(notes);
    Ok(raw)
}

/// The values of a tensor; `None` for types below 16 bits that no array has.
fn numbers(dtype: Dtype, data: &[u8]) -> Option<Numbers> {
    macro_rules! values {
        ($type:ty) => {
            data.chunks_exact(size_of::<$type>())
                .map(|bytes| <$type>::from_le_bytes(bytes.try_into().expect("a chunk of that size")))
        };
    }
    Some(match dtype {
        Dtype::BOOL | Dtype::U8 => Numbers::Bytes(data.to_vec()),
        Dtype::I8 => Numbers::Integers(values!(i8).map(i64::from).collect()),
        Dtype::I16 => Numbers::Integers(values!(i16).map(i64::from).collect()),
        Dtype::U16 => Numbers::Integers(values!(u16).map(i64::from).collect()),
        Dtype::I32 => Numbers::Integers(values!(i32).map(i64::from).collect()),
        Dtype::U32 => Numbers::Integers(values!(u32).map(i64::from).collect()),
        Dtype::I64 => Numbers::Integers(values!(i64).collect()),
        Dtype::U64 => Numbers::Integers(values!(u64).map(|number| number as i64).collect()),
        Dtype::F16 => Numbers::Floats(values!(f16).map(f16::to_f32).collect()),
        Dtype::BF16 => Numbers::Floats(values!(bf16).map(bf16::to_f32).collect()),
        Dtype::F32 => Numbers::Floats(values!(f32).collect()),
        Dtype::F64 => Numbers::Doubles(values!(f64).collect()),
        _ => return None,
    })
}
