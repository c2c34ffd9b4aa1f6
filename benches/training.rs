//! Test loss against wall-clock: `cargo bench --bench training -- CHANNELS BATCH LEARNING_RATE EPOCHS
//! [IMAGES [DEVICE [DATA]]]`.
//!
//! `CHANNELS` is a list such as `16,32`, `DATA` whatever a table of pictures is read from; without it the images are
//! Fashion-MNIST's. Prints one line per epoch and the final test loss.

use neural_manifold::dataset::{self, Dataset, PictureConfig};
use neural_manifold::table::Table;
use neural_manifold::train::{TrainConfig, train};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let defaults = TrainConfig::default();
    let channels = match args.first() {
        Some(list) => list.split(',').map(str::parse).collect::<Result<Vec<usize>, _>>()?,
        None => defaults.channels.clone(),
    };
    let config = TrainConfig {
        channels,
        batch_size: args.get(1).map_or(Ok(defaults.batch_size), |arg| arg.parse())?,
        learning_rate: args.get(2).map_or(Ok(defaults.learning_rate), |arg| arg.parse())?,
        n_epochs: args.get(3).map_or(Ok(defaults.n_epochs), |arg| arg.parse())?,
        device: args.get(5).cloned().unwrap_or(defaults.device),
        ..TrainConfig::default()
    };
    let images = args.get(4).map_or(Ok(usize::MAX), |arg| arg.parse())?;
    let data = match args.get(6) {
        None => dataset::load()?,
        Some(path) => Dataset::from_table(&Table::open(path)?, &PictureConfig::default())?,
    };
    let data = data.first(images, usize::MAX);
    let started = std::time::Instant::now();
    let trained = train(&data, &config)?;
    println!(
        "channels {:?}  batch {}  rate {}  epochs {}  parameters {}  seconds {:.1}  test loss {:.4}  psnr {:.2}",
        config.channels,
        config.batch_size,
        config.learning_rate,
        config.n_epochs,
        trained.model.n_parameters(),
        started.elapsed().as_secs_f64(),
        trained.history.final_validation_loss().unwrap_or(f64::NAN),
        trained.psnr
    );
    let encoding = std::time::Instant::now();
    trained.model.encode_images(&data.test.images)?;
    println!("encode {:.0} images/s", data.test.len() as f64 / encoding.elapsed().as_secs_f64());
    Ok(())
}
