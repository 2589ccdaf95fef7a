from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.domain.bulk_edits import ProductChanges
from catalog.models import Category, DesignLicence
from nozzly.tax.choices import TaxClass
from nozzly.web.bulk_forms import AS_IT_IS, BulkEditForm


class BulkProductForm(BulkEditForm):
    clearable = ("category", "licence", "personalisation")
    changes_class = ProductChanges

    category = forms.ModelChoiceField(
        Category.objects.order_by("name"), label=_("Category"), required=False, empty_label=AS_IT_IS
    )
    licence = forms.ModelChoiceField(
        DesignLicence.objects.order_by("name", "pk"), label=_("Design licence"), required=False, empty_label=AS_IT_IS
    )
    tax_class = forms.ChoiceField(label=_("Tax class"), choices=[("", AS_IT_IS), *TaxClass.choices], required=False)
    personalisation = forms.CharField(label=_("Personalisation"), max_length=160, required=False)
    add_tags = forms.CharField(
        label=_("Add tags"), max_length=400, required=False, help_text=_("Several, with commas between them.")
    )
    remove_tags = forms.CharField(label=_("Take off tags"), max_length=400, required=False)
