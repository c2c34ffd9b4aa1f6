//! What the columns of a table hold.

/// What a column is to a reader: how it colors, filters and searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// Few values that recur; [`Table::categories`](super::Table::categories).
    Category,
    /// Numbers, whole or not; [`Table::numbers`](super::Table::numbers).
    Number,
    /// Days or times, in the frame as ISO 8601 text; as numbers, seconds since 1970 in UTC.
    Date,
    /// Words to read and search; [`Table::texts`](super::Table::texts).
    Text,
    /// Several words per row, in the frame as a list of text.
    Tags,
}

impl ColumnKind {
    /// The word for it in a report.
    pub fn name(self) -> &'static str {
        match self {
            ColumnKind::Category => "category",
            ColumnKind::Number => "number",
            ColumnKind::Date => "date",
            ColumnKind::Text => "text",
            ColumnKind::Tags => "tags",
        }
    }
}

/// A column of [`Table::frame`](super::Table::frame).
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name, also in the frame.
    pub name: String,
    /// What it is to a reader.
    pub kind: ColumnKind,
    /// Rows without a value.
    pub n_missing: usize,
    /// The names of a category's classes in their own order, where the file lists them.
    pub(super) levels: Option<Vec<String>>,
}
