"""{% load pricing %}: what the price pages need beside the common parts."""

from django import template

from pricing.domain import fee_table
from pricing.forms.lists import MatchAnswerForm

register = template.Library()


@register.filter
def schedule_words(source):
    """The id of a fee schedule as people say it."""
    return fee_table.schedule_words(source)


@register.simple_tag(takes_context=True)
def query_with(context, name, value):
    """Answer this page's address with one parameter, named by a variable, set to a value."""
    query = context["request"].GET.copy()
    query[str(name)] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def lookup(mapping, key):
    """A value of a mapping by a key that a variable holds."""
    return mapping.get(key)


@register.simple_tag
def filled_rows(view, page, channels):
    """{% filled_rows view page channels as rows %}: the rows of a page, worked out when they are shown."""
    return view.filled(page, channels)


@register.simple_tag
def product_box(match):
    """{% product_box match %}: the box that says which product a line is, with suggestions while one types."""
    return MatchAnswerForm(auto_id=f"%s-{match.pk}")["product"]
