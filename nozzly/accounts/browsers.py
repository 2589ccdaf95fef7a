"""What a browser says about itself, in words its owner knows."""

from django.utils.translation import gettext as _

# Sought from the top: most browsers also claim to be Chrome and Safari, most systems to be Linux or a Mac.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def describe(agent: str) -> str:
    """“Firefox on Android” of a User-Agent header; programs that are no browser keep the name they give."""
    browser = _first(_BROWSERS, agent)
    system = _first(_SYSTEMS, agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or agent.split("/", maxsplit=1)[0].strip()[:40] or _("Unknown browser")


def _first(known: tuple, agent: str) -> str:
    return next((name for mark, name in known if mark in agent.replace("HeadlessChrome/", "Chrome/")), "")
