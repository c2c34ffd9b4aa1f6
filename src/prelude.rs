//! The names that a notebook needs: `use neural_manifold::prelude::*;`.

pub use crate::bundle::Bundle;
pub use crate::dataset::{self, Dataset, PictureConfig, Split};
pub use crate::device;
pub use crate::display::{ImageGrid, TableView, compare_maps};
// Not `Result`: the kernel's own code around a cell says `Result<_, _>`, and means the standard library's.
pub use crate::error::Error;
pub use crate::export::{ColumnValues, Explorer, ExplorerFiles, Frames, Shown};
pub use crate::external::ndarray::{self, Array1, Array2, Array3, Array4, s};
pub use crate::external::polars::prelude::DataFrame;
pub use crate::figures::{self, Figure};
pub use crate::labels::Labels;
pub use crate::latents::{self, Latents, encode};
pub use crate::live::{self, Content, Live};
pub use crate::model::{Autoencoder, AutoencoderConfig, Loss, ModelCard};
pub use crate::neighbors::{self, KnnGraph, Metric};
pub use crate::placed::Placed;
pub use crate::projection::{
    AnnembedConfig, DensmapConfig, Engine, Init, PacmapConfig, PcaConfig, Placement, Placer, Projection,
    Start, Stop, TrimapConfig, TsneConfig, UmapConfig, project, project_with,
};
pub use crate::quality::{self, Hops, Map, Original, Procrustes, Quality, QualityConfig, Stability, assess};
pub use crate::table::{Fit, Table, TableConfig};
pub use crate::topology::{
    self, ClassComponents, ClusterConfig, DiagramDistances, Persistence, Topology, TopologyConfig,
    class_components,
};
pub use crate::train::{History, Schedule, TrainConfig, Trained, train};
