from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Regex
from django.utils.translation import gettext_lazy as _

from inventory.choices import Finish
from inventory.models.brands import Brand, Material, MaterialGroup, is_hex_colour
from inventory.models.items import Item
from inventory.querysets import FilamentQuerySet
from nozzly.core.addresses import address

_ALL_HEXES = Func(F("colour_hexes"), Value(""), function="array_to_string", output_field=models.TextField())


class Filament(models.Model):
    """A colour of a brand on reels of one size. Its stock, name and prices are those of its item."""

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="filament")
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="filaments", verbose_name=_("brand"))
    material = models.ForeignKey(Material, models.PROTECT, related_name="filaments", verbose_name=_("material"))
    group = models.ForeignKey(
        MaterialGroup, models.SET_NULL, null=True, blank=True, related_name="filaments", verbose_name=_("group")
    )
    colour_name = models.CharField(_("colour"), max_length=80)
    colour_hexes = ArrayField(
        models.CharField(max_length=7, validators=[is_hex_colour]),
        verbose_name=_("colours"),
        validators=[MinLengthValidator(1)],
        help_text=_("one or, for multicolour, several #rrggbb"),
    )
    finish = models.CharField(_("finish"), max_length=12, choices=Finish.choices, blank=True, default="")
    diameter_mm = models.DecimalField(_("diameter (mm)"), max_digits=5, decimal_places=3, default=Decimal("1.75"))
    density_g_cm3 = models.DecimalField(
        _("density (g/cm³)"),
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("empty: the material's"),
    )
    net_weight_g = models.DecimalField(
        _("filament on a full reel (g)"), max_digits=14, decimal_places=3, default=Decimal(1000)
    )
    empty_reel_g = models.DecimalField(
        _("empty reel (g)"), max_digits=14, decimal_places=3, null=True, blank=True, help_text=_("empty: the brand's")
    )
    list_price = models.DecimalField(_("list price of a reel"), max_digits=14, decimal_places=2, null=True, blank=True)
    reference = models.CharField(_("library reference"), max_length=120, blank=True, editable=False)

    objects = FilamentQuerySet.as_manager()

    class Meta:
        verbose_name = _("filament")
        verbose_name_plural = _("filaments")
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "material", "colour_name", "finish", "diameter_mm", "net_weight_g"],
                name="inventory_filament_unique",
            ),
            models.CheckConstraint(
                condition=Regex(_ALL_HEXES, Value("^(#[0-9a-f]{6})+$")), name="inventory_filament_colours_are_hex"
            ),
            models.CheckConstraint(condition=Q(diameter_mm__gt=0), name="inventory_filament_diameter_positive"),
            models.CheckConstraint(condition=Q(net_weight_g__gt=0), name="inventory_filament_net_weight_positive"),
            models.CheckConstraint(
                condition=Q(density_g_cm3=None) | Q(density_g_cm3__gt=0), name="inventory_filament_density_positive"
            ),
            models.CheckConstraint(
                condition=Q(empty_reel_g=None) | Q(empty_reel_g__gte=0), name="inventory_filament_reel_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(list_price=None) | Q(list_price__gte=0), name="inventory_filament_price_not_negative"
            ),
            models.CheckConstraint(condition=Q(finish__in=Finish.values), name="inventory_filament_finish_known"),
        ]

    def __str__(self):
        return f"{self.brand} {self.material} {self.colour_name}"

    def get_absolute_url(self):
        return address("inventory:filament_detail", self.pk)

    @property
    def density(self) -> Decimal:
        """Its own density in g/cm³, else its material's."""
        return self.density_g_cm3 or self.material.density_g_cm3

    @property
    def tare_g(self) -> Decimal | None:
        """Weight of the empty reel: its own, else the brand's, else unknown."""
        return self.brand.empty_reel_g if self.empty_reel_g is None else self.empty_reel_g
