"""The sources that rust-analyzer reads in a kernel, by which it completes names and tells the type of a `let`.

A kernel's crate depends on a package that is called neural-manifold to rust-analyzer alone, which sees the library's
own files in it; the compiler sees the library that is built. The same holds for ndarray. Of polars, which is large,
there is the table's type and some of its methods. A `let` of another crate's type needs its type written.
"""

import json
import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

# Of the standard library, these three are read. The rest, above all the intrinsics of every processor in stdarch, would
# be half of a kernel's start and is asked for by no notebook.
STANDARD = ["core", "alloc", "std"]

MANIFEST = """\
[package]
name = "{package}"
version = "0.0.0"
edition = "{edition}"
[lib]
name = "{name}"
path = "lib.rs"
[features]
default = ["std"]
std = []
[dependencies]
{dependencies}
[lints.rust]
unexpected_cfgs = "allow"
[workspace]
"""

READ = """\
#[cfg(rust_analyzer)]
include!("source/lib.rs");
"""

# A cell's crate is linked with this one, and through it with the library.
LIBRARY = f"""\
#[cfg(not(rust_analyzer))]
pub use neural_manifold_built::*;
{READ}"""

POLARS = """\
#[cfg(rust_analyzer)]
pub mod prelude {
    /// A table: columns of equal length, each with a name and a type.
    #[derive(Clone, Debug)]
    pub struct DataFrame {}

    impl DataFrame {
        /// Number of rows.
        pub fn height(&self) -> usize { loop {} }
        /// Number of columns.
        pub fn width(&self) -> usize { loop {} }
        /// Numbers of rows and of columns.
        pub fn shape(&self) -> (usize, usize) { loop {} }
        /// The first rows, 10 where no count is given.
        pub fn head(&self, length: Option<usize>) -> DataFrame { loop {} }
        /// The last rows, 10 where no count is given.
        pub fn tail(&self, length: Option<usize>) -> DataFrame { loop {} }
        /// So many rows from `offset` on; a negative one counts from the end.
        pub fn slice(&self, offset: i64, length: usize) -> DataFrame { loop {} }
    }
}
"""


def install(kernel: Path, repository: Path) -> Path:
    """Makes the folder `sources` beside a kernelspec, and returns it."""
    sources = kernel / "sources"
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True).stdout
    standard = Path(sysroot.strip()) / "lib" / "rustlib" / "src" / "rust" / "library"
    for crate in STANDARD:
        link(sources / "standard" / crate, standard / crate)
    others = [f'{name} = {{ path = "../{name}" }}' for name in ["ndarray", "polars"]]
    package(sources, "neural_manifold", LIBRARY, dependencies=others)
    package(sources, "ndarray", READ, edition="2021")
    package(sources, "polars", POLARS)
    link(sources / "neural_manifold" / "source", repository / "src")
    link(sources / "ndarray" / "source", registry_source("ndarray", repository / "Cargo.lock"))
    return sources


def registry_source(name: str, lock: Path) -> Path:
    """Where cargo keeps the source of the version that the library is built with."""
    versions = [package["version"] for package in tomllib.loads(lock.read_text())["package"] if package["name"] == name]
    registry = Path(os.environ.get("CARGO_HOME", "~/.cargo")).expanduser() / "registry" / "src"
    folders = [folder for version in versions for folder in registry.glob(f"*/{name}-{version}/src")]
    if not folders:
        sys.exit(f"{name} {' or '.join(versions)} is not in {registry}: build the library first, with `make setup`")
    return folders[0]


def link(place: Path, target: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(target)


def package(sources: Path, name: str, code: str, edition: str = "2024", dependencies: tuple | list = ()) -> None:
    folder = sources / name
    folder.mkdir(parents=True, exist_ok=True)
    manifest = MANIFEST.format(
        package=name.replace("_", "-"), name=name, edition=edition, dependencies="\n".join(dependencies)
    )
    (folder / "Cargo.toml").write_text(manifest, encoding="utf-8")
    (folder / "lib.rs").write_text(code, encoding="utf-8")


def settings(sources: Path, folder: Path) -> dict[str, str]:
    """The environment in which a kernel reads these sources; `folder` is the kernel's own.

    evcxr evaluates a number before it learns of any dependency. An empty standard library is enough for that, and
    spares the kernel from reading the real one twice.
    """
    empty, configuration = folder / "standard", folder / "configuration"
    for crate in STANDARD:
        (empty / crate / "src").mkdir(parents=True)
        (empty / crate / "src" / "lib.rs").touch()
    configuration.mkdir()
    real = shlex.join(str(sources / "standard" / crate) for crate in STANDARD)
    place = shlex.quote(str(empty))
    library = json.dumps(str(sources / "neural_manifold"), ensure_ascii=False)
    # This folder holds nothing else: a person's own init.evcxr, with dependencies of its own, must not take part.
    (configuration / "init.evcxr").write_text(
        f"!rm -r {place} && mkdir {place} && ln -s {real} {place}/\n:dep neural-manifold = {{ path = {library} }}\n",
        encoding="utf-8",
    )
    return {"EVCXR_CONFIG_DIR": str(configuration), "RUST_SRC_PATH": str(empty)}
