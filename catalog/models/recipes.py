from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.choices import Origin, Stage
from catalog.models.printer_models import PrinterModel
from catalog.models.products import Product
from catalog.models.rules import above_zero, at_least, hex_colour, one_of
from catalog.models.variants import Variant
from catalog.querysets import RecipeQuerySet


class Recipe(models.Model):
    """One version of what a single piece takes; a change is a new version, so old costs stay explained."""

    product = models.ForeignKey(Product, models.CASCADE, verbose_name=_("product"), related_name="recipes")
    version = models.PositiveIntegerField(_("version"))
    is_current = models.BooleanField(_("current"), default=True)
    print_time_s = models.PositiveIntegerField(_("print time for one piece, s"), default=0)
    print_time_origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.TYPED)
    printer_model = models.ForeignKey(
        PrinterModel,
        models.PROTECT,
        verbose_name=_("costed on"),
        related_name="recipes",
        null=True,
        blank=True,
        help_text=_("Leave empty to use the default printer model."),
    )
    origin = models.CharField(
        _("why this version"), max_length=200, blank=True, help_text=_("For example: “benchy.gcode”, “PLA runs heavy”.")
    )
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True)

    objects = RecipeQuerySet.as_manager()

    class Meta:
        verbose_name = _("recipe")
        verbose_name_plural = _("recipes")
        constraints = [
            models.UniqueConstraint(fields=["product", "version"], name="catalog_recipe_version_unique"),
            models.UniqueConstraint(
                fields=["product"], condition=Q(is_current=True), name="catalog_recipe_one_current"
            ),
            above_zero("catalog_recipe", "version"),
            one_of("catalog_recipe", "print_time_origin", Origin.values),
        ]

    def __str__(self):
        return _("%(product)s, version %(version)s") % {"product": self.product, "version": self.version}


class RecipeSlot(models.Model):
    """A named colour of the piece: grams that stay in it, grams purged for it."""

    recipe = models.ForeignKey(Recipe, models.CASCADE, verbose_name=_("recipe"), related_name="slots")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=60)
    grams = models.DecimalField(_("grams in the part"), max_digits=14, decimal_places=3)
    purge_g = models.DecimalField(_("grams purged"), max_digits=14, decimal_places=3, default=0)
    material_type = models.CharField(_("material"), max_length=40, blank=True)
    colour_hex = models.CharField(_("colour"), max_length=7, blank=True)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.TYPED)

    class Meta:
        verbose_name = _("recipe slot")
        verbose_name_plural = _("recipe slots")
        constraints = [
            models.UniqueConstraint(fields=["recipe", "position"], name="catalog_recipeslot_position_unique"),
            models.UniqueConstraint(fields=["recipe", "name"], name="catalog_recipeslot_name_unique"),
            at_least("catalog_recipeslot", "grams"),
            at_least("catalog_recipeslot", "purge_g"),
            hex_colour("catalog_recipeslot", "colour_hex"),
            one_of("catalog_recipeslot", "origin", Origin.values),
        ]

    def __str__(self):
        return self.name


class RecipeComponent(models.Model):
    """Magnets, screws, a box: how many of an item one piece takes, and at which stage."""

    recipe = models.ForeignKey(Recipe, models.CASCADE, verbose_name=_("recipe"), related_name="components")
    item = models.ForeignKey("inventory.Item", models.PROTECT, verbose_name=_("item"), related_name="+")
    quantity = models.DecimalField(_("quantity for one piece"), max_digits=14, decimal_places=3)
    stage = models.CharField(_("used at"), max_length=10, choices=Stage.choices, default=Stage.ASSEMBLE)

    class Meta:
        verbose_name = _("recipe component")
        verbose_name_plural = _("recipe components")
        constraints = [
            models.UniqueConstraint(fields=["recipe", "item", "stage"], name="catalog_recipecomponent_item_unique"),
            above_zero("catalog_recipecomponent", "quantity"),
            one_of("catalog_recipecomponent", "stage", Stage.values),
        ]

    def __str__(self):
        return f"{self.quantity.normalize():f} × {self.item}"


class RecipeStep(models.Model):
    """Minutes of hands-on work on one piece."""

    recipe = models.ForeignKey(Recipe, models.CASCADE, verbose_name=_("recipe"), related_name="steps")
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    name = models.CharField(_("what is done"), max_length=80, blank=True)
    minutes = models.DecimalField(_("minutes for one piece"), max_digits=9, decimal_places=2)
    is_paid = models.BooleanField(
        _("paid by the hour"), default=False, help_text=_("Somebody is paid for it, so it counts in the stock value.")
    )
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.TYPED)

    class Meta:
        verbose_name = _("recipe step")
        verbose_name_plural = _("recipe steps")
        constraints = [
            models.UniqueConstraint(fields=["recipe", "stage", "name"], name="catalog_recipestep_name_unique"),
            at_least("catalog_recipestep", "minutes"),
            one_of("catalog_recipestep", "stage", Stage.values),
            one_of("catalog_recipestep", "origin", Origin.values),
        ]

    def __str__(self):
        return self.name or self.get_stage_display()


class RecipePart(models.Model):
    """A variant of another product that goes into this one: the parts of an assembly, the contents of a kit."""

    recipe = models.ForeignKey(Recipe, models.CASCADE, verbose_name=_("recipe"), related_name="parts")
    variant = models.ForeignKey(Variant, models.PROTECT, verbose_name=_("part"), related_name="used_in")
    pieces = models.PositiveIntegerField(_("pieces"), default=1)

    class Meta:
        verbose_name = _("recipe part")
        verbose_name_plural = _("recipe parts")
        constraints = [
            models.UniqueConstraint(fields=["recipe", "variant"], name="catalog_recipepart_variant_unique"),
            above_zero("catalog_recipepart", "pieces"),
        ]

    def __str__(self):
        return f"{self.pieces} × {self.variant}"
