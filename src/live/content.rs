//! What a display shows, in several forms.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// What a [`live::display`](super::display) shows, in one or more forms; the front end shows the richest that it knows.
///
/// ```
/// use neural_manifold::prelude::*;
///
/// let content = Content::text("half done").with_html("<b>half</b> done");
/// live::display(content);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Content(Map<String, Value>);

impl Content {
    /// A line of text: what is shown where nothing richer can be.
    pub fn text(text: impl Into<String>) -> Content {
        Content(Map::from_iter([("text/plain".to_string(), Value::String(text.into()))]))
    }

    /// The same with a form as HTML.
    pub fn with_html(self, html: impl Into<String>) -> Content {
        self.with("text/html", Value::String(html.into()))
    }

    /// The same with a picture, as a PNG file's bytes.
    pub fn with_png(self, png: &[u8]) -> Content {
        self.with("image/png", Value::String(STANDARD.encode(png)))
    }

    /// The same with a form of any MIME type; binary content as base64.
    pub fn with(mut self, mime: &str, content: Value) -> Content {
        self.0.insert(mime.to_string(), content);
        self
    }

    pub(super) fn plain(&self) -> &str {
        self.0["text/plain"].as_str().unwrap_or_default()
    }

    pub(super) fn data(&self) -> Value {
        json!(self.0)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Content {
        Content::text(text)
    }
}

impl From<String> for Content {
    fn from(text: String) -> Content {
        Content::text(text)
    }
}
