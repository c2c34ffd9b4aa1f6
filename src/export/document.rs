//! The head of `data.js`: everything in it but the arrays, which stand in its fields.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::column_field::Column;
use super::field::Field;
use super::network::Network;
use super::pictures::PicturesEntry;
use super::vectors::VectorsEntry;

/// Raised when a page that reads the number before would not read the file rightly.
pub(super) const SCHEMA_VERSION: u32 = 2;

#[derive(Serialize)]
pub(super) struct Document<'a> {
    pub schema: &'static str,
    pub version: u32,
    pub generator: String,
    pub title: &'a str,
    pub points: usize,
    /// Pixels from one side of an image to the other; 0 without images.
    pub side: usize,
    /// 1 for gray, 3 for red, green and blue; 0 without images.
    pub channels: usize,
    pub pictures: Option<PicturesEntry>,
    /// The field with the user's name of each point.
    pub ids: Option<String>,
    pub columns: Vec<Column>,
    /// Which of the columns is the class of each point.
    pub label: Option<usize>,
    /// Which of them is read where a point has no picture.
    pub text: Option<usize>,
    /// Which of them holds short titles of the points.
    pub titles: Option<usize>,
    /// Which of them holds clusters, that the page names by what sets them apart.
    pub clusters: Option<usize>,
    pub vectors: Vec<VectorsEntry>,
    pub model: Option<Model>,
    pub maps: Vec<Map>,
    pub modes: Vec<Mode>,
    pub decoder: Option<Network>,
    /// Makes a latent vector of a picture that is dropped on the page.
    pub encoder: Option<Encoder>,
    /// What the file beside this one calls itself that holds the data of fields without any; null where all are here.
    pub rest: Option<String>,
    pub fields: BTreeMap<String, Field>,
}

#[derive(Serialize)]
pub(super) struct Model {
    pub test_loss: f64,
    /// Of the loss.
    pub unit: &'static str,
    pub parameters: usize,
}

/// The encoder, and how pictures of other sizes are brought to its own.
#[derive(Serialize)]
pub(super) struct Encoder {
    #[serde(flatten)]
    pub network: Network,
    /// "pad", "crop" or "stretch".
    pub fit: &'static str,
    /// What a padded picture is laid upon, and a transparent one: red, green, blue.
    pub ground: [u8; 3],
}

#[derive(Serialize)]
pub(super) struct Map {
    /// The user's, and no other map's.
    pub name: String,
    pub title: String,
    /// What made it, such as "umap"; null for coordinates from elsewhere.
    pub engine: Option<&'static str>,
    pub note: String,
    pub field: String,
    /// Which of the sets of vectors it was made of; null where that is not known.
    pub vectors: Option<usize>,
    pub scores: Option<Scores>,
    /// Where its points were before; null where that is not known.
    pub frames: Option<FramesEntry>,
}

#[derive(Serialize)]
pub(super) struct FramesEntry {
    /// One per frame; the last is that of the map.
    pub names: Vec<String>,
    /// The field with all frames but the last.
    pub field: String,
}

/// A value per point by which a map can be colored, and that is no column of the user's.
#[derive(Serialize)]
pub(super) struct Mode {
    /// What the page's address calls it; no other mode's.
    pub key: String,
    pub title: String,
    /// What the lowest and the highest value mean.
    pub ends: [String; 2],
    pub ramp: &'static str,
    /// The map that the values speak of; null for values of the points themselves.
    pub map: Option<String>,
    pub field: String,
}

#[derive(Serialize)]
pub(super) struct Scores {
    pub k: usize,
    pub n: usize,
    pub trustworthiness: f64,
    pub continuity: f64,
    pub recall: f64,
    pub knn_accuracy: Option<f64>,
}

/// JSON that no text in it can end when it stands in a script: `<` is escaped, as are the two line separators that older
/// scripts cannot hold.
pub(super) struct ScriptFormatter;

impl Formatter for ScriptFormatter {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '\u{2028}', '\u{2029}']) {
            let (before, from) = rest.split_at(at);
            let special = from.chars().next().expect("it was found there");
            write!(to, "{before}\\u{:04x}", u32::from(special))?;
            rest = &from[special.len_utf8()..];
        }
        to.write_all(rest.as_bytes())
    }
}

impl Document<'_> {
    /// Writes the text of `data.js`.
    pub fn write_script(&self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(b"window.NEURAL_MANIFOLD_DATA = ")?;
        self.serialize(&mut Serializer::with_formatter(&mut *to, ScriptFormatter))?;
        to.write_all(b";\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_script_that_it_stands_in() {
        let text = "a</script><!-- é\u{2028}\u{2029}\"<";
        let mut written = Vec::new();
        text.serialize(&mut Serializer::with_formatter(&mut written, ScriptFormatter)).unwrap();
        let expected = r#""a\u003c/script>\u003c!-- é\u2028\u2029\"\u003c""#;
        assert_eq!(String::from_utf8(written.clone()).unwrap(), expected);
        assert_eq!(serde_json::from_slice::<String>(&written).unwrap(), text);
    }
}
