"""Real files, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin

CANARY = "kestrel-canary-7731"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
PE = b"MZ\x90\0" + b"\0" * 56 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0" + b"\0" * 200
GPS = 34853


class Given(io.BytesIO):
    """As Django hands over what was sent. `size` may lie."""

    def __init__(self, body: bytes, name: str = "jane-smith.png", size: int | None = None) -> None:
        super().__init__(body)
        self.name, self.size = name, len(body) if size is None else size


def gradient(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    red = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", (red, red.rotate(180), Image.radial_gradient("L").resize(size))).convert(mode)


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def exif(**tags: object) -> Image.Exif:
    """Where it was taken, by whom and with what; turned by a quarter."""
    values = Image.Exif()
    values[0x0112] = tags.get("orientation", 1)
    values[0x013B] = values[0x010F] = values[0x9286] = CANARY
    values[GPS] = {1: "N", 2: (51.0, 28.0, 40.0), 3: "W", 4: (0.0, 0.0, 5.0), 29: CANARY}
    return values


def png_text() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", CANARY)
    info.add_itxt("XML:com.adobe.xmp", f"<x>{CANARY}</x>", zip=True)
    return info


def zipped(name: str = "secret.txt", body: bytes = CANARY.encode(), how: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        archive.writestr(name, body)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes whose header says how large it would be."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")
    )
