"""Of a picture only what is seen comes through."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageCms

from advisories.safefiles import Refused, Safe, made_safe
from tests.advisories.safefiles.files import (
    CANARY,
    GPS,
    Given,
    exif,
    gradient,
    png_text,
    png_that_claims,
    saved,
    zipped,
)

MB = 1024**2


def drawn(body: bytes, name: str = "jane-smith.png") -> tuple[Safe, Image.Image]:
    safe = made_safe(Given(body, name), largest=20 * MB)
    return safe, Image.open(io.BytesIO(safe.content))


def largest_difference(one: Image.Image, other: Image.Image) -> float:
    apart = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return max(high for band in apart.split() for high, often in enumerate(band.histogram()) if often)


def bare(safe: Safe, image: Image.Image) -> None:
    image.load()
    assert CANARY.encode() not in safe.content
    assert not image.getexif()
    assert not set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_says_no_more_where_it_was_taken_and_by_whom():
    body = saved(gradient(), "JPEG", exif=exif(), comment=CANARY.encode(), quality=95)
    assert CANARY.encode() in body
    assert Image.open(io.BytesIO(body)).getexif().get_ifd(GPS)
    safe, image = drawn(body, "IMG_1234 Kestrel House.jpg")
    bare(safe, image)
    assert (safe.name, image.format, image.size) == ("file-1.jpg", "JPEG", (64, 48))
    assert largest_difference(image, gradient()) < 40


def test_text_in_a_png_is_gone_and_its_pixels_are_the_same():
    body = saved(gradient(), "PNG", pnginfo=png_text(), exif=exif(), icc_profile=ImageCms.ImageCmsProfile(
        ImageCms.createProfile("sRGB")).tobytes(), dpi=(300, 300))  # fmt: skip
    safe, image = drawn(body)
    bare(safe, image)
    assert (safe.name, largest_difference(image, gradient())) == ("file-1.png", 0)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_what_stands_behind_a_picture_is_gone(kind):
    safe, image = drawn(saved(gradient(), kind) + zipped() + CANARY.encode())
    bare(safe, image)
    assert b"PK\x03\x04" not in safe.content


def test_a_turned_photo_is_turned_before_it_forgets_that_it_was():
    _safe, image = drawn(saved(gradient(), "JPEG", exif=exif(orientation=6), quality=95))
    assert image.size == (48, 64)
    assert largest_difference(image, gradient().transpose(Image.Transpose.ROTATE_270)) < 40


def test_of_an_animation_the_first_picture_is_kept():
    body = saved(gradient(), "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48), "red")], comment=CANARY)
    safe, image = drawn(body)
    bare(safe, image)
    assert (getattr(image, "n_frames", 1), image.format) == (1, "PNG")
    assert largest_difference(image, Image.open(io.BytesIO(body))) == 0


def test_nothing_hides_in_what_is_transparent():
    secret = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    for kind in ("PNG", "WEBP"):
        _safe, image = drawn(saved(secret, kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {})))
        assert image.mode == "RGB"
        assert image.getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_a_png_of_every_sort_looks_the_same(mode):
    original = Image.new("I;16", (8, 8), 40_000) if mode == "I;16" else gradient(mode)
    _safe, image = drawn(saved(original, "PNG"))
    if mode == "I;16":
        assert image.getpixel((3, 3)) == 40_000
    else:
        assert largest_difference(image, original) == 0


def test_a_jpeg_for_print_becomes_one_for_the_screen():
    _safe, image = drawn(saved(gradient("CMYK"), "JPEG", quality=95))
    assert image.mode == "RGB"
    assert largest_difference(image, gradient()) < 60


@pytest.mark.parametrize("size", [(1, 1_000_000_000), (100_000, 100_000), (8_000, 8_000)])
def test_a_picture_that_would_be_huge_is_refused_by_its_header(size):
    with pytest.raises(Refused, match=r"at most 50 million are taken. Send a smaller one"):
        made_safe(Given(png_that_claims(*size)), largest=MB)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_that_is_cut_short_is_refused_in_words(kind):
    body = saved(gradient(size=(400, 400)), kind)
    with pytest.raises(Refused, match=r"broken or cut short. Open it, save it anew"):
        made_safe(Given(body[: len(body) // 2]), largest=MB)


def test_a_picture_of_what_is_no_picture_is_refused():
    with pytest.raises(Refused, match=r"broken or cut short"):
        made_safe(Given(b"\x89PNG\r\n\x1a\n" + b"\0" * 100), largest=MB)
