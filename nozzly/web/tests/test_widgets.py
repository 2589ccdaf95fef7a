from django import forms

from nozzly.web.widgets import LongSelect

CHOICES = [("", "–"), (1, "Fox & bear"), (2, "Owl")]


class PickForm(forms.Form):
    animal = forms.TypedChoiceField(choices=CHOICES, coerce=int, widget=LongSelect(attrs={"class": "form-select"}))


class UsualForm(forms.Form):
    animal = forms.TypedChoiceField(choices=CHOICES, coerce=int, widget=forms.Select(attrs={"class": "form-select"}))


def test_long_select_says_the_same_as_the_usual_one():
    for data in (None, {"animal": "2"}, {"animal": "9"}):
        usual, own = UsualForm(data)["animal"].as_widget(), PickForm(data)["animal"].as_widget()

        assert _parsed(own) == _parsed(usual)


def test_long_select_escapes_what_people_typed():
    assert "Fox &amp; bear" in PickForm()["animal"].as_widget()


def _parsed(html):
    opening, rest = html.split(">", 1)
    return sorted(opening.split()), "".join(rest.split())
