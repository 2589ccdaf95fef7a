"""{% load nozzly %}: the parts that pages are made of. /styleguide/ shows each one with its code."""

from urllib.parse import urlencode

from django import template
from django.core.exceptions import ImproperlyConfigured
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from nozzly.web import formatting, icons, navigation, pdf, swatches
from nozzly.web import panels as panels_of_apps
from nozzly.web.widgets import drawn_quickly

register = template.Library()

register.filter("money", formatting.money)
register.filter("unit_cost", formatting.unit_cost)
register.filter("grams", formatting.grams)
register.filter("kilograms", formatting.kilograms)
register.filter("duration", formatting.duration)
register.filter("percent", formatting.percent)
register.filter("number", formatting.number)
register.filter("day", formatting.day)
register.filter("moment", formatting.moment)
register.filter("clock", formatting.clock)

TONES = {"neutral", "good", "warn", "bad", "info", "accent"}


@register.simple_tag
def icon(name, css="", label=""):
    """{% icon "printer" %}; give a label only when the icon stands alone and means something."""
    return icons.svg(name, css=css, label=label)


@register.simple_tag
def swatch(hexes, label="", css="", see_through=False):  # noqa: FBT002 - a template argument is named by its caller
    """{% swatch filament.hexes label=filament.colour_name %}: "ff0000,00ff00" or a list of them."""
    return swatches.svg(hexes, label=label, css=css, see_through=see_through)


def _tone(tone: str) -> str:
    if tone not in TONES:
        raise ImproperlyConfigured(f"“{tone}” is not a tone; use one of {', '.join(sorted(TONES))}.")
    return tone


@register.simple_tag
def badge(text, tone="neutral", icon=""):
    """{% badge run.get_state_display tone="good" icon="check" %}."""
    picture = icons.svg(icon, css="icon-sm") if icon else ""
    return format_html('<span class="tag tag-{}">{}{}</span>', _tone(tone), picture, text)


@register.inclusion_tag("components/assumed.html")
def assumed(origin=""):
    """{% assumed "list price" %}: a number somebody guessed, with where it comes from."""
    return {"origin": origin}


@register.inclusion_tag("components/stat.html")
def stat(label, value, hint="", tone="neutral", url="", icon=""):
    """A number that matters with its name."""
    return {"label": label, "value": value, "hint": hint, "tone": _tone(tone), "url": url, "icon": icon}


@register.inclusion_tag("components/bar.html")
def bar(value, of, label="", tone="accent"):
    """{% bar spool.left_g of=spool.net_g label="498 g left" %}: how full something is."""
    share = min(max(float(value or 0) / float(of), 0), 1) * 100 if of else 0
    return {"share": f"{share:.1f}", "label": label, "tone": _tone(tone)}


@register.inclusion_tag("components/empty_state.html")
def empty_state(title, text="", icon="sparkles", url="", label=""):
    """What to do first, where there is nothing yet."""
    return {"title": title, "text": text, "icon": icon, "url": url, "label": label}


@register.inclusion_tag("components/crumbs.html")
def crumbs(*pairs):
    """{% crumbs _("Spools") "inventory:spool_list" spool.code %}: text and URL name in turns, the last without."""
    trail = [(pairs[index], _link(pairs[index + 1])) for index in range(0, len(pairs) - 1, 2)]
    return {"trail": trail, "here": pairs[-1] if len(pairs) % 2 else ""}


def _link(target) -> str:
    text = str(target)
    return text if text.startswith("/") else reverse(text)


@register.inclusion_tag("components/tabs.html", takes_context=True)
def tabs(context, *pairs, label=""):
    """{% tabs _("Inbox") "?state=inbox" _("To print") url label=_("Orders by state") %}."""
    request = context["request"]
    here = request.get_full_path()
    entries = [(pairs[index], str(pairs[index + 1])) for index in range(0, len(pairs) - 1, 2)]
    marked = [(text, url, url in {here, request.path, f"?{request.GET.urlencode()}"}) for text, url in entries]
    return {"entries": marked, "label": label}


@register.inclusion_tag("components/timeline.html")
def timeline(entries):
    """Entries are dicts or objects with at, text and, if known, by, url, icon, detail."""
    return {"entries": entries}


@register.inclusion_tag("components/progress.html")
def job_panel(job):
    """The progress of a background job; follows itself without a reload where JavaScript runs."""
    return {"job": job}


@register.inclusion_tag("components/chart.html")
def chart(picture, caption=""):
    """{% chart profit_chart caption=_("…") %}: a nozzly.web.charts.Chart as light and dark pictures with its table."""
    return {"chart": picture, "caption": caption}


@register.simple_tag
def stored(file):
    """{% stored product.photo.file %}: the address of a workspace's file inside a PDF document."""
    return pdf.stored_url(getattr(file, "name", file))


# Forms


@register.inclusion_tag("components/field.html")
def field(bound, suffix="", css="", label_hidden=False):  # noqa: FBT002 - a template argument is named by its caller
    """{% field form.weight_g suffix="g" %}: label, widget, help and errors beside it."""
    if not isinstance(bound, BoundField):
        raise ImproperlyConfigured("{% field %} needs a field of a form; is its name right?")
    drawn_quickly(bound.field)
    widget = bound.field.widget
    if getattr(bound.field, "empty_label", None) == BLANK_CHOICE_DASH[0][1]:
        bound.field.empty_label = _("Choose one") if bound.field.required else "–"
    return {
        "field": bound,
        "widget": bound.as_widget(attrs={"class": _widget_css(bound)}),
        "kind": _field_kind(widget),
        "suffix": suffix,
        "css": css,
        "label_hidden": label_hidden,
    }


