//! The protocol by which a cell's output reaches the notebook: bundles of MIME parts between marker lines.

/// One output of a cell in several forms; the front end shows the richest that it knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// MIME type and content; binary content as base64.
    pub parts: Vec<(&'static str, String)>,
}

impl Bundle {
    /// A bundle that reads well in a terminal; richer forms are added next.
    pub(crate) fn text(text: String) -> Bundle {
        Bundle { parts: vec![("text/plain", text)] }
    }

    pub(crate) fn with(mut self, mime: &'static str, content: String) -> Bundle {
        self.parts.push((mime, content));
        self
    }

    /// The content of a MIME type.
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.parts.iter().find(|(name, _)| *name == mime).map(|(_, content)| content.as_str())
    }

    /// Prints the bundle in evcxr's protocol, in one write so that no other thread's line falls into it.
    pub fn show(&self) {
        let blocks: String = self
            .parts
            .iter()
            .map(|(mime, content)| format!("EVCXR_BEGIN_CONTENT {mime}\n{content}\nEVCXR_END_CONTENT\n"))
            .collect();
        print!("{blocks}");
    }
}
