//! Classes as connected components: two points are connected at a scale when steps no longer than the scale lead from
//! one to the other.

use std::collections::BTreeMap;

use ndarray::Array2;

use super::spanning_tree::spanning_tree;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::math::checks::{check_counts, check_rows};

/// The scales between which a class is a connected component of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassComponent {
    /// Code of the class.
    pub class: u32,
    /// Scale from which one component holds more than half of the class, a distance.
    pub forms_at: f64,
    /// Scale from which that component holds more than half of another class too; infinite when there is no other.
    /// A class with no gap around it merges as it forms.
    pub merges_at: f64,
    /// Codes of the classes that it merges with, ascending.
    pub merges_with: Vec<u32>,
}

impl ClassComponent {
    /// `merges_at` over `forms_at`, how far the class stands apart: 1 is not at all.
    pub fn separation(&self) -> f64 {
        // A class of one row forms at 0.
        if self.merges_at == self.forms_at { 1.0 } else { self.merges_at / self.forms_at }
    }
}

/// The classes of a set of rows as connected components.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassComponents {
    /// One per class that has a row, in the order in which they form, then of their codes.
    pub components: Vec<ClassComponent>,
    /// Names of the classes, by code.
    pub names: Vec<String>,
}

impl ClassComponents {
    /// The component of a class, by its code.
    pub fn get(&self, class: u32) -> Option<&ClassComponent> {
        self.components.iter().find(|component| component.class == class)
    }

    /// The name of a class, by its code.
    pub fn name(&self, class: u32) -> &str {
        self.names.get(class as usize).map_or("unnamed", String::as_str)
    }
}

/// Finds the scales at which the classes of `rows`, `[n, d]`, become connected components, and at which they merge with
/// other classes, by their `labels`, `[n]`.
///
/// Single linkage of all rows, read by majorities so that a few stray rows make no difference. Rows without a class
/// belong to none, but paths may lead over them. Every pair of rows is measured: 10,000 rows of 32 columns take seconds.
///
/// ```
/// use ndarray::{arr1, array};
/// use neural_manifold::labels::Labels;
/// use neural_manifold::topology::class_components;
///
/// let labels = Labels::new(arr1(&[0, 0, 1, 1]), vec!["near".into(), "wide".into()])?;
/// let classes = class_components(&array![[0.0], [1.0], [7.0], [9.0]], &labels)?;
/// let near = classes.get(0).expect("a class with rows");
/// assert_eq!((near.forms_at, near.merges_at, near.separation()), (1.0, 6.0, 6.0));
/// # Ok::<(), neural_manifold::Error>(())
/// ```
///
/// # Errors
/// No rows, a value that is not finite, labels of another count, no row with a class; an interrupt of the notebook's
/// cell.
pub fn class_components(rows: &Array2<f32>, labels: &Labels) -> Result<ClassComponents> {
    check_rows("rows", rows)?;
    let counts = ((rows.nrows(), "the data"), (labels.len(), "the labels"));
    check_counts("rows", counts.0, counts.1, "give one label per row")?;
    let mut forest = Forest::new(labels);
    let mut found = Majorities::new(labels);
    if found.sizes.is_empty() {
        return Err(Error::empty("the list of classes", "give at least one row its class"));
    }
    // A class of one row is a component from the start.
    forest.counts.iter().for_each(|counts| found.read(counts, 0.0));
    let mut edges = spanning_tree(rows)?;
    edges.sort_by(|a, b| a.length.total_cmp(&b.length));
    // Edges of one length are taken together, because their order is arbitrary.
    for edges in edges.chunk_by(|a, b| a.length == b.length) {
        edges.iter().for_each(|edge| forest.join(edge.ends));
        for edge in edges {
            let root = forest.root(edge.ends[0]);
            found.read(&forest.counts[root], edge.length);
        }
    }
    let mut components: Vec<ClassComponent> = found.components.into_values().collect();
    components.sort_by(|a, b| a.forms_at.total_cmp(&b.forms_at).then(a.class.cmp(&b.class)));
    Ok(ClassComponents { components, names: labels.names.clone() })
}

/// Number of rows per class.
type Counts = BTreeMap<u32, usize>;

/// The classes found so far, each when a component first held the majority of it.
struct Majorities {
    sizes: Counts,
    components: BTreeMap<u32, ClassComponent>,
}

impl Majorities {
    fn new(labels: &Labels) -> Majorities {
        let mut sizes = Counts::new();
        for &class in labels.codes.iter().filter(|&&code| code != Labels::MISSING) {
            *sizes.entry(class).or_default() += 1;
        }
        Majorities { sizes, components: BTreeMap::new() }
    }

    /// Notes which classes have their majority in a component at a scale, given its rows per class.
    fn read(&mut self, counts: &Counts, scale: f64) {
        let majority = |(class, count): (&u32, &usize)| (2 * count > self.sizes[class]).then_some(*class);
        let held: Vec<u32> = counts.iter().filter_map(majority).collect();
        for &class in &held {
            let component = self.components.entry(class).or_insert_with(|| ClassComponent {
                class,
                forms_at: scale,
                merges_at: f64::INFINITY,
                merges_with: Vec::new(),
            });
            if component.merges_with.is_empty() && held.len() > 1 {
                component.merges_at = scale;
                component.merges_with = held.iter().copied().filter(|&other| other != class).collect();
            }
        }
    }
}

/// Components as trees of rows (union-find, Galler & Fischer 1964); each root has its component's rows per class.
struct Forest {
    parent: Vec<usize>,
    counts: Vec<Counts>,
}

impl Forest {
    /// One component per row.
    fn new(labels: &Labels) -> Forest {
        let counts = labels.codes.iter().map(|&code| match code {
            Labels::MISSING => Counts::new(),
            class => Counts::from([(class, 1)]),
        });
        Forest { parent: (0..labels.len()).collect(), counts: counts.collect() }
    }

    /// The root of a row's component; the path to it is halved on the way, so that later calls are faster.
    fn root(&mut self, mut i: usize) -> usize {
        while self.parent[i] != i {
            self.parent[i] = self.parent[self.parent[i]];
            i = self.parent[i];
        }
        i
    }

    /// Joins the components of two rows.
    fn join(&mut self, ends: [usize; 2]) {
        let [mut into, mut from] = ends.map(|end| self.root(end));
        // The shorter list of classes is the one that is moved.
        if self.counts[from].len() > self.counts[into].len() {
            std::mem::swap(&mut into, &mut from);
        }
        self.parent[from] = into;
        for (class, count) in std::mem::take(&mut self.counts[from]) {
            *self.counts[into].entry(class).or_default() += count;
        }
    }
}
