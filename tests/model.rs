//! The network against burn's own layers, and its behavior on numbers that are none.

use ndarray::{Array2, Array4};
use neural_manifold::external::burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use neural_manifold::external::burn::tensor::activation::{relu, sigmoid};
use neural_manifold::external::burn::tensor::{Device, Tensor, TensorData};
use neural_manifold::model::{Autoencoder, AutoencoderConfig, Loss};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Uniform noise, in which a maximum is never met twice.
fn noise(shape: [usize; 4], device: &Device) -> Tensor<4> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(9);
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| rng.random_range(0.0..1.0)).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn network(channels: &[usize], image_channels: usize, side: usize, device: &Device) -> Autoencoder {
    shape(channels, image_channels, side).init(3, device).unwrap()
}

fn shape(channels: &[usize], image_channels: usize, side: usize) -> AutoencoderConfig {
    AutoencoderConfig {
        channels: channels.to_vec(),
        latent_size: 5,
        image_size: side,
        image_channels,
        ..AutoencoderConfig::default()
    }
}

/// Channels of whole vectors and not, batches of whole chunks and not, gray and in color: channels, those of the
/// images, side, batch.
const CASES: [(&[usize], usize, usize, usize); 7] = [
    (&[16, 32], 1, 28, 16),
    (&[3, 20, 5], 1, 24, 11),
    (&[4], 1, 2, 1),
    (&[9, 33], 1, 8, 19),
    (&[16, 32], 3, 32, 16),
    (&[5, 7, 2], 3, 16, 9),
    (&[3], 3, 2, 1),
];

/// The same network layer by layer, as burn computes it.
fn layer_by_layer(model: &Autoencoder, images: Tensor<4>) -> (Tensor<2>, Tensor<4>) {
    let pool: MaxPool2d = MaxPool2dConfig::new([2, 2]).init();
    let features = model.encoder.iter().fold(images, |x, conv| pool.forward(relu(conv.forward(x))));
    let [batch, depth, side, _] = features.dims();
    let latents = model.to_latent.forward(features.flatten(1, 3));
    let mut x = relu(model.from_latent.forward(latents.clone())).reshape([batch, depth, side, side]);
    for (idx, layer) in model.decoder.iter().enumerate() {
        x = layer.forward(x);
        if idx + 1 < model.decoder.len() {
            x = relu(x);
        }
    }
    (latents, x)
}

fn assert_close<const D: usize>(what: &str, ours: Tensor<D>, theirs: Tensor<D>) {
    let scale: f32 = theirs.clone().abs().max().into_scalar();
    let apart: f32 = (ours - theirs).abs().max().into_scalar();
    assert!(scale > 0.0 && apart <= 1e-5 * scale, "{what}: {apart} apart, of numbers up to {scale}");
}

#[test]
fn the_network_computes_what_burns_layers_compute() {
    let device = Device::flex();
    for (channels, colors, side, batch) in CASES {
        let model = network(channels, colors, side, &device);
        let images = noise([batch, colors, side, side], &device);
        let (latents, logits) = layer_by_layer(&model, images.clone());
        assert_close("latents", model.encode(images), latents.clone());
        // The maxima of an odd side leave out its last row and column.
        let odd = noise([batch, colors, side + 1, side + 1], &device);
        assert_close("latents of an odd side", model.encode(odd.clone()), layer_by_layer(&model, odd).0);
        assert_close("logits", model.decode(latents), logits);
    }
}

#[test]
fn its_gradients_are_those_of_burns_layers() {
    let device = Device::flex().autodiff();
    let both = [Loss::BinaryCrossEntropy, Loss::MeanSquaredError];
    for ((channels, colors, side, batch), loss) in
        CASES.into_iter().flat_map(|case| both.map(|loss| (case, loss)))
    {
        let config = AutoencoderConfig { loss, ..shape(channels, colors, side) };
        let model = config.init(3, &device).unwrap();
        let images = noise([batch, colors, side, side], &device).require_grad();
        let targets = images.clone().detach();
        let loss = model.loss(images.clone(), targets.clone());
        let (_, logits) = layer_by_layer(&model, images.clone());
        let reference = match config.loss {
            Loss::BinaryCrossEntropy => {
                let softplus = logits.clone().abs().neg().exp().log1p();
                (relu(logits.clone()) - logits * targets + softplus).mean()
            }
            Loss::MeanSquaredError => (sigmoid(logits) - targets).powi_scalar(2).mean(),
        };
        assert_close("loss", loss.clone(), reference.clone());

        let (ours, theirs) = (loss.backward(), reference.backward());
        let apart =
            |what: &str, x: &Tensor<4>| assert_close(what, x.grad(&ours).unwrap(), x.grad(&theirs).unwrap());
        apart("images", &images);
        model.encoder.iter().for_each(|layer| apart("convolution", &layer.weight.val()));
        model.decoder.iter().for_each(|layer| apart("transposed convolution", &layer.weight.val()));
        for layer in [&model.to_latent, &model.from_latent] {
            let weight = layer.weight.val();
            assert_close("linear layer", weight.grad(&ours).unwrap(), weight.grad(&theirs).unwrap());
        }
        let biases = model
            .encoder
            .iter()
            .map(|layer| &layer.bias)
            .chain(model.decoder.iter().map(|layer| &layer.bias));
        for bias in biases.chain([&model.to_latent.bias, &model.from_latent.bias]) {
            let bias = bias.as_ref().unwrap().val();
            assert_close("bias", bias.grad(&ours).unwrap(), bias.grad(&theirs).unwrap());
        }
    }
}

