"""What the pages of customers ask for."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nozzly.core.countries import country_choices
from nozzly.web.forms import FilterForm
from sales.models import Customer, CustomerAddress, CustomerSettings
from sales.report_choices import CustomerKind

MOST_TAGS, LONGEST_TAG = 20, 40


class CustomerFilter(FilterForm):
    search = forms.CharField(label=gettext_lazy("Search customers"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Person or business"), choices=[("", gettext_lazy("Everybody")), *CustomerKind.choices]
    )
    tag = forms.CharField(label=gettext_lazy("Tag"), max_length=LONGEST_TAG)
    again = forms.BooleanField(label=gettext_lazy("Came back"))

    def narrow(self, queryset: QuerySet) -> QuerySet:
        data = self.cleaned_data
        if data["search"]:
            queryset = queryset.matching(data["search"])
        if data["kind"]:
            queryset = queryset.filter(kind=data["kind"])
        if data["tag"]:
            queryset = queryset.tagged(data["tag"].lower())
        return queryset.filter(order_count__gt=1) if data["again"] else queryset


class CustomerForm(forms.ModelForm):
    tags = forms.CharField(
        label=gettext_lazy("Tags"), required=False, max_length=400, help_text=gettext_lazy("With commas between them.")
    )

    class Meta:
        model = Customer
        fields = [
            "kind", "name", "company", "email", "phone", "address", "city", "region", "postcode", "country", "tax_number",
            "channel_handle", "tags", "note",
        ]  # fmt: skip
        widgets = {"address": forms.Textarea(attrs={"rows": 2}), "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"), required=False, choices=[("", "–"), *country_choices()]
        )
        self.fields["kind"].required = False
        self.initial["tags"] = ", ".join(self.instance.tags)

    def clean_kind(self):
        return self.cleaned_data["kind"] or CustomerKind.PERSON

    def clean_tags(self):
        tags = sorted({tag.strip().lower() for tag in self.cleaned_data["tags"].split(",") if tag.strip()})
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(_("At most 20 tags of 40 letters each."))
        return tags


class AddressForm(forms.ModelForm):
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=country_choices)

    class Meta:
        model = CustomerAddress
        fields = ["label", "name", "address", "city", "region", "postcode", "country"]
        widgets = {"address": forms.Textarea(attrs={"rows": 2})}


class MergeForm(forms.Form):
    """Which other row is the same person, by the number in its address or by search."""

    gone = forms.ModelChoiceField(queryset=Customer.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["gone"].queryset = Customer.objects.known()


class RetentionForm(forms.ModelForm):
    class Meta:
        model = CustomerSettings
        fields = ["retention_months"]
