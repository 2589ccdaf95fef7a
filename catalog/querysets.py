"""Every way in which the catalogue is read."""

from datetime import date, datetime, time

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, F, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.utils.timezone import make_aware

from nozzly.core.models import AppendOnlyQuerySet


class PrinterModelQuerySet(QuerySet):
    def active(self):
        return self.filter(archived_at=None)

    def for_table(self):
        return self.active().annotate(sort_name=Lower("name"), sort_maker=Lower("maker"))

    def named_in_slicer(self, name: str):
        """Models that a sliced file calls by this name."""
        return self.active().filter(slicer_names__contains=[name])


class LicenceQuerySet(QuerySet):
    def for_table(self):
        return self.annotate(product_count=Count("products"))

    def running_out(self, by: date):
        """Licences that end on or before the day."""
        return self.filter(expires_on__lte=by)


class ProductQuerySet(QuerySet):
    def active(self):
        return self.filter(archived_at=None)

    def archived(self):
        return self.filter(archived_at__isnull=False)

    def matching(self, text: str):
        """Each word begins one of the title or description or is part of the title; or the text begins a SKU or is a tag."""
        words = ["".join(filter(str.isalnum, word)) for word in text.replace("-", " ").split()]
        terms = " & ".join(f"{word}:*" for word in words if word)
        if not terms:
            return self
        variants = self.model._meta.get_field("variants").related_model
        by_sku = variants.objects.filter(item__sku__istartswith=text.strip()).values("product")
        by_tag = self.model.tags.through.objects.filter(tag__name__iexact=text.strip()).values("product")
        in_text = Q(search=SearchQuery(terms, config="simple", search_type="raw"))
        in_title = Q()
        for word in text.split():
            in_title &= Q(title__icontains=word)
        return self.filter(in_text | in_title | Q(pk__in=by_sku) | Q(pk__in=by_tag))

    def for_choice(self):
        return self.active().order_by(Lower("title"), "pk")

    def in_material(self, material_type: str):
        return self.filter(recipes__is_current=True, recipes__slots__material_type__iexact=material_type).distinct()

    def using_item(self, item_id: int):
        """Products whose current recipe names this part or box, or is made of the variant that this item is."""
        recipes = self.model._meta.get_field("recipes").related_model
        named = Q(components__item=item_id) | Q(parts__variant__item=item_id)
        return self.filter(pk__in=recipes.objects.filter(named, is_current=True).values("product"))

    def with_guesses(self):
        """Products whose cost rests on at least one assumed number."""
        variants = self.model._meta.get_field("variants").related_model
        return self.filter(pk__in=variants.objects.active().filter(cost_assumed=True).values("product"))

    def with_costs(self):
        """Lowest and highest last known cost over the variants that are for sale."""
        variants = self.model._meta.get_field("variants").related_model.objects.active()
        each = variants.filter(product=OuterRef("pk")).order_by().values("product")
        return self.annotate(
            full_cost_from=Subquery(each.annotate(low=Min("full_cost")).values("low")),
            full_cost_to=Subquery(each.annotate(high=Max("full_cost")).values("high")),
            variant_count=Subquery(each.annotate(rows=Count("pk")).values("rows")),
        )

    def with_print_time(self):
        recipes = self.model._meta.get_field("recipes").related_model.objects.filter(
            product=OuterRef("pk"), is_current=True
        )
        return self.annotate(print_time_s=Subquery(recipes.values("print_time_s")))

    def for_table(self):
        recipes = self.model._meta.get_field("recipes").related_model
        photos = self.model._meta.get_field("photos").related_model
        variants = self.model._meta.get_field("variants").related_model
        return (
            self.with_costs()
            .with_print_time()
            .annotate(sort_title=Lower("title"), sort_category=Lower("category__name"))
            .select_related("category")
            .prefetch_related(
                "tags",
                Prefetch("photos", photos.objects.order_by("position", "pk"), to_attr="photo_list"),
                Prefetch(
                    "recipes",
                    recipes.objects.filter(is_current=True).prefetch_related("slots"),
                    to_attr="current_recipes",
                ),
                Prefetch(
                    "variants",
                    variants.objects.active().select_related("item").order_by("position", "pk"),
                    to_attr="variant_list",
                ),
            )
        )

    def for_page(self):
        photos = self.model._meta.get_field("photos").related_model
        return self.select_related("category", "licence").prefetch_related(
            "tags", Prefetch("photos", photos.objects.order_by("position", "pk"), to_attr="photo_list")
        )


