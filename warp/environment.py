"""Reading the environment: what an operator wrote, understood or remembered in WRONG with a harmless stand-in."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Wrong(NamedTuple):
    """A setting that can't be used: its variable, what is the matter with it, what to write instead."""

    name: str
    problem: str
    hint: str


WRONG: list[Wrong] = []


def given(name: str) -> str:
    """The variable, or the content of the file that NAME_FILE names; empty where neither is set."""
    path = os.environ.get(f"{name}_FILE", "")
    if not path or os.environ.get(name):
        return os.environ.get(name, "").strip()
    try:
        return Path(path).read_text().strip()
    except (OSError, ValueError) as error:
        WRONG.append(Wrong(f"{name}_FILE", f"the file can't be read ({error})", "Name a readable text file."))
        return ""


def read(name: str, parse: Callable[[str], T], default: T, hint: str) -> T:
    """`parse` of the variable; `default` where that is unset or wrong. A value may be secret: it is never told."""
    try:
        return parse(text) if (text := given(name)) else default
    except (ValueError, KeyError, TypeError, ImproperlyConfigured):
        WRONG.append(Wrong(name, "its value is not understood", hint))
        return default


def secret(name: str, kept: Path) -> str:
    """The variable, or a random value made once and kept in a file for its owner's eyes only."""
    if value := given(name):
        return value
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            make_once(kept, secrets.token_urlsafe(48))
        return kept.read_text().strip()
    except OSError as error:
        WRONG.append(Wrong(name, f"none is set, and none can be kept ({error})", "Make WARP_HOME writable."))
        return secrets.token_urlsafe(48)


def make_once(path: Path, text: str) -> None:
    """Write beside and link into place: of processes that start together, all read the same value, whole."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


# ---------------------------------------------------------------- parsers: text in, value out, ValueError or KeyError

WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def flag(text: str) -> bool:
    return WORDS[text.lower()]


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def port(text: str) -> int:
    if not 0 < (number := int(text)) < 65536:
        raise ValueError
    return number


def count(text: str) -> int:
    if (number := int(text)) < 0:
        raise ValueError
    return number


def base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError
    return f"{parts.scheme}://{parts.netloc}"


def database(text: str) -> dict[str, Any]:
    if urlsplit(text).scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ValueError  # ours comes first: of a scheme unknown to it, environ warns with the whole address
    config: dict[str, Any] = Env.db_url_config(text)
    if not config["NAME"]:
        raise ValueError
    return config


def redis(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or parts.port == 0:
        raise ValueError
    return text


def email(text: str) -> dict[str, Any]:
    config: dict[str, Any] = Env.email_url_config(text)
    if config["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not config["EMAIL_HOST"]:
        raise ValueError
    return config


def notify_key(text: str) -> str:
    """An API key of Notify: its name, and two ids."""
    if not re.fullmatch(r".+(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}){2}", text):
        raise ValueError
    return text


def mailbox(text: str) -> tuple[str, tuple[str, str]]:
    """Where it is, and by which name and password it is opened."""
    parts = urlsplit(text)
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or parts.username is None or parts.password is None:
        raise ValueError
    place = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return place, (unquote(parts.username), unquote(parts.password))


def address(text: str) -> str:
    name, at, host = text.partition("@")
    if not (name and at and host) or any(c.isspace() or c in "<>,;" for c in text):
        raise ValueError
    return text


def networks(text: str) -> list[Network]:
    return [ipaddress.ip_network(part) for part in listed(text)]


def loopback(host: str) -> bool:
    """Whether a host name or address means this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
