from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory.querysets import SupplierQuerySet


class Supplier(models.Model):
    """Who sells to us; a brand is who made it."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    url = models.URLField(_("website"), blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints = [models.UniqueConstraint(Lower("name"), name="inventory_supplier_name_in_any_case")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("inventory:supplier_edit", args=[self.pk])
