"""A moving picture made of a browser's screenshots."""

import io

import numpy as np
from PIL import Image

WIDTH = 880


class Film:
    def __init__(self):
        self.frames = []

    def frame(self, page, hold=90):
        """Adds what a page shows now, for so many milliseconds."""
        self.picture(page.screenshot(), hold)

    def picture(self, content, hold=90):
        """Adds a picture, as the content of a file. One that looks the same as the one before is held, not added."""
        picture = Image.open(io.BytesIO(content)).convert("RGB")
        picture.thumbnail((WIDTH, WIDTH), Image.LANCZOS)
        if self.frames and self.frames[-1][0].tobytes() == picture.tobytes():
            self.hold(hold)
        else:
            self.frames.append((picture, hold))

    def hold(self, more):
        """Leaves the last picture on for longer."""
        picture, hold = self.frames[-1]
        self.frames[-1] = (picture, hold + more)

    def save(self, path, colors=250):
        palette = self.palette().quantize(colors)
        pictures = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture, _ in self.frames]
        pictures[0].save(
            path,
            save_all=True,
            append_images=pictures[1:],
            loop=0,
            optimize=True,
            duration=[hold for _, hold in self.frames],
        )

    def palette(self):
        """The colors of all pictures, each the more often the more there is of it, but not in proportion: a few bright dots on
        a wide white ground keep theirs."""
        seen = np.concatenate([np.asarray(picture).reshape(-1, 3) >> 2 for picture, _ in self.frames])
        codes = seen.astype(np.uint32) @ np.array([1 << 12, 1 << 6, 1], np.uint32)
        codes, counts = np.unique(codes, return_counts=True)
        repeated = np.repeat(codes, np.ceil(np.log2(counts + 1)).astype(int) ** 2)
        rgb = np.stack([repeated >> 12, (repeated >> 6) & 63, repeated & 63], axis=1)
        return Image.fromarray((rgb * 255 // 63).astype(np.uint8)[None])
