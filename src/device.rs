//! Where tensors live and are computed, chosen by name at run time.

use burn::tensor::Device;

use crate::error::{Error, Result};

/// The devices built into this library, best known first.
///
/// `flex` is pure Rust and needs nothing installed.
pub fn available() -> Vec<String> {
    vec!["flex".to_string()]
}

/// The burn device of a name; an unknown or absent one is an error that lists what is there.
pub fn select(name: &str) -> Result<Device> {
    match name {
        "flex" => Ok(Device::flex()),
        _ => Err(Error::Device {
            name: name.to_string(),
            remedy: format!("this build has: {}", available().join(", ")),
        }),
    }
}
