"""An address as a QR code: one path of an SVG, so that a page needs no script, style or picture for it."""

from __future__ import annotations

from typing import Any

QUIET = 4  # modules around it, which readers need


def qr(text: str) -> dict[str, Any]:
    """`size` of its side in modules, and the `path` of the dark ones."""
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    drawn: Any = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    drawn.add_data(text)
    drawn.make(fit=True)
    rows: list[list[bool]] = drawn.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"size": len(rows), "path": path}
