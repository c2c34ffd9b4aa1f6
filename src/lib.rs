//! See what a neural network has learned: images → autoencoder → latent vectors → a map that you can explore, with
//! numbers that say how far to trust it.
//!
//! The modules stand in the order in which data flows through them; each uses only those before it.
//!
//! 1. [`dataset`]: images and their classes, from IDX files, folders or arrays.
//! 2. [`device`], [`model`], [`train`]: a convolutional autoencoder, its file that other tools read, and its training,
//!    resumed where it broke off.
//! 3. [`latents`]: each image as a vector, kept as Parquet.
//! 4. [`neighbors`]: who is near whom, found once and used by all that follows.
//! 5. [`projection`]: the map, by a seeded UMAP, annembed, PCA and others.
//! 6. [`quality`] and [`topology`]: what the map kept, what it tore, and the shape of the space.
//! 7. [`figures`], [`display`], [`export`]: plots, notebook output, and the explorer's data.
//!
//! ```no_run
//! use neural_manifold::prelude::*;
//!
//! let fashion: Dataset = dataset::load()?;
//! let trained: Trained = train(&fashion, &TrainConfig::default())?;
//! let latents: Latents = encode(&trained.model, &fashion.test)?;
//! let umap: Projection = project(&latents.vectors, &ProjectionConfig::default())?;
//! let quality: Quality =
//!     assess(&latents.vectors, &umap.coordinates, &latents.labels, &QualityConfig::default())?;
//! Explorer::new(&fashion, &latents)?
//!     .with_model(&trained.model)?
//!     .with_map(&umap, &quality)?
//!     .write("web-app")?;
//! # Ok::<(), Error>(())
//! ```

#![warn(missing_docs)]

pub mod error;
pub mod progress;

pub mod labels;
pub mod dataset;
pub mod device;
pub mod model;
pub mod train;
pub mod latents;
pub mod neighbors;
pub mod projection;
pub mod quality;
pub mod topology;
pub mod figures;
pub mod display;
pub mod export;

mod files;
mod math;
pub mod prelude;

pub use error::{Error, Result};

/// The crates whose types appear in this interface, in the exact versions that it was built with.
pub mod external {
    pub use {burn, ndarray, plotly, polars, serde_json};
}
