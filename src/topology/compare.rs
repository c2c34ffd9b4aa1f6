//! How far the shapes of several sets of points are apart, by their persistence diagrams.

use rayon::prelude::*;

use super::{Topology, bottleneck, wasserstein};
use crate::error::{Error, Result};

/// Distances of the diagrams of two shapes, each scaled so that its longest finite bar is 1.
#[derive(Debug, Clone, PartialEq)]
pub struct DiagramDistance {
    /// Name of the one shape.
    pub from: String,
    /// Name of the other.
    pub to: String,
    /// Bottleneck distance of the connected components.
    pub h0_bottleneck: f64,
    /// 1-Wasserstein distance of the connected components.
    pub h0_wasserstein: f64,
    /// Bottleneck distance of the holes.
    pub h1_bottleneck: f64,
    /// 1-Wasserstein distance of the holes.
    pub h1_wasserstein: f64,
}

/// The distances of every pair of several shapes.
#[derive(Debug, Clone, PartialEq)]
pub struct DiagramDistances {
    /// Neighbors in the list of shapes first, then pairs with one shape between them, and so on.
    pub pairs: Vec<DiagramDistance>,
}

/// Measures how far the persistence diagrams of several shapes are apart, every pair of them, by name.
///
/// Each diagram is scaled by [`Persistence::scaled`](super::Persistence::scaled), so that shape alone counts, not size.
///
/// ```
/// use neural_manifold::prelude::*;
///
/// let circle = Array2::from_shape_fn((40, 2), |(i, axis)| {
///     let angle = std::f32::consts::TAU * i as f32 / 40.0;
///     [angle.cos(), angle.sin()][axis]
/// });
/// let config = TopologyConfig::default();
/// let (small, large) = (topology::analyze(&circle, &config)?, topology::analyze(&(&circle * 8.0), &config)?);
/// let distances = topology::compare(&[("small", &small), ("large", &large)])?;
/// assert!(distances.pairs[0].h1_bottleneck < 1e-5, "a circle is a circle");
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// Fewer than two shapes, or two of one name.
pub fn compare(shapes: &[(&str, &Topology)]) -> Result<DiagramDistances> {
    let n = shapes.len();
    if n < 2 {
        return Err(Error::config("shapes", n, "give at least two to compare"));
    }
    if let Some((name, _)) = shapes
        .iter()
        .enumerate()
        .find_map(|(i, shape)| shapes[..i].iter().any(|before| before.0 == shape.0).then_some(shape))
    {
        return Err(Error::config(
            "shapes",
            format!("a list with two {name:?}"),
            "give each a name of its own",
        ));
    }
    let scaled: Vec<_> = shapes.iter().map(|(name, shape)| (*name, shape.scaled_persistence())).collect();
    let pairs: Vec<(usize, usize)> =
        (1..n).flat_map(|apart| (apart..n).map(move |second| (second - apart, second))).collect();
    let measure = |(first, second): (usize, usize)| {
        let ((from, a), (to, b)) = (&scaled[first], &scaled[second]);
        DiagramDistance {
            from: from.to_string(),
            to: to.to_string(),
            h0_bottleneck: bottleneck(&a.h0, &b.h0),
            h0_wasserstein: wasserstein(&a.h0, &b.h0),
            h1_bottleneck: bottleneck(&a.h1, &b.h1),
            h1_wasserstein: wasserstein(&a.h1, &b.h1),
        }
    };
    Ok(DiagramDistances { pairs: pairs.into_par_iter().map(measure).collect() })
}
