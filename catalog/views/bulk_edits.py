from django.utils.translation import gettext_lazy as _

from catalog.domain.bulk_edits import change_products
from catalog.forms.bulk_edits import BulkProductForm
from catalog.models import Product
from catalog.views.products import ProductList
from nozzly.accounts.permissions import Permission
from nozzly.web.pages.bulk import Bulk, bulk_page

edit_products = bulk_page(
    Bulk(
        name="products",
        title=_("Edit products"),
        permission=Permission.CATALOG_EDIT,
        list_url="catalog:product_list",
        page=ProductList,
        tick="product",
        rows=Product.objects.all,
        form=BulkProductForm,
        change=change_products,
    )
)
