"""One message on an open connection in two turns, where the server takes commands together (RFC 2920); else in four.

What a refusal raises is what smtplib raises, so that whoever asks why need not know which of the ways was gone.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from contextlib import suppress

GO_ON, BUSY = 354, 421
TAKEN = (250, 251, 252)


def hand_over(server: smtplib.SMTP, sender: str, to: str, mail: Callable[[], bytes]) -> None:
    """`mail` is asked for while the server looks at the addresses. Raises OSError, or one of smtplib's, where the
    server does not take it: this message alone is refused by it."""
    server.ehlo_or_helo_if_needed()
    if not server.has_extn("pipelining"):
        server.sendmail(sender, [to], mail())
        return
    if any(mark in word for word in (sender, to) for mark in "\r\n<>"):
        raise ValueError("an address would end its command")
    server.send(f"MAIL FROM:<{sender}>\r\nRCPT TO:<{to}>\r\nDATA\r\n")
    try:
        text = dotted(mail())
    except BaseException:
        server.close()  # it waits for a text that there is not
        raise
    refused = _refused(server, sender, to)
    code, said = _reply(server, refused)
    if refused is None and code == GO_ON:
        server.send(text)
        code, said = server.getreply()
        if code in TAKEN:
            return
    elif code == GO_ON:  # it wants a text, though it took no recipient: nobody gets this one, which is empty
        server.send(b".\r\n")
        _reply(server, refused)
    _forget(server, code)
    raise refused or smtplib.SMTPDataError(code, said)


def _refused(server: smtplib.SMTP, sender: str, to: str) -> smtplib.SMTPException | None:
    """What the server has against the sender or the recipient. The answers are read to the last, each to its command;
    but a server that is busy hangs up, and owes no more."""
    sent = server.getreply()
    if sent[0] == BUSY:
        _forget(server, BUSY)
        raise smtplib.SMTPSenderRefused(*sent, sender)
    against = smtplib.SMTPSenderRefused(*sent, sender) if sent[0] not in TAKEN else None
    reached = _reply(server, against)
    if reached[0] == BUSY:
        _forget(server, BUSY)
        raise smtplib.SMTPRecipientsRefused({to: reached})
    return against or (None if reached[0] in TAKEN else smtplib.SMTPRecipientsRefused({to: reached}))


def _reply(server: smtplib.SMTP, refused: smtplib.SMTPException | None) -> tuple[int, bytes]:
    """The next answer; of a server that refused and hung up, its refusal."""
    try:
        return server.getreply()
    except smtplib.SMTPServerDisconnected:
        if refused is None:
            raise
        raise refused from None


def _forget(server: smtplib.SMTP, code: int) -> None:
    """Nothing of a refused message is left for the next."""
    with suppress(smtplib.SMTPServerDisconnected):
        if code == BUSY:
            server.close()
        else:
            server.rset()


def dotted(mail: bytes) -> bytes:
    """The text as it is sent, with its end (RFC 5321, 4.5.2)."""
    whole = (b"\n" + mail).replace(b"\n.", b"\n..")[1:]
    return whole + (b".\r\n" if whole.endswith(b"\r\n") else b"\r\n.\r\n")
