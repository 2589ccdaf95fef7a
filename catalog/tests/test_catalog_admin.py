import pytest
from django.contrib import admin
from django.urls import reverse

from catalog import models
from nozzly.accounts.permissions import Role
from nozzly.testing.factories import catalog as factories
from nozzly.testing.fixtures import make_user

ROWS = {
    models.Build: factories.BuildFactory,
    models.Category: factories.CategoryFactory,
    models.CostSnapshot: factories.CostSnapshotFactory,
    models.DesignLicence: factories.DesignLicenceFactory,
    models.Plate: factories.PlateFactory,
    models.PrinterModel: factories.PrinterModelFactory,
    models.Product: factories.ProductFactory,
    models.Rate: factories.RateFactory,
    models.Recipe: factories.RecipeFactory,
    models.SliceFile: factories.SliceFileFactory,
    models.Tag: factories.TagFactory,
    models.Variant: factories.VariantFactory,
}
WRITTEN_ELSEWHERE = (models.Build, models.CostSnapshot, models.Plate, models.Product, models.Recipe, models.Variant)


@pytest.fixture
def back_office(client):
    return client.sign_in(make_user(Role.OWNER))


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model._meta.model_name)
def test_back_office_lists_and_shows_every_kind_of_row(back_office, model):
    row, name = ROWS[model](), f"admin:catalog_{model._meta.model_name}"

    assert back_office.get(reverse(f"{name}_changelist")).status_code == 200
    assert back_office.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("model", WRITTEN_ELSEWHERE, ids=lambda model: model._meta.model_name)
def test_back_office_changes_nothing_that_has_a_single_writer(back_office, model):
    row, name = ROWS[model](), f"admin:catalog_{model._meta.model_name}"

    assert back_office.get(reverse(f"{name}_add")).status_code == 403
    assert back_office.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
    assert back_office.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_every_model_that_stands_alone_is_in_the_back_office():
    inline = {
        entry.model
        for site in admin.site._registry.values()
        for entry in site.inlines
        if site.opts.app_label == "catalog"
    }
    listed = {model for model in admin.site._registry if model._meta.app_label == "catalog"}

    assert {model.__name__ for model in vars(models).values() if isinstance(model, type)} == {
        model.__name__ for model in inline | listed
    }
