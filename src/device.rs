//! Devices: where tensors are kept and computed, chosen by name at run time.
//!
//! | name | device | built in by |
//! |---|---|---|
//! | `flex` | the processor, in pure Rust | always |
//! | `libtorch` | the processor, through PyTorch's library | `make setup-tch` |
//! | `cuda` | an NVIDIA graphics card | `make setup FEATURES=cuda` |
//! | `wgpu` | a graphics card, through Vulkan, Metal or DirectX | `make setup FEATURES=wgpu` |

use burn::backend::DispatchDevice;
use burn::tensor::Device;

use crate::error::{Error, Result};

/// Every name that [`select`] knows.
const NAMES: [&str; 4] = ["flex", "libtorch", "cuda", "wgpu"];

/// The names of the devices that can be used here: built into this library, with their hardware present.
///
/// `flex` is always among them: it is pure Rust and needs nothing installed.
///
/// ```
/// assert_eq!(neural_manifold::device::available()[0], "flex");
/// ```
pub fn available() -> Vec<String> {
    NAMES.iter().filter(|name| open(name).is_ok()).map(|name| name.to_string()).collect()
}

/// The burn device of this name.
///
/// # Errors
/// A name that is unknown, or of a device that is not built in or has no hardware here; the message says what to run.
pub fn select(name: &str) -> Result<Device> {
    open(name).map_err(|remedy| Error::Device { name: name.to_string(), remedy })
}

/// Whether tensors on this device are plain memory of this process, on which our fused layers run.
pub(crate) fn is_flex(device: &Device) -> bool {
    matches!(device.clone().inner().as_dispatch(), DispatchDevice::Flex(_))
}

/// Whether tensors on this device are plain memory, and no gradients are kept of what is done with them.
pub(crate) fn is_plain_flex(device: &Device) -> bool {
    matches!(device.as_dispatch(), DispatchDevice::Flex(_))
}

/// The device, or what to do to have it.
fn open(name: &str) -> std::result::Result<Device, String> {
    match name {
        "flex" => Ok(Device::flex()),
        // burn 0.23 drops this device; until then it gives access to PyTorch's own kernels.
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

/// The first device of this kind on the machine.
#[cfg(any(feature = "cuda", feature = "wgpu"))]
fn present(kind: burn::tensor::DeviceType, needs: &str) -> std::result::Result<Device, String> {
    // Without its driver, enumerating a device panics inside burn.
    let found = std::panic::catch_unwind(|| Device::enumerate(kind).into_vec().into_iter().next());
    found.ok().flatten().ok_or(format!("it needs {needs}; flex runs everywhere"))
}
