from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from nozzly.web.lookups import LookUpField


class BuildForm(forms.Form):
    pieces = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=10_000)
    minutes = forms.DecimalField(
        label=_("Minutes at the bench"),
        min_value=0,
        max_digits=9,
        decimal_places=2,
        required=False,
        help_text=_("All of them together. Empty: as the recipe says."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)


class CompareForm(forms.Form):
    left = LookUpField(Variant.objects.none(), source="catalog:variant_suggestions", label=_("One"))
    right = LookUpField(Variant.objects.none(), source="catalog:variant_suggestions", label=_("The other"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = Variant.objects.for_choice()
