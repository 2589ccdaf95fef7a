"""Small files in the form of each slicer, made here: only the comments' form is theirs."""

import base64
import io
import json
import struct
import zipfile
import zlib

from PIL import Image

from catalog.slices import read_slice

MOVES = "G28\nM104 S200\nG1 X10 Y10 E0.5 F1200\n" * 3


def picture(size=(16, 12), *, format="PNG"):  # noqa: A002 - Pillow's word
    image = io.BytesIO()
    Image.new("RGB", size, (200, 30, 60)).save(image, format=format)
    return image.getvalue()


def qoi(width=8, height=4):
    header = b"qoif" + struct.pack(">IIBB", width, height, 3, 0)
    return header + b"\xfe\x10\x20\x30" * (width * height) + b"\0" * 7 + b"\1"


def thumbnail_comment(data, *, tag="thumbnail", size="16x12", end=None):
    text = base64.b64encode(data).decode()
    lines = [f"; {text[start : start + 78]}" for start in range(0, len(text), 78)]
    return "\n".join([f"; {tag} begin {size} {len(text)}", *lines, f"; {end or tag} end", ""])


def read(text):
    return read_slice(io.BytesIO(text if isinstance(text, bytes) else text.encode()), name="test.gcode")


def plate_of(text):
    (plate,) = read(text).plates
    return plate


def use_of(text, slot=0):
    return {use.slot: use for use in plate_of(text).filaments}[slot]


def zipped(members, *, compression=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def bgcode_block(kind, content, *, compression=0, parameters=b"\0\0", packed=None, checksum=True):
    if packed is None:
        packed = zlib.compress(content) if compression == 1 else content
    header = struct.pack("<HHI", kind, compression, len(content))
    header += struct.pack("<I", len(packed)) if compression else b""
    block = header + parameters + packed
    return block + (struct.pack("<I", zlib.crc32(block)) if checksum else b"")


def bgcode(*blocks, version=1, checksum_type=1):
    return struct.pack("<4sIH", b"GCDE", version, checksum_type) + b"".join(blocks)


def gx(*, seconds=3600, right_mm=1000, left_mm=0, layer_height_um=200, gcode=";machine_type: Adventurer 4\n", bmp=None):
    bmp = picture((8, 6), format="BMP") if bmp is None else bmp
    start = 58 + len(bmp)
    header = b"xgcode 1.0\n\0" + struct.pack("<4I", 0, 58, start, start)
    header += struct.pack("<3I9h", seconds, right_mm, left_mm, 5, layer_height_um, 0, 2, 60, 50, 210, 0, -1)
    return header + bmp + (gcode + MOVES).encode()


SLICE_INFO = """<?xml version="1.0" encoding="UTF-8"?>
<config>
  <header>
    <header_item key="X-BBL-Client-Type" value="slicer"/>
    <header_item key="X-BBL-Client-Version" value="{version}"/>
    <header_item key="OrcaSlicer-Version" value="{orca}"/>
  </header>
  {plates}
</config>"""
PLATE = """<plate>
    <metadata key="index" value="{index}"/>
    <metadata key="prediction" value="{prediction}"/>
    <metadata key="weight" value=""/>
    <metadata key="first_layer_time" value="71,958466"/>
    {filaments}
  </plate>"""
FILAMENTS = """<filament id="1" type="PLA" color="#FFFFFF" used_m="7.85" used_g="23.43"/>
    <filament id="4" type="PLA" color="#161616FF" used_m="2.92" used_g="8.70"/>"""
PLATE_GCODE = """; HEADER_BLOCK_START
; BambuStudio 02.05.00.66
; model printing time: 2h 1m 52s; total estimated time: 2h 9m 5s
; total layer number: 100
; total filament length [mm] : 7854.52,2915.81
; total filament weight [g] : 23.43,8.70
; filament_density: 1.24,1.04,1.25,1.24,1.24
; filament_diameter: 1.75,1.75,1.75,1.75,1.75
; filament: 1,4
; HEADER_BLOCK_END
; filament_type = PLA;ASA;PETG-CF;PLA;TPU
; filament_colour = #FFFFFF;#BCBCBC;#2850E0;#161616;#161616
; filament_settings_id = "Generic; PLA";"B";"C";"D \\"x\\"";"E"
; filament_vendor = Generic
; curr_bed_type = Textured PEI Plate
; printable_area = 0x0,256x0,256x256,0x256
; printable_height = 250
; printer_model = Bambu Lab P1S
; printer_settings_id = Bambu Lab P1S 0.4 nozzle
; nozzle_diameter = 0.4
; layer_height = 0.2
"""
SETTINGS = {
    "filament_vendor": ["Generic", "Generic", "Generic", "Polymaker"],
    "filament_settings_id": ["One", "Two", "Three", "Four; black"],
    "filament_density": ["1.24", "1.24", "1.24", "1.31"],
    "filament_diameter": ["1.75", "1.75", "1.75", "1.75"],
    "printer_model": "Bambu Lab P1S",
    "printable_area": ["0x0", "256x0", "256x256", "0x256"],
    "nozzle_diameter": ["0.4"],
    "layer_height": 0.2,
}


def slice_info(*plates, version="02.05.00.66", orca=""):
    return SLICE_INFO.format(version=version, orca=orca, plates="\n  ".join(plates))


def plate_info(index=1, prediction="7745", filaments=FILAMENTS):
    return PLATE.format(index=index, prediction=prediction, filaments=filaments)


def project(**changes):
    """A sliced .gcode.3mf; a part given as None is left out."""
    members = {
        "3D/3dmodel.model": "<model/>",
        "Metadata/slice_info.config": slice_info(plate_info()),
        "Metadata/project_settings.config": json.dumps(SETTINGS),
        "Metadata/plate_1.gcode": PLATE_GCODE + MOVES,
        "Metadata/plate_1.png": picture((64, 64)),
        "Metadata/plate_1_small.png": picture((32, 32)),
        "Metadata/top_1.png": picture((32, 32)),
        **changes,
    }
    return zipped({name: content for name, content in members.items() if content is not None})


MATERIAL = """<?xml version="1.0" encoding="utf-8"?>
<fdmmaterial version="1.3" xmlns="http://www.ultimaker.com/material">
  <metadata><name><brand>{brand}</brand><material>PLA</material><color>Red</color></name>
    <GUID>{guid}</GUID><color_code>{colour}</color_code></metadata>
  <properties><diameter>{diameter}</diameter><density>1.24</density></properties>
</fdmmaterial>"""


def material(*, brand="Generic", guid="0ff92885", colour="#ffc924", diameter="1.75"):
    return MATERIAL.format(brand=brand, guid=guid, colour=colour, diameter=diameter)


CURA = ";FLAVOR:Marlin\n;TIME:545\n;Filament used: 1m, 0m\n;Layer height: 0.2\n;Generated with Cura_SteamEngine 5.1\n"


def ufp(**changes):
    members = {
        "/3D/model.gcode": CURA + ";LAYER_COUNT:41\n" + MOVES,
        "/Metadata/thumbnail.png": picture((30, 30)),
        "/Materials/generic_pla.xml.fdm_material": material(diameter="2.85", guid="506c9f0d"),
        "/Materials/generic_pla_175.xml.fdm_material": material(),
        **changes,
    }
    return zipped({name: content for name, content in members.items() if content is not None})
