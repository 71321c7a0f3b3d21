"""Everything that the rule, the outbox or an exercise asks."""

from members.models.address import (
    DEFAULT_TICKS,
    MESSAGE_TICKS,
    MESSAGES,
    OF_ORGANISATIONS,
    Address,
    Channel,
    Frequency,
    Proof,
    PublicKey,
    Subscription,
    Tier,
)
from members.models.audit import Alias, AuditRow, Pulse, Seal, Unsealed
from members.models.breakglass import BreakGlass
from members.models.credential import Credential
from members.models.delivery import Announcement, Cell, Delivery, DigestLine, Mailbox, Server
from members.models.duty import Shift
from members.models.embargo import Embargo, Extension, Named, Terms
from members.models.escalation import Escalation, Tried
from members.models.exercise import Action, Exercise, Inject, Observation, Participant, Reply, Team
from members.models.invitation import Invitation
from members.models.item import WRITTEN, Ancestry, Derivation, Handler, Item, Kind, Realm, pos_of, shelf
from members.models.kit import KitMatch, Product
from members.models.ladder import Contact
from members.models.learning import Attempt, Certificate, Feedback, Lesson, LessonRead, Question
from members.models.organisation import ClientLink, GroupMember, Membership, Organisation, SharingGroup
from members.models.origin import Origin, ReporterNotice
from members.models.person import Affiliation, Office, Person
from members.models.placement import Placement
from members.models.response import Response, ResponseNote
from members.models.standing import Grant, Standing
from members.models.subscriber import Subscriber
from members.models.tightening import Tightening
from members.models.training import Booking, Course, Session
from members.models.warp import Warp, Within

__all__ = [
    "DEFAULT_TICKS",
    "MESSAGES",
    "MESSAGE_TICKS",
    "OF_ORGANISATIONS",
    "WRITTEN",
    "Action",
    "Address",
    "Affiliation",
    "Alias",
    "Ancestry",
    "Announcement",
    "Attempt",
    "AuditRow",
    "Booking",
    "BreakGlass",
    "Cell",
    "Certificate",
    "Channel",
    "ClientLink",
    "Contact",
    "Course",
    "Credential",
    "Delivery",
    "Derivation",
    "DigestLine",
    "Embargo",
    "Escalation",
    "Exercise",
    "Extension",
    "Feedback",
    "Frequency",
    "Grant",
    "GroupMember",
    "Handler",
    "Inject",
    "Invitation",
    "Item",
    "Kind",
    "KitMatch",
    "Lesson",
    "LessonRead",
    "Mailbox",
    "Membership",
    "Named",
    "Observation",
    "Office",
    "Organisation",
    "Origin",
    "Participant",
    "Person",
    "Placement",
    "Product",
    "Proof",
    "PublicKey",
    "Pulse",
    "Question",
    "Realm",
    "Reply",
    "ReporterNotice",
    "Response",
    "ResponseNote",
    "Seal",
    "Server",
    "Session",
    "SharingGroup",
    "Shift",
    "Standing",
    "Subscriber",
    "Subscription",
    "Team",
    "Terms",
    "Tier",
    "Tightening",
    "Tried",
    "Unsealed",
    "Warp",
    "Within",
    "pos_of",
    "shelf",
]
