"""The optional six digits from a phone (TOTP, RFC 6238), kept by django-otp."""

from base64 import b32encode
from urllib.parse import quote, urlencode

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError

RECOVERY_CODES = 10
# django-otp doubles the wait with each wrong code. Uncapped, a stranger who knows the password could stretch it to days.
_MOST_FAILURES = 9  # four minutes
_DIGITS = 6


class WrongCode(DomainError):
    pass


class TooSoon(DomainError):
    """Somebody has typed wrong codes; even the right one has to wait a little."""


def device_of(user: User) -> TOTPDevice | None:
    """The phone that signs in with this person, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def begin(user: User) -> TOTPDevice:
    """The phone that is being set up; the same one until it is confirmed."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "phone"})
    return device


def secret_of(device: TOTPDevice) -> str:
    """What is typed into the phone where it cannot scan: base 32."""
    return b32encode(device.bin_key).decode()


def provisioning_url(device: TOTPDevice, *, issuer: str) -> str:
    """What the phone scans: an otpauth URL (https://github.com/google/google-authenticator/wiki/Key-Uri-Format)."""
    query = urlencode({"secret": secret_of(device), "issuer": issuer, "digits": device.digits, "period": device.step})
    return f"otpauth://totp/{quote(issuer)}:{quote(device.user.email)}?{query}"


def confirm(user: User, *, code: str) -> list[str]:
    """Switch it on and return the recovery codes, each good for one sign-in. Raises WrongCode."""
    with transaction.atomic():
        device = begin(user)
        if not device.verify_token(code):
            raise WrongCode("That code does not fit. Wait for the next one and try again.")
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        device.confirmed = True
        device.save()
        StaticDevice.objects.filter(user=user).delete()
        recovery = StaticDevice.objects.create(user=user, name="recovery")
        codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=recovery, token=token) for token in codes)
        return codes


def check(user: User, *, code: str) -> TOTPDevice | StaticDevice:
    """The device that vouches for the person: six digits ask the phone, anything else the recovery codes.

    Wrong tries are slowed down by django-otp, for each of the two by itself. Raises WrongCode, TooSoon.
    """
    code = code.replace(" ", "").strip().lower()
    kind = TOTPDevice if len(code) == _DIGITS and code.isdecimal() else StaticDevice
    with transaction.atomic():
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        allowed = device is not None and device.verify_is_allowed()[0]
        if allowed and device.verify_token(code):
            return device
        if allowed and device.throttling_failure_count > _MOST_FAILURES:
            device.throttling_failure_count = _MOST_FAILURES
            device.save(update_fields=["throttling_failure_count"])
    if device is not None and not allowed:
        wait_s = 2 ** (device.throttling_failure_count - 1)
        raise TooSoon(f"Wrong codes were typed. Wait {wait_s} seconds before you try again.")
    raise WrongCode("That code does not fit. Wait for the next one, or use a recovery code.")


def forgive(user: User) -> None:
    """Somebody proved to be the person in another way: wrong codes typed by others slow nobody down any more."""
    for kind in (TOTPDevice, StaticDevice):
        kind.objects.filter(user=user).update(throttling_failure_count=0, throttling_failure_timestamp=None)


def switch_off(user: User) -> None:
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
