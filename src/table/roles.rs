//! Columns with a part to play.

use super::Table;
use crate::labels::Labels;

/// Their names.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Roles {
    pub id: Option<String>,
    pub label: Option<String>,
    pub split: Option<String>,
    pub text: Option<String>,
    pub titles: Option<String>,
}

impl Table {
    /// Name of the column with the class of each row, if there is one.
    pub fn label_column(&self) -> Option<&str> {
        self.roles.label.as_deref()
    }

    /// Name of the column that names the rows, if there is one.
    pub fn id_column(&self) -> Option<&str> {
        self.roles.id.as_deref()
    }

    /// Name of the column that is read beside a point, if there is one.
    pub fn text_column(&self) -> Option<&str> {
        self.roles.text.as_deref()
    }

    /// Name of the column with a short title of each row, if one is called so: a title or a name.
    pub fn title_column(&self) -> Option<&str> {
        self.roles.titles.as_deref()
    }

    /// Name of the column that tells train from test, if there is one.
    pub fn split_column(&self) -> Option<&str> {
        self.roles.split.as_deref()
    }

    /// The class of each row, where a column was chosen as label.
    pub fn labels(&self) -> Option<Labels> {
        let column = self.roles.label.as_deref()?;
        Some(self.categories(column).expect("the label is a column of categories"))
    }

    /// The split of each row, where a column or the folders tell.
    pub fn splits(&self) -> Option<Labels> {
        let column = self.roles.split.as_deref()?;
        Some(self.categories(column).expect("the split is a column of categories"))
    }
}
