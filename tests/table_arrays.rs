//! Tables from npy, npz, safetensors and IDX.

use std::fs;
use std::path::{Path, PathBuf};

use neural_manifold::prelude::{Table, TableConfig};
use neural_manifold::table::ColumnKind;

fn npy(descr: &str, fortran: bool, shape: &str, values: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
    let mut content = b"\x93NUMPY\x01\x00".to_vec();
    content.extend((header.len() as u16).to_le_bytes());
    content.extend(header.as_bytes());
    content.extend(values);
    content
}

fn kept(folder: &tempfile::TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn message(path: &Path) -> String {
    Table::open(path).unwrap_err().to_string()
}

/// Rows of [0, 1, 2], [3, 4, 5].
fn assert_counting(path: &Path, what: &str) {
    let table = Table::open(path).unwrap();
    let set = table.vectors(None).unwrap();
    assert_eq!(set.values.iter().copied().collect::<Vec<f32>>(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], "{what}");
    assert_eq!(set.values.dim(), (2, 3), "{what}");
}

#[test]
fn npy_of_every_type_and_order_gives_the_same_vectors() {
    let folder = tempfile::tempdir().unwrap();
    // Half floats of 0 to 5, by IEEE 754: sign, five bits of exponent, ten of fraction.
    let halves: Vec<u8> =
        [0u16, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500].iter().flat_map(|b| b.to_le_bytes()).collect();
    let singles = |big: bool| -> Vec<u8> {
        (0..6).flat_map(|n| if big { (n as f32).to_be_bytes() } else { (n as f32).to_le_bytes() }).collect()
    };
    let doubles: Vec<u8> = (0..6).flat_map(|n| f64::from(n).to_le_bytes()).collect();
    let shorts: Vec<u8> = (0..6i16).flat_map(i16::to_be_bytes).collect();
    let columns: Vec<u8> = [0, 3, 1, 4, 2, 5].iter().flat_map(|&n| (n as f32).to_le_bytes()).collect();
    let cases = [
        ("<f2", false, halves),
        ("<f4", false, singles(false)),
        (">f4", false, singles(true)),
        ("<f8", false, doubles),
        (">i2", false, shorts),
        ("|u1", false, vec![0, 1, 2, 3, 4, 5]),
        ("<f4", true, columns),
    ];
    for (descr, fortran, values) in cases {
        assert_counting(&kept(&folder, "v.npy", &npy(descr, fortran, "(2, 3)", &values)), descr);
    }
    let one = Table::open(kept(
        &folder,
        "n.npy",
        &npy("<i8", false, "(2,)", &[7, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]),
    ));
    assert_eq!(one.unwrap().texts("n").unwrap(), [Some("7".to_string()), Some("-1".to_string())]);
    let words: Vec<u8> = ['é', 'b', 'c', '\0'].iter().flat_map(|&c| u32::from(c).to_le_bytes()).collect();
    let words = Table::open(kept(&folder, "w.npy", &npy("<U2", false, "(2,)", &words))).unwrap();
    assert_eq!(words.texts("w").unwrap(), [Some("éb".to_string()), Some("c".to_string())]);
}

#[test]
fn bad_npy_is_refused_before_memory_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |content: &[u8], words: &str| {
        let message = message(&kept(&folder, "bad.npy", content));
        assert!(message.contains(words) && message.contains("bad.npy"), "{message:?} does not say {words:?}");
    };
    refused(&npy("|O", false, "(2,)", &[0; 16]), "Python objects in a pickle");
    refused(&npy("<c16", false, "(1,)", &[0; 16]), "cannot be read");
    refused(&npy("<f4", false, "(2, 3)", &[0; 23]), "has 23 bytes of values");
    refused(&npy("<f4", false, "(1000000000000, 1000000000000)", &[]), "has 0 bytes of values");
    refused(&npy("<f4", false, "(1000000000000, 0)", &[]), "no array with rows");
    refused(&npy("<U0", false, "(1000000000000,)", &[]), "cannot be read");
    refused(&npy("<f4", false, "(0, 3)", &[]), "no array with rows");
    refused(b"\x93NUMPY\x01\x00\xff\xff{", "cut short");
    refused(b"\x93NUMPY\x01\x00\x02\x00{}", "header that cannot be read");
    let good = npy("<f4", false, "(2, 3)", &[0; 24]);
    for length in 0..good.len() {
        fs::write(folder.path().join("cut.npy"), &good[..length]).unwrap();
        assert!(Table::open(folder.path().join("cut.npy")).is_err(), "cut to {length}");
    }
}

