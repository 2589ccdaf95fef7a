from celery import shared_task
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from catalog.domain import rates, recosting, slicing
from catalog.models import PrinterModel, Product, Variant
from nozzly.accounts.models import User
from nozzly.web.working import Progress, job_kind


@job_kind("catalog.read_files")
def read_files(progress: Progress, *, paths: list, printer_model_id: int | None = None):
    """Files that a page has stored become products, one after the other."""
    model = PrinterModel.objects.filter(pk=printer_model_id).first()
    by = User.objects.get(pk=progress.job.created_by_id)
    rates.ensure_default_rates()
    made, bad = [], []
    for done, (path, name) in enumerate(paths, start=1):
        with default_storage.open(path) as file:
            file.name = name
            result = slicing.product_from_file(file, printer_model=model, by=by, at=timezone.now())
        default_storage.delete(path)
        made += [product.pk for product in result.products]
        bad += [f"{name}: {result.error}"] if result.error else []
        progress.step(done, total=len(paths), message=name)
    recosting.recost(Variant.objects.filter(product__in=made), on=timezone.localdate(), at=timezone.now())
    progress.point_to(reverse("catalog:product_list") + "?sort=-created")
    count = ngettext("%(count)s product.", "%(count)s products.", len(made)) % {"count": len(made)}
    return " ".join([count, *bad])


@job_kind("catalog.recost")
def recost_catalogue(progress: Progress):
    """Work out every cost anew and leave a list of what moved."""
    variants = list(Variant.objects.active().select_related("product", "item").order_by("pk"))
    changes = []
    for start in range(0, len(variants), recosting.AT_ONCE):
        chunk = variants[start : start + recosting.AT_ONCE]
        changes += recosting.recost(chunk, on=timezone.localdate(), at=timezone.now())
        progress.step(min(start + recosting.AT_ONCE, len(variants)), total=len(variants))
    progress.save_file("cost-changes.csv", recosting.as_csv(changes))
    return ngettext("%(count)s cost moved.", "%(count)s costs moved.", len(changes)) % {"count": len(changes)}


@shared_task
def recost_if_prices_moved(**_kwargs) -> int:
    """Nightly: prices, rates and deliveries of the day reach the figures that lists show."""
    return len(recosting.recost_everything(on=timezone.localdate(), at=timezone.now()))


@shared_task
def recost_product(*, product_id: int, **_kwargs) -> None:
    product = Product.objects.filter(pk=product_id).first()
    if product:
        recosting.recost_product(product, on=timezone.localdate(), at=timezone.now())


def recost_soon(product: Product) -> None:
    """Ask for a re-cost when a page has found that a shown figure is old."""
    transaction.on_commit(lambda: recost_product.delay(product_id=product.pk))
