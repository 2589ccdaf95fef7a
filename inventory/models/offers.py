"""Where an item can be bought, and by which printed code it is known there."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.models.items import Item
from inventory.models.suppliers import Supplier

BARCODE = r"^(\d{8}|\d{12,14})$"


class Offer(models.Model):
    """What one supplier asks for a pack of an item."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="offers", verbose_name=_("item"))
    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="offers", verbose_name=_("supplier"))
    pack_size = models.DecimalField(
        _("in one pack"), max_digits=14, decimal_places=3, help_text=_("in the item's unit")
    )
    pack_price = models.DecimalField(_("price of a pack"), max_digits=14, decimal_places=2)
    order_code = models.CharField(_("their number for it"), max_length=80, blank=True)
    url = models.URLField(_("page"), blank=True)
    noted_on = models.DateField(_("noted on"))

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(fields=["item", "supplier", "pack_size"], name="inventory_offer_pack_once"),
            models.CheckConstraint(
                condition=Q(pack_size__gt=0, pack_price__gte=0), name="inventory_offer_amounts_in_range"
            ),
        ]

    def __str__(self):
        return f"{self.supplier}: {self.pack_size.normalize():f}"

    @property
    def price_per_unit(self):
        return self.pack_price / self.pack_size


class Barcode(models.Model):
    """The EAN or UPC that a maker prints on the box."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="barcodes", verbose_name=_("item"))
    digits = models.CharField(_("digits"), max_length=14, unique=True, validators=[RegexValidator(BARCODE)])

    class Meta:
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")
        constraints = [
            models.CheckConstraint(condition=Q(digits__regex=BARCODE), name="inventory_barcode_is_ean_or_upc"),
        ]

    def __str__(self):
        return self.digits
