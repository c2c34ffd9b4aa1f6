"""The same autoencoder in Keras on TensorFlow: images per second of training, one line per epoch, and of encoding.

python autoencoder_keras.py DATA 32,64 BATCH RATE EPOCHS IMAGES THREADS
"""

import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf
from idx import images
from tensorflow import keras

folder, channels, batch, rate, epochs, count, threads = sys.argv[1:8]
tf.config.threading.set_intra_op_parallelism_threads(int(threads))
tf.config.threading.set_inter_op_parallelism_threads(int(threads))
keras.utils.set_random_seed(0)
data = images(folder, "train")[: int(count)]
_, SIDE, _, COLORS = data.shape
DEPTHS = [int(depth) for depth in channels.split(",")]
INNER = SIDE >> len(DEPTHS)
layers = keras.layers

x = start = keras.Input((SIDE, SIDE, COLORS))
for depth in DEPTHS:
    x = layers.MaxPooling2D()(layers.Conv2D(depth, 3, padding="same", activation="relu")(x))
latent = layers.Dense(32)(layers.Flatten()(x))
x = layers.Dense(INNER * INNER * DEPTHS[-1], activation="relu")(latent)
x = layers.Reshape((INNER, INNER, DEPTHS[-1]))(x)
for depth in reversed(DEPTHS[:-1]):
    x = layers.Conv2DTranspose(depth, 2, 2, activation="relu")(x)
model = keras.Model(start, layers.Conv2DTranspose(COLORS, 2, 2, activation="sigmoid")(x))
encoder = keras.Model(start, latent)
model.compile(keras.optimizers.Adam(float(rate)), "binary_crossentropy")

for epoch in range(int(epochs)):
    started = time.perf_counter()
    loss = model.fit(data, data, batch_size=int(batch), epochs=1, verbose=0).history["loss"][0]
    print(f"epoch {epoch + 1}  loss {loss:.4f}  {len(data) / (time.perf_counter() - started):.0f} images/s", flush=True)
test = images(folder, "t10k")
for _ in range(2):  # the first warms up
    started = time.perf_counter()
    encoder.predict(test, batch_size=500, verbose=0)
    seconds = time.perf_counter() - started
print(f"encode {len(test) / seconds:.0f} images/s")
