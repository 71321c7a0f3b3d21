"""What others wrote, and what the hub makes of it. Exit status: 0 as stated, 1 not.

`python -m tests.corpora samples [write]`: the files of WARP_SAMPLES against outcomes.tsv.
`python -m tests.corpora feedparser`: feedparser's own corpus (FEEDPARSER_TESTS) against otherwise.tsv.
"""

from __future__ import annotations

import difflib
import os
import sys
from pathlib import Path

from tqdm import tqdm

from tests.prove import work


def main(what: str, *options: str) -> int:
    work.begin()
    try:
        return {"samples": samples, "feedparser": feedparser}[what](*options)
    finally:
        work.end()


def samples(*options: str) -> int:
    from tests.corpora.samples import CRASH, TABLE, outcomes

    home = Path(os.environ["WARP_SAMPLES"])
    count = sum(path.is_file() for path in home.rglob("*"))
    found = [one.line for one in tqdm(outcomes(home), total=count, unit=" files")]
    if "write" in options:
        TABLE.write_text("\n".join(found) + "\n")
    stated = TABLE.read_text().splitlines() if TABLE.exists() else []
    for line in difflib.unified_diff(stated, found, "stated", "found", n=0, lineterm=""):
        print(line)
    ends = [line.split("\t")[2].split()[0] for line in found]
    crashes = sum(CRASH in line for line in found)
    print(
        f"{len(found)} files: {', '.join(f'{ends.count(end)} {end}' for end in sorted(set(ends)))}; {crashes} crashes"
    )
    return int(stated != found or bool(crashes))


def feedparser() -> int:
    from tests.corpora.feedparser import found, stated

    every = list(found(Path(os.environ["FEEDPARSER_TESTS"])))
    otherwise = {(one.file, one.field) for one in every if not one.equal}
    for one in every:
        if not one.equal and (one.file, one.field) not in stated():
            print(f"{one.file} {one.field}: {one.wanted!r}, and the hub has {one.got!r}")
    for file, field in sorted(set(stated()) - otherwise):
        print(f"{file} {field} is said to be otherwise, and is equal")
    print(f"{len(every)} fields: {len(every) - len(otherwise)} equal, {len(otherwise)} otherwise, as stated or above")
    return int(otherwise != set(stated()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or ["samples"]))
