//! Latents through Parquet and back.

mod common;

use common::{bars_dataset, small_shape};
use neural_manifold::device;
use neural_manifold::latents::{Latents, encode};
use polars::prelude::*;

fn some_latents() -> Latents {
    let model = small_shape().init(3, &device::select("flex").unwrap()).unwrap();
    encode(&model, &bars_dataset(4, 9, 8).test).unwrap()
}

#[test]
fn parquet_keeps_every_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/latents.parquet");
    let latents = some_latents();
    assert_eq!(latents.vectors.dim(), (9, 5));
    latents.to_parquet(path.to_str().unwrap()).unwrap();
    assert_eq!(Latents::from_parquet(path.to_str().unwrap()).unwrap(), latents);
}

#[test]
fn each_row_is_the_encoding_of_its_image_alone() {
    let model = small_shape().init(3, &device::select("flex").unwrap()).unwrap();
    let split = bars_dataset(4, 9, 8).test;
    let all = encode(&model, &split).unwrap();
    let one = model.encode_images(&split.images.slice(ndarray::s![4..5, .., .., ..]).to_owned()).unwrap();
    for (a, b) in all.vectors.row(4).iter().zip(one.row(0)) {
        assert!((a - b).abs() < 1e-5);
    }
}

#[test]
fn files_that_are_not_latents_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.parquet");
    let name = path.to_str().unwrap();
    assert!(Latents::from_parquet(name).unwrap_err().to_string().ends_with("x.parquet"));
    some_latents().to_parquet(name).unwrap();
    let good = std::fs::read(&path).unwrap();
    for cut in [0, 3, good.len() / 2, good.len() - 1] {
        std::fs::write(&path, &good[..cut]).unwrap();
        let message = Latents::from_parquet(name).unwrap_err().to_string();
        assert!(message.contains("not a readable Parquet file"), "{message}");
    }
    let mut frame = df!("index" => [0u32, 1], "label" => [1u8, 2], "split" => ["a", "a"]).unwrap();
    ParquetWriter::new(std::fs::File::create(&path).unwrap())
        .with_compression(ParquetCompression::Uncompressed)
        .finish(&mut frame)
        .unwrap();
    let message = Latents::from_parquet(name).unwrap_err().to_string();
    assert!(message.contains("no column \"latent\""), "{message}");

    let rows = |second: Series| vec![Series::new("".into(), [1.0f32, 2.0]), second];
    let whole = || Series::new("".into(), [3.0f32, 4.0]);
    let cases = [
        (rows(Series::new("".into(), [Some(3.0f32), None])), "\"latent\" has no value in row 1"),
        (rows(Series::new("".into(), [3.0f32])), "row 1 has 1 numbers, row 0 has 2"),
    ];
    let write = |label: [Option<u8>; 2], latent: Vec<Series>| {
        let mut frame = df!("label" => label, "split" => ["a", "a"], "latent" => latent).unwrap();
        ParquetWriter::new(std::fs::File::create(&path).unwrap())
            .with_compression(ParquetCompression::Uncompressed)
            .finish(&mut frame)
            .unwrap();
    };
    for (latent, expected) in cases {
        write([Some(1), Some(2)], latent);
        let message = Latents::from_parquet(name).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    // A row may have no class; a file of version 0.1 holds bytes and no names.
    write([Some(1), None], rows(whole()));
    let labels = Latents::from_parquet(name).unwrap().labels.unwrap();
    assert_eq!((labels.name(0), labels.name(1)), ("1", "missing"));
}