#[test]
fn npz_of_medmnist_becomes_pictures_labels_and_splits() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/medmnist.npz");
    let table = Table::open(&path).unwrap();
    assert_eq!(table.len(), 9);
    let (labels, splits) = (table.label_column(), table.splits().unwrap());
    assert_eq!(
        (labels, splits.name(0), splits.name(3), splits.name(8)),
        (Some("labels"), "test", "train", "val")
    );
    // Each split starts with a picture that starts with 0, 1, 2; the second starts 48 bytes later.
    let pixel =
        |row: usize| table.picture(row).unwrap().unwrap().pixels.iter().take(3).copied().collect::<Vec<u8>>();
    assert_eq!((pixel(3), pixel(4)), (vec![0, 1, 2], vec![48, 49, 50]));
    assert_eq!(table.texts("labels").unwrap()[4].as_deref(), Some("1"));
    let table = table.with_pixels(4).unwrap();
    let pixels = table.vectors(Some("pixels")).unwrap();
    assert_eq!((pixels.width(), pixels.values[[4, 0]]), (48, 48.0 / 255.0));
    // Damage: cut anywhere it is an error, and nowhere a panic.
    let (good, folder) = (fs::read(&path).unwrap(), tempfile::tempdir().unwrap());
    for length in (0..good.len()).rev().step_by(5) {
        let path = kept(&folder, "cut.npz", &good[..length]);
        assert!(Table::open(&path).is_err(), "cut to {length}");
        let mut bad = good.clone();
        bad[length] ^= 0xff;
        let _ = Table::open(kept(&folder, "bad.npz", &bad));
    }
}

/// An archive without compression.
fn stored(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let at = archive.len() as u32;
        let sizes = [content.len() as u32; 2].map(u32::to_le_bytes).concat();
        let lengths = [(name.len() as u16).to_le_bytes(), [0, 0]].concat();
        archive.extend(
            [b"PK\x03\x04".as_slice(), &[0; 14], &sizes, &lengths, name.as_bytes(), content].concat(),
        );
        let head =
            [b"PK\x01\x02".as_slice(), &[0; 16], &sizes, &lengths, &[0; 10], &at.to_le_bytes()].concat();
        directory.extend([head.as_slice(), name.as_bytes()].concat());
    }
    let (at, count) = (archive.len() as u32, (files.len() as u16).to_le_bytes());
    archive.extend(&directory);
    let end = [&(directory.len() as u32).to_le_bytes()[..], &at.to_le_bytes(), &[0, 0]].concat();
    [archive, b"PK\x05\x06\0\0\0\0".to_vec(), [count, count].concat(), end].concat()
}

fn floats(count: usize) -> Vec<u8> {
    (0..count).flat_map(|n| (n as f32).to_le_bytes()).collect()
}

#[test]
fn npz_takes_what_belongs_together_and_names_what_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let array = |shape: &str, count: usize| npy("<f4", false, shape, &floats(count));
    let target = npy("|u1", false, "(4,)", &[0, 1, 1, 0]);
    let files = [
        ("data.npy", array("(4, 3)", 12)),
        ("target.npy", target.clone()),
        ("X_umap.npy", array("(4, 2)", 8)),
        ("names.npy", npy("|u1", false, "(2,)", &[0, 1])),
    ];
    let table = Table::open(kept(&folder, "set.npz", &stored(&files))).unwrap();
    assert_eq!((table.label_column(), table.vectors(None).unwrap().name.as_str()), (Some("target"), "data"));
    assert_eq!(table.coordinates()[0].name, "X_umap");
    assert!(table.report().contains("left out: array names (2 rows, not 4)"), "{}", table.report());
    let several = npy("|u1", false, "(2, 3)", &[0, 1, 1, 0, 0, 0]);
    let table = Table::open(kept(&folder, "several.npz", &stored(&[("labels.npy", several)]))).unwrap();
    assert_eq!(table.column("labels").unwrap().kind, ColumnKind::Tags);
    assert_eq!(table.texts("labels").unwrap(), [Some("1, 2".to_string()), Some(String::new())]);
    let two = [("a.npy", array("(4, 3)", 12)), ("b.npy", array("(3, 3)", 9))];
    let path = kept(&folder, "two.npz", &stored(&two));
    let message = message(&path);
    assert!(message.contains("4 rows in \"a\"") && message.contains("3 in \"b\""), "{message}");
    let chosen = TableConfig { vectors: vec!["b".into()], ..TableConfig::default() };
    assert_eq!(Table::open_with(&path, &chosen).unwrap().len(), 3);
    let pickled = stored(&[("o.npy", npy("|O", false, "(1,)", &[0; 9]))]);
    assert!(Table::open(kept(&folder, "o.npz", &pickled)).unwrap_err().to_string().contains("pickle"));
}

