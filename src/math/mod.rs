//! Mathematics that several stages share: vector registers and eigenvectors.

pub(crate) mod eigen;
pub(crate) mod simd;
