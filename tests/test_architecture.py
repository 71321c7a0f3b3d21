"""warp → advisories → members: whoever stands below knows nothing of what stands above."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ABOVE = {"members": {"advisories", "warp"}, "advisories": {"warp"}}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"import_module", "get_model"}:
            yield from (str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant))


@pytest.mark.parametrize("package", ABOVE)
def test_nothing_imports_what_stands_above_it(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files, f"{package}/ has no Python files: the test looks in the wrong place"
    climbs = [(str(f), name) for f in files for name in imported(f) if name.split(".")[0] in ABOVE[package]]
    assert climbs == []
