//! A data set as a table of its classes, a split as pictures.

use super::{ImageGrid, TableView};
use crate::dataset::{Dataset, Split};
use crate::labels::Labels;

/// Images of a split that are shown: enough to see what they are, few enough for a notebook's page.
const SHOWN: usize = 20;

impl Dataset {
    /// One row per class, and one for images without a class: how many images each split has.
    pub fn summary(&self) -> TableView {
        let count =
            |split: &Split, class: u32| split.labels.codes.iter().filter(|&&code| code == class).count();
        let row = |label: String, name: &str, class: u32| {
            vec![
                label,
                name.to_string(),
                count(&self.train, class).to_string(),
                count(&self.test, class).to_string(),
            ]
        };
        let mut rows: Vec<Vec<String>> =
            (0..).zip(self.class_names()).map(|(class, name)| row(class.to_string(), name, class)).collect();
        if [&self.train, &self.test].iter().any(|split| count(split, Labels::MISSING) > 0) {
            rows.push(row(String::new(), "missing", Labels::MISSING));
        }
        let (side, color) = (self.side(), if self.channels() == 1 { "" } else { " in color" });
        TableView::from_rows(
            &format!(
                "{}: {} + {} images of {side} x {side}{color}",
                self.name,
                self.train.len(),
                self.test.len()
            ),
            &["label", "class", "train", "test"],
            &rows,
        )
    }

    /// Shows the images by class.
    pub fn evcxr_display(&self) {
        self.summary().evcxr_display();
    }
}

impl Split {
    /// The first images with their class names.
    pub fn grid(&self) -> ImageGrid {
        let shown = self.first(SHOWN);
        ImageGrid::new(&shown.images).with_captions(shown.captions())
    }

    /// Shows the first images with their class names.
    pub fn evcxr_display(&self) {
        self.grid().evcxr_display();
    }
}
