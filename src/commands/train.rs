//! `train`: a network of the data's own pictures.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use neural_manifold::dataset::{Dataset, PictureConfig};
use neural_manifold::model::Loss;
use neural_manifold::table::TableConfig;
use neural_manifold::train::{TrainConfig, train};
use neural_manifold::{Error, Result};
use serde_json::json;

use super::input::Input;
use super::output::Output;

/// The largest side of images that two stages of channels suit; a third follows beyond it.
const SMALL: usize = 40;

/// Train an autoencoder on pictures and write it as a model file
#[derive(Args)]
pub struct Train {
    #[command(flatten)]
    input: Input,
    /// The model file to write, of the safetensors format
    #[arg(short, long, default_value = "model.safetensors", value_name = "FILE")]
    output: PathBuf,
    /// Pixels from one side of an image to the other [default: the pictures' own up to 64, else 32]
    #[arg(long, value_name = "PIXELS")]
    size: Option<usize>,
    /// Passes over the pictures [default: 20, and up to 200 of few pictures]
    #[arg(long, value_name = "COUNT")]
    epochs: Option<usize>,
    /// Numbers in the latent vector
    #[arg(long, default_value_t = 32, value_name = "COUNT")]
    latent: usize,
    /// What training lowers: mse or bce [default: mse in color, bce in gray]
    #[arg(long, value_parser = loss)]
    loss: Option<Loss>,
}

fn loss(name: &str) -> std::result::Result<Loss, String> {
    match name {
        "mse" => Ok(Loss::MeanSquaredError),
        "bce" => Ok(Loss::BinaryCrossEntropy),
        _ => Err("give mse (mean squared error) or bce (binary cross-entropy)".to_string()),
    }
}

/// Passes in which a network comes near its end: 2,000 steps, where neither limit stands against it.
fn epochs(pictures: usize) -> usize {
    let steps = pictures.div_ceil(TrainConfig::default().batch_size).max(1);
    2000_usize.div_ceil(steps).clamp(20, 200)
}

impl Train {
    pub fn run(&self, output: &Output) -> Result<ExitCode> {
        let table = self.input.open(TableConfig::default())?;
        output.note(&table.report());
        let pictures = PictureConfig { side: self.size, seed: self.input.seed, ..PictureConfig::default() };
        let dataset = Dataset::from_table(&table, &pictures)?;
        let (side, channels) = (dataset.side(), dataset.channels());
        let color = if channels == 3 { "in color" } else { "in gray" };
        let (n_train, n_test) = (dataset.train.len(), dataset.test.len());
        output.note(&format!("{n_train} pictures to train on, {n_test} to test, {side} x {side} {color}"));
        let by_color = if channels == 3 { Loss::MeanSquaredError } else { Loss::BinaryCrossEntropy };
        let config = TrainConfig {
            channels: if side <= SMALL { vec![16, 32] } else { vec![16, 32, 64] },
            latent_size: self.latent,
            loss: self.loss.unwrap_or(by_color),
            n_epochs: self.epochs.unwrap_or_else(|| epochs(n_train)),
            seed: self.input.seed,
            ..TrainConfig::default()
        };
        let trained = train(&dataset, &config)?;
        trained.save(&self.output)?;
        let Some(validation_loss) = trained.history.final_validation_loss() else {
            return Err(Error::Config {
                name: "epochs",
                value: "0".into(),
                remedy: "give at least 1".into(),
            });
        };
        let (loss, file) = (config.loss, self.output.display());
        let psnr = trained.psnr;
        output.result(
            &format!(
                "{file}: {} {validation_loss:.4}, {psnr:.1} dB on the {n_test} test pictures",
                loss.title()
            ),
            &json!({
                "model": self.output,
                "loss": loss.title(),
                "validation_loss": validation_loss,
                "psnr": psnr,
                "side": side,
                "channels": channels,
                "pictures": n_train + n_test,
            }),
        );
        Ok(ExitCode::SUCCESS)
    }
}
