from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TaxConfig(AppConfig):
    name = "nozzly.tax"
    label = "tax"
    verbose_name = _("Tax")
    default_auto_field = "django.db.models.BigAutoField"
