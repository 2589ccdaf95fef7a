"""Which variant and channel a row of a table means."""

from collections import defaultdict
from collections.abc import Mapping

from django.utils.translation import gettext as _

from catalog.models import Variant
from nozzly.core.errors import DomainError
from pricing.domain.listings import Wish, check_wish
from pricing.models import Channel


class NotFound(DomainError):
    pass


class Finder:
    """Reads the names once and answers for every row."""

    def __init__(self) -> None:
        self.channels = {channel.name.casefold(): channel for channel in Channel.objects.all()}
        self.by_sku: dict[str, Variant] = {}
        self.by_title: dict[str, list[Variant]] = defaultdict(list)
        for variant in Variant.objects.active().select_related("product", "item"):
            if variant.item.sku:
                self.by_sku[variant.item.sku.casefold()] = variant
            self.by_title[variant.product.title.casefold()].append(variant)

    def wish(self, row: Mapping) -> Wish:
        """Raises NotFound, PriceNotPossible."""
        channel = self.channels.get(row["channel"].casefold())
        if channel is None:
            raise NotFound(_("There is no channel called “{name}”.").format(name=row["channel"]))
        wish = Wish(
            variant=self.variant(row["sku"], row["product"], row["variant"]),
            channel=channel,
            price=row["price"],
            postage_charged=row["postage_charged"],
            pieces=row["pieces"] or 1,
            external_id=row["external_id"],
            option_text=row["option_text"],
        )
        check_wish(wish)
        return wish

    def variant(self, sku: str, title: str, name: str) -> Variant:
        if sku:
            found = self.by_sku.get(sku.casefold())
            if found is None:
                raise NotFound(_("Nothing has the SKU “{sku}”.").format(sku=sku))
            return found
        same = self.by_title.get(title.casefold(), [])
        named = [variant for variant in same if not name or variant.name.casefold() == name.casefold()]
        if not named:
            raise NotFound(_("There is no product “{title}” with a variant “{name}”.").format(title=title, name=name))
        if len(named) > 1:
            raise NotFound(_("“{title}” has several variants; name one or give its SKU.").format(title=title))
        return named[0]
