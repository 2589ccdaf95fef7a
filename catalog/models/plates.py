from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models.printer_models import PrinterModel
from catalog.models.rules import above_zero, at_least, hex_colour
from catalog.models.variants import Variant
from catalog.querysets import PlateQuerySet, SliceFileQuerySet
from nozzly.core.models import Timestamped


class Plate(Timestamped):
    """A bed that can be printed again: what comes off it, in which colours, from which sliced files."""

    name = models.CharField(_("name"), max_length=160)
    note = models.TextField(_("note"), blank=True)
    bed_minutes = models.DecimalField(
        _("minutes at the bed"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Hands-on work to start and clear the whole bed; empty for what the recipes say."),
    )
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = PlateQuerySet.as_manager()

    class Meta:
        verbose_name = _("plate")
        verbose_name_plural = _("plates")
        constraints = [at_least("catalog_plate", "bed_minutes")]
        indexes = [models.Index(fields=["name", "id"], name="catalog_plate_name_idx")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("catalog:plate_detail", args=[self.pk])


class PlateOutput(models.Model):
    plate = models.ForeignKey(Plate, models.CASCADE, verbose_name=_("plate"), related_name="outputs")
    variant = models.ForeignKey(Variant, models.PROTECT, verbose_name=_("variant"), related_name="plate_outputs")
    pieces = models.PositiveIntegerField(_("pieces"), default=1)

    class Meta:
        verbose_name = _("plate output")
        verbose_name_plural = _("plate outputs")
        constraints = [
            models.UniqueConstraint(fields=["plate", "variant"], name="catalog_plateoutput_variant_unique"),
            above_zero("catalog_plateoutput", "pieces"),
        ]

    def __str__(self):
        return f"{self.pieces} × {self.variant}"


class PlateSlot(models.Model):
    """What to load for one slot of the bed; empty until somebody says which filament."""

    plate = models.ForeignKey(Plate, models.CASCADE, verbose_name=_("plate"), related_name="slots")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=60)
    filament = models.ForeignKey(
        "inventory.Filament", models.PROTECT, verbose_name=_("filament"), related_name="+", null=True, blank=True
    )
    group = models.ForeignKey(
        "inventory.MaterialGroup", models.PROTECT, verbose_name=_("group"), related_name="+", null=True, blank=True
    )
    material_type = models.CharField(_("material in the file"), max_length=40, blank=True)
    colour_hex = models.CharField(_("colour in the file"), max_length=7, blank=True)
    guessed = models.BooleanField(_("guessed from the file"), default=False)

    class Meta:
        verbose_name = _("plate slot")
        verbose_name_plural = _("plate slots")
        constraints = [
            models.UniqueConstraint(fields=["plate", "position"], name="catalog_plateslot_position_unique"),
            models.CheckConstraint(
                condition=Q(filament__isnull=True) | Q(group__isnull=True), name="catalog_plateslot_not_both"
            ),
            hex_colour("catalog_plateslot", "colour_hex"),
        ]

    def __str__(self):
        return self.name


class SliceFile(models.Model):
    """A sliced file of a plate, for one printer model and nozzle, with what the slicer said about it."""

    plate = models.ForeignKey(Plate, models.CASCADE, verbose_name=_("plate"), related_name="slice_files")
    printer_model = models.ForeignKey(
        PrinterModel,
        models.PROTECT,
        verbose_name=_("printer model"),
        related_name="slice_files",
        null=True,
        blank=True,
    )
    printer_name = models.CharField(_("printer in the file"), max_length=120, blank=True)
    nozzle_mm = models.DecimalField(_("nozzle, mm"), max_digits=4, decimal_places=2, null=True, blank=True)
    bed_x_mm = models.DecimalField(
        _("bed width in the file, mm"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    bed_y_mm = models.DecimalField(
        _("bed depth in the file, mm"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    file = models.FileField(_("file"), upload_to="catalog/slices/", max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    size_bytes = models.PositiveBigIntegerField(_("size, bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    plate_index = models.PositiveSmallIntegerField(_("plate in the file"), default=1)
    slicer = models.CharField(_("slicer"), max_length=80, blank=True)
    print_time_s = models.PositiveIntegerField(_("print time, s"), null=True, blank=True)
    layers = models.PositiveIntegerField(_("layers"), null=True, blank=True)
    layer_height_mm = models.DecimalField(_("layer height, mm"), max_digits=5, decimal_places=3, null=True, blank=True)
    thumbnail = models.ImageField(_("picture"), upload_to="catalog/thumbnails/", blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True)

    objects = SliceFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("sliced file")
        verbose_name_plural = _("sliced files")
        constraints = [
            models.UniqueConstraint(fields=["plate", "sha256", "plate_index"], name="catalog_slicefile_content_unique"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="catalog_slicefile_sha256_shape"),
            above_zero("catalog_slicefile", "nozzle_mm"),
            above_zero("catalog_slicefile", "bed_x_mm"),
            above_zero("catalog_slicefile", "bed_y_mm"),
            above_zero("catalog_slicefile", "layer_height_mm"),
        ]
        indexes = [models.Index(fields=["sha256"], name="catalog_slicefile_sha256_idx")]

    def __str__(self):
        return self.original_name


class SliceSlot(models.Model):
    """One filament of a sliced file. Grams in the part and purged are apart; empty means the file does not say."""

    slice_file = models.ForeignKey(SliceFile, models.CASCADE, verbose_name=_("sliced file"), related_name="slots")
    position = models.PositiveSmallIntegerField(_("position"))
    grams = models.DecimalField(_("grams in the part"), max_digits=14, decimal_places=3, null=True, blank=True)
    purge_g = models.DecimalField(_("grams purged"), max_digits=14, decimal_places=3, null=True, blank=True)
    length_mm = models.DecimalField(_("length, mm"), max_digits=14, decimal_places=3, null=True, blank=True)
    material_type = models.CharField(_("material"), max_length=40, blank=True)
    colour_hex = models.CharField(_("colour"), max_length=7, blank=True)
    filament_name = models.CharField(_("filament in the file"), max_length=120, blank=True)
    computed = models.BooleanField(_("grams computed from the length"), default=False)

    class Meta:
        verbose_name = _("sliced slot")
        verbose_name_plural = _("sliced slots")
        constraints = [
            models.UniqueConstraint(fields=["slice_file", "position"], name="catalog_sliceslot_position_unique"),
            at_least("catalog_sliceslot", "grams"),
            at_least("catalog_sliceslot", "purge_g"),
            at_least("catalog_sliceslot", "length_mm"),
            hex_colour("catalog_sliceslot", "colour_hex"),
        ]

    def __str__(self):
        return self.filament_name or self.material_type or str(self.position)
