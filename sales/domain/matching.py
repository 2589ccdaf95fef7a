"""Which product a channel means: by what was answered before, by SKU, by the listing; else only suggestions."""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from catalog.models import Variant
from nozzly.accounts.models import User
from nozzly.core.errors import DomainError
from pricing.models import Channel, Listing
from sales.models import MatchRule

_SIGNS = re.compile(r"[\W_]+")
_SUGGESTED_FROM = 0.25  # share of letter triples in common


class NoSuchPieces(DomainError):
    pass


@dataclass(frozen=True, slots=True)
class Words:
    """How a channel names a line."""

    title: str
    options: str = ""
    sku: str = ""
    listing: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """``how`` is remembered, sku or listing."""

    variant_id: int
    pieces: int
    how: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    variant: Variant
    likeness_pct: int


class Matcher:
    """Knows all SKUs, listings and answers; asks the database once, whatever the number of lines."""

    def __init__(self, channel: Channel | None) -> None:
        rules = MatchRule.objects.filter(variant__archived_at=None).order_by("pk")
        own, everywhere = {}, {}
        for rule in rules:
            kept = own if channel and rule.channel_id == channel.pk else everywhere
            if rule.channel_id in {None, channel.pk if channel else None}:
                kept[rule.digest] = Match(rule.variant_id, rule.pieces, "remembered")
        self._rules = everywhere | own
        skus = Variant.objects.filter(archived_at=None).exclude(item__sku="").values_list("item__sku", "pk")
        self._skus = {sku.strip().casefold(): Match(pk, 1, "sku") for sku, pk in skus if sku}
        self._listings = _listings(channel)

    def find(self, words: Words) -> Match | None:
        """An answer somebody gave goes before the SKU: people correct what a file says."""
        return (
            self._rules.get(digest_of(words, by_sku=False))
            or (self._rules.get(digest_of(words, by_sku=True)) if words.sku else None)
            or self._skus.get(words.sku.strip().casefold())
            or self._listings.get((words.listing, plain(words.options)))
            or self._listings.get((words.listing, ""))
        )


def _listings(channel: Channel | None) -> dict[tuple[str, str], Match]:
    """By number and option text; a number that stands for several variants answers only with its options."""
    if channel is None:
        return {}
    rows = Listing.objects.filter(channel=channel, ended_at=None).exclude(external_id="")
    found: dict[tuple[str, str], list[Match]] = defaultdict(list)
    for number, text, variant_id, pieces in rows.values_list("external_id", "option_text", "variant", "pieces"):
        match = Match(variant_id, pieces, "listing")
        found[number, ""].append(match)
        if text:
            found[number, plain(text)].append(match)
    return {key: matches[0] for key, matches in found.items() if len(matches) == 1}


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Words without case, accents and signs."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_SIGNS.sub(" ", "".join(c for c in bare if not unicodedata.combining(c))).split())


def words_text(words: Words, *, by_sku: bool) -> str:
    return words.sku.strip().casefold() if by_sku else f"{plain(words.title)} / {plain(words.options)}"


def digest_of(words: Words, *, by_sku: bool) -> str:
    text = f"{'sku' if by_sku else 'words'}:{words_text(words, by_sku=by_sku)}"
    return hashlib.sha256(text.encode()).hexdigest()


def remember(
    words: Words, *, channel: Channel | None, variant: Variant, pieces: int, by: User, at: datetime
) -> MatchRule:
    """Keep an answer: by title and options, so that two options of one SKU stay apart. Raises NoSuchPieces."""
    if not 0 < pieces <= 10_000:
        raise NoSuchPieces(_("A listing holds between 1 and 10,000 pieces."))
    rule, _made = MatchRule.objects.update_or_create(
        channel=channel, digest=digest_of(words, by_sku=False),
        defaults={
            "words": words_text(words, by_sku=False)[:700], "by_sku": False, "variant": variant, "pieces": pieces,
            "learned_by": by, "updated_at": at,
        },
    )  # fmt: skip
    return rule


def forget(rule: MatchRule) -> None:
    """Later files ask again; lines that were answered stay."""
    rule.delete()


def suggestions(texts: Iterable[Words], *, most: int = 3) -> dict[Words, list[Suggestion]]:
    """For each line the products whose names are most like it, by letter triples in common."""
    texts = list(texts)
    holders, sizes = _known_triples() if texts else ({}, {})
    near = {words: _nearest(_triples(f"{words.title} {words.options}"), holders, sizes)[:most] for words in texts}
    chosen = {pk for found in near.values() for _score, pk in found}
    variants = Variant.objects.select_related("product", "item").in_bulk(chosen)
    return {
        words: [Suggestion(variants[pk], round(score * 100)) for score, pk in found] for words, found in near.items()
    }


def _known_triples() -> tuple[Mapping[str, list[int]], Mapping[int, int]]:
    """Which variants hold each triple, and how many triples each has: names are cut up once for all lines."""
    names = Variant.objects.active().values_list("pk", "product__title", "name")
    holders: dict[str, list[int]] = defaultdict(list)
    sizes: dict[int, int] = {}
    of_title: dict[str, frozenset[str]] = {}
    for pk, title, name in names:
        own = of_title[title] if title in of_title else of_title.setdefault(title, _triples(title))
        triples = own | _triples(name)
        sizes[pk] = len(triples)
        for triple in triples:
            holders[triple].append(pk)
    return holders, sizes


def _nearest(
    wanted: frozenset[str], holders: Mapping[str, list[int]], sizes: Mapping[int, int]
) -> list[tuple[float, int]]:
    """(likeness, variant), the most alike first: triples in common of all that either has."""
    common: Counter[int] = Counter()
    for triple in wanted:
        common.update(holders.get(triple, ()))
    scored = ((count / (len(wanted) + sizes[pk] - count), pk) for pk, count in common.items())
    return sorted((pair for pair in scored if pair[0] >= _SUGGESTED_FROM), key=lambda pair: (-pair[0], pair[1]))


def _triples(text: str) -> frozenset[str]:
    return frozenset(triple for word in plain(text).split() for triple in _triples_of_word(word))


@lru_cache(maxsize=4096)
def _triples_of_word(word: str) -> tuple[str, ...]:
    padded = f"  {word} "
    return tuple(padded[index : index + 3] for index in range(len(padded) - 2))
