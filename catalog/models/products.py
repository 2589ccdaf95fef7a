from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from catalog.choices import ProductKind
from catalog.models.rules import at_least, one_of
from catalog.querysets import LicenceQuerySet, ProductQuerySet
from nozzly.core.addresses import address
from nozzly.core.models import Timestamped
from nozzly.tax.choices import TaxClass


class Category(models.Model):
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [models.UniqueConstraint(Lower("name"), name="catalog_category_name_unique")]

    def __str__(self):
        return self.name


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [models.UniqueConstraint(Lower("name"), name="catalog_tag_name_unique")]

    def __str__(self):
        return self.name


class DesignLicence(models.Model):
    """Leave to sell prints of somebody's design: from whom, on what terms, for how much a piece."""

    name = models.CharField(_("design or collection"), max_length=120)
    owner = models.CharField(_("owner"), max_length=120)
    url = models.URLField(_("link"), blank=True)
    terms = models.TextField(_("terms"), blank=True)
    allows_selling = models.BooleanField(_("selling prints is allowed"), default=False)
    royalty_per_piece = models.DecimalField(_("royalty per piece"), max_digits=14, decimal_places=2, default=0)
    proof = models.FileField(_("proof"), upload_to="catalog/licences/", blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("design licence")
        verbose_name_plural = _("design licences")
        constraints = [
            models.UniqueConstraint(Lower("name"), Lower("owner"), name="catalog_designlicence_name_unique"),
            at_least("catalog_designlicence", "royalty_per_piece"),
        ]

    def __str__(self):
        return _("%(name)s by %(owner)s") % {"name": self.name, "owner": self.owner}

    def get_absolute_url(self):
        return address("catalog:edit_licence", self.pk)


class Product(Timestamped):
    """Something that is made and sold; what can be bought of it are its variants."""

    title = models.CharField(_("title"), max_length=160)
    kind = models.CharField(_("kind"), max_length=10, choices=ProductKind.choices, default=ProductKind.PRINTED)
    category = models.ForeignKey(
        Category, models.SET_NULL, verbose_name=_("category"), related_name="products", null=True, blank=True
    )
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), related_name="products", blank=True)
    description = models.TextField(_("description"), blank=True)
    personalisation = models.CharField(
        _("personalisation"),
        max_length=160,
        blank=True,
        help_text=_("What the buyer may choose to have written on it, for example: a name, up to 12 letters."),
    )
    licence = models.ForeignKey(
        DesignLicence,
        models.PROTECT,
        verbose_name=_("design licence"),
        related_name="products",
        null=True,
        blank=True,
        help_text=_("Leave empty for a design of your own."),
    )
    tax_class = models.CharField(
        _("tax class"),
        max_length=12,
        choices=TaxClass.choices,
        default=TaxClass.STANDARD,
        help_text=_("Which of a country's rates falls on it; nearly everything has the standard rate."),
    )
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("title", "description", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            one_of("catalog_product", "kind", ProductKind.values),
            one_of("catalog_product", "tax_class", TaxClass.values),
        ]
        indexes = [
            GinIndex(fields=["search"], name="catalog_product_search_idx"),
            models.Index(Lower("title"), "id", name="catalog_product_title_idx"),
            models.Index(fields=["created_at", "id"], name="catalog_product_created_idx"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return address("catalog:product_detail", self.pk)

    @property
    def is_archived(self):
        return self.archived_at is not None


class ProductPhoto(models.Model):
    """A picture of a product, resized and stripped of camera data when it comes in."""

    product = models.ForeignKey(Product, models.CASCADE, verbose_name=_("product"), related_name="photos")
    image = models.ImageField(_("picture"), upload_to="catalog/photos/", height_field="height", width_field="width")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt_text = models.CharField(_("what it shows"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    from_slicer = models.BooleanField(_("drawn by the slicer"), default=False)

    class Meta:
        verbose_name = _("product photo")
        verbose_name_plural = _("product photos")
        indexes = [models.Index(fields=["product", "position"], name="catalog_photo_position_idx")]

    def __str__(self):
        return self.alt_text or str(_("Picture of %(product)s") % {"product": self.product_id})
