//! Latents through Parquet and back.

mod common;

use common::{bars_dataset, small_shape};
use ndarray::{Array4, Axis, s};
use neural_manifold::device;
use neural_manifold::latents::{Latents, encode};
use neural_manifold::model::{Autoencoder, AutoencoderConfig, Loss};
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

/// What a model makes of `images` in calls of `size` of them, bit for bit: latent vectors, reconstructions, errors; of the
/// first calls, where there are many.
fn bits(model: &Autoencoder, images: &Array4<u8>, size: usize) -> [Vec<u32>; 3] {
    let mut found = [Vec::new(), Vec::new(), Vec::new()];
    for batch in images.axis_chunks_iter(Axis(0), size).take(12) {
        let batch = batch.to_owned();
        let latents = model.encode_images(&batch).unwrap();
        found[1].extend(model.decode_latents(&latents).unwrap().iter().map(|x| x.to_bits()));
        found[0].extend(latents.iter().map(|x| x.to_bits()));
        found[2].extend(model.reconstruction_errors(&batch).unwrap().iter().map(|x| x.to_bits()));
    }
    found
}

#[test]
fn an_image_has_the_same_bits_in_any_batch_and_at_any_place() {
    const N: usize = 1000;
    let sizes: [&[usize]; 2] = [&[1, 2, 7, 64, 249, 250, 251, 613], &[3, 16, 100]];
    for (loss, sizes) in [Loss::BinaryCrossEntropy, Loss::MeanSquaredError].into_iter().zip(sizes) {
        // As many features as sums of the product are parted for, and a number that fits no vector.
        let shape = AutoencoderConfig {
            channels: vec![4, 17],
            latent_size: 19,
            image_size: 28,
            loss,
            ..AutoencoderConfig::default()
        };
        let model = shape.init(3, &device::select("flex").unwrap()).unwrap();
        let images = bars_dataset(4, N, 28).test.images;
        let together = bits(&model, &images, N);
        let names = ["latent vectors", "reconstructions", "errors"];
        for &size in sizes {
            for (name, (found, expected)) in
                names.iter().zip(bits(&model, &images, size).iter().zip(&together))
            {
                assert!(
                    !found.is_empty() && *found == expected[..found.len()],
                    "{name} in batches of {size}, {loss:?}"
                );
            }
        }
        // One image at every place of a batch, whatever its neighbors are.
        let one = images.slice(s![77..78, .., .., ..]);
        let alone = bits(&model, &one.to_owned(), 1);
        for place in (0..250).step_by(7).chain([249]) {
            let mut moved = images.slice(s![..250, .., .., ..]).to_owned();
            moved.slice_mut(s![place..place + 1, .., .., ..]).assign(&one);
            let latents = model.encode_images(&moved).unwrap();
            assert!(
                latents.row(place).iter().map(|x| x.to_bits()).eq(alone[0].iter().copied()),
                "place {place}"
            );
            let error = model.reconstruction_errors(&moved).unwrap()[place].to_bits();
            assert_eq!(error, alone[2][0], "error at place {place}");
        }
    }
}

#[test]
fn latents_of_other_programs_are_read_whatever_the_width_of_their_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.parquet");
    let read = |label: Series, latent: [Series; 2]| {
        let label = label.with_name("label".into());
        let columns = [label, Series::new("split".into(), ["a", "a"]), Series::new("latent".into(), latent)];
        let columns = columns.into_iter().map(Column::from).collect();
        let mut frame = DataFrame::new(2, columns).unwrap();
        ParquetWriter::new(std::fs::File::create(&path).unwrap())
            .with_compression(ParquetCompression::Uncompressed)
            .finish(&mut frame)
            .unwrap();
        Latents::from_parquet(&path)
    };
    let doubles = || [Series::new("".into(), [0.5, 2.0]), Series::new("".into(), [3.0, 4.0])];
    let bytes = [Series::new("".into(), [0i64, 2]), Series::new("".into(), [3i64, 4])];
    for label in [DataType::Int64, DataType::Int32, DataType::UInt64] {
        let label = Series::new("".into(), [7, 1]).cast(&label).unwrap();
        let latents = read(label, doubles()).unwrap();
        assert_eq!(*latents.vectors, ndarray::array![[0.5, 2.0], [3.0, 4.0]]);
        assert_eq!(latents.labels.unwrap().codes, ndarray::array![7, 1]);
    }
    let label = || Series::new("".into(), [7i64, 1]);
    assert_eq!(*read(label(), bytes).unwrap().vectors, ndarray::array![[0.0, 2.0], [3.0, 4.0]]);
    let texts = [Series::new("".into(), ["0.5"]), Series::new("".into(), ["3"])];
    let message = read(label(), texts).unwrap_err().to_string();
    assert!(message.contains("\"latent\" has lists of str; give lists of numbers"), "{message}");
    let negative = read(Series::new("".into(), [-1i64, 1]), doubles()).unwrap_err().to_string();
    assert!(negative.contains("-1"), "{negative}");
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
