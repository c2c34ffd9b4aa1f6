"""The same autoencoder in PyTorch: images per second of training, one line per epoch, and of encoding.

python autoencoder_torch.py DATA 32,64 BATCH RATE EPOCHS IMAGES THREADS [compile]
"""

import itertools
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from idx import images

folder, channels, batch, rate, epochs, count, threads = sys.argv[1:8]
torch.set_num_threads(int(threads))
torch.manual_seed(0)
# Channels first, as PyTorch's layers take them.
pictures = {split: np.ascontiguousarray(images(folder, split).transpose(0, 3, 1, 2)) for split in ["train", "t10k"]}
DEPTHS = [pictures["train"].shape[1], *map(int, channels.split(","))]
INNER = pictures["train"].shape[2] >> len(DEPTHS) - 1


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        pairs = list(itertools.pairwise(DEPTHS))
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairs)
        self.to_latent = nn.Linear(DEPTHS[-1] * INNER * INNER, 32)
        self.from_latent = nn.Linear(32, DEPTHS[-1] * INNER * INNER)
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, 2) for a, b in reversed(pairs))

    def encode(self, x):
        for layer in self.convolutions:
            x = F.max_pool2d(F.relu(layer(x)), 2)
        return self.to_latent(x.flatten(1))

    def forward(self, x):
        x = F.relu(self.from_latent(self.encode(x))).view(-1, DEPTHS[-1], INNER, INNER)
        for layer in self.enlarge[:-1]:
            x = F.relu(layer(x))
        return self.enlarge[-1](x)


device = "cuda" if torch.cuda.is_available() else "cpu"
data = torch.from_numpy(pictures["train"][: int(count)]).to(device)
model = Autoencoder().to(device)
step = torch.compile(model) if "compile" in sys.argv else model
adam = torch.optim.Adam(model.parameters(), float(rate))
for epoch in range(int(epochs)):
    started, losses = time.perf_counter(), []
    for rows in torch.randperm(len(data), device=device).split(int(batch)):
        x = data[rows]
        loss = F.binary_cross_entropy_with_logits(step(x), x)
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    print(
        f"epoch {epoch + 1}  loss {np.mean(losses):.4f}  {len(data) / (time.perf_counter() - started):.0f} images/s",
        flush=True,
    )
test = torch.from_numpy(pictures["t10k"]).to(device)
with torch.no_grad():
    for _ in range(2):  # the first warms up
        started = time.perf_counter()
        for rows in test.split(500):
            latents = model.encode(rows).cpu()
        seconds = time.perf_counter() - started
print(f"encode {len(test) / seconds:.0f} images/s")
