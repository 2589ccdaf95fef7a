"""{% load stock %}: small things only the stock room's pages need."""

from django import template

from inventory.resources.exports import plain

register = template.Library()
register.filter("plain", plain)


@register.filter
def has_key(mapping, key):
    return key in mapping
