import json
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from inventory.domain import filaments, library, library_files, library_search
from inventory.models import Filament, Material

REAL = Path("../shared/data/spoolmandb/filaments.json")
WHITE = {
    "id": "acme_pla+_white_1000_175_n", "manufacturer": "Acme", "name": "White", "material": "PLA+", "density": 1.22,
    "weight": 1000.0, "spool_weight": 225, "spool_type": "cardboard", "diameter": 1.75, "color_hex": "FFFFFF",
    "color_hexes": None, "finish": "matte", "multi_color_direction": None, "pattern": None, "translucent": False,
    "glow": False,
}  # fmt: skip
DUO = WHITE | {
    "id": "acme_moon_duo", "name": "Silk Duo", "material": "MOONSTONE", "density": 1.5, "finish": None, "color_hex": None,
    "color_hexes": ["C8102E", "0047BBFF"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.LIBRARY_DIR = str(tmp_path / "library")


def read(tmp_path, content):
    path = tmp_path / "filaments.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    said = StringIO()
    call_command("read_spoolmandb", str(path), stdout=said)
    return said.getvalue()


def test_what_was_read_is_found_picked_and_credited(client, owner, tmp_path):
    said = read(tmp_path, [WHITE, DUO, WHITE | {"id": "x", "weight": "NaN"}, WHITE | {"id": "y", "color_hex": None}])

    assert "2 filaments of SpoolmanDB are in the library." in said
    assert "1 left out: no colour." in said
    assert "MIT licence" in said
    page = client.get(reverse("inventory:library"), {"search": "acme duo"})
    assert [entry.reference for entry in page.context["entries"]] == ["spoolmandb:acme_moon_duo"]
    assert "Donkie and contributors, MIT licence" in page.text
    client.post(reverse("inventory:pick_filament"), {"reference": "spoolmandb:acme_moon_duo"})
    duo = Filament.objects.get()
    assert (duo.finish, duo.colour_hexes, duo.empty_reel_g) == ("silk", ["#c8102e", "#0047bb"], 225)
    assert Material.objects.get(name="MOONSTONE").density_g_cm3 == Decimal("1.5")
    assert "Permission is hereby granted" in (tmp_path / "library" / "spoolmandb.json").read_text()


def test_a_makers_pla_plus_is_not_its_pla(client, owner, tmp_path):
    read(tmp_path, [WHITE, WHITE | {"id": "plain", "material": "PLA"}])

    picked = [filaments.pick(entry).item.name for entry in library_search.search("acme white")]

    assert picked == ["Acme PLA Matte PLA+ White", "Acme PLA Matte White"]


def test_library_goes_back_to_what_ships(tmp_path):
    read(tmp_path, [WHITE])
    assert len(library_search.catalogue().by_reference) == len(library.filaments()) + 1

    call_command("read_spoolmandb", "--remove", stdout=StringIO())

    assert library_files.added() == ()
    assert library_search.search("acme") == []
    assert library_search.by_reference("prusament-pla-galaxy-black") is not None


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'[{"name": "x"}]', b"[]", b"[" * 90_000])
def test_what_is_not_spoolmandb_is_refused_and_changes_nothing(tmp_path, content):
    read(tmp_path, [WHITE])

    with pytest.raises(CommandError):
        read(tmp_path, content)

    assert len(library_files.added()) == 1


def test_read_needs_a_file_that_is_there():
    with pytest.raises(CommandError, match="Say where"):
        call_command("read_spoolmandb")
    with pytest.raises(CommandError, match="No such file"):
        call_command("read_spoolmandb", "/nowhere/filaments.json")


@pytest.mark.skipif(not REAL.exists(), reason="SpoolmanDB's compiled list is not beside the checkout")
def test_the_real_list_is_read_whole(tmp_path):
    said = read(tmp_path, REAL.read_bytes())

    assert "6325 filaments of SpoolmanDB are in the library." in said
    assert "left out" not in said
    assert {"#000000"} <= {entry.colour_hexes[0] for entry in library_search.search("polymaker black", limit=500)}
    assert len({entry.reference for entry in library_files.added()}) == 6325
