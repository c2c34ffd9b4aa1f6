//! Latents through Parquet and back.

mod common;

use common::{bars_dataset, small_shape};
use ndarray::{Array4, s};
use neural_manifold::device;
use neural_manifold::latents::{Latents, encode};
use neural_manifold::model::AutoencoderConfig;
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
fn each_row_has_the_bits_of_its_image_alone() {
    // As large as the default network: in a small one every product is added up in one order.
    let device = device::select("flex").unwrap();
    let model = AutoencoderConfig::default().init(3, &device).unwrap();
    let images = bars_dataset(4, 1000, 28).test.images;
    let all = model.encode_images(&images).unwrap();
    let decoded = model.decode_latents(&all).unwrap();
    let errors = model.reconstruction_errors(&images).unwrap();
    for (start, size) in [(0, 1), (1, 2), (4, 3), (9, 16), (20, 64), (100, 249), (349, 251), (600, 400)] {
        let rows = start..start + size;
        let batch = images.slice(s![rows.clone(), .., .., ..]).to_owned();
        let encoded = model.encode_images(&batch).unwrap();
        assert_eq!(encoded, all.slice(s![rows.clone(), ..]), "{rows:?}");
        let pictures = model.decode_latents(&encoded).unwrap();
        assert_eq!(pictures, decoded.slice(s![rows.clone(), .., .., ..]), "{rows:?}");
        assert_eq!(model.reconstruction_errors(&batch).unwrap(), errors.slice(s![rows.clone()]), "{rows:?}");
    }
    // At every place of a batch.
    let turned =
        Array4::from_shape_fn(images.raw_dim(), |(row, y, x, c)| images[[(row + 333) % 1000, y, x, c]]);
    let encoded = model.encode_images(&turned).unwrap();
    for row in 0..1000 {
        assert_eq!(encoded.row(row), all.row((row + 333) % 1000), "row {row}");
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
