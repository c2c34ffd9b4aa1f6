"""A moving picture made of a browser's screenshots."""

import io

from PIL import Image

WIDTH = 880


class Film:
    def __init__(self):
        self.frames = []

    def frame(self, page, hold=90):
        """Adds what a page shows now, for so many milliseconds. What is on longer looks the same as before: held, not added."""
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        picture.thumbnail((WIDTH, WIDTH), Image.LANCZOS)
        if self.frames and self.frames[-1][0].tobytes() == picture.tobytes():
            self.hold(hold)
        else:
            self.frames.append((picture, hold))

    def hold(self, more):
        """Leaves the last picture on for longer."""
        picture, hold = self.frames[-1]
        self.frames[-1] = (picture, hold + more)

    def save(self, path, colors=200):
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
        """Some of the pictures, from the first to the last, as one: its colors are those of all."""
        some = [self.frames[at * (len(self.frames) - 1) // 3][0] for at in range(4)]
        width, height = some[0].size
        sheet = Image.new("RGB", (2 * width, 2 * height))
        for at, picture in enumerate(some):
            sheet.paste(picture, (at % 2 * width, at // 2 * height))
        return sheet
