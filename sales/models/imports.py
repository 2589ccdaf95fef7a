"""Files of orders: what was in them, what was asked, what they made, and what was learned from the answers."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from nozzly.core.models import Timestamped
from pricing.models import Channel
from sales.choices import ImportAction, ImportState, OrderFileKind
from sales.import_querysets import ImportedLineQuerySet, OrderImportQuerySet
from sales.models.orders import Order, OrderLine


class ImportSettings(models.Model):
    """One row: from which day on orders move stock. What was placed before is history."""

    books_start_on = models.DateField(_("books start on"), null=True, blank=True)

    class Meta:
        verbose_name = _("import settings")
        verbose_name_plural = _("import settings")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="sales_importsettings_one_row")]

    def __str__(self):
        return str(self.books_start_on or "–")


class OrderImport(Timestamped):
    """One or several files that were read together. Nothing is written to the books before it is applied."""

    name = models.CharField(_("name"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.CHECKED)
    channel = models.ForeignKey(
        Channel, models.PROTECT, null=True, blank=True, related_name="order_imports", verbose_name=_("channel")
    )
    summary = models.JSONField(_("what it made"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    key = models.UUIDField(_("key"), unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = OrderImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("order import")
        verbose_name_plural = _("order imports")
        indexes = [models.Index(fields=["created_at", "id"], name="sales_orderimport_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="sales_orderimport_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[ImportState.APPLIED, ImportState.UNDONE]) | Q(applied_at__isnull=False),
                name="sales_orderimport_applied_has_its_time",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("sales:import_detail", args=[self.pk])


class ImportFile(models.Model):
    """One file as it was uploaded. Its content goes once it was applied: it is full of addresses."""

    order_import = models.ForeignKey(OrderImport, models.CASCADE, related_name="files", verbose_name=_("import"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=24, choices=OrderFileKind.choices, blank=True)
    digest = models.CharField(_("SHA-256"), max_length=64)
    content = models.FileField(_("content"), upload_to="sales/imports/", max_length=200, blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)

    class Meta:
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")
        constraints = [
            models.UniqueConstraint(fields=["order_import", "position"], name="sales_importfile_position_unique"),
            models.CheckConstraint(
                condition=Q(kind="") | Q(kind__in=OrderFileKind.values), name="sales_importfile_kind_known"
            ),
        ]

    def __str__(self):
        return self.name


class ImportedOrder(models.Model):
    """What an import did to an order; ``before`` holds what it changed, so that it can be put back."""

    order_import = models.ForeignKey(OrderImport, models.CASCADE, related_name="orders", verbose_name=_("import"))
    order = models.ForeignKey(Order, models.CASCADE, related_name="imports", verbose_name=_("order"))
    action = models.CharField(_("action"), max_length=10, choices=ImportAction.choices)
    is_history = models.BooleanField(_("before the books start"), default=False)
    before = models.JSONField(_("before"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("imported order")
        verbose_name_plural = _("imported orders")
        constraints = [
            models.UniqueConstraint(fields=["order_import", "order"], name="sales_importedorder_once"),
            models.CheckConstraint(
                condition=Q(action__in=ImportAction.values), name="sales_importedorder_action_known"
            ),
        ]

    def __str__(self):
        return f"{self.get_action_display()} {self.order_id}"


class ImportedLine(models.Model):
    """How the channel named a line: its SKU and listing, by which products and fees are found."""

    line = models.OneToOneField(
        OrderLine, models.CASCADE, primary_key=True, related_name="imported", verbose_name=_("line")
    )
    sku = models.CharField(_("SKU on the channel"), max_length=120, blank=True)
    listing = models.CharField(_("listing"), max_length=80, blank=True)
    is_history = models.BooleanField(_("before the books start"), default=False)

    objects = ImportedLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported line")
        verbose_name_plural = _("imported lines")
        indexes = [models.Index(fields=["listing"], name="sales_importedline_by_listing")]

    def __str__(self):
        return self.sku or self.listing


class MatchRule(Timestamped):
    """Which product is meant by what a channel writes: learned once, used for every later file.

    ``words`` is the normalised SKU, or title and options, that the rule answers to.
    """

    channel = models.ForeignKey(
        Channel, models.CASCADE, null=True, blank=True, related_name="match_rules", verbose_name=_("channel")
    )
    by_sku = models.BooleanField(_("by SKU"), default=False)
    words = models.CharField(_("words"), max_length=700)
    digest = models.CharField(max_length=64, editable=False)
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="match_rules", verbose_name=_("product"))
    pieces = models.PositiveIntegerField(_("pieces in one"), default=1)
    learned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("match rule")
        verbose_name_plural = _("match rules")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "digest"], nulls_distinct=False, name="sales_matchrule_words_unique"
            ),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="sales_matchrule_pieces_positive"),
        ]

    def __str__(self):
        return f"{self.words} = {self.variant}"
