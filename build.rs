//! Where the program finds the two libraries that it shares with notebook cells, whatever folder it is started in.

use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    // A program that shares nothing, as in the wheel, has nothing to look for.
    let shares = flags.split('\u{1f}').any(|flag| flag == "-Cprefer-dynamic");
    if std::env::var("CARGO_CFG_UNIX").is_err() || !shares {
        return;
    }
    // `-Cprefer-dynamic` leaves this crate and the standard library outside the program. The first lies beside it or in
    // deps/ there, the second in the toolchain; without the paths only `cargo run` would find them.
    let variable = |name: &str| std::env::var(name).expect("cargo sets it for a build script");
    let sysroot = Command::new(variable("RUSTC")).args(["--print", "sysroot"]).output().expect("rustc runs");
    let sysroot = PathBuf::from(String::from_utf8(sysroot.stdout).expect("a path in UTF-8").trim_end());
    let standard = sysroot.join("lib/rustlib").join(variable("TARGET")).join("lib");
    let origin = if variable("CARGO_CFG_TARGET_VENDOR") == "apple" { "@loader_path" } else { "$ORIGIN" };
    for place in [origin.to_string(), format!("{origin}/deps"), standard.display().to_string()] {
        println!("cargo::rustc-link-arg-bins=-Wl,-rpath,{place}");
    }
}
