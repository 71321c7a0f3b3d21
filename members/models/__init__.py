"""Everything that the rule, the outbox or an exercise asks."""

from members.models.address import DEFAULT_TICKS, Address, Channel, Frequency, Subscription, Tier
from members.models.audit import Alias, AuditRow, Pulse, Seal, Unsealed
from members.models.breakglass import BreakGlass
from members.models.credential import Credential
from members.models.delivery import Announcement, Cell, Delivery, DigestLine, Server
from members.models.embargo import Embargo, Extension, Named, Terms
from members.models.item import Ancestry, Derivation, Handler, Item, Kind, Realm, pos_of, shelf
from members.models.organisation import ClientLink, GroupMember, Membership, Organisation, SharingGroup
from members.models.origin import Origin
from members.models.person import Affiliation, Office, Person
from members.models.placement import Placement
from members.models.standing import Grant, Standing
from members.models.subscriber import Subscriber
from members.models.tightening import Tightening
from members.models.warp import Warp, Within

__all__ = [
    "DEFAULT_TICKS",
    "Address",
    "Affiliation",
    "Alias",
    "Ancestry",
    "Announcement",
    "AuditRow",
    "BreakGlass",
    "Cell",
    "Channel",
    "ClientLink",
    "Credential",
    "Delivery",
    "Derivation",
    "DigestLine",
    "Embargo",
    "Extension",
    "Frequency",
    "Grant",
    "GroupMember",
    "Handler",
    "Item",
    "Kind",
    "Membership",
    "Named",
    "Office",
    "Organisation",
    "Origin",
    "Person",
    "Placement",
    "Pulse",
    "Realm",
    "Seal",
    "Server",
    "SharingGroup",
    "Standing",
    "Subscriber",
    "Subscription",
    "Terms",
    "Tier",
    "Tightening",
    "Unsealed",
    "Warp",
    "Within",
    "pos_of",
    "shelf",
]