def _field_kind(widget) -> str:
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "group"
    return "check" if isinstance(widget, CheckboxInput) else "plain"


def _widget_css(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return widget.attrs.get("class", "")  # Django puts it on the box around the choices as well
    if isinstance(widget, CheckboxInput):
        base = "form-check-input"
    elif isinstance(widget, Select):
        base = "form-select"
    else:
        base = "form-control form-file" if isinstance(widget, FileInput) else "form-control"
    return " ".join(filter(None, (base, widget.attrs.get("class"), "is-invalid" if bound.errors else "")))


@register.inclusion_tag("components/fields.html")
def fields(form, only="", without=""):
    """{% fields form %}, or {% fields form only="code weight_g" %}."""
    wanted, hidden = only.split(), set(without.split())
    shown = [form[name] for name in wanted] if wanted else form.visible_fields()
    return {
        "form": form,
        "shown": [bound for bound in shown if bound.name not in hidden],
        "whole": not wanted,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form):
    """What is wrong with the form as a whole."""
    return {"form": form}


# Lists


def _query(context, **changes) -> str:
    kept = [(key, values) for key, values in context["request"].GET.lists() if key not in changes and key != "format"]
    changed = [(key, [value]) for key, value in changes.items() if value not in {None, ""}]
    return f"?{urlencode(kept + changed, doseq=True)}"


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """{% query page=2 %}: this page's address with some parameters changed; "" removes one."""
    return _query(context, **changes)


def _fragment(context) -> str:
    names = getattr(context.get("view"), "fragments", ())
    return names[0] if names else ""


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context, key, label, css=""):
    """{% sort_header "code" _("Code") %}: a <th> with a link when the view sorts by it."""
    sort = context.get("sort", "")
    up, down = sort == key, sort == f"-{key}"
    view = context.get("view")
    return {
        "label": label,
        "css": css,
        "url": _query(context, sort=f"-{key}" if up else key, page="") if view and key in view.sorts else "",
        "direction": "ascending" if up else "descending" if down else "",
        "fragment": _fragment(context),
    }


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(context):
    """The search box, the filters and what is narrowed right now."""
    form = context.get("filter_form")
    chips = (
        [(label, text, _query(context, **{name: "", "page": ""})) for name, label, text in form.active()]
        if form
        else []
    )
    view = context.get("view")
    return {
        "request": context["request"],
        "form": form,
        "others": [bound for bound in form.visible_fields() if bound.name != "search"] if form else [],
        "search": form["search"] if form and "search" in form.fields else None,
        "sort": context["request"].GET.get("sort", ""),
        "columns": [(key, label, key in context["shown"]) for key, label in view.offered_columns.items()]
        if view
        else [],
        "columns_url": _query(context, columns="", page=""),
        "columns_chosen": bool(view and view.chosen_columns),
        "columns_in_url": view.chosen_columns if view and "columns" in context["request"].GET else [],
        "chips": chips,
        "fragment": _fragment(context),
        "can_export": bool(view and view.resource),
        "csv_url": _query_for_export(context, "csv"),
        "xlsx_url": _query_for_export(context, "xlsx"),
        "views_url": _views_url(context) if form or (view and view.columns) else "",
        "import_url": link_for(context, view.import_url) if view and view.import_url else "",
    }


def _views_url(context) -> str:
    """A view that is kept brings its columns along, whatever the list shows by then."""
    request, pairs = context["request"], context["request"].GET.copy()
    if view := context.get("view"):
        pairs.setlist("columns", view.chosen_columns)
    query = urlencode({"query": pairs.urlencode()}) if pairs else ""
    return f"{reverse('web:saved_views', args=[request.resolver_match.view_name])}?{query}".rstrip("?")


def _query_for_export(context, kind: str) -> str:
    return _query(context, page="", format=kind)


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context):
    page = context["page"]
    return {
        "page": page,
        "previous_url": _query(context, page=page.number - 1) if page.has_previous else "",
        "next_url": _query(context, page=page.number + 1) if page.has_next else "",
        "first_url": _query(context, page=""),
        "fragment": _fragment(context),
    }


@register.simple_tag(takes_context=True)
def link_for(context, url_name):
    """The URL behind a name if this user may open it, else nothing: {% link_for "inventory:spool_list" as url %}."""
    return navigation.visible_target(context["request"].user, str(url_name)) or ""


@register.simple_tag(takes_context=True)
def if_openable(context, url):
    """The address if this user may open it, else nothing: {% if_openable line.url as url %}."""
    return url if url and navigation.may_open(context["request"].user, url) else ""


@register.simple_tag
def url_if_any(url_name, *args):
    """A URL, or nothing where the page does not exist."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def panels(context, place, subject):
    """What apps above this page put into it: {% panels "item" item %}."""
    return panels_of_apps.drawn(context["request"], place, subject)