class VariantQuerySet(QuerySet):
    def active(self):
        return self.filter(archived_at=None, product__archived_at=None)

    def with_stock_target(self):
        return self.active().filter(stock_target__isnull=False)

    def in_order(self):
        return self.order_by("position", "pk")

    def for_choice(self):
        """Rows for a drop-down: product and variant name without more queries."""
        return self.active().select_related("product").order_by(Lower("product__title"), "position", "pk")

    def coded(self, text: str):
        return self.filter(item__sku=text)

    def matching(self, text: str):
        """Every word is part of the product's title or the variant's name; or the text begins a SKU."""
        in_name = Q()
        for word in text.replace("·", " ").split():
            in_name &= Q(product__title__icontains=word) | Q(name__icontains=word)
        return self.filter(in_name | Q(item__sku__istartswith=text.strip()))

    def for_table(self):
        """With bindings and all that costing asks of a variant."""
        slots = self.model._meta.get_field("slots").related_model
        bound = slots.objects.select_related("filament__brand", "filament__material", "group").order_by("pk")
        return self.select_related("item", "product__licence").prefetch_related(Prefetch("slots", bound))

    def for_costing(self):
        """All that the cost of these variants needs, apart from prices and rates."""
        return self.select_related("product__licence", "item").prefetch_related("slots")

    def using_item(self, item_id: int):
        """Variants bound to this filament, or to a group it belongs to."""
        slots = self.model._meta.get_field("slots").related_model
        bound = slots.objects.filter(Q(filament=item_id) | Q(group__filaments=item_id)).values("variant")
        return self.filter(pk__in=bound)


class RecipeQuerySet(QuerySet):
    def current(self):
        return self.filter(is_current=True)

    def for_page(self):
        slots = self.model._meta.get_field("slots").related_model
        steps = self.model._meta.get_field("steps").related_model
        components = self.model._meta.get_field("components").related_model
        parts = self.model._meta.get_field("parts").related_model
        return self.select_related("printer_model", "created_by").prefetch_related(
            Prefetch("slots", slots.objects.order_by("position")),
            Prefetch("steps", steps.objects.order_by("pk")),
            Prefetch("components", components.objects.select_related("item").order_by("pk")),
            Prefetch("parts", parts.objects.select_related("variant__product").order_by("pk")),
        )


class PlateQuerySet(QuerySet):
    def active(self):
        return self.filter(archived_at=None)

    def archived(self):
        return self.filter(archived_at__isnull=False)

    def matching(self, text: str):
        """Every word is part of the plate's name or of a product that comes off it."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(pk__in=self.model.objects.filter(outputs__variant__product__title__icontains=word).values("pk"))
            )
        return found

    def using_item(self, item_id: int):
        """Plates that load this filament, or a group it belongs to."""
        slots = self.model._meta.get_field("slots").related_model
        loaded = slots.objects.filter(Q(filament=item_id) | Q(group__filaments=item_id)).values("plate")
        return self.filter(pk__in=loaded)

    def making(self, product):
        return self.filter(outputs__variant__product=product).distinct()

    def with_contents(self):
        slots = self.model._meta.get_field("slots").related_model
        files = self.model._meta.get_field("slice_files").related_model
        outputs = self.model._meta.get_field("outputs").related_model
        return self.prefetch_related(
            Prefetch("outputs", outputs.objects.select_related("variant__product").order_by("pk")),
            Prefetch(
                "slots",
                slots.objects.select_related(
                    "filament__item", "filament__brand", "filament__material", "group"
                ).order_by("position"),
            ),
            Prefetch("slice_files", files.objects.select_related("printer_model").order_by("-pk")),
        )

    def for_table(self):
        files = self.model._meta.get_field("slice_files").related_model.objects.filter(plate=OuterRef("pk"))
        return self.annotate(
            sort_name=Lower("name"), print_time_s=Subquery(files.order_by("-pk").values("print_time_s")[:1])
        ).with_contents()

    def for_page(self):
        return self.with_contents().prefetch_related("slice_files__slots")


class SliceFileQuerySet(QuerySet):
    def with_content(self, sha256: str):
        return self.filter(sha256=sha256).select_related("plate").prefetch_related("plate__outputs__variant__product")


class CostSnapshotQuerySet(AppendOnlyQuerySet):
    def with_before(self):
        """``before`` and ``before_lines``: what the variant cost by the snapshot before; None for its first."""
        earlier = self.model.objects.filter(variant=OuterRef("variant"), pk__lt=OuterRef("pk")).order_by("-pk")
        return self.annotate(
            before=Subquery(earlier.values("full_cost")[:1]), before_lines=Subquery(earlier.values("lines")[:1])
        )

    def moves(self):
        """Costs that were known before and are another now."""
        return (
            self.with_before()
            .filter(before__isnull=False)
            .select_related("variant__product", "variant__item", "recipe")
        )

    def of_days(self, first: date | None, last: date | None):
        """Written from the first to the last day, in the workspace's time zone; None leaves that end open."""
        found = self.filter(at__gte=make_aware(datetime.combine(first, time.min))) if first else self
        return found.filter(at__lte=make_aware(datetime.combine(last, time.max))) if last else found

    def of_products(self, text: str):
        """Every word is part of the product's or the variant's name."""
        found = self
        for word in text.split():
            found = found.filter(Q(variant__product__title__icontains=word) | Q(variant__name__icontains=word))
        return found


class RateQuerySet(QuerySet):
    def in_force(self, on: date):
        """The newest row of each kind (and product) that is valid on the day."""
        return (
            self.filter(valid_from__lte=on)
            .order_by("kind", F("product").asc(nulls_first=True), "-valid_from")
            .distinct("kind", "product")
        )

    def of_workspace(self):
        return self.filter(product=None)


class BuildQuerySet(QuerySet):
    def for_table(self):
        return self.select_related("variant__product", "lot", "built_by")
