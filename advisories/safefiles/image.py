"""A picture, drawn again: only what is seen of it goes into a new file. Runs in the child that may be killed.

Dropped with everything else: EXIF (where it was taken, by which camera), comments, colour profiles, thumbnails, later
frames, what stands behind the picture, and what hides under full transparency or in unused colours of a palette.
"""

from __future__ import annotations

import base64
import io
import warnings

from PIL import Image, ImageOps

from advisories.collect.base import CollectError, ParseContext, Parsed
from advisories.safefiles.refused import BROKEN, TOO_MANY

MOST_PIXELS = 50_000_000  # a phone's largest photo; at most four bytes each, held three times
QUALITY = 90
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
Image.preinit()


def parse(body: bytes, context: ParseContext) -> Parsed:
    """The picture as PNG or JPEG, in `state`. `context.role` is its format. Raises CollectError(refused=True)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ending, drawn = _again(body, context.role)
    except (CollectError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise CollectError(TOO_MANY, refused=True, pixels="?", most=MOST_PIXELS // 1_000_000) from error
    except Exception as error:
        raise CollectError(BROKEN, refused=True) from error
    return Parsed((), state={"ending": ending, "image": base64.b64encode(drawn).decode()})


def _again(body: bytes, role: str) -> tuple[str, bytes]:
    with Image.open(io.BytesIO(body), formats=[role.upper()]) as image:
        if image.width * image.height > MOST_PIXELS:
            pixels = f"{image.width * image.height / 1_000_000:,.0f}"
            raise CollectError(TOO_MANY, refused=True, pixels=pixels, most=MOST_PIXELS // 1_000_000)
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        seen = _seen(image)
    bare = Image.new(seen.mode, seen.size)  # which carries nothing over that the writer would put into the file
    bare.paste(seen)
    drawn, ending = io.BytesIO(), "jpg" if role == "jpeg" else "png"
    if ending == "jpg":
        bare.save(drawn, "JPEG", quality=QUALITY)
    else:
        bare.save(drawn, "PNG", compress_level=3)
    return ending, drawn.getvalue()


def _seen(image: Image.Image) -> Image.Image:
    """In one of three modes, on white: nothing hides in what is transparent."""
    if image.has_transparency_data and not image.mode.startswith("I"):
        clear = image if image.mode == "RGBA" else image.convert("RGBA")
        seen = Image.new("RGB", clear.size, "white")
        seen.paste(clear, mask=clear.getchannel("A"))
        return seen
    if image.mode.startswith("I;16"):
        return image
    return image.convert("L" if image.mode in {"1", "L"} else "RGB")
