//! Where the way from pixels over latents to a map loses neighbors.

use ndarray::Array2;

use super::assess::rows_as_compared;
use super::{Map, Original, Quality, QualityConfig, assess};
use crate::error::Result;
use crate::projection::Projection;

/// The scores of three hops: the network's, the engine's, and both together.
#[derive(Debug, Clone)]
pub struct Hops {
    /// What the network kept.
    pub pixels_to_latents: Quality,
    /// What the engine kept: [`Projection::quality`].
    pub latents_to_map: Quality,
    /// What a reader of the map sees of the pixels.
    pub pixels_to_map: Quality,
}

/// Scores the hops from `pixels`, `[n, d]`, to the latents of `map`, from these to the map, and from pixels to map.
/// The network decides over the first, the engine over the second.
///
/// Pixels are compared by Euclidean distance; latents by the metric of the map's engine, see [`Projection::quality`].
/// In place of pixels, any rows can stand that the map's rows were made of.
///
/// ```
/// use neural_manifold::prelude::*;
///
/// let pixels = Array2::from_shape_fn((60, 4), |(i, axis)| (0.7 * (i * (axis + 1)) as f32).sin());
/// // These latents are the pixels, enlarged: no neighbor is lost until the plane.
/// let latents = Latents::new("enlarged", &pixels * 3.0, None)?;
/// let pca: Projection = project(&latents, PcaConfig)?;
/// let hops = quality::hops(&pixels, &pca, &QualityConfig::default())?;
/// assert_eq!(hops.pixels_to_latents.recall, 1.0);
/// assert!(hops.pixels_to_map.recall < 1.0);
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// As for [`assess`]; pixels of another number of rows than the map.
pub fn hops(pixels: &Array2<f32>, map: &Projection, config: &QualityConfig) -> Result<Hops> {
    let latents = rows_as_compared(map)?;
    let labels = map.latents.labels.as_ref();
    Ok(Hops {
        pixels_to_latents: assess(Original(pixels), Map(&latents), labels, config)?,
        latents_to_map: map.quality(config)?,
        pixels_to_map: assess(Original(pixels), Map(&map.coordinates), labels, config)?,
    })
}
