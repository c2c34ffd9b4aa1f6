"""The decoder again in numpy, written from the definitions and slow: what the page's is compared with."""

import base64
import gzip

import numpy as np
from make_fixture import DTYPES


def unpack(field):
    data = base64.b64decode(field["data"])
    data = gzip.decompress(data) if field["encoding"] == "gzip" else data
    return np.frombuffer(data, DTYPES[field["type"]]).reshape(field["shape"]).astype(np.float64)


def activate(values, name):
    return {"none": lambda v: v, "relu": lambda v: np.maximum(v, 0), "sigmoid": lambda v: 1 / (1 + np.exp(-v))}[name](
        values
    )


def conv2d(image, weight, bias, stride, padding):
    image = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    kernel = weight.shape[2]
    height, width = ((size - kernel) // stride + 1 for size in image.shape[1:])
    out = np.empty((weight.shape[0], height, width))
    for y in range(height):
        for x in range(width):
            patch = image[:, y * stride : y * stride + kernel, x * stride : x * stride + kernel]
            out[:, y, x] = np.tensordot(weight, patch, 3) + bias
    return out


def conv_transpose2d(image, weight, bias, stride, padding):
    kernel = weight.shape[2]
    height, width = ((size - 1) * stride + kernel for size in image.shape[1:])
    out = np.zeros((weight.shape[1], height, width))
    for y in range(image.shape[1]):
        for x in range(image.shape[2]):
            out[:, y * stride : y * stride + kernel, x * stride : x * stride + kernel] += np.tensordot(
                image[:, y, x], weight, 1
            )
    return out[:, padding : height - padding, padding : width - padding] + bias[:, None, None]


def decode(document, latent):
    values = np.asarray(latent, np.float64)
    for layer in document["decoder"]["layers"]:
        if layer["kind"] == "reshape":
            values = values.reshape(layer["shape"])
        elif layer["kind"] == "upsample_nearest":
            values = values.repeat(layer["factor"], 1).repeat(layer["factor"], 2)
        else:
            weight, bias = (unpack(document["fields"][layer[part]]) for part in ("weight", "bias"))
            if layer["kind"] == "linear":
                values = weight @ values.ravel() + bias
            else:
                run = conv2d if layer["kind"] == "conv2d" else conv_transpose2d
                values = run(values, weight, bias, layer["stride"], layer["padding"])
            values = activate(values, layer["activation"])
    return values.reshape(document["side"], document["side"])
