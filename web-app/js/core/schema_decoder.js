// The layers of the decoder in data.js.
"use strict";

NM.define("schema_decoder", ["check"], ({ demand, isCount, isText, product, checkField }) => {
  // Follows the sizes through the layers, so that a decoder that starts also ends in an image.
  function checkDecoder({ decoder, fields, vectors, side, channels }) {
    const latentSize = vectors[0].size;
    demand(Array.isArray(decoder.layers) && decoder.layers.length > 0, "The decoder in data.js has no layers.");
    let shape = [latentSize];
    decoder.layers.forEach((layer, at) => {
      const bad = `Layer ${at + 1} of the decoder in data.js does not fit.`;
      const weights = (dims) => {
        demand(isText(layer.weight) && isText(layer.bias), bad);
        checkField(fields, layer.weight, ["f16", "f32"], dims);
        checkField(fields, layer.bias, ["f16", "f32"], [layer.out]);
        demand(["none", "relu", "sigmoid"].includes(layer.activation), `${bad} Its activation is unknown.`);
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
      } else if (layer.kind === "conv2d" || layer.kind === "conv_transpose2d") {
        const { kernel, stride, padding } = layer;
        demand(shape.length === 3 && shape[0] === layer.in && [layer.out, kernel, stride].every(isCount) && padding >= 0, bad);
        const forward = layer.kind === "conv2d";
        weights(forward ? [layer.out, layer.in, kernel, kernel] : [layer.in, layer.out, kernel, kernel]);
        const size = (n) => (forward ? Math.floor((n + 2 * padding - kernel) / stride) + 1 : (n - 1) * stride - 2 * padding + kernel);
        shape = [layer.out, size(shape[1]), size(shape[2])];
        demand(shape.every(isCount) && product(shape) < 1 << 24, bad);
      } else {
        demand(false, `The decoder in data.js has a layer of a kind that this page cannot run, “${layer.kind}”.`);
      }
    });
    demand(product(shape) === side * side * channels, "The decoder in data.js does not end in an image of the right side.");
  }

  return { checkDecoder };
});
