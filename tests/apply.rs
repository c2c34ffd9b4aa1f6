//! `apply` over a pipe: the same bits however the rows are cut, bad rows told beside good ones, and no one left behind.

mod common;

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{bars, small_shape};
use neural_manifold::bundle::Bundle;
use neural_manifold::device;
use neural_manifold::latents::encode;
use neural_manifold::model::ModelCard;
use neural_manifold::projection::{UmapConfig, project};
use polars_arrow::array::{Array, BinaryArray, ListArray, PrimitiveArray, StaticArray, Utf8Array};
use polars_arrow::datatypes::{ArrowSchema, Field};
use polars_arrow::io::ipc::read::{StreamReader, StreamState, read_stream_metadata};
use polars_arrow::io::ipc::write::{StreamWriter, WriteOptions};
use polars_arrow::record_batch::RecordBatchT;

const SIDE: usize = 8;

/// A bundle of a small network and a map of what it makes of bars.
fn bundle(folder: &Path) -> PathBuf {
    let model = small_shape().init(3, &device::select("flex").unwrap()).unwrap();
    let latents = encode(&model, &bars("sample", 300, SIDE)).unwrap();
    let map = project(&latents, UmapConfig { n_epochs: Some(50), ..UmapConfig::default() }).unwrap();
    let path = folder.join("map.nm");
    Bundle::new(Some(&model), &ModelCard::default(), &map).unwrap().save(&path).unwrap();
    path
}

/// So many images that hardly two are the same.
fn images(count: usize) -> Vec<Vec<u8>> {
    let images = bars("all", count, SIDE).images;
    let image = |row: usize| images.index_axis(ndarray::Axis(0), row).iter().copied().collect::<Vec<u8>>();
    (0..count)
        .map(|row| {
            image(row).into_iter().enumerate().map(|(at, p)| p ^ ((row * 31 + at * row) % 8) as u8).collect()
        })
        .collect()
}

type Columns = Vec<(&'static str, Box<dyn Array>)>;

fn stream(batches: Vec<Columns>) -> Vec<u8> {
    let field =
        |(name, array): &(&str, Box<dyn Array>)| Field::new((*name).into(), array.dtype().clone(), true);
    let schema: Arc<ArrowSchema> =
        Arc::new(batches[0].iter().map(field).map(|field| (field.name.clone(), field)).collect());
    let mut writer = StreamWriter::new(Vec::new(), WriteOptions { compression: None });
    writer.start(&schema, None).unwrap();
    for columns in batches {
        let n_rows = columns[0].1.len();
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        writer.write(&RecordBatchT::try_new(n_rows, schema.clone(), arrays).unwrap(), None).unwrap();
    }
    writer.finish().unwrap();
    writer.into_inner()
}

fn of_images<'a>(rows: impl IntoIterator<Item = (i64, Option<&'a [u8]>)>) -> Columns {
    let (ids, images): (Vec<i64>, Vec<Option<&[u8]>>) = rows.into_iter().unzip();
    let images: BinaryArray<i32> = images.into_iter().collect();
    vec![("id", PrimitiveArray::from_vec(ids).boxed()), ("image", images.boxed())]
}

