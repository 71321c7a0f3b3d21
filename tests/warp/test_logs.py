"""What the hub guards does not reach its logs."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from copy import deepcopy

import pytest
import structlog

from warp.logs import LOGGING


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    config = deepcopy({**LOGGING, "root": {"handlers": [], "level": "NOTSET"}, "loggers": {}})
    config["handlers"]["stderr"]["stream"] = stream
    config["loggers"] = {"trial": {"handlers": ["stderr"], "level": "DEBUG", "propagate": False}}
    logging.config.dictConfig(config)
    yield stream
    logging.config.dictConfig(LOGGING)


def test_listed_fields_pass_and_others_do_not(written: io.StringIO) -> None:
    structlog.get_logger("trial").info("collected", source="kev", new=3, title="Secret", email="ann@example.org")
    line = written.getvalue()
    assert "event='collected'" in line
    assert "source='kev'" in line
    assert "new=3" in line
    assert "Secret" not in line
    assert "ann@example.org" not in line


def test_of_other_libraries_only_the_template_is_kept(written: io.StringIO) -> None:
    logging.getLogger("trial").warning("Not Found: %s", "/u/private-token", extra={"status_code": 404})
    assert "private-token" not in written.getvalue()
    assert "status_code=404" in written.getvalue()


def test_an_exception_keeps_its_type_and_place_and_not_its_words(written: io.StringIO) -> None:
    try:
        json.loads('{"bob@example.org": ')
        raise AssertionError
    except ValueError as cause:
        try:
            raise KeyError("Key (email)=(ann@example.org) already exists") from cause
        except KeyError:
            structlog.get_logger("trial").exception("failed")
            logging.getLogger("trial").exception("also %s", "carol@example.org")
    lines = written.getvalue()
    assert lines.count("error='KeyError'") == 2
    assert lines.count("test_logs.py:") == 2
    assert "@example.org" not in lines
    assert lines.count("\n") == 2


def test_a_line_of_text_cannot_become_two(written: io.StringIO) -> None:
    structlog.get_logger("trial").info("collected", outcome="ok\ntimestamp='forged'")
    assert written.getvalue().count("\n") == 1
