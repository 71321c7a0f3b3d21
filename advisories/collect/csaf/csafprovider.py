"""What the metadata of a CSAF provider says, and what a source remembers of it. Runs in the worker.

CSAF 2.0 and 2.1, section 7.1.7. The OpenPGP keys that it names first are kept: whoever takes over the provider's
server can name others, but cannot make the hub believe in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, Refusal, gettext_noop
from advisories.collect.text import html
from advisories.collect.text.record import Record

TRUSTED = "csaf_trusted_provider"
ROLES = ("csaf_publisher", "csaf_provider", TRUSTED)
MOST_KEYS = 20
KEPT = ("canonical_url", "role", "keys")  # what is remembered of one, in the source's state
_FINGERPRINT = re.compile(r"[0-9A-Fa-f]{40,64}", re.ASCII)

BAD_METADATA = gettext_noop("%(place)s is missing, or not what the metadata of a CSAF provider has there.")
KEYLESS = gettext_noop("%(provider)s calls itself a trusted provider, but its metadata names no OpenPGP key.")
MANY_KEYS = gettext_noop("%(provider)s names %(count)d OpenPGP keys; the hub takes at most %(limit)d.")
NO_WAY = gettext_noop("The metadata of %(provider)s names no feed and no directory of documents.")
BAD_ADDRESS = gettext_noop("%(place)s is no https address that the hub can fetch: “%(url)s”.")
OTHER_KEY = gettext_noop(
    "%(provider)s now names the OpenPGP key %(new)s; so far it was %(old)s. Nothing was taken. Ask the provider by "
    "another way which key is its own. If it is the new one, add the provider as a new source."
)
NO_KEY = gettext_noop(
    "%(provider)s names no OpenPGP key any more; so far it was %(old)s. Nothing was taken. Ask the provider by another "
    "way; if it signs no longer, add it as a new source."
)
LESS_TRUSTED = gettext_noop(
    "%(provider)s was a trusted provider, who signs, and now calls itself %(role)s. Nothing was taken. Ask the "
    "provider by another way; if that is so, add it as a new source."
)


@dataclass(frozen=True, slots=True)
class Provider:
    """One that issues CSAF documents; all empty where its metadata was not read. `name`: "" for a source's only one,
    else the address under which an aggregator lists it. `keys`: fingerprint, in upper case, and address of each.
    """

    name: str = ""
    canonical_url: str = ""
    role: str = ""
    keys: tuple[tuple[str, str], ...] = ()

    @property
    def trusted(self) -> bool:
        return self.role == TRUSTED

    @property
    def fingerprints(self) -> list[str]:
        return [fingerprint for fingerprint, _ in self.keys]

    def remember(self) -> dict[str, str]:
        """What to keep of it in the source's state."""
        keys = "\n".join(map(" ".join, self.keys))
        words = dict(zip(KEPT, (self.canonical_url, self.role, keys), strict=True))
        return {f"{self.name} {key}".strip(): value for key, value in words.items()}

    def as_role(self, role: str) -> str:
        """The role of a link to something of this provider's."""
        return f"{role} {self.name}".strip()


def remembered(state: Mapping[str, str], name: str) -> Provider:
    """The provider as `Provider.remember` left it."""
    canonical_url, role, keys = (state.get(f"{name} {key}".strip(), "") for key in KEPT)
    pairs = (line.partition(" ") for line in keys.splitlines())
    return Provider(name, canonical_url, role, tuple((fingerprint, url) for fingerprint, _, url in pairs))


def is_of_provider(name: str) -> bool:
    """Whether something is kept under this name of what a provider was known by: its keys among it."""
    return name.rpartition(" ")[2] in KEPT


def metadata(document: object, context: ParseContext, name: str) -> Parsed:
    """Links to the provider's ROLIE feeds, else to its directories, and what to remember of it.

    Raises CollectError(refused=True) on what is no such metadata, and where the provider has another key than before.
    """
    record, refusals = Record(document), list[Refusal]()
    provider = _provider(record, name)
    _compare(remembered(context.state, name), provider)
    distributions = list(record.each("distributions"))
    links = [
        Link(url, provider.as_role("rolie"))
        for one in distributions
        for feed in one.inner("rolie").each("feeds")
        if (url := fetchable(feed.text("url"), context, f"{feed.place}.url", refusals))
    ] or [
        Link(f"{url}/changes.csv", provider.as_role("changes"), otherwise=f"{url}/index.txt")
        for place, directory in _directories(distributions)
        if (url := fetchable(directory, context, place, refusals).rstrip("/"))
    ]
    refusals += [Refusal("", BAD_METADATA, {"place": place}) for place in record.unread().splitlines()]
    if not links and not refusals:
        raise CollectError(NO_WAY, refused=True, provider=provider.canonical_url)
    return Parsed((), tuple(refusals), links=tuple(links), state=provider.remember())


def fetchable(url: str, context: ParseContext, place: str, refusals: list[Refusal], about: str = "") -> str:
    """The address, absolute; "", and a refusal more, where it is none or would leave https."""
    found = html.web_address(url[: html.LONGEST_URL + 1], context.url)
    if found.startswith("https:") or (found and context.url.startswith("http:")):
        return found
    refusals.append(Refusal(about, BAD_ADDRESS, {"place": place, "url": html.line(url, 200)}))
    return ""


def _provider(record: Record, name: str) -> Provider:
    role, url = record.text("role"), html.web_address(record.text("canonical_url"))
    publisher = record.inner("publisher").line("name")
    for place, good in (("canonical_url", url), ("role", role in ROLES), ("publisher.name", publisher)):
        if not good:
            raise CollectError(BAD_METADATA, refused=True, place=place)
    keys = dict(map(_key, record.each("public_openpgp_keys")))
    if len(keys) > MOST_KEYS:
        raise CollectError(MANY_KEYS, refused=True, provider=url, count=len(keys), limit=MOST_KEYS)
    if role == TRUSTED and not keys:
        raise CollectError(KEYLESS, refused=True, provider=url)
    return Provider(name, url, role, tuple(keys.items()))


def _key(record: Record) -> tuple[str, str]:
    fingerprint, url = record.text("fingerprint"), html.web_address(record.text("url"))
    for name, good in (("fingerprint", _FINGERPRINT.fullmatch(fingerprint)), ("url", url)):
        if not good:
            raise CollectError(BAD_METADATA, refused=True, place=f"{record.place}.{name}")
    return fingerprint.upper(), url


def _compare(before: Provider, now: Provider) -> None:
    old, strange = ", ".join(before.fingerprints), [one for one in now.fingerprints if one not in before.fingerprints]
    if old and strange:
        raise CollectError(OTHER_KEY, refused=True, provider=now.canonical_url, old=old, new=", ".join(strange))
    if old and not now.keys:
        raise CollectError(NO_KEY, refused=True, provider=now.canonical_url, old=old)
    if before.trusted and not now.trusted:
        raise CollectError(LESS_TRUSTED, refused=True, provider=now.canonical_url, role=now.role)


def _directories(distributions: Iterable[Record]) -> Iterator[tuple[str, str]]:
    """Place and address of each directory; 2.1 has them as objects."""
    for one in distributions:
        for record, name in ((one, "directory_url"), (one.inner("directory"), "url")):
            if record.given(name):
                yield f"{record.place}.{name}", record.text(name)
