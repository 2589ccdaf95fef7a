from django import forms
from django.template import Context, Template

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


def test_every_drop_down_of_a_page_is_written_in_one_go():
    form = UsualForm({"animal": "2"})
    usual = form["animal"].as_widget()

    drawn = Template("{% load nozzly %}{% field form.animal %}").render(Context({"form": form}))

    assert type(form.fields["animal"].widget) is LongSelect
    assert "".join(usual.split()).split(">", 1)[1] in "".join(drawn.split())


def _parsed(html):
    opening, rest = html.split(">", 1)
    return sorted(opening.split()), "".join(rest.split())
