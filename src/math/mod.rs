//! Mathematics that several stages share: each function stands here once.

pub(crate) mod checks;
pub(crate) mod distance;
pub(crate) mod eigen;
pub(crate) mod linalg;
pub(crate) mod metric;
pub(crate) mod palette;
pub(crate) mod pca;
pub(crate) mod random;
pub(crate) mod simd;