#[test]
fn losses_are_right_at_both_ends_of_the_scale() {
    let logits = [0.0f32, 1e-6, -1e-3, 0.5, -3.0, 20.0, -87.0, 89.0, -1e9];
    let both = [Loss::BinaryCrossEntropy, Loss::MeanSquaredError];
    for (logit, loss) in logits.into_iter().flat_map(|logit| both.map(|loss| (logit, loss))) {
        let (x, t) = (f64::from(logit), 0.25f32);
        // In double precision; a single-precision sum of 64 equal numbers hides nothing.
        let expected = match loss {
            Loss::BinaryCrossEntropy => x.max(0.0) - x * f64::from(t) + (-x.abs()).exp().ln_1p(),
            Loss::MeanSquaredError => (1.0 / (1.0 + (-x).exp()) - f64::from(t)).powi(2),
        };
        let mut model = AutoencoderConfig { loss, ..shape(&[1], 1, 8) }.init(3, &Device::flex()).unwrap();
        // A network that answers every image with one logit: a last layer of zeros and a bias.
        let last = model.decoder.last_mut().unwrap();
        last.weight = last.weight.clone().map(|weight| weight * 0.0);
        last.bias = last.bias.clone().map(|bias| bias.map(|bias| bias * 0.0 + logit));
        let images = Tensor::<4>::full([1, 1, 8, 8], t, &Device::flex());
        let loss: f32 = model.loss(images.clone(), images).into_scalar();
        assert!(
            (f64::from(loss) - expected).abs() <= 2e-7 * expected.max(1.0),
            "{logit}: {loss} for {expected}"
        );
    }
}

#[test]
fn what_is_not_a_number_is_never_cut_to_zero() {
    let device = Device::flex();
    for layer in 0..2 {
        let mut model = network(&[4, 6], 3, 8, &device);
        let weight = &mut model.encoder[layer].weight;
        *weight = weight.clone().map(|weight| weight.slice_fill(0..1, f32::NAN));
        let latents: Vec<f32> =
            model.encode(noise([2, 3, 8, 8], &device)).into_data().try_into_vec().unwrap();
        assert!(latents.iter().all(|value| value.is_nan()), "stage {layer}: {latents:?}");
    }
    let mut model = network(&[4, 6], 3, 8, &device);
    model.decoder[0].bias = model.decoder[0].bias.clone().map(|bias| bias.map(|bias| bias * f32::NAN));
    for measure in [Loss::BinaryCrossEntropy, Loss::MeanSquaredError] {
        model.config.loss = measure;
        let images = || noise([2, 3, 8, 8], &device);
        let loss: f32 = model.loss(images(), images()).into_scalar();
        assert!(loss.is_nan(), "{measure:?}: {loss}");
        let errors = model.reconstruction_errors(&Array4::zeros((2, 8, 8, 3))).unwrap();
        assert!(errors.iter().all(|error| error.is_nan()), "{measure:?}: {errors}");
    }
    // The same of the layer that ends in a ReLU of its own, with and without gradients.
    for device in [Device::flex(), Device::flex().autodiff()] {
        let mut model = network(&[4, 6], 3, 8, &device);
        let bias = &mut model.from_latent.bias;
        *bias = bias.take().map(|bias| bias.map(|bias| bias * f32::NAN));
        let logits: Vec<f32> =
            model.decode(model.encode(noise([2, 3, 8, 8], &device))).into_data().try_into_vec().unwrap();
        assert!(logits.iter().all(|value| value.is_nan()), "{logits:?}");
    }
    let decoded = model.decode_latents(&Array2::zeros((1, model.config.latent_size))).unwrap();
    assert!(decoded.iter().all(|value| value.is_nan()));
}
