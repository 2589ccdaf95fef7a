"""Keeps the search columns, and the title lots are sorted by, in step with the rows they are made from."""

from collections.abc import Iterable, Sequence

from django.db import connection

from inventory.models import Lot
from nozzly.core.bulk import insert_rows

_ITEMS = """
UPDATE inventory_item AS item SET search = to_tsvector('simple', regexp_replace(concat_ws(' ', item.name, item.sku,
  (SELECT concat_ws(' ', filament.colour_name, filament.finish, brand.name, material.name)
     FROM inventory_filament filament
     JOIN inventory_brand brand ON brand.id = filament.brand_id
     JOIN inventory_material material ON material.id = filament.material_id
    WHERE filament.item_id = item.id)), '[^[:alnum:]]+', ' ', 'g'))
WHERE item.id = ANY(%s)
"""
_WORDS_OF_LOT = """to_tsvector('simple', regexp_replace(concat_ws(' ',
  {lot}.code, {lot}.batch, {lot}.note, {item}.name, {item}.sku,
  (SELECT supplier.name FROM inventory_supplier supplier WHERE supplier.id = {lot}.supplier_id)),
  '[^[:alnum:]]+', ' ', 'g'))"""
_LOTS = f"""
UPDATE inventory_lot AS lot SET title = item.name, search = {_WORDS_OF_LOT.format(lot="lot", item="item")}
FROM inventory_item item
WHERE item.id = lot.item_id AND lot.id = ANY(%s)
"""  # noqa: S608 - a constant
_WORDS_OF_NEW_LOT = f"""(SELECT {_WORDS_OF_LOT.format(lot="r", item="item")}
  FROM inventory_item item WHERE item.id = r.item_id)"""  # noqa: S608 - a constant
_LOTS_OF_ITEMS = _LOTS.replace("lot.id = ANY", "lot.item_id = ANY")


def refresh_items(item_ids: Iterable[int]) -> None:
    """After items or filaments were made or renamed; their lots follow."""
    ids = list(item_ids)
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, [ids])
        cursor.execute(_LOTS_OF_ITEMS, [ids])


def insert_lots(lots: Sequence[Lot]) -> None:
    """Many new lots at once, with titles, keys and sums as they are, searchable from the start."""
    insert_rows(lots, computed={"search": _WORDS_OF_NEW_LOT})


def refresh_lots(lot_ids: Iterable[int]) -> None:
    """After lots were made or their batch, note or supplier changed."""
    with connection.cursor() as cursor:
        cursor.execute(_LOTS, [list(lot_ids)])
