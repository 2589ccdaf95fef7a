"""Option text of a line: ``Colour: Blue,Size: Large,Personalization: Ada`` in two halves."""

import html
import re

_PAIR = re.compile(r"(?:^|[,;/\n|]\s*)(?=[^,;:/\n|]{1,45}:\s?)")
_PERSONAL = re.compile(
    r"^(personali[sz]ation|personali[sz]e|custom(er)? text|engraving|gravur|personalisierung|personnalisation|name|text)$",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"^(not requested on this item\.?|none|n/?a|--?)$", re.IGNORECASE)
_BRACKETS = "[]() "


def plain(text: str) -> str:
    """HTML entities, which titles of some exports carry, read once."""
    return html.unescape(text).replace("\u00a0", " ").strip() if "&" in text else text.strip()


def split_options(text: str) -> tuple[str, str]:
    """The options that choose a product, and what the buyer wants written on it."""
    text = plain(text).strip(_BRACKETS)
    if not text or text in {"--", "-"}:
        return "", ""
    chosen, personal = [], []
    for part in _PAIR.split(text):
        bit = part.strip(" ,;/|\n")
        name, colon, value = bit.partition(":")
        if colon and _PERSONAL.match(name.strip()):
            if not _NOTHING.match(value.strip()):
                personal.append(value.strip())
        elif bit:
            chosen.append(f"{name.strip()}: {value.strip()}" if colon else bit)
    return ", ".join(chosen)[:300], ", ".join(personal)[:300]
