"""Run by itself, in a process of its own (see photos.py): an image on stdin becomes WebP ones on stdout,
of the sizes that it is told (WIDTHxHEIGHT).

Decoders of images are large programs fed by strangers. Here one may use so much memory and time and no more, and
whatever it does wrong ends with the process. Reads nothing but stdin; answers a word on stderr where it refuses.
"""

from __future__ import annotations

import io
import resource
import struct
import sys

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 50_000_000  # of what is decoded: a telephone's largest picture
MEMORY = 1 << 30
SECONDS = 8
FORMATS = ("JPEG", "PNG", "WEBP")


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    Image.MAX_IMAGE_PIXELS = None  # our own measure, taken before anything is decoded
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                return _refuse("pixels")
            if min(image.size) < 1:
                return _refuse("unreadable")
            sizes = [(int(width), int(height)) for width, height in (size.split("x") for size in sys.argv[1:])]
            wanted = max(1024, *(side for size in sizes for side in size))
            image.draft("RGB", (wanted, wanted))  # a large JPEG is decoded no larger than it is wanted
            upright = ImageOps.exif_transpose(image)  # its sense is in the EXIF, which goes
            for size in sizes:
                _write(size[0], _cut(upright, size))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error, EOFError):
        return _refuse("unreadable")
    except MemoryError:
        return _refuse("pixels")
    return 0


def _cut(image: Image.Image, size: tuple[int, int]) -> bytes:
    """The middle of the image, on white where it is transparent, without anything that was written beside it."""
    middle = ImageOps.fit(image.convert("RGBA"), size, centering=(0.5, 0.4))
    flat = Image.new("RGB", middle.size, "white")
    flat.paste(middle, mask=middle.getchannel("A"))
    made = io.BytesIO()
    flat.save(made, "WEBP", quality=82)
    return made.getvalue()


def _write(pixels: int, content: bytes) -> None:
    sys.stdout.buffer.write(struct.pack(">HI", pixels, len(content)) + content)


def _refuse(word: str) -> int:
    sys.stderr.write(word)
    return 1


if __name__ == "__main__":
    sys.exit(main())
