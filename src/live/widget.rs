//! A page below a cell, and what is selected in it: the library's end of `notebooks/kernel/widgets.py`.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;
use serde_json::json;

use super::{Content, folder, send};
use crate::error::{Error, Result};
use crate::files;

/// A page that was shown.
#[derive(Debug)]
pub(crate) struct Widget {
    id: String,
    digest: String,
    highlights: AtomicUsize,
}

/// What the kernel lays down when something is selected.
#[derive(Deserialize)]
struct Said {
    v: u32,
    digest: String,
    selection: Vec<usize>,
}

impl Widget {
    /// Shows a page below the cell that runs; `write` writes it to a path, and `still` stands for it where no kernel
    /// runs. `None` where there is no kernel that shows pages.
    ///
    /// # Errors
    /// The page cannot be written.
    pub fn show(still: &Content, write: impl FnOnce(&Path) -> Result<()>) -> Result<Option<Widget>> {
        static SHOWN: AtomicUsize = AtomicUsize::new(0);
        let Some(folder) = folder() else { return Ok(None) };
        let id = format!("explorer-{}-{}", std::process::id(), SHOWN.fetch_add(1, Ordering::Relaxed));
        let page = folder.join(format!("{id}.html"));
        write(&page)?;
        let digest = files::sha256(&std::fs::read(&page).map_err(|e| Error::io("read", &page, e))?);
        send(json!({ "op": "widget", "id": id, "page": page, "digest": digest, "data": still.data() }));
        Ok(Some(Widget { id, digest, highlights: AtomicUsize::new(0) }))
    }

    /// The rows that are selected at this moment, ascending; none before the first choice.
    ///
    /// # Errors
    /// What the kernel laid down cannot be read, or is of another page.
    pub fn selection(&self) -> Result<Vec<usize>> {
        let Some(folder) = folder() else { return Ok(Vec::new()) };
        let path = folder.join(format!("{}.json", self.id));
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io("read", &path, error)),
        };
        let remedy = "show the explorer again by running its cell";
        let said: Said = serde_json::from_slice(&text)
            .map_err(|e| Error::malformed(&path, format!("no selection can be read ({e}); {remedy}")))?;
        if said.v != 1 || said.digest != self.digest {
            let reason = format!("the selection is of another page than the one shown; {remedy}");
            return Err(Error::malformed(&path, reason));
        }
        Ok(said.selection)
    }

    /// Selects rows in the page.
    pub fn highlight(&self, rows: &[usize]) {
        let serial = self.highlights.fetch_add(1, Ordering::Relaxed) + 1;
        let highlight = json!({ "serial": serial, "rows": rows });
        send(json!({ "op": "model", "id": self.id, "state": { "highlight": highlight } }));
    }
}
