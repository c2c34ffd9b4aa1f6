//! Where tensors live and are computed, chosen by name at run time.
//!
//! | name | is | built in by |
//! |---|---|---|
//! | `flex` | the processor, in pure Rust | always |
//! | `libtorch` | the processor, by PyTorch's library | `make setup-tch` |
//! | `cuda` | an NVIDIA graphics card | `make setup FEATURES=cuda` |
//! | `wgpu` | a graphics card by Vulkan, Metal or DirectX | `make setup FEATURES=wgpu` |

use burn::backend::DispatchDevice;
use burn::tensor::Device;

use crate::error::{Error, Result};

/// Every name that [`select`] knows, best known first.
const NAMES: [&str; 4] = ["flex", "libtorch", "cuda", "wgpu"];

/// The devices that can be used here: built into this library, with their hardware present.
///
/// `flex` is pure Rust and needs nothing installed.
pub fn available() -> Vec<String> {
    NAMES.iter().filter(|name| open(name).is_ok()).map(|name| name.to_string()).collect()
}

/// The burn device of a name.
///
/// # Errors
/// A name that is unknown, not built in or without its hardware: with what to run instead.
pub fn select(name: &str) -> Result<Device> {
    open(name).map_err(|remedy| Error::Device { name: name.to_string(), remedy })
}

/// Whether tensors there are plain memory of this process, which our own loops can run over.
pub(crate) fn is_flex(device: &Device) -> bool {
    matches!(device.clone().inner().as_dispatch(), DispatchDevice::Flex(_))
}

/// The device, or the remedy.
fn open(name: &str) -> std::result::Result<Device, String> {
    match name {
        "flex" => Ok(Device::flex()),
        // burn 0.23 drops it; until then it is the bridge to PyTorch's own kernels.
        #[cfg(feature = "tch")]
        #[allow(deprecated)]
        "libtorch" => Ok(Device::libtorch()),
        #[cfg(feature = "cuda")]
        "cuda" => present(burn::tensor::DeviceType::Cuda, "an NVIDIA card and its driver"),
        #[cfg(feature = "wgpu")]
        "wgpu" => present(burn::tensor::DeviceType::Wgpu, "a graphics card with Vulkan, Metal or DirectX"),
        _ => Err(match name {
            "libtorch" => "it is not built in: run make setup-tch".to_string(),
            "cuda" | "wgpu" => format!("it is not built in: run make setup FEATURES={name}"),
            _ => format!("known are {}", NAMES.join(", ")),
        }),
    }
}

/// The first device of a kind that the machine has.
#[cfg(any(feature = "cuda", feature = "wgpu"))]
fn present(kind: burn::tensor::DeviceType, needs: &str) -> std::result::Result<Device, String> {
    // Drivers that are absent are met with a panic further down.
    let found = std::panic::catch_unwind(|| Device::enumerate(kind).into_vec().into_iter().next());
    found.ok().flatten().ok_or(format!("it needs {needs}; flex runs everywhere"))
}
