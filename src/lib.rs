//! See what a neural network has learned: images → autoencoder → latent vectors → a map that you can explore, with
//! numbers that say how far to trust it.
//!
//! The modules stand in the order in which data flows through them; each uses only those before it.
//!
//! 1. [`labels`], [`table`]: rows with names, columns, pictures and vectors, from the files that people have.
//!    [`dataset`]: images and their classes as training takes them.
//! 2. [`device`], [`model`], [`train`]: a convolutional autoencoder, its file that other tools read, and its training,
//!    resumed where it broke off.
//! 3. [`latents`]: each image as a vector, kept as Parquet; and vectors from anywhere else.
//! 4. [`neighbors`]: who is near whom, found once and used by all that follows.
//! 5. [`projection`]: the map, by a seeded UMAP, t-SNE, PaCMAP and others. [`bundle`]: a map and its network in one file.
//!    [`placed`]: the rows that many machines have placed on it.
//! 6. [`quality`] and [`topology`]: what the map kept, what it tore, and the shape of the space.
//! 7. [`figures`], [`export`], [`display`]: plots, the explorer's data, and notebook output.
//!
//! [`progress`] tells how far each of them has come, in a notebook by [`live`] displays, which change in place.
//!
//! ```no_run
//! use neural_manifold::prelude::*;
//!
//! let fashion = dataset::load()?;
//! let trained = train(&fashion, &TrainConfig::default())?;
//! let latents = encode(&trained.model, &fashion.test)?;
//! let umap = project(&latents, UmapConfig::default())?;
//! let quality = umap.quality(&QualityConfig::default())?;
//! Explorer::new(&fashion.test, &latents)?
//!     .with_model(&trained.model)?
//!     .with_map(&umap, &quality)?
//!     .write("web-app")?;
//! # Ok::<(), Error>(())
//! ```
//!
//! Vectors of any other origin start at the third step:
//!
//! ```
//! use neural_manifold::prelude::*;
//!
//! let vectors = Array2::from_shape_fn((120, 8), |(row, column)| ((row * (column + 3)) as f32 / 7.0).sin());
//! let latents = Latents::new("mine", vectors, None)?;
//! let umap = project(&latents, UmapConfig::default())?;
//! assert!(umap.quality(&QualityConfig::default())?.trustworthiness > 0.8);
//! # Ok::<(), Error>(())
//! ```

#![warn(missing_docs)]

pub mod error;
pub mod live;
pub mod progress;

pub mod labels;
pub mod table;
pub mod dataset;
pub mod device;
pub mod model;
pub mod train;
pub mod latents;
pub mod neighbors;
pub mod projection;
pub mod bundle;
pub mod placed;
pub mod quality;
pub mod topology;
pub mod figures;
pub mod export;
pub mod display;

mod container;
mod files;
mod math;
pub mod prelude;

pub use error::{Error, Result};

/// The crates whose types appear in this interface, in the exact versions that it was built with.
pub mod external {
    pub use {burn, ndarray, plotly, polars, serde_json};
}
