//! IDX files good and bad, and a download from a server on the loopback address.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use common::sha256;
use flate2::Compression;
use flate2::write::GzEncoder;
use ndarray::{Array, Array1, Array2, Array3, Array4, Axis, Dimension, arr1};
use neural_manifold::Error;
use neural_manifold::dataset::{self, Dataset, Split};
use neural_manifold::labels::Labels;

fn idx_bytes(dims: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dims.len() as u8];
    dims.iter().for_each(|d| bytes.extend(d.to_be_bytes()));
    bytes.extend(values);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Loads a pair of files with the given contents.
fn load(folder: &Path, images: &[u8], labels: &[u8]) -> neural_manifold::Result<Split> {
    let (image_path, label_path) = (folder.join("images"), folder.join("labels"));
    fs::write(&image_path, images).unwrap();
    fs::write(&label_path, labels).unwrap();
    dataset::load_idx("test", image_path, label_path)
}

fn pixels(count: usize) -> Vec<u8> {
    (0..count).map(|p| (p % 251) as u8).collect()
}

#[test]
fn plain_and_gzipped_pairs_of_any_side_load_alike() {
    let folder = tempfile::tempdir().unwrap();
    for side in [1u32, 4, 7, 28, 30] {
        let values = pixels((3 * side * side) as usize);
        let images = idx_bytes(&[3, side, side], &values);
        let labels = idx_bytes(&[3], &[2, 0, 1]);
        let plain = load(folder.path(), &images, &labels).unwrap();
        let packed = load(folder.path(), &gzip(&images), &gzip(&labels)).unwrap();
        assert_eq!(plain, packed);
        assert_eq!(plain.images.iter().copied().collect::<Vec<u8>>(), values);
        assert_eq!(plain.labels.codes, arr1(&[2, 0, 1]));
        assert_eq!(plain.captions(), ["2", "0", "1"]);
    }
}

#[test]
fn each_defect_of_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let good = idx_bytes(&[2, 4, 4], &pixels(32));
    let labels = idx_bytes(&[2], &[0, 1]);
    let mut packed = gzip(&good);
    let half = packed.len() / 2;
    packed[half] ^= 0xff;
    let cases: Vec<(&str, Vec<u8>, Vec<u8>, &str)> = vec![
        ("truncated", good[..good.len() - 1].to_vec(), labels.clone(), "file has 47 bytes"),
        ("over-long", [good.as_slice(), &[0]].concat(), labels.clone(), "promises 48"),
        ("shorter than a header", good[..10].to_vec(), labels.clone(), "an IDX header of rank 3 takes 16"),
        ("empty", vec![], labels.clone(), "file has 0 bytes"),
        ("wrong magic", [&[0, 0, 9, 3], &good[4..]].concat(), labels.clone(), "magic is [00, 00, 09, 03]"),
        ("labels for images", labels.clone(), labels.clone(), "an IDX header of rank 3"),
        ("corrupt gzip", packed, labels.clone(), "gzip is corrupt"),
        ("hostile sizes", idx_bytes(&[u32::MAX; 3], &[]), labels.clone(), "promises"),
        (
            "counts that differ",
            good.clone(),
            idx_bytes(&[3], &[0, 1, 2]),
            "holds 3 labels for the 2 images of",
        ),
        ("no image", idx_bytes(&[0, 4, 4], &[]), idx_bytes(&[0], &[]), "holds no image"),
        ("not square", idx_bytes(&[1, 4, 8], &pixels(32)), idx_bytes(&[1], &[0]), "4 x 8"),
    ];
    for (what, images, labels, expected) in cases {
        let message = load(folder.path(), &images, &labels).unwrap_err().to_string();
        assert!(message.contains(expected), "{what}: {message}");
    }
    let missing = dataset::load_idx("test", "/no/such/images", "/no/such/labels").unwrap_err();
    assert!(matches!(missing, Error::Io { .. }) && missing.to_string().ends_with("/no/such/images"));
}

#[test]
fn splits_must_fit_each_other_and_the_class_names() {
    let split = |name, side, label: u8| {
        Split::new(name, Array3::zeros((1, side, side)), Array1::from_vec(vec![label])).unwrap()
    };
    let names = || vec!["a".to_string(), "b".to_string()];
    let sides = Dataset::new("d", names(), split("train", 8, 0), split("test", 4, 0)).unwrap_err();
    assert!(sides.to_string().contains("8 x 8 in train and 4 x 4 in test"));
    let color = Split::new("test", Array4::zeros((1, 8, 8, 3)), arr1(&[0u8])).unwrap();
    let channels = Dataset::new("d", names(), split("train", 8, 0), color).unwrap_err().to_string();
    assert!(channels.contains("1 in train and 3 in test"), "{channels}");
    let classes = Dataset::new("d", names(), split("train", 8, 0), split("test", 8, 2)).unwrap_err();
    assert!(
        classes.to_string().starts_with("3 classes in the labels, 2 in the list of class names"),
        "{classes}"
    );
}

