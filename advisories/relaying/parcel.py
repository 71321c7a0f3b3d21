"""What goes: the text and the STIX bundle of the version that stands, as each of its readers has it.

Of who reported, wrote or handles it, of what is said beneath it and of how many see it there is nothing in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from types import ModuleType

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from advisories.indicators.shown import defanged
from advisories.serve.exchange import naming
from advisories.serve.exchange.facts import IncidentFacts
from advisories.serve.told import facts_of
from members.models import Item, Standing

COPY = "relayed"  # of which the report in the bundle is named
LISTED = 200  # indicators in the text: all are in the bundle


@dataclass(frozen=True, slots=True)
class Parcel:
    """`digest`: another one with any change of what goes, of its label, or of how it stands."""

    facts: IncidentFacts
    bundle: bytes
    digest: str

    @property
    def label(self) -> str:
        return self.facts.label

    @property
    def file(self) -> str:
        return f"TLP-{self.label.replace('+', '-')}-{self.facts.reference}-stix.json"

    def lines(self) -> list[tuple[str, list[str]]]:
        """The text for people: headings and lines. Addresses of attackers so that nobody opens them by mistake."""
        found = [(heading, text.strip().splitlines()) for heading, text in self.facts.sections()]
        named = self.facts.distinct()
        listed = [defanged(value, kind) for kind, value in named[:LISTED]]
        if len(named) > LISTED:
            listed.append(_("and %(n)d more, in the file") % {"n": len(named) - LISTED})
        looked = [f"{title}: {url}" for title, url in self.facts.references]
        return [*found, *((name, lines) for name, lines in (("Indicators", listed), ("References", looked)) if lines)]

    def pretty(self) -> str:
        """The bundle as people read it."""
        return orjson.dumps(orjson.loads(self.bundle), option=orjson.OPT_INDENT_2).decode()

    def envelope(self) -> bytes:
        """The same objects as TAXII wraps them (TAXII 2.1 section 3.7)."""
        return orjson.dumps({"objects": orjson.loads(self.bundle)["objects"]})


def ready() -> None:
    """Load what writes a bundle, before a transaction that needs it holds others up. It is 30 MB: most never relay."""
    _writer()


def _writer() -> ModuleType:
    from advisories.serve.exchange import stix

    return stix


def parcel(item: Item, standing: Standing) -> Parcel:
    """What stands by `standing`; of what rule.hindrance says nothing against."""
    facts = facts_of(item, standing, counted=False)
    bundle: bytes = _writer().bundle(facts, naming.of_hub(settings.BASE_URL), COPY)
    return Parcel(facts, bundle, hashlib.sha256(bundle).hexdigest())
