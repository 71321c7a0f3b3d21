from __future__ import annotations

import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by a WARP's coordinators; nobody signs themselves up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who has just signed in and has no second factor yet sets it up without typing the password again."""
        records = get_authentication_records(self.request, self.request.user)
        just_now = any(time.time() - one["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for one in records)
        if app == "allauth.mfa" and just_now and not is_mfa_enabled(self.request.user):
            return False
        return bool(super().is_reauthentication_required(app=app))
