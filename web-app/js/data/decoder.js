// A latent vector in, an image out.
"use strict";

NM.define("decoder", ["data", "latents", "network"], (data, latents, network) => {
  // Probabilities in [0, 1], row by row.
  const probabilities = (latent) => network.run(data.decoder.layers, Float32Array.from(latent), [1, 1, 1]);

  // Values from 0 to 255, one channel after another.
  const decode = (latent) => Uint8ClampedArray.from(probabilities(latent), (p) => Math.round(p * 255));

  return {
    probabilities, decode,
    // It decodes the first set of vectors, which another map may not be of.
    get present() { return data.decoder !== null && latents.number() === 0; },
  };
});
