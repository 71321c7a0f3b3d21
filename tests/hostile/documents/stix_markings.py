"""STIX whose markings would make it look wider than it is, and what a container may not name."""

from __future__ import annotations

from typing import Any

from advisories.collect.text.markings import TLP_2_EXTENSION
from tests.advisories.collect.test_markings import BY_LABEL, OTHER, tlp_2
from tests.advisories.collect.test_stix import bundle, ident, report, thing
from tests.hostile.documents.case import LEAK, Case, Cases, refused, whole

FORGED = "defines the marking"
CLEAR, RED = BY_LABEL["CLEAR"], BY_LABEL["RED"]
STRICT = "AMBER+STRICT"  # of what comes unmarked from a source that has no label of its own


def defined(**values: Any) -> bytes:
    """A bundle whose object has a marking that the bundle itself defines, under another id than TLP's."""
    marking = {"type": "marking-definition", "id": OTHER, **values}
    return bundle(thing("malware", "m", object_marking_refs=[OTHER]), marking)


def marked(label: str, *refs: Any, others: tuple[Any, ...] = (), **more: Any) -> Case:
    return whole(bundle(thing("malware", "m", **{"object_marking_refs": list(refs), **more}), *others), 1, label)


def part_of(*markings: Any, **more: Any) -> bytes:
    return bundle(thing("malware", "m", granular_markings=list(markings), **more))


def piece(ref: Any, *selectors: str) -> dict[str, Any]:
    return {"marking_ref": ref, "selectors": list(selectors) or ["name"]}


SECRET = thing("malware", LEAK, "RED")
SHOWN = thing("malware", "seen", "CLEAR")
IDENTITY = thing("identity", LEAK, "RED")
LOOP = [thing("report", name, "CLEAR", object_refs=[ident("report", other)]) for name, other in ("ab", "bc", "ca")]

FORGERIES: dict[str, dict[str, Any]] = {
    "TLP 2.0 by another id": {**tlp_2(OTHER, "clear")},
    "TLP 1 by another id": {"definition_type": "tlp", "definition": {"tlp": "white"}},
    "TLP 1 in capitals": {"definition_type": "TLP", "definition": {"TLP": "WHITE"}},
    "TLP that is no text": {"definition_type": "tlp", "definition": {"tlp": ["white"]}},
    "TLP without a definition": {"definition_type": "tlp"},
    "TLP under another extension": {"extensions": {"x": {"tlp_2_0": "clear"}}},
    "TLP's extension that is empty": {"extensions": {TLP_2_EXTENSION: None}},
    "a name that is TLP's": {"name": "TLP:CLEAR"},
    "a statement that is TLP's": {"definition_type": "statement", "definition": {"statement": "tlp clear"}},
    "TLP of a colour that is none": {"definition_type": "tlp", "definition": {"tlp": "ultraviolet"}},
    "TLP's own id and another colour": {**tlp_2(RED, "clear")},
    "TLP's own id and no contents": {"id": RED},
}

CASES: Cases = {
    **{f"a marking with {what}": refused(defined(**values), FORGED) for what, values in FORGERIES.items()},
    "a marking without an id that looks like TLP": refused(defined(name="TLP:CLEAR", id=None), FORGED),
    "a marking with a letter of another script": refused(defined(name="TLP:\u0421LEAR"), FORGED),
    "a marking with letters that have no width": whole(defined(name="T\u200bLP:CLEAR"), 1, STRICT),
    "a marking that is not there": marked(STRICT, "marking-definition--00000000-0000-4000-8000-000000000000"),
    "a marking that refers to itself": marked(
        STRICT, OTHER, others=({"type": "marking-definition", "id": OTHER, "object_marking_refs": [OTHER]},)
    ),
    "a marking that is marked CLEAR": marked(
        STRICT, OTHER, others=({"type": "marking-definition", "id": OTHER, "object_marking_refs": [CLEAR]},)
    ),
    "an object that is its own marking": marked(STRICT, ident("malware", "m")),
    "CLEAR in capitals": marked(STRICT, CLEAR.upper()),
    "CLEAR with white space": marked(STRICT, f" {CLEAR}\n"),
    "CLEAR with a null byte": marked(STRICT, f"{CLEAR}\0"),
    "CLEAR by its name": marked(STRICT, "TLP:CLEAR", "CLEAR", "white"),
    "CLEAR in a list in a list": marked(STRICT, [CLEAR]),
    "CLEAR under a name": marked(STRICT, object_marking_refs={"0": CLEAR}),
    "CLEAR in the object's name alone": marked(STRICT, name="TLP:CLEAR news"),
    "CLEAR beside RED": marked("RED", *[CLEAR] * 1_000, RED),
    "RED in capitals": marked("RED", CLEAR, RED.upper()),
    "RED alone where a list belongs": marked("RED", object_marking_refs=RED),
    "CLEAR for a part of what is unmarked": whole(part_of(piece(CLEAR)), 1, STRICT),
    "GREEN for a part of what is unmarked": whole(part_of(piece(BY_LABEL["GREEN"])), 1, STRICT),
    "RED for a part of what is CLEAR": whole(part_of(piece(RED), object_marking_refs=[CLEAR]), 1, "RED"),
    "RED for a part that is not there": whole(part_of(piece(RED, "x.[7].y"), object_marking_refs=[CLEAR]), 1, "RED"),
    "CLEAR for a part of what is RED": whole(part_of(piece(CLEAR), object_marking_refs=[RED]), 1, "RED"),
    "parts that are marked with no markings": whole(part_of(None, 7, {}, [], piece(None), piece([RED])), 1, STRICT),
    "a hundred thousand marked parts": whole(part_of(*[piece(CLEAR)] * 100_000), 1, STRICT),
    "a report in circles": whole(bundle(*LOOP), 3),
    "a report that names itself": whole(bundle(thing("report", "r", object_refs=[ident("report", "r")])), 1),
    "a report that names what is not there": whole(bundle(thing("report", "r", object_refs=[ident("tool", "x")])), 1),
    "a report that names one thing a hundred thousand times": whole(
        bundle(SHOWN, thing("report", "r", "CLEAR", object_refs=[SHOWN["id"]] * 100_000)), 1
    ),
    "three hundred reports that name one another": whole(
        bundle(*(thing("report", f"{n}", "CLEAR", object_refs=[ident("report", f"{m}") for m in range(300)])
                 for n in range(300))), 300,
    ),
    "relationships in circles": whole(
        bundle(SHOWN, *(thing("relationship", a, source_ref=ident("relationship", b), target_ref=SHOWN["id"])
                        for a, b in ("ab", "ba"))), 1,
    ),
    "identities that made each other": whole(
        bundle({**SHOWN, "created_by_ref": ident("identity", "a")},
               *(thing("identity", a, created_by_ref=ident("identity", b)) for a, b in ("ab", "ba"))), 1,
    ),
    "a CLEAR report that names what is RED": whole(bundle(report("r", SECRET, label="CLEAR")), 1, "CLEAR"),
    "a CLEAR report by somebody who is RED": whole(
        bundle({**report("r", SHOWN, label="CLEAR"), "created_by_ref": IDENTITY["id"]}, IDENTITY, SHOWN), 1, "CLEAR"
    ),
    "an unmarked report that names what is RED": whole(bundle(report("r", SECRET)), 1, STRICT),
}  # fmt: skip
