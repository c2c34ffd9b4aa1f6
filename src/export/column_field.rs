//! Columns as the page reads them: their kind, and names of fields.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::columns::ColumnValues;
use super::field::Field;
use crate::labels::Labels;

/// Seconds of a day; dates without a time are counted in days.
const DAY: f64 = 86_400.0;

#[derive(Serialize)]
pub(super) struct Column {
    pub name: String,
    /// Points without a value.
    pub missing: usize,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kind {
    /// Codes into the levels; the greatest number of the field's type is missing.
    Category {
        levels: Vec<String>,
        field: String,
    },
    /// NaN is missing.
    Number {
        field: String,
    },
    Integer {
        field: String,
    },
    /// 0, 1, or 255 for missing.
    Bool {
        field: String,
    },
    Date {
        unit: &'static str,
        field: String,
    },
    /// A JSON list of texts and nulls.
    Text {
        field: String,
    },
    /// The codes of point i are those from `offsets[i]` to `offsets[i + 1]`; a point without a value has one code alone,
    /// the greatest number of the field's type.
    Tags {
        levels: Vec<String>,
        offsets: String,
        field: String,
    },
}

/// Puts a column's values among the fields, under `field`.
pub(super) fn export(
    name: &str,
    values: &ColumnValues,
    field: String,
    fields: &mut BTreeMap<String, Field>,
) -> Column {
    let missing = values.n_missing();
    let mut put = |values: Field| {
        fields.insert(field.clone(), values);
        field.clone()
    };
    let kind = match values {
        ColumnValues::Category(labels) => Kind::Category {
            levels: labels.names.clone(),
            field: put(Field::codes(&labels.codes.to_vec(), labels.n_classes())),
        },
        ColumnValues::Number(values) => Kind::Number { field: put(Field::numbers(values.iter().copied())) },
        ColumnValues::Integer(values) => {
            let numbers = values.iter().map(|value| value.map_or(f64::NAN, |value| value as f64));
            Kind::Integer { field: put(Field::numbers(numbers)) }
        }
        ColumnValues::Bool(values) => {
            let codes: Vec<u8> = values.iter().map(|value| value.map_or(u8::MAX, u8::from)).collect();
            Kind::Bool { field: put(Field::u8(codes, vec![values.len()])) }
        }
        ColumnValues::Date(values) => {
            let days = values.iter().all(|seconds| !seconds.is_finite() || seconds % DAY == 0.0);
            let (unit, divisor) = if days { ("days", DAY) } else { ("seconds", 1.0) };
            Kind::Date { unit, field: put(Field::numbers(values.iter().map(|x| x / divisor))) }
        }
        ColumnValues::Text(values) => Kind::Text { field: put(Field::texts(values)) },
        ColumnValues::Tags(values) => {
            let levels: BTreeSet<&String> = values.iter().flatten().flatten().collect();
            let code_of: BTreeMap<&String, u32> = levels.iter().copied().zip(0..).collect();
            let (mut codes, mut offsets) = (Vec::new(), vec![0]);
            for tags in values {
                match tags {
                    None => codes.push(Labels::MISSING),
                    // A tag that is given twice is there once.
                    Some(tags) => codes.extend(tags.iter().map(|tag| code_of[tag]).collect::<BTreeSet<_>>()),
                }
                offsets.push(codes.len() as u32);
            }
            let field = put(Field::codes(&codes, levels.len()));
            let offsets_field = format!("{field}.offsets");
            fields.insert(offsets_field.clone(), Field::u32(&offsets, vec![offsets.len()]));
            Kind::Tags { levels: levels.into_iter().cloned().collect(), offsets: offsets_field, field }
        }
    };
    Column { name: name.to_string(), missing, kind }
}
