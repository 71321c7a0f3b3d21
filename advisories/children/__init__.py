"""What belongs to an item: comments and attachments. Narrower than their parent, never wider (line 0 of the rule).

Without a label a child takes its parent's standing, whatever becomes of that; with one it stands for itself.
"""

from advisories.children.attaching import attach
from advisories.children.removing import may_remove, remove, taken_back
from advisories.children.saying import comment
from advisories.children.writing import LONGEST, THUMB, in_capacity, may_write

__all__ = [
    "LONGEST",
    "THUMB",
    "attach",
    "comment",
    "in_capacity",
    "may_remove",
    "may_write",
    "remove",
    "taken_back",
]
