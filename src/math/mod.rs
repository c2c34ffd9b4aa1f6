//! Mathematics that several stages share: vector registers, eigenvectors and seeded random numbers.

pub(crate) mod eigen;
pub(crate) mod random;
pub(crate) mod simd;
