"""{% load stock %}: small things only the stock room's pages need."""

from django import template
from django.utils.translation import gettext as _

from inventory.documents import address
from inventory.resources.exports import plain
from nozzly.web import qr

register = template.Library()
register.filter("plain", plain)


@register.filter
def has_key(mapping, key):
    return key in mapping


@register.filter
def entry(mapping, key):
    """What stands in a mapping under a key, or nothing."""
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def label_code(context, thing):
    """The QR code that a label of this lot or place carries, for the address in use."""
    base = context["request"].build_absolute_uri("/").rstrip("/")
    return qr.svg(address(base, thing.code), label=_("Code of {code}").format(code=thing.code))
