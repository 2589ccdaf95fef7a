import zipfile
from io import BytesIO

import openpyxl  # noqa: TID253 - a test may be slow to import
import pytest

from nozzly.web.exporting import neutralise, restore
from nozzly.web.reading import MAX_BYTES, MAX_ROWS, Table, UnreadableTable, read_table


@pytest.mark.parametrize(
    "content",
    [
        b"Code,Left\n7K4Q,498\n",
        b"Code;Left\r\n7K4Q;498\r\n",
        b"\xef\xbb\xbfCode\tLeft\n7K4Q\t498\n\n",
        "Code,Left\n7K4Q,498".encode("utf-16"),
    ],
)
def test_read_table_understands_common_csv(content):
    assert read_table("spools.csv", content) == Table(["Code", "Left"], [["7K4Q", "498"]])


def test_read_table_understands_windows_letters():
    assert read_table("a.csv", "Farbe\nGrün\n".encode("cp1252")) == Table(["Farbe"], [["Grün"]])


def test_read_table_understands_xlsx():
    book = openpyxl.Workbook()
    book.active.append(["Code", "Left"])
    book.active.append(["7K4Q", 498])
    buffer = BytesIO()
    book.save(buffer)

    assert read_table("spools.xlsx", buffer.getvalue()) == Table(["Code", "Left"], [["7K4Q", "498"]])


def _workbook(*rows, **parts):
    """An XLSX file; ``parts`` are (old, new) bytes to swap in its sheet."""
    book, buffer = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    swapped = BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(swapped, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            for before, after in parts.values() if "sheet1" in name else ():
                assert before in content
                content = content.replace(before, after)
            new.writestr(name, content)
    return swapped.getvalue()


def test_read_table_takes_what_formulas_came_to():
    uncounted = ["A", "=1000-200"]
    assert read_table("a.xlsx", _workbook(["Code", "Left"], uncounted)).rows == [uncounted]

    counted = _workbook(
        ["Code", "Left", "Note"],
        ["A", "=1000-200", '=IF(1,"","x")'],
        number=(b"<f>1000-200</f><v />", b"<f>1000-200</f><v>800</v>"),
        text=(b'<c r="C2">', b'<c r="C2" t="str">'),
    )
    assert read_table("a.xlsx", counted).rows == [["A", "800", ""]]


def test_read_table_refuses_a_small_file_with_millions_of_cells():
    cells = b"<row r='2'>" + b"<c/>" * 3_000_001 + b"</row></sheetData>"
    content = _workbook(["Code"], bomb=(b"</sheetData>", cells))

    assert len(content) < 100_000
    with pytest.raises(UnreadableTable, match="too many cells"):
        read_table("bomb.xlsx", content)


def test_read_table_fits_short_and_long_rows():
    assert read_table("a.csv", b"a,b\n1\n1,2,3\n").rows == [["1", ""], ["1", "2"]]


def test_read_table_refuses_a_packed_giant():
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (90 * 1024 * 1024))

    with pytest.raises(UnreadableTable, match="more than 80 MB"):
        read_table("bomb.xlsx", buffer.getvalue())


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"PK\x03\x04broken", b"a,a\n1,2\n", b"x" * (MAX_BYTES + 1), b"\x00\x01\x02,\n"]
)
def test_read_table_refuses_what_is_no_table(content):
    with pytest.raises(UnreadableTable):
        read_table("file", content)


def test_read_table_refuses_too_many_rows():
    with pytest.raises(UnreadableTable, match="more than 20000 rows"):
        read_table("a.csv", b"a\n" + b"1\n" * (MAX_ROWS + 5))


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd|'/c calc'!A0", "@SUM(A1)", "\tx"])
def test_formulas_leave_harmless_and_come_back_unchanged(text):
    harmless = neutralise(text)

    assert (harmless[0], restore(harmless)) == ("'", text)


@pytest.mark.parametrize("value", ["-5.00", "+3", "plain", "'quoted'", 7, None])
def test_neutralise_leaves_numbers_and_plain_texts(value):
    assert neutralise(value) == value
