// The layers of decoder and encoder in data.js.
"use strict";

NM.define("schema_network", ["check", "words"], ({ demand, isCount, isText, product, checkField }, words) => {
  // Follows the sizes through the layers to the shape that they end in.
  function checkLayers(what, { layers }, shape, fields) {
    demand(Array.isArray(layers) && layers.length > 0, words.network.noLayers(what));
    layers.forEach((layer, at) => {
      const bad = words.network.layer(at + 1, what);
      const weights = (dims) => {
        demand(isText(layer.weight) && isText(layer.bias), bad);
        checkField(fields, layer.weight, ["f16", "f32"], dims);
        checkField(fields, layer.bias, ["f16", "f32"], [layer.out]);
        demand(["none", "relu", "sigmoid"].includes(layer.activation), words.network.activation(at + 1, what));
      };
      demand(layer && isText(layer.kind), bad);
      if (layer.kind === "linear") {
        demand(product(shape) === layer.in && isCount(layer.out), bad);
        weights([layer.out, layer.in]);
        shape = [layer.out];
      } else if (layer.kind === "reshape") {
        demand(Array.isArray(layer.shape) && layer.shape.length === 3 && product(layer.shape) === product(shape), bad);
        shape = layer.shape;
      } else if (layer.kind === "upsample_nearest") {
        demand(shape.length === 3 && isCount(layer.factor), bad);
        shape = [shape[0], shape[1] * layer.factor, shape[2] * layer.factor];
      } else if (layer.kind === "max_pool2d") {
        demand(shape.length === 3 && isCount(layer.size), bad);
        shape = [shape[0], Math.floor(shape[1] / layer.size), Math.floor(shape[2] / layer.size)];
        demand(shape.every(isCount), bad);
      } else if (layer.kind === "conv2d" || layer.kind === "conv_transpose2d") {
        const { kernel, stride, padding } = layer;
        demand(shape.length === 3 && shape[0] === layer.in && [layer.out, kernel, stride].every(isCount) && padding >= 0, bad);
        const forward = layer.kind === "conv2d";
        weights(forward ? [layer.out, layer.in, kernel, kernel] : [layer.in, layer.out, kernel, kernel]);
        const size = (n) => (forward ? Math.floor((n + 2 * padding - kernel) / stride) + 1 : (n - 1) * stride - 2 * padding + kernel);
        shape = [layer.out, size(shape[1]), size(shape[2])];
        demand(shape.every(isCount) && product(shape) < 1 << 24, bad);
      } else {
        demand(false, words.network.kind(what, layer.kind));
      }
    });
    return shape;
  }

  // A decoder that starts also ends in an image.
  function checkDecoder({ decoder, fields, vectors, side, channels }) {
    const shape = checkLayers(words.network.name.decoder, decoder, [vectors[0].size], fields);
    demand(product(shape) === side * side * channels, words.network.image);
  }

  function checkEncoder({ encoder, fields, vectors, side, channels }) {
    const shape = checkLayers(words.network.name.encoder, encoder, [channels, side, side], fields);
    demand(product(shape) === vectors[0].size, words.network.vector);
    demand(["pad", "crop", "stretch"].includes(encoder.fit), words.network.fit);
    const { ground } = encoder;
    demand(Array.isArray(ground) && ground.length === 3 && ground.every((value) => Number.isInteger(value) && value >= 0 && value <= 255), words.network.ground);
  }

  return { checkDecoder, checkEncoder };
});