#[test]
fn float_pictures_and_channels_first_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    // scikit-learn's digits are of 0 to 16.
    let digits: Vec<u8> = (0..32).flat_map(|n| f64::from(n % 17).to_le_bytes()).collect();
    let table = Table::open(kept(&folder, "images.npy", &npy("<f8", false, "(2, 4, 4)", &digits))).unwrap();
    let pixels = table.picture(0).unwrap().unwrap().pixels;
    assert_eq!((pixels.dim(), pixels[[0, 0, 0]], pixels[[2, 0, 0]]), ((4, 4, 1), 0, 128));
    assert!(table.report().contains("0 is shown as black, 16 as white"), "{}", table.report());
    let planes: Vec<u8> = (0..24).collect();
    let table = Table::open(kept(&folder, "torch.npy", &npy("|u1", false, "(2, 3, 2, 2)", &planes))).unwrap();
    let pixels = table.picture(1).unwrap().unwrap().pixels;
    assert_eq!(pixels.iter().take(6).copied().collect::<Vec<u8>>(), [12, 16, 20, 13, 17, 21]);
}

#[test]
fn safetensors_give_vectors_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = |header: &str, data: &[u8]| {
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
    };
    // bfloat16 is the upper half of a single float.
    let data: Vec<u8> = (0..6).flat_map(|n| (((n as f32).to_bits() >> 16) as u16).to_le_bytes()).collect();
    let header = r#"{"v":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]}}"#;
    let path = kept(&folder, "v.safetensors", &file(header, &data));
    assert_counting(&path, "bf16");
    let good = fs::read(&path).unwrap();
    for length in 0..good.len() {
        assert!(Table::open(kept(&folder, "cut.safetensors", &good[..length])).is_err(), "cut to {length}");
    }
    let header = r#"{"v":{"dtype":"F32","shape":[1000000000000,1000000000000],"data_offsets":[0,12]}}"#;
    assert!(message(&kept(&folder, "huge.safetensors", &file(header, &data))).contains("safetensors"));
}

#[test]
fn idx_files_are_read_alone_and_as_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let images = |n: u8| {
        [&[0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, 2, 0, 0, 0, 3][..], &(0..n * 6).collect::<Vec<u8>>()].concat()
    };
    let labels = |n: u8| [&[0, 0, 8, 1, 0, 0, 0, n][..], &(0..n).collect::<Vec<u8>>()].concat();
    let path = kept(&folder, "train-images-idx3-ubyte", &images(3));
    assert_eq!(Table::open(&path).unwrap().label_column(), None);
    kept(&folder, "train-labels-idx1-ubyte", &labels(3));
    kept(&folder, "t10k-images-idx3-ubyte", &images(2));
    kept(&folder, "t10k-labels-idx1-ubyte", &labels(2));
    let table = Table::open(&path).unwrap();
    let picture = table.picture(1).unwrap().unwrap();
    assert_eq!((picture.height(), picture.width(), picture.pixels[[0, 0, 0]]), (2, 3, 6));
    assert_eq!(table.labels().unwrap().name(2), "2");
    let table = Table::open(folder.path()).unwrap();
    assert_eq!((table.len(), table.splits().unwrap().name(0)), (5, "test"));
    kept(&folder, "train-labels-idx1-ubyte", &labels(2));
    let message = message(&path);
    assert!(message.contains("3 rows in") && message.contains("2 in"), "{message}");
}
