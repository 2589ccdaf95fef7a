from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelKind(models.TextChoices):
    MARKETPLACE = "marketplace", _("Marketplace")
    OWN_SHOP = "own_shop", _("Own shop")
    FAIR = "fair", _("Craft fair")
    DIRECT = "direct", _("Direct")


class OffsiteAds(models.TextChoices):
    """How the ads that a marketplace buys outside are counted in."""

    OFF = "off", _("Never")
    BLENDED = "blended", _("On a share of sales")
    ALWAYS = "always", _("On every sale")


class PriceReason(models.TextChoices):
    TYPED = "typed", _("Typed")
    TARGET = "target", _("Set to reach a target")
    IMPORTED = "imported", _("Imported")


class SheetKind(models.TextChoices):
    RETAIL = "retail", _("Retail")
    WHOLESALE = "wholesale", _("Wholesale")
    FAIR = "fair", _("Fair")
    INTERNAL = "internal", _("Internal, with costs")


class Zone(models.TextChoices):
    """Where the shipped shipping services go; a shop may write zones of its own."""

    HOME = "home", _("Home")
    EUROPE = "europe", _("Europe")
    WORLD = "world", _("World")


class PriceOrigin(models.TextChoices):
    """Where the price of a comparison comes from."""

    TYPED = "typed", _("typed")
    LISTING = "listing", _("listed price")
    TARGET = "target", _("price for the target")


class QuoteState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class OwnFeePer(models.TextChoices):
    ORDER = "order", _("for each order")
    UNIT = "unit", _("for each listing sold")
    MONTH = "month", _("for each month")
    EVENT = "event", _("for each fair")


class OwnFeeBase(models.TextChoices):
    GOODS = "goods", _("the goods")
    GOODS_AND_POST = "goods_and_post", _("goods and postage")
    ALL_PAID = "all_paid", _("all the buyer pays, with tax")


class OwnFeeWhen(models.TextChoices):
    ALWAYS = "always", _("always")
    INTERNATIONAL = "international", _("buyers abroad")
    IN_PERSON = "in_person", _("in person")