#[test]
fn the_frame_has_one_row_per_image() {
    let part = |name, labels: Vec<u8>| {
        Split::new(name, Array3::from_elem((labels.len(), 4, 4), 51), Array1::from_vec(labels)).unwrap()
    };
    let names = vec!["a".to_string(), "b".to_string()];
    let frame = Dataset::new("d", names, part("train", vec![0, 1, 1]), part("test", vec![1]))
        .unwrap()
        .frame()
        .unwrap();
    assert_eq!(frame.shape(), (4, 5));
    let column = |name: &str| frame.column(name).unwrap().clone();
    assert_eq!(column("index").u32().unwrap().to_vec(), [Some(0), Some(1), Some(2), Some(0)]);
    assert_eq!(column("label").u32().unwrap().to_vec(), [Some(0), Some(1), Some(1), Some(1)]);
    assert_eq!(column("split").str().unwrap().get(3), Some("test"));
    assert_eq!(column("class").str().unwrap().get(0), Some("a"));
    assert!((column("mean_intensity").f32().unwrap().get(0).unwrap() - 0.2).abs() < 1e-6);
}

/// The published data, when this machine has it: shapes, and first values known from elsewhere.
#[test]
fn fashion_mnist_is_what_was_published() {
    let Ok(fashion) = dataset::load() else {
        // Without the data and without a network there is nothing to check; `make test` installs the data first.
        assert!(std::env::var("CI").is_err(), "the data set must be there in CI");
        return;
    };
    assert_eq!(fashion.train.images.dim(), (60_000, 28, 28, 1));
    assert_eq!(fashion.test.images.dim(), (10_000, 28, 28, 1));
    assert_eq!(fashion.train.labels.codes.iter().take(5).copied().collect::<Vec<u32>>(), [9, 0, 0, 3, 0]);
    assert_eq!(fashion.test.labels.codes.iter().take(5).copied().collect::<Vec<u32>>(), [9, 2, 1, 1, 6]);
    // 0.2860 is the mean intensity that normalizations of this data set are published with.
    let mean = fashion.train.images.iter().map(|&p| p as f64).sum::<f64>() / (60_000.0 * 784.0 * 255.0);
    assert!((mean - 0.2860).abs() < 5e-5, "{mean}");
}

#[test]
fn a_folder_that_lacks_a_file_or_holds_another_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    fs::write(folder.path().join("train-images-idx3-ubyte"), "").unwrap();
    let message = dataset::load_from(place).unwrap_err().to_string();
    assert!(
        message.contains("no train-labels-idx1-ubyte") && message.contains("no t10k-images-idx3-ubyte"),
        "{message}"
    );
    assert!(!message.contains("no train-images-idx3-ubyte") && message.ends_with(place), "{message}");
    for file in dataset::fashion_mnist_files() {
        fs::write(folder.path().join(file.name), idx_bytes(&[1, 4, 4], &pixels(16))).unwrap();
    }
    assert!(matches!(dataset::load_from(place), Err(Error::Digest { .. })));
}

/// Answers one request per connection with the bytes of `content`, honoring `Range`; cuts the first answer short.
fn serve(content: Vec<u8>, cut_first: bool) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = if cut_first { 2 } else { 1 };
    let server = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for turn in 0..requests {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = vec![0; 4096];
            let n = stream.read(&mut buffer).unwrap();
            let request = String::from_utf8_lossy(&buffer[..n]).to_lowercase();
            let from = request.lines().find_map(|line| {
                line.strip_prefix("range: bytes=")?.strip_suffix('-')?.parse::<usize>().ok()
            });
            let status = if from.is_some() { "206 Partial Content" } else { "200 OK" };
            let body = &content[from.unwrap_or(0)..];
            let sent = if cut_first && turn == 0 { &body[..body.len() / 2] } else { body };
            write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            )
            .unwrap();
            stream.write_all(sent).unwrap();
            seen.push(request);
        }
        seen
    });
    (url, server)
}

#[test]
fn a_download_that_breaks_off_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let content = pixels(50_000);
    let file = dataset::Published { name: "part-idx1-ubyte".into(), sha256: sha256(&content) };
    let (url, server) = serve(gzip(&content), true);
    let broken = dataset::fetch_all(&url, std::slice::from_ref(&file), folder.path()).unwrap_err();
    assert!(broken.to_string().contains("broke off"), "{broken}");
    assert!(!folder.path().join("part-idx1-ubyte.gz").exists());
    dataset::fetch_all(&url, &[file], folder.path()).unwrap();
    assert_eq!(fs::read(folder.path().join("part-idx1-ubyte.gz")).unwrap(), gzip(&content));
    let seen = server.join().unwrap();
    assert!(!seen[0].contains("range:") && seen[1].contains("range: bytes="), "{seen:?}");
}

