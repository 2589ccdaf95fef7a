from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inventory.choices import LocationKind
from inventory.querysets import LocationQuerySet


class Location(models.Model):
    """A place in the tree: room, shelf, box, printer slot. ``path`` and ``depth`` are kept by the domain."""

    SEPARATOR = " › "

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=LocationKind.choices, default=LocationKind.SHELF)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("in")
    )
    code = models.CharField(_("code"), max_length=8, unique=True, editable=False)
    path = models.CharField(_("path"), max_length=400, editable=False, db_index=True)
    depth = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = LocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], nulls_distinct=False, name="inventory_location_name_unique_in_parent"
            ),
            models.CheckConstraint(condition=Q(kind__in=LocationKind.values), name="inventory_location_kind_known"),
            models.CheckConstraint(condition=~Q(name__contains="›"), name="inventory_location_name_has_no_arrow"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("pk")), name="inventory_location_not_in_itself"
            ),
        ]

    def __str__(self):
        return self.path or self.name

    def get_absolute_url(self):
        return reverse("inventory:location_detail", args=[self.pk])
