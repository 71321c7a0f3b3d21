"""Whether a document is as its provider issued it: its hash and its OpenPGP signature. Runs in the worker.

CSAF 2.0 and 2.1, sections 7.1.18 to 7.1.20. A trusted provider's document has both; another's may have them, and then
they have to be right, too. Nothing else of a document is looked at before.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping

from pysequoia import Cert, Sig, verify
from pysequoia.packet import PacketPile, Tag

from advisories.collect.base import CollectError, gettext_noop
from advisories.collect.csaf.csafprovider import Provider

STRONG = {"sha512": "sha512", "sha3-512": "sha3_512", "sha256": "sha256", "sha3-256": "sha3_256"}  # as hashlib has them
OTHER = "hash"  # the name of a hash file of another kind
WEAK = {32: "MD5", 40: "SHA-1"}  # by hexadecimal digits
SIGNATURE, KEY = "asc", "key"  # the names of other files beside a document; of further keys: key2, key3…
MOST_SIGNATURES = 10
_DIGEST = re.compile(rb"(?:\xef\xbb\xbf)?([0-9A-Fa-f]{32,128})(?![0-9A-Za-z])")

NO_HASH = gettext_noop(
    "There is no hash file beside the document, which a trusted provider (%(provider)s) has. Nothing of it was taken."
)
WEAK_HASH = gettext_noop(
    "The hash file beside the document is made with %(algorithm)s, with which two documents can be made to look alike. "
    "Nothing of it was taken; the provider should offer SHA-512."
)
BAD_HASH = gettext_noop(
    "The hash file beside the document does not begin with a hash of a kind that the hub knows (%(algorithm)s)."
)
OTHER_HASH = gettext_noop(
    "The document is not the one that its hash file (%(algorithm)s) tells of: it was damaged or changed on the way, or "
    "the provider has changed only one of them. Nothing of it was taken."
)
NO_SIGNATURE = gettext_noop(
    "There is no signature beside the document, which a trusted provider (%(provider)s) has. Nothing of it was taken."
)
NO_KEY = gettext_noop(
    "The document is signed, but the OpenPGP key %(keys)s of its provider is not where the provider's metadata says. "
    "Nothing of it was taken."
)
BAD_SIGNATURE = gettext_noop("The signature beside the document is no OpenPGP signature. Nothing of it was taken.")
FORGED = gettext_noop(
    "The signature beside the document is not one of it by the OpenPGP key %(keys)s of its provider. "
    "Nothing of it was taken."
)


def check(body: bytes, beside: Mapping[str, str], provider: Provider) -> None:
    """Raises CollectError(refused=True) where a file beside the document belies it, or a trusted provider's is missing.

    `beside`: base64 of its hash files ("sha512", "sha256", …; "hash" for another), of its signature ("asc") and of the
    provider's public keys ("key", "key2", …). A signature by a provider that names no key can't be judged.
    """
    files = {name: b64decode(text) for name, text in beside.items()}
    _check_hash(body, files, provider)
    if SIGNATURE in files and provider.keys:
        _check_signature(body, files, provider)
    elif provider.trusted:
        raise CollectError(NO_SIGNATURE, refused=True, provider=provider.canonical_url)


def _check_hash(body: bytes, files: Mapping[str, bytes], provider: Provider) -> None:
    name = next((name for name in (*STRONG, OTHER) if name in files), "")
    if not name:
        if provider.trusted:
            raise CollectError(NO_HASH, refused=True, provider=provider.canonical_url)
        return
    found = _DIGEST.match(files[name])
    digest = found[1].lower().decode() if found else ""
    if weak := WEAK.get(len(digest)):
        raise CollectError(WEAK_HASH, refused=True, algorithm=weak)
    right = hashlib.new(STRONG[name], body).hexdigest() if name in STRONG else ""
    algorithm = name.upper()
    if not right or len(digest) != len(right):
        raise CollectError(BAD_HASH, refused=True, algorithm=algorithm)
    if digest != right:
        raise CollectError(OTHER_HASH, refused=True, algorithm=algorithm)


def _check_signature(body: bytes, files: Mapping[str, bytes], provider: Provider) -> None:
    keys = ", ".join(provider.fingerprints)
    signatures = list(_signatures(files[SIGNATURE]))
    if not signatures:
        raise CollectError(BAD_SIGNATURE, refused=True)
    certificates = [
        one
        for name, text in files.items()
        if name.startswith(KEY)
        for one in _certificates(text)
        if one.fingerprint.upper() in provider.fingerprints
    ]
    if not certificates:
        raise CollectError(NO_KEY, refused=True, keys=keys)
    if not any(_holds(body, one, certificates) for one in signatures):
        raise CollectError(FORGED, refused=True, keys=keys)


# The library says by RuntimeError that something is not what it should be, in words for its own developers.


def _signatures(text: bytes) -> Iterator[Sig]:
    """Those in the file, each apart: two keys may have signed."""
    try:
        packets = [one for one in PacketPile.from_bytes(text) if one.tag == Tag.Signature]
    except RuntimeError:
        return
    for packet in packets[:MOST_SIGNATURES]:
        try:
            yield Sig.from_bytes(bytes(packet))
        except RuntimeError:
            continue


def _certificates(text: bytes) -> list[Cert]:
    try:
        return Cert.split_bytes(text)
    except RuntimeError:
        return []


def _holds(body: bytes, signature: Sig, certificates: list[Cert]) -> bool:
    try:
        return bool(verify(bytes=body, store=lambda _: certificates, signature=signature).valid_sigs)
    except RuntimeError:
        return False
