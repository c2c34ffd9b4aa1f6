//! The class of each row, as codes into a list of names.

use ndarray::Array1;

use crate::error::{Error, Result};
use crate::live::PointGroup;
use crate::math::palette::{GRAY, class_color};

/// Classes that get a color of their own; more cannot be told apart, and the smaller ones share a gray.
const MAX_COLORED: usize = 12;

/// Classes by code: any number of them, and rows that have none.
///
/// ```
/// use neural_manifold::prelude::*;
///
/// let labels = Labels::new(ndarray::arr1(&[1, 0, Labels::MISSING]), vec!["cat".into(), "dog".into()])?;
/// assert_eq!((labels.name(0), labels.name(2)), ("dog", "missing"));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// The class of each row, `[n]`: an index into `names`, or [`Labels::MISSING`].
    pub codes: Array1<u32>,
    /// The name of each class.
    pub names: Vec<String>,
}

impl Labels {
    /// The code of a row without a class.
    pub const MISSING: u32 = u32::MAX;

    /// Pairs codes with names.
    ///
    /// # Errors
    /// A code that is neither below the number of names nor [`Labels::MISSING`].
    pub fn new(codes: Array1<u32>, names: Vec<String>) -> Result<Labels> {
        let highest = codes.iter().filter(|&&code| code != Labels::MISSING).max();
        match highest {
            Some(&code) if code as usize >= names.len() => Err(Error::mismatch(
                "classes",
                (code as usize + 1, "the labels"),
                (names.len(), "the list of class names"),
                "name every class",
            )),
            _ => Ok(Labels { codes, names }),
        }
    }

    /// Labels whose classes are named by their codes: "0", "1", ...
    pub fn unnamed(codes: Array1<u32>) -> Labels {
        let highest = codes.iter().filter(|&&code| code != Labels::MISSING).max();
        let n_classes = highest.map_or(0, |&code| code as usize + 1);
        Labels { codes, names: (0..n_classes).map(|code| code.to_string()).collect() }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Number of classes that have a name, whether or not a row is of them.
    pub fn n_classes(&self) -> usize {
        self.names.len()
    }

    /// The class name of a row; "missing" where it has none.
    ///
    /// # Panics
    /// `row` is not below [`Labels::len`], as with any index.
    pub fn name(&self, row: usize) -> &str {
        match self.codes[row] {
            Labels::MISSING => "missing",
            code => &self.names[code as usize],
        }
    }

    /// The labels of chosen rows, in the order in which they are named.
    pub fn select(&self, rows: &[usize]) -> Labels {
        Labels { codes: rows.iter().map(|&row| self.codes[row]).collect(), names: self.names.clone() }
    }

    /// One group per class in the order of the codes; behind them the classes without a color of their own, and the
    /// rows without a class.
    pub(crate) fn color_groups(&self) -> Vec<PointGroup> {
        let mut members = vec![Vec::new(); self.n_classes()];
        let mut missing = Vec::new();
        for (row, &code) in self.codes.iter().enumerate() {
            // A code without a name, which public fields allow, is that of no class.
            members.get_mut(code as usize).unwrap_or(&mut missing).push(row);
        }
        let mut by_size: Vec<usize> = (0..members.len()).collect();
        by_size.sort_by_key(|&class| std::cmp::Reverse(members[class].len()));
        let mut shared = by_size.split_off(MAX_COLORED.min(by_size.len()));
        by_size.sort_unstable();
        shared.sort_unstable();
        let mut take = |class: usize| std::mem::take(&mut members[class]);
        let mut groups: Vec<PointGroup> = by_size
            .into_iter()
            .map(|class| PointGroup {
                name: self.names[class].clone(),
                color: class_color(class),
                rows: take(class),
            })
            .collect();
        if !shared.is_empty() {
            let name = format!("other ({})", shared.len());
            let rows = shared.into_iter().flat_map(take).collect();
            groups.push(PointGroup { name, color: GRAY.into(), rows });
        }
        if !missing.is_empty() {
            groups.push(PointGroup { name: "missing".into(), color: GRAY.into(), rows: missing });
        }
        groups
    }

    /// The labels of the first `n` rows, or of all when there are fewer.
    pub fn first(&self, n: usize) -> Labels {
        Labels { codes: self.codes.iter().take(n).copied().collect(), names: self.names.clone() }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr1;

    use super::Labels;

    #[test]
    fn a_code_without_a_name_is_refused_and_a_missing_one_is_not() {
        let names = || vec!["a".to_string(), "b".to_string()];
        assert!(Labels::new(arr1(&[0, 1, Labels::MISSING]), names()).is_ok());
        let error = Labels::new(arr1(&[0, 2]), names()).unwrap_err().to_string();
        assert!(error.contains('3') && error.contains('2') && error.contains("name every class"), "{error}");
    }

    #[test]
    fn chosen_rows_keep_their_names() {
        let labels = Labels::unnamed(arr1(&[2, 0, Labels::MISSING, 1]));
        assert_eq!(labels.n_classes(), 3);
        let chosen = labels.select(&[3, 2]);
        assert_eq!((chosen.name(0), chosen.name(1), chosen.len()), ("1", "missing", 2));
        assert_eq!(labels.first(2).codes, arr1(&[2, 0]));
    }
}
