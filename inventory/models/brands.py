"""Who makes filament, of what, and which filaments replace each other."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory.querysets import BrandQuerySet, GroupQuerySet

HEX_COLOUR = r"^#[0-9a-f]{6}$"
is_hex_colour = RegexValidator(HEX_COLOUR, _("Write a colour like #1a2b3c."))


class Brand(models.Model):
    """The maker of a filament, whoever sells it."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    empty_reel_g = models.DecimalField(
        _("empty reel (g)"),
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("weight of its bare reel"),
    )

    objects = BrandQuerySet.as_manager()

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        constraints = [
            models.CheckConstraint(condition=Q(empty_reel_g__gte=0), name="inventory_brand_reel_not_negative"),
            models.UniqueConstraint(Lower("name"), name="inventory_brand_name_in_any_case"),
        ]

    def __str__(self):
        return self.name


class Material(models.Model):
    """PLA, PETG, ASA …"""

    name = models.CharField(_("name"), max_length=40, unique=True)
    density_g_cm3 = models.DecimalField(_("density (g/cm³)"), max_digits=6, decimal_places=3)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints = [
            models.CheckConstraint(condition=Q(density_g_cm3__gt=0), name="inventory_material_density_positive"),
        ]

    def __str__(self):
        return self.name


class MaterialGroup(models.Model):
    """Filaments that replace each other: black PLA, any brand."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    material = models.ForeignKey(
        Material, models.PROTECT, null=True, blank=True, related_name="groups", verbose_name=_("material")
    )
    colour_hex = models.CharField(_("colour"), max_length=7, validators=[is_hex_colour])

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("material group")
        verbose_name_plural = _("material groups")
        constraints = [
            models.CheckConstraint(
                condition=Q(colour_hex__regex=HEX_COLOUR), name="inventory_materialgroup_colour_is_hex"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("inventory:group_detail", args=[self.pk])
