"""Draws the example images of notebook 04: four shapes of 16 x 16 pixels, each a little different, always the same."""

import colorsys
import random
import struct
import zlib
from pathlib import Path

SIDE, COUNT = 16, 40
INSIDE = {
    "circle": lambda x, y, r: x * x + y * y <= r * r,
    "cross": lambda x, y, r: min(abs(x), abs(y)) <= r * 0.3 and max(abs(x), abs(y)) <= r,
    "square": lambda x, y, r: max(abs(x), abs(y)) <= r * 0.85,
    "triangle": lambda x, y, r: -r <= y <= r * 0.8 and abs(x) <= (y + r) * 0.55,
}


def png(rows):
    """A PNG of red, green and blue, one byte each (PNG specification, 3rd edition)."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def draw(inside, rng):
    radius, light = rng.uniform(3.5, 6.5), rng.randint(150, 255)
    x0, y0 = (SIDE / 2 - 0.5 + rng.uniform(-1.2, 1.2) for _ in range(2))
    # Any hue for any shape: the color says nothing of the class.
    color = colorsys.hsv_to_rgb(rng.random(), 0.8, light)
    # Four samples per pixel soften the edge.
    offsets = [(dx, dy) for dx in (-0.25, 0.25) for dy in (-0.25, 0.25)]
    covered = [
        [sum(inside(x + dx - x0, y + dy - y0, radius) for dx, dy in offsets) for x in range(SIDE)] for y in range(SIDE)
    ]
    return [[int(part * channel) // 4 for part in row for channel in color] for row in covered]


rng = random.Random(1)
for name, inside in INSIDE.items():
    folder = Path(__file__).parent / name
    folder.mkdir(exist_ok=True)
    for item in range(COUNT):
        (folder / f"{item:02}.png").write_bytes(png(draw(inside, rng)))
