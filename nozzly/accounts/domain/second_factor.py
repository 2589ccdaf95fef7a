"""The optional six digits from a phone (TOTP, RFC 6238), kept by django-otp."""

from base64 import b32encode
from urllib.parse import quote, urlencode

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from nozzly.accounts.models import User
from nozzly.core.errors import DomainError

RECOVERY_CODES = 10


class WrongCode(DomainError):
    pass


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
    """The device that vouches for the person. Wrong tries are slowed down by django-otp. Raises WrongCode."""
    code = code.replace(" ", "").strip()
    candidates = [
        *TOTPDevice.objects.filter(user=user, confirmed=True),
        *StaticDevice.objects.filter(user=user, confirmed=True),
    ]
    with transaction.atomic():
        for device in candidates:
            if device.verify_is_allowed()[0] and device.verify_token(code):
                return device
    raise WrongCode("That code does not fit. Wait for the next one, or use a recovery code.")


def switch_off(user: User) -> None:
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
