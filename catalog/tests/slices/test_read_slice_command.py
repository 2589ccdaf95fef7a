import json

import pytest
from django.core.management import call_command

from catalog.tests.slices.synthetic import MOVES, PLATE_GCODE, project


@pytest.fixture
def sliced(tmp_path):
    file = tmp_path / "cube.gcode.3mf"
    file.write_bytes(project())
    return str(file)


def test_read_slice_prints_one_object_per_file(sliced, tmp_path, capsys):
    missing = str(tmp_path / "missing.gcode")

    call_command("read_slice", sliced, missing, "--json")

    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "file": sliced,
        "slicer": "BambuStudio",
        "version": "02.05.00.66",
        "plates": [
            {
                "index": 1,
                "seconds": 7745,
                "layers": 100,
                "filaments": [
                    {
                        "slot": 0,
                        "type": "PLA",
                        "colour": "#FFFFFF",
                        "grams": 23.43,
                        "millimetres": 7854.52,
                        "purge_grams": None,
                        "computed": False,
                    },
                    {
                        "slot": 3,
                        "type": "PLA",
                        "colour": "#161616",
                        "grams": 8.7,
                        "millimetres": 2915.81,
                        "purge_grams": None,
                        "computed": False,
                    },
                ],
                "thumbnails": 2,
            }
        ],
        "error": None,
    }
    assert second == {
        "file": missing,
        "slicer": None,
        "version": None,
        "plates": [],
        "error": "The file cannot be opened: No such file or directory.",
    }


@pytest.mark.parametrize("path", [".", "a\0b"])
def test_read_slice_of_what_is_no_file_says_why(path, capsys):
    call_command("read_slice", path, "--json")

    assert json.loads(capsys.readouterr().out)["error"].startswith("The file cannot be opened")


def test_read_slice_of_what_is_no_slice_says_why(tmp_path, capsys):
    (tmp_path / "letter.gcode").write_text("Dear customer,\n")

    call_command("read_slice", str(tmp_path / "letter.gcode"), "--json")

    assert json.loads(capsys.readouterr().out)["error"] == "This is not a sliced file: it holds no G-code."


def test_read_slice_in_words(sliced, tmp_path, capsys):
    cura = tmp_path / "a.gcode"
    cura.write_text(";Filament used: 1m, 2m\n;filament_density = 1.24\n;filament_diameter = 1.75\n" + MOVES)
    bambu = tmp_path / "b.gcode"
    bambu.write_text(PLATE_GCODE + MOVES)

    call_command("read_slice", str(cura), str(bambu), str(tmp_path / "none"))

    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        f"{cura}: ",
        "  plate 1: time unknown, ? layers",
        "    slot 0: ?  2.98 g (computed)",
        "    slot 1: ?  weight unknown",
        f"{bambu}: BambuStudio 02.05.00.66",
    ]
    assert lines[6] == "    slot 0: PLA #FFFFFF 23.43 g"
