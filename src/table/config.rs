//! What a user may say about the data that the loaders would otherwise guess.

use crate::math::metric::Metric;

/// How a picture that is not square becomes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// The whole picture, with the ground on two sides.
    #[default]
    Pad,
    /// The middle of the picture, as large as it goes.
    Crop,
    /// The whole picture, out of proportion.
    Stretch,
}

impl Fit {
    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Fit::Pad => "pad",
            Fit::Crop => "crop",
            Fit::Stretch => "stretch",
        }
    }
}

/// How [`Table::open_with`](super::Table::open_with) reads data. What is left at its default is guessed, and
/// [`Table::report`](super::Table::report) tells the guess.
#[derive(Debug, Clone, PartialEq)]
pub struct TableConfig {
    /// Columns with vectors; also the common beginning of columns that hold one number each ("e" of e0 to e767), or
    /// the names of such columns. Empty: every column that holds lists of numbers of one length. Columns that measure
    /// something of their own, such as "length" and "weight", stay columns beside the vectors that are made of them.
    pub vectors: Vec<String>,
    /// Whether columns that measure something of their own are each brought to mean 0 and standard deviation 1, so that
    /// their units do not matter.
    pub scaled: bool,
    /// Column with the first coordinate of a map that is there already.
    pub x: Option<String>,
    /// Column with its second coordinate.
    pub y: Option<String>,
    /// Column with the class of each row. `None`: a column of categories called label, class, category, y or target.
    pub label: Option<String>,
    /// Column whose values name the rows. `None`: a column called id or key whose values differ, else row numbers.
    pub id: Option<String>,
    /// Column with pictures, or with paths to them. `None`: the first that holds some.
    pub image: Option<String>,
    /// Column that is read beside a point. `None`: the text with the longest values.
    pub text: Option<String>,
    /// Columns that are categories, whatever they look like.
    pub categories: Vec<String>,
    /// Columns that are numbers, whatever they look like.
    pub numbers: Vec<String>,
    /// Columns that are dates, whatever they look like.
    pub dates: Vec<String>,
    /// Whether a picture or a row that cannot be read ends the loading; otherwise it is left out and counted.
    pub strict: bool,
    /// What is seen through transparent pixels and beside padded pictures: red, green, blue.
    pub ground: [u8; 3],
    /// How a picture is fitted into a square.
    pub fit: Fit,
    /// Pixels from one side of a thumbnail to the other.
    pub thumb_side: usize,
    /// Metric of all vectors. `None`: cosine when their lengths are within 1 % of each other or they have at least
    /// 128 dimensions, else Euclidean.
    pub metric: Option<Metric>,
    /// Rows to keep, drawn by `seed`; `None` keeps all.
    pub sample: Option<usize>,
    /// Seed of the sample.
    pub seed: u64,
}

impl Default for TableConfig {
    fn default() -> TableConfig {
        TableConfig {
            vectors: Vec::new(),
            scaled: true,
            x: None,
            y: None,
            label: None,
            id: None,
            image: None,
            text: None,
            categories: Vec::new(),
            numbers: Vec::new(),
            dates: Vec::new(),
            strict: false,
            ground: [255; 3],
            fit: Fit::Pad,
            thumb_side: 48,
            metric: None,
            sample: None,
            seed: 42,
        }
    }
}
