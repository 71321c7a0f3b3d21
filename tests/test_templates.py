"""Every template compiles, and none holds what the content security policy would refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.backends.django import Template
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR) / "templates"
PAGES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*(?:\ssrc=|application/json))", re.I)


@pytest.mark.parametrize("name", PAGES)
def test_it_compiles_and_is_not_shadowed(name: str):
    template = get_template(name)
    assert isinstance(template, Template)
    assert Path(template.origin.name) == ROOT / name


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith("mail/")])
def test_nothing_is_inline(name: str):
    assert not INLINE.search((ROOT / name).read_text())


@pytest.mark.parametrize("name", ["500.html", "403_csrf.html"])
def test_what_is_shown_when_all_fails_needs_no_context(name: str):
    assert "<h1" in get_template(name).render()