#[test]
fn a_download_with_another_digest_is_refused_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = dataset::Published { name: "part-idx1-ubyte".into(), sha256: sha256(b"what was published") };
    let (url, server) = serve(gzip(b"something else"), false);
    let error = dataset::fetch_all(&url, &[file], folder.path()).unwrap_err();
    assert!(matches!(error, Error::Digest { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    server.join().unwrap();
}

#[test]
fn a_server_that_is_not_there_is_an_error_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let file = dataset::Published { name: "part-idx1-ubyte".into(), sha256: String::new() };
    let error = dataset::fetch_all("http://127.0.0.1:9", &[file], folder.path()).unwrap_err();
    assert!(error.to_string().contains("NEURAL_MANIFOLD_DATA"), "{error}");
}

#[test]
fn arrays_that_are_no_split_are_refused_without_a_word_of_files() {
    fn refusal<D: Dimension>(images: Array<u8, D>, labels: Array1<u32>) -> String {
        let message = Split::new("test", images, labels).unwrap_err().to_string();
        assert!(!message.contains("file"), "{message}");
        message
    }
    let counts = refusal(Array3::zeros((10, 4, 4)), Array1::zeros(3));
    assert!(counts.contains("10") && counts.contains('3'), "{counts}");
    assert!(refusal(Array3::zeros((1, 4, 8)), Array1::zeros(1)).contains("4 x 8"));
    assert!(refusal(Array3::zeros((0, 4, 4)), Array1::zeros(0)).contains("empty"));
    assert!(refusal(Array4::zeros((1, 4, 8, 3)), Array1::zeros(1)).contains("4 x 8"));
    let two = refusal(Array4::zeros((1, 4, 4, 2)), Array1::zeros(1));
    assert!(two.contains("channels of the images is 2") && two.contains("3 (red, green, blue)"), "{two}");
    assert!(refusal(Array2::zeros((4, 16)), Array1::zeros(4)).contains("[4, 16]"));
    // A name for each of four thousand million classes would fill the memory.
    assert!(refusal(Array3::zeros((1, 4, 4)), arr1(&[u32::MAX - 1])).contains("65535"));
    let unlabeled = Split::new("test", Array3::zeros((1, 4, 4)), arr1(&[Labels::MISSING])).unwrap();
    assert_eq!(unlabeled.captions(), ["missing"]);
}

#[test]
fn gray_arrays_get_a_channel_and_colors_keep_theirs() {
    let values = Array::from_iter(0..2 * 4 * 4 * 3).mapv(|value: usize| value as u8);
    let color = values.clone().into_shape_with_order((2, 4, 4, 3)).unwrap();
    let split = Split::new("test", color.clone(), arr1(&[0u8, 0])).unwrap();
    assert_eq!((split.images.clone(), split.side(), split.channels()), (color, 4, 3));
    let rows = split.pixel_rows().unwrap();
    assert_eq!((rows.dim(), rows[[1, 5]]), ((2, 48), 53.0 / 255.0));
    assert_eq!(split.first(1).images.dim(), (1, 4, 4, 3));
    let gray = values.slice(ndarray::s![..32]).to_owned().into_shape_with_order((2, 4, 4)).unwrap();
    let split = Split::new("test", gray.clone(), arr1(&[0u8, 0])).unwrap();
    assert_eq!(split.images.index_axis(Axis(3), 0), gray);
    assert_eq!((split.channels(), split.pixel_rows().unwrap().dim()), (1, (2, 16)));
}

#[test]
fn chosen_images_keep_their_labels() {
    let split = common::bars("test", 6, 8);
    let chosen = split.select(&[5, 1]).unwrap();
    assert_eq!(chosen.images.index_axis(Axis(0), 0), split.images.index_axis(Axis(0), 5));
    assert_eq!(chosen.captions(), ["1", "1"]);
    let message = split.select(&[6]).unwrap_err().to_string();
    assert!(message.contains("row is 6") && message.contains("6 images"), "{message}");
    let picture = split.grid().bundle().unwrap();
    assert!(picture.get("text/html").unwrap().contains("<figcaption"));
}

/// Not a test of its own: the next one runs this executable again with this function and the variable set.
#[test]
#[ignore = "the process that the next test starts"]
fn child() {
    println!("\n{}", dataset::load().unwrap_err());
}

#[test]
#[cfg(unix)]
fn a_data_folder_whose_name_is_not_text_is_read_as_it_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let parent = tempfile::tempdir().unwrap();
    let named = parent.path().join(std::ffi::OsStr::from_bytes(b"da\xffta"));
    fs::create_dir(&named).unwrap();
    for file in dataset::fashion_mnist_files() {
        fs::write(named.join(file.name), idx_bytes(&[1, 4, 4], &pixels(16))).unwrap();
    }
    assert!(matches!(dataset::load_from(&named), Err(Error::Digest { .. })));
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--ignored", "--nocapture"])
        .env("NEURAL_MANIFOLD_DATA", &named)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("SHA-256 is"), "the files are found there: {said}");
}
