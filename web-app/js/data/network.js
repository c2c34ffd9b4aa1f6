// Runs the layers of a network, with the arithmetic of the trained model.
"use strict";

NM.define("network", ["data"], (data) => {
  function activate(values, activation) {
    if (activation === "relu") {
      for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
    } else if (activation === "sigmoid") {
      for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-values[i]));
    }
    return values;
  }

  function linear(layer, input, weight, bias) {
    const output = new Float32Array(layer.out);
    for (let o = 0; o < layer.out; o++) {
      let sum = bias[o];
      for (let i = 0, w = o * layer.in; i < layer.in; i++, w++) sum += weight[w] * input[i];
      output[o] = sum;
    }
    return output;
  }

  // Both convolutions add, for one weight at a time, a row of the input to a row of the output.
  function conv2d(layer, input, height, width, weight, bias) {
    const { kernel, stride, padding } = layer;
    const outHeight = Math.floor((height + 2 * padding - kernel) / stride) + 1;
    const outWidth = Math.floor((width + 2 * padding - kernel) / stride) + 1;
    const output = new Float32Array(layer.out * outHeight * outWidth);
    for (let o = 0; o < layer.out; o++) {
      const plane = o * outHeight * outWidth;
      output.fill(bias[o], plane, plane + outHeight * outWidth);
      for (let i = 0; i < layer.in; i++) {
        for (let ky = 0; ky < kernel; ky++) {
          for (let kx = 0; kx < kernel; kx++) {
            const w = weight[((o * layer.in + i) * kernel + ky) * kernel + kx];
            const first = Math.max(0, Math.ceil((padding - kx) / stride));
            const last = Math.min(outWidth - 1, Math.floor((width - 1 + padding - kx) / stride));
            for (let y = 0; y < outHeight; y++) {
              const from = y * stride + ky - padding;
              if (from < 0 || from >= height) continue;
              let read = (i * height + from) * width + first * stride + kx - padding;
              let write = plane + y * outWidth + first;
              for (let x = first; x <= last; x++, read += stride, write++) output[write] += w * input[read];
            }
          }
        }
      }
    }
    return { output, height: outHeight, width: outWidth };
  }

  function convTranspose2d(layer, input, height, width, weight, bias) {
    const { kernel, stride, padding } = layer;
    const outHeight = (height - 1) * stride - 2 * padding + kernel;
    const outWidth = (width - 1) * stride - 2 * padding + kernel;
    const output = new Float32Array(layer.out * outHeight * outWidth);
    for (let o = 0; o < layer.out; o++) output.fill(bias[o], o * outHeight * outWidth, (o + 1) * outHeight * outWidth);
    for (let i = 0; i < layer.in; i++) {
      for (let o = 0; o < layer.out; o++) {
        for (let ky = 0; ky < kernel; ky++) {
          for (let kx = 0; kx < kernel; kx++) {
            const w = weight[((i * layer.out + o) * kernel + ky) * kernel + kx];
            const first = Math.max(0, Math.ceil((padding - kx) / stride));
            const last = Math.min(width - 1, Math.floor((outWidth - 1 + padding - kx) / stride));
            for (let y = 0; y < height; y++) {
              const to = y * stride + ky - padding;
              if (to < 0 || to >= outHeight) continue;
              let write = (o * outHeight + to) * outWidth + first * stride + kx - padding;
              let read = (i * height + y) * width + first;
              for (let x = first; x <= last; x++, read++, write += stride) output[write] += w * input[read];
            }
          }
        }
      }
    }
    return { output, height: outHeight, width: outWidth };
  }

  function upsample(input, channels, height, width, factor) {
    const [outHeight, outWidth] = [height * factor, width * factor];
    const output = new Float32Array(channels * outHeight * outWidth);
    for (let c = 0, at = 0; c < channels; c++) {
      for (let y = 0; y < outHeight; y++) {
        const row = (c * height + Math.floor(y / factor)) * width;
        for (let x = 0; x < outWidth; x++) output[at++] = input[row + Math.floor(x / factor)];
      }
    }
    return { output, height: outHeight, width: outWidth };
  }

  function maxPool(input, channels, height, width, size) {
    const [outHeight, outWidth] = [Math.floor(height / size), Math.floor(width / size)];
    const output = new Float32Array(channels * outHeight * outWidth).fill(-Infinity);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < outHeight * size; y++) {
        for (let x = 0; x < outWidth * size; x++) {
          const to = (c * outHeight + Math.floor(y / size)) * outWidth + Math.floor(x / size);
          output[to] = Math.max(output[to], input[(c * height + y) * width + x]);
        }
      }
    }
    return { output, height: outHeight, width: outWidth };
  }

  // values: of a shape [channels, height, width], one channel after another.
  function run(layers, values, [channels, height, width]) {
    const { weights } = data;
    for (const layer of layers) {
      const [weight, bias] = [weights[layer.weight], weights[layer.bias]];
      let next = null;
      if (layer.kind === "linear") values = linear(layer, values, weight, bias);
      else if (layer.kind === "reshape") [channels, height, width] = layer.shape;
      else if (layer.kind === "conv2d") next = conv2d(layer, values, height, width, weight, bias);
      else if (layer.kind === "conv_transpose2d") next = convTranspose2d(layer, values, height, width, weight, bias);
      else if (layer.kind === "max_pool2d") next = maxPool(values, channels, height, width, layer.size);
      else next = upsample(values, channels, height, width, layer.factor);
      if (next) {
        ({ output: values, height, width } = next);
        channels = layer.out || channels;
      }
      activate(values, layer.activation);
    }
    return values;
  }

  return { run };
});