fn start(bundle: &Path, flags: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_neural-manifold"))
        .args(["apply", "--bundle"])
        .arg(bundle)
        .args(flags)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn run(bundle: &Path, flags: &[&str], input: &[u8]) -> (i32, Vec<u8>, String) {
    let mut child = start(bundle, flags);
    let mut stdin = child.stdin.take().unwrap();
    let Output { status, stdout, stderr } = std::thread::scope(|scope| {
        // It may end before it has read all.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    });
    (status.code().unwrap(), stdout, String::from_utf8(stderr).unwrap())
}

/// One row of the output: id, latent, x, y, isolation, each with its bits, and error.
type Answer = (i64, Option<Vec<u32>>, Vec<Option<u32>>, Option<String>);

fn answers(output: &[u8]) -> Vec<Vec<Answer>> {
    let mut input = Cursor::new(output);
    let metadata = read_stream_metadata(&mut input).unwrap();
    let names: Vec<&str> = metadata.schema.iter_names().map(|name| name.as_str()).collect();
    assert_eq!(names, ["id", "latent", "x", "y", "isolation", "error"]);
    let told = metadata.custom_schema_metadata.as_ref().unwrap()["neural_manifold"].as_str();
    assert!(told.contains("\"bundle_sha256\":\"") && told.contains("\"arithmetic\":"), "{told}");
    let batches = StreamReader::new(input, metadata, None).map(|batch| match batch.unwrap() {
        StreamState::Some(batch) => batch,
        StreamState::Waiting => panic!("the output has no end"),
    });
    batches.map(|batch| (0..batch.len()).map(|row| answer(batch.arrays(), row)).collect()).collect()
}

fn answer(columns: &[Box<dyn Array>], row: usize) -> Answer {
    let float = |column: &dyn Array| {
        column.as_any().downcast_ref::<PrimitiveArray<f32>>().unwrap().get(row).map(|x| x.to_bits())
    };
    let id = columns[0].as_any().downcast_ref::<PrimitiveArray<i64>>().unwrap().value(row);
    let latents = columns[1].as_any().downcast_ref::<ListArray<i32>>().unwrap();
    let latent = (!latents.is_null(row)).then(|| latents.value(row)).map(|list| {
        let numbers = list.as_any().downcast_ref::<PrimitiveArray<f32>>().unwrap();
        numbers.values_iter().map(|x| x.to_bits()).collect()
    });
    let errors = columns[5].as_any().downcast_ref::<Utf8Array<i32>>().unwrap();
    (
        id,
        latent,
        columns[2..5].iter().map(|column| float(&**column)).collect(),
        errors.get(row).map(str::to_string),
    )
}

#[test]
fn a_row_has_the_same_bits_however_the_rows_are_cut_and_ordered() {
    const N: usize = 3000;
    let folder = tempfile::tempdir().unwrap();
    let bundle = bundle(folder.path());
    let images = images(N);
    let row = |id: usize| (id as i64, Some(&images[id][..]));
    let made = |batches: Vec<Columns>, flags: &[&str]| {
        let sizes: Vec<usize> = batches.iter().map(|batch| batch[0].1.len()).collect();
        let (code, output, said) = run(&bundle, flags, &stream(batches));
        assert_eq!((code, said.as_str()), (0, ""));
        let answers = answers(&output);
        assert_eq!(answers.iter().map(Vec::len).collect::<Vec<_>>(), sizes, "one batch out for one in");
        let mut rows: Vec<Answer> = answers.into_iter().flatten().collect();
        rows.sort();
        rows
    };
    let together = made(vec![of_images((0..N).map(row))], &["--threads", "1"]);
    assert!(
        together.iter().all(|row| row.1.is_some() && row.2.iter().all(Option::is_some) && row.3.is_none())
    );
    let cut: Vec<Columns> = [0, 0, 1, 8, 257, 1000, 1250, 1251, N]
        .windows(2)
        .map(|ends| of_images((ends[0]..ends[1]).map(|at| row(N - 1 - at))))
        .collect();
    assert!(made(cut, &["--threads", "2"]) == together, "backwards, in batches of 0 to 1749");
    let mixed = (0..30).map(|batch| of_images((0..100).map(|at| row((batch + at * 30) * 7 % N)))).collect();
    assert!(made(mixed, &["--threads", "4"]) == together, "mixed, in batches of 100");
    // The library says the same of them all at once.
    let loaded = Bundle::load(&bundle).unwrap();
    let pixels = images.concat();
    let array = ndarray::Array4::from_shape_vec((N, SIDE, SIDE, 1), pixels).unwrap();
    let latents = loaded.model.unwrap().encode_images(&array).unwrap();
    let placed = loaded.map.transform(&latents).unwrap();
    for (row, (_, latent, place, _)) in together.iter().enumerate() {
        assert!(latents.row(row).iter().map(|x| x.to_bits()).eq(latent.clone().unwrap()), "row {row}");
        let place: Vec<u32> = place.iter().flatten().copied().collect();
        let [x, y] = [0, 1].map(|axis| placed.coordinates[[row, axis]].to_bits());
        assert_eq!(place, [x, y, placed.outlier_score[row].to_bits()], "row {row}");
    }
}

#[test]
fn a_bad_row_says_why_and_leaves_its_neighbors_alone() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = bundle(folder.path());
    let images = images(4);
    let png = |width: u32, height: u32, pixels: &[u8]| {
        let mut content = Cursor::new(Vec::new());
        let picture = image::GrayImage::from_raw(width, height, pixels.to_vec()).unwrap();
        picture.write_to(&mut content, image::ImageFormat::Png).unwrap();
        content.into_inner()
    };
    let good = png(8, 8, &images[1]);
    let other = png(4, 16, &images[1]);
    let broken = &good[..good.len() / 2];
    let jpeg_start = [&[0xFF, 0xD8, 0xFF][..], &images[2][3..]].concat();
    let rows = [
        (Some(&images[0][..]), None),
        (None, Some("no image")),
        (Some(&good[..]), None),
        (Some(&other[..]), Some("image of 4 x 16, the model takes 8 x 8")),
        (Some(broken), Some("image cannot be decoded (")),
        (Some(&images[0][1..]), Some("image of 63 bytes, the model takes 64")),
        (Some(&[][..]), Some("image of 0 bytes, the model takes 64")),
        (Some(&jpeg_start[..]), None),
        (Some(&images[3][..]), None),
    ];
    let numbered = (0..).zip(rows.iter().map(|(image, _)| *image));
    let input = stream(vec![of_images(numbered)]);
    let (code, output, said) = run(&bundle, &[], &input);
    assert_eq!((code, said.as_str()), (0, ""));
    let told = answers(&output).remove(0);
    for ((_, expected), (id, latent, place, error)) in rows.iter().zip(&told) {
        match expected {
            None => {
                assert!(error.is_none() && latent.is_some() && place.iter().all(Option::is_some), "row {id}")
            }
            Some(start) => {
                let error = error.as_ref().unwrap_or_else(|| panic!("row {id} is good"));
                assert!(error.starts_with(start), "row {id}: {error}");
                assert!(latent.is_none() && place.iter().all(Option::is_none), "row {id}");
            }
        }
    }
    let pixels = vec![(0, Some(&images[0][..])), (1, Some(&images[1][..]))];
    let alone = answers(&run(&bundle, &[], &stream(vec![of_images(pixels)])).1).remove(0);
    assert_eq!((&told[0].1, &told[0].2), (&alone[0].1, &alone[0].2));
    assert_eq!((&told[2].1, &told[2].2), (&alone[1].1, &alone[1].2), "a PNG and its pixels");

    let (code, _, said) = run(&bundle, &["--bad-rows", "fail"], &input);
    assert_eq!((code, said.as_str()), (2, "neural-manifold: row 1 of the input: no image: the input\n"));
}

#[test]
fn a_wrong_stream_or_bundle_ends_it_with_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = bundle(folder.path());
    let images = images(5);
    let whole = stream(vec![of_images((0..).zip(images.iter().map(|image| Some(&image[..]))))]);
    let refused = |flags: &[&str], input: &[u8], expected: &str| {
        let (code, _, said) = run(&bundle, flags, input);
        assert_eq!((code, said.lines().count()), (2, 1), "{said}");
        assert!(said.contains(expected), "{said}");
    };
    for cut in [0, 3, 9, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        refused(&[], &whole[..cut], "ends without the mark of its end");
    }
    refused(&[], b"id,image\n1,x\n", "is not an Arrow IPC stream");
    refused(&["--id", "key"], &whole, "has no column \"key\"; name it by --id, its columns are id, image");
    refused(&["--keep", "label"], &whole, "has no column \"label\"");
    refused(&["--latent", "image"], &whole, "column \"image\" holds Binary, no lists");
    refused(&["--image", "id"], &whole, "column \"id\" holds Int64, no bytes");
    let (code, output, _) = run(&bundle, &["--keep", "image", "--out", "place"], &whole);
    let schema = read_stream_metadata(&mut Cursor::new(output)).unwrap().schema;
    let names: Vec<&str> = schema.iter_names().map(|name| name.as_str()).collect();
    assert_eq!((code, names), (0, vec!["id", "image", "x", "y", "isolation", "error"]));

    let (code, output, _) = run(&bundle, &["--check"], b"");
    let told: serde_json::Value = serde_json::from_slice(&output).unwrap();
    assert_eq!((code, &told["rows"], &told["model"]["side"]), (0, &300.into(), &SIDE.into()));
    let content = std::fs::read(&bundle).unwrap();
    std::fs::write(&bundle, &content[..content.len() - 1]).unwrap();
    let (code, _, said) = run(&bundle, &[], &whole);
    assert_eq!((code, said.lines().count()), (3, 1), "{said}");
}

#[test]
fn a_batch_is_answered_before_the_next_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = bundle(folder.path());
    // Of one row and of none: less than any buffer holds.
    for rows in [1, 0] {
        let images = images(1);
        let whole =
            stream(vec![of_images((0..).zip(images.iter().take(rows).map(|image| Some(&image[..]))))]);
        let answered = run(&bundle, &[], &whole).1.len() - 8;
        let mut child = start(&bundle, &[]);
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        stdin.write_all(&whole[..whole.len() - 8]).unwrap();
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || send.send(stdout.read_exact(&mut vec![0; answered]).is_ok()));
        let is_answered = receive.recv_timeout(Duration::from_secs(20));
        drop(stdin);
        child.wait().unwrap();
        assert_eq!(is_answered, Ok(true), "{rows} rows");
    }
}

#[test]
fn it_is_gone_with_whoever_fed_it() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = bundle(folder.path());
    // Enough that it is at work when its input breaks off.
    let images = images(60_000);
    let whole = stream(vec![of_images((0..).zip(images.iter().map(|image| Some(&image[..]))))]);
    let mut child = start(&bundle, &[]);
    let mut stdin = child.stdin.take().unwrap();
    // All but the mark of the end: the batch is whole.
    stdin.write_all(&whole[..whole.len() - 8]).unwrap();
    assert!(child.try_wait().unwrap().is_none());
    drop(stdin);
    let closed = Instant::now();
    let status = child.wait().unwrap();
    assert!(closed.elapsed() < Duration::from_secs(1), "{:?}", closed.elapsed());
    assert_eq!(status.code(), Some(2));
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("whoever fed it is gone"), "{said}");
}
