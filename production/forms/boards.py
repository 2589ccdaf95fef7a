"""What is looked at among many printers."""

from django import forms

from nozzly.web.paging import positive_int
from production.choices import LaneState


class LookForm(forms.Form):
    """Printers in one state, or one of them; and which page. Anything else in the address means all of them."""

    show = forms.ChoiceField(choices=LaneState.choices, required=False)
    printer = forms.IntegerField(min_value=1, required=False)

    def chosen(self) -> dict:
        self.is_valid()
        told = self.cleaned_data
        return {"state": told.get("show", ""), "printer": told.get("printer")}

    def page(self, name: str = "page") -> int:
        return positive_int(self.data.get(name, ""), 1)
