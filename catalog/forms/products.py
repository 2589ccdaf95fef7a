from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.choices import ProductKind
from catalog.domain.products import ProductFacts
from catalog.models import Category, DesignLicence, PrinterModel, Product
from nozzly.web.forms import FilterForm


class ProductFilter(FilterForm):
    search = forms.CharField(label=_("Search products"))
    category = forms.ModelChoiceField(Category.objects.order_by("name"), label=_("Category"), empty_label=_("All"))
    material = forms.CharField(label=_("Material"), widget=forms.TextInput(attrs={"placeholder": "PLA"}))
    state = forms.ChoiceField(
        label=_("Show"),
        choices=[
            ("", _("For sale")),
            ("guesses", _("With guessed numbers")),
            *ProductKind.choices[1:],
            ("archived", _("In the archive")),
        ],
    )

    def narrow(self, queryset):
        wanted = self.cleaned_data
        queryset = queryset.archived() if wanted["state"] == "archived" else queryset.active()
        if wanted["state"] == "guesses":
            queryset = queryset.with_guesses()
        if wanted["search"]:
            queryset = queryset.matching(wanted["search"])
        if wanted["category"]:
            queryset = queryset.filter(category=wanted["category"])
        if wanted["state"] in ProductKind.values:
            queryset = queryset.filter(kind=wanted["state"])
        return queryset.in_material(wanted["material"].strip()) if wanted["material"].strip() else queryset

    def active(self):
        texts = {"category": str(self.cleaned_data.get("category") or "")} if self.is_bound and self.is_valid() else {}
        return [(name, label, texts.get(name) or text) for name, label, text in super().active()]


class ProductForm(forms.ModelForm):
    category_name = forms.CharField(
        label=_("Category"),
        max_length=80,
        required=False,
        help_text=_("A new name makes a new category."),
        widget=forms.TextInput(attrs={"list": "categories", "autocomplete": "off"}),
    )
    tag_names = forms.CharField(
        label=_("Tags"), max_length=400, required=False, help_text=_("Several, with commas between them.")
    )

    class Meta:
        model = Product
        fields = [
            "title",
            "category_name",
            "tag_names",
            "kind",
            "description",
            "personalisation",
            "licence",
            "tax_class",
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tax_class"].required = False
        self.fields["licence"].empty_label = _("Own design")
        if self.instance.pk:
            self.initial["category_name"] = str(self.instance.category or "")
            self.initial["tag_names"] = ", ".join(self.instance.tags.order_by("name").values_list("name", flat=True))

    def facts(self) -> ProductFacts:
        data = self.cleaned_data
        return ProductFacts(
            title=data["title"],
            kind=data["kind"],
            category=self._category(),
            tags=tuple(data["tag_names"].split(",")),
            description=data["description"],
            personalisation=data["personalisation"],
            licence=data["licence"],
            tax_class=data["tax_class"] or self.instance.tax_class,
        )

    def _category(self) -> Category | None:
        name = self.cleaned_data["category_name"].strip()
        if not name:
            return None
        return Category.objects.filter(name__iexact=name).first() or Category.objects.create(name=name)


class LicenceForm(forms.ModelForm):
    class Meta:
        model = DesignLicence
        fields = ["name", "owner", "url", "terms", "allows_selling", "royalty_per_piece", "expires_on", "proof"]
        widgets = {
            "terms": forms.Textarea(attrs={"rows": 3}),
            "expires_on": forms.DateInput(attrs={"type": "date"}),
        }


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field."""

    def __init__(self, **kwargs):
        super().__init__(widget=FilesInput(attrs=kwargs.pop("attrs", {})), **kwargs)

    def clean(self, data, initial=None):
        files = data if isinstance(data, (list, tuple)) and data else [None]
        return [super(FilesField, self).clean(file, initial) for file in files]


class DropForm(forms.Form):
    files = FilesField(
        label=_("Sliced files"),
        allow_empty_file=True,
        attrs={"accept": ".gcode,.bgcode,.3mf,.ufp,.gx,.g,.gco", "class": "drop-input"},
        help_text=_("G-code, binary G-code, sliced 3MF, UFP or GX, from any slicer. Up to 50 files of 500 MB."),
    )
    printer_model = forms.ModelChoiceField(
        PrinterModel.objects.none(),
        label=_("Printer, where a file names none"),
        required=False,
        empty_label=_("The usual one"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["printer_model"].queryset = PrinterModel.objects.active().order_by("maker", "name")


class PhotoForm(forms.Form):
    image = forms.FileField(
        label=_("Picture"), widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
    )
    alt_text = forms.CharField(label=_("What it shows"), max_length=160, required=False)
