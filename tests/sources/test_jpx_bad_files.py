"""What is not a sound workbook: refused in words, quickly, without harm to the process."""

from __future__ import annotations

import io
import json
import re
import resource
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from xlrd.compdoc import CompDoc

from jpresearch.sources import legacy_workbook as legacy_workbook_program
from jpresearch.sources import workbooks
from jpresearch.sources.jpx_investor_types import LEGACY, UNIFIED
from jpresearch.sources.jpx_valuation import VALUATION
from jpresearch.sources.model import Adapter, SourceError
from tests.sources.builders_jpx import (
    legacy_workbook,
    unified_workbook,
    valuation_lines,
    valuation_workbook,
    week_of_figures,
)
from tests.sources.builders_jpx_damage import compound_file, legacy_file, modern_file
from tests.sources.builders_mutations import ending

NAMES = {
    "jpx_investor_types_legacy": "stock_val_1_260902.xls",
    "jpx_investor_types_unified": "stock_1_w_20260914_20260918.xlsx",
    "jpx_valuation": "perpbr202510.xlsx",
}
ADAPTERS: list[Adapter] = [LEGACY, UNIFIED, VALUATION]
MORE_MEMORY_KB = 200 * 1024
ZIPPED: list[Adapter] = [UNIFIED, VALUATION]


def sound(adapter: Adapter) -> bytes:
    if adapter is LEGACY:
        return legacy_workbook(week_of_figures(1), date(2026, 9, 7), date(2026, 9, 11))
    if adapter is UNIFIED:
        return unified_workbook(week_of_figures(1), "2026093")
    return valuation_workbook(valuation_lines(1), "2025/10")


def refusal(adapter: Adapter, content: bytes) -> str:
    name = NAMES[adapter.name]
    assert adapter.recognises(content, name)
    with ending(name), pytest.raises(SourceError) as caught:
        adapter.parse(content, name)
    message = str(caught.value)
    assert message.startswith(name)
    assert "Nothing was changed" in message
    assert len(message) < 900
    return message


def by_name(adapter: Adapter) -> str:
    return adapter.name


@pytest.mark.parametrize("adapter", ADAPTERS, ids=by_name)
def test_a_sound_workbook_of_each_kind_is_read(adapter: Adapter) -> None:
    assert all(len(part.rows) for part in adapter.parse(sound(adapter), NAMES[adapter.name]))


@pytest.mark.parametrize("adapter", ADAPTERS, ids=by_name)
@pytest.mark.parametrize(
    "content", [b"<!DOCTYPE html><html>503</html>", b"\xef\xbb\xbf\r\n <html>", b"<?xml version='1.0'?>"]
)
def test_a_web_page_served_as_a_workbook(adapter: Adapter, content: bytes) -> None:
    assert "web page" in refusal(adapter, content)


@pytest.mark.parametrize("adapter", ADAPTERS, ids=by_name)
def test_an_empty_file(adapter: Adapter) -> None:
    assert "empty" in refusal(adapter, b"")


@pytest.mark.parametrize("adapter", ADAPTERS, ids=by_name)
@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 ...", b"a,b\n1,2\n", b"\0" * 5000, workbooks.COMPOUND_MAGIC, workbooks.ZIP_MAGIC]
)
def test_another_kind_of_file(adapter: Adapter, content: bytes) -> None:
    assert refusal(adapter, content)


@pytest.mark.parametrize("adapter", ADAPTERS, ids=by_name)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.7, 0.95])
def test_a_truncated_file(adapter: Adapter, share: float) -> None:
    content = sound(adapter)
    assert refusal(adapter, content[: int(len(content) * share)])


@pytest.mark.parametrize("adapter", ADAPTERS, ids=by_name)
def test_a_password_protected_workbook(adapter: Adapter) -> None:
    # Excel wraps an encrypted .xlsx in a compound file with these two streams.
    content = compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"y"})
    assert "password" in refusal(adapter, content)


def test_a_password_protected_legacy_workbook() -> None:
    stream = workbook_stream()
    end_of_first = 4 + struct.unpack_from("<H", stream, 2)[0]
    guarded = stream[:end_of_first] + struct.pack("<HHH", 0x2F, 6, 1) + bytes(4) + stream[end_of_first:]
    assert "password" in refusal(LEGACY, as_workbook(guarded))


@pytest.mark.parametrize("adapter", ZIPPED, ids=by_name)
def test_a_zip_bomb(adapter: Adapter) -> None:
    bomb = rezipped(sound(adapter), {"xl/media/zeros.bin": bytes(64 * 1024 * 1024)})
    assert len(bomb) < 200_000
    assert "zip bomb" in refusal(adapter, bomb)


@pytest.mark.parametrize("adapter", ZIPPED, ids=by_name)
def test_a_zip_of_very_many_parts(adapter: Adapter) -> None:
    assert "parts" in refusal(adapter, rezipped(sound(adapter), {f"a{number}": b"" for number in range(500)}))


@pytest.mark.parametrize("adapter", ZIPPED, ids=by_name)
def test_an_encrypted_part_of_a_zip(adapter: Adapter) -> None:
    content = bytearray(sound(adapter))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    assert "password" in refusal(adapter, bytes(content))


@pytest.mark.parametrize("adapter", ZIPPED, ids=by_name)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb'r="7"', b'r="1048576"'),
        (rb'r="A7"', b'r="XFD7"'),
        (rb"<mergeCells", b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells><mergeCells'),
        (rb"<sheetData>", b"<sheetData><row r='-4'><c r='A-4'><v>1</v></c></row>"),
        (rb"</worksheet>", b""),
    ],
)
def test_a_sheet_that_claims_to_be_enormous_or_is_broken_does_no_harm(adapter: Adapter, old: bytes, new: bytes) -> None:
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(sound(adapter))) as archive:
        sheet = archive.read(part)
    assert old in sheet
    content = rezipped(sound(adapter), {part: sheet.replace(old, new, 1)})
    with ending(adapter.name):
        try:
            adapter.parse(content, NAMES[adapter.name])
        except SourceError as error:
            assert NAMES[adapter.name] in str(error)


@pytest.mark.parametrize("adapter", ZIPPED, ids=by_name)
def test_entities_that_multiply_are_not_expanded(adapter: Adapter) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(sound(adapter))) as archive:
        sheet = archive.read(part).decode()
    evil = sheet.replace("<worksheet", f'<!DOCTYPE s [<!ENTITY l0 "ha">{laughs}]><worksheet', 1)
    evil = evil.replace(
        "<sheetData>", '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>', 1
    )
    assert refusal(adapter, rezipped(sound(adapter), {part: evil.encode()}))


def rezipped(content: bytes, changed: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in archive.namelist():
            if name not in changed:
                copy.writestr(name, archive.read(name))
        for name, part in changed.items():
            copy.writestr(name, part)
    return target.getvalue()


def workbook_stream() -> bytes:
    stream: bytes = CompDoc(sound(LEGACY)).get_named_stream("Workbook")
    return stream


def as_workbook(stream: bytes) -> bytes:
    return compound_file({"Workbook": stream})


def patched(find: Callable[[bytes], int], new: bytes) -> bytes:
    """A sound legacy workbook with some bytes of its stream replaced."""
    stream = workbook_stream()
    at = find(stream)
    assert at > 0
    return as_workbook(stream[:at] + new + stream[at + len(new) :])


def record(kind: int, size: int | None = None) -> Callable[[bytes], int]:
    """Where the content of the first record of a kind begins."""

    def find(stream: bytes) -> int:
        at = 0
        while at < len(stream):
            own, length = struct.unpack_from("<HH", stream, at)
            if own == kind and size in (None, length):
                return at + 4
            at += 4 + length
        return -1

    return find


@pytest.mark.parametrize(
    "new", [struct.pack("<HH", 60_000, 60_000), struct.pack("<HH", 60_000, 3), struct.pack("<HH", 3, 60_000)]
)
def test_a_position_for_which_the_reader_would_take_all_memory(new: bytes) -> None:
    with little_memory():
        assert re.search("out of all proportion|memory or time", refusal(LEGACY, patched(record(0xFD), new)))


@contextmanager
def little_memory() -> Iterator[None]:
    """Neither this process nor one that it starts takes more than little."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    before = [resource.getrusage(who).ru_maxrss for who in whose]
    yield
    own, child = (resource.getrusage(who).ru_maxrss for who in whose)
    assert own - before[0] < MORE_MEMORY_KB
    # Until it has become another program, a child counts as large as its parent.
    assert child - max(before[1], own, legacy_workbook_program.MEMORY_BYTES / 1024) < MORE_MEMORY_KB


@pytest.mark.parametrize(
    ("kind", "offset", "new"),
    [
        (0x200, 0, struct.pack("<IIHH", 0, 0xFFFFFFFF, 0, 0xFFFF)),
        (0x200, 0, struct.pack("<IIHH", 9, 3, 9, 3)),
        (0xFC, 4, struct.pack("<I", 0x7FFFFFFF)),
        (0xFC, 4, struct.pack("<I", 0xFFFFFFFF)),
    ],
)
def test_a_count_that_is_wrong_changes_no_figure(kind: int, offset: int, new: bytes) -> None:
    assert figures_of(patched(lambda stream: record(kind)(stream) + offset, new)) in (None, figures_of(sound(LEGACY)))


def figures_of(content: bytes) -> str | None:
    """The rows of a legacy workbook as text; ``None`` where it is refused by its name."""
    name = NAMES[LEGACY.name]
    with ending(name):
        try:
            (found,) = LEGACY.parse(content, name)
        except SourceError as error:
            assert name in str(error)
            return None
    return found.rows.to_csv()


@pytest.mark.parametrize("offset", [0xFFFFFFF0, 10**6, 0x7FFFFFFF])
def test_a_sheet_that_lies_beyond_the_end(offset: int) -> None:
    assert refusal(LEGACY, patched(record(0x85), struct.pack("<I", offset)))


def test_a_record_longer_than_the_workbook() -> None:
    assert refusal(LEGACY, patched(lambda stream: record(0xFD)(stream) - 2, struct.pack("<H", 0xFFFF)))


def test_very_many_sheets() -> None:
    stream = workbook_stream()
    at = record(0x85)(stream) - 4
    length = 4 + struct.unpack_from("<H", stream, at + 2)[0]
    assert "sheets" in refusal(LEGACY, as_workbook(stream[:at] + stream[at : at + length] * 100 + stream[at:]))


def test_a_chain_of_sectors_without_end() -> None:
    content = bytearray(sound(LEGACY))
    (first,) = struct.unpack_from("<I", content, 76)
    table = (first + 1) * 512
    directory = struct.unpack_from("<I", content, 48)[0]
    struct.pack_into("<I", content, table + 4 * directory, directory)
    with little_memory():
        assert "memory or time" in refusal(LEGACY, bytes(content))


@pytest.mark.parametrize("at", [30, 44, 48, 76])
def test_a_header_with_impossible_numbers_changes_no_figure(at: int) -> None:
    content = bytearray(sound(LEGACY))
    content[at : at + 4] = b"\xff\xff\xff\x7f"
    assert figures_of(bytes(content)) in (None, figures_of(sound(LEGACY)))


def test_a_compound_file_without_a_workbook() -> None:
    assert "cannot be read" in refusal(LEGACY, compound_file({"WordDocument": b"x"}))


def test_a_workbook_with_nothing_in_its_stream() -> None:
    assert "a sheet is missing" in refusal(LEGACY, as_workbook(struct.pack("<HHHH", 0x809, 8, 0x500, 5)))


def test_few_cells_that_hold_very_much_text_are_refused() -> None:
    content = legacy_file({"TSE Prime": [["x" * 30_000] * 30] * 20})
    assert len(content) < 100_000
    assert "text is out of all proportion" in refusal(LEGACY, content)


def test_a_reader_that_breaks_down_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import nothing_like_it")
    monkeypatch.setattr(workbooks.legacy_workbook, "__file__", str(program))
    assert "broke down (ModuleNotFoundError: No module named 'nothing_like_it')" in refusal(LEGACY, sound(LEGACY))


def test_a_machine_with_limits_of_its_own_reads_all_the_same() -> None:
    command = "import sys; from jpresearch.sources import legacy_workbook; sys.exit(legacy_workbook.main())"
    shell = f'ulimit -t 5 -c 0 -v 400000; exec "{sys.executable}" -c "{command}" "TSE Prime"'
    done = subprocess.run(["bash", "-c", shell], input=sound(LEGACY), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "売り" in json.dumps(json.loads(done.stdout), ensure_ascii=False)


def test_a_reader_that_cannot_be_started_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks.sys, "executable", "/nowhere/python")
    assert "could not be read" in refusal(LEGACY, sound(LEGACY))


def test_a_reader_that_never_answers_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("while True: pass")
    monkeypatch.setattr(workbooks.legacy_workbook, "__file__", str(program))
    monkeypatch.setattr(workbooks, "PATIENCE_SECONDS", 0.5)
    assert "timed out" in refusal(LEGACY, sound(LEGACY))


def test_one_layout_under_the_name_of_the_other() -> None:
    assert refusal(LEGACY, sound(UNIFIED))
    assert "legacy workbook" in refusal(UNIFIED, sound(LEGACY))
    assert refusal(UNIFIED, sound(VALUATION))
    assert refusal(VALUATION, sound(UNIFIED))


def test_adapters_claim_their_own_content_only() -> None:
    for adapter in ADAPTERS:
        claimed = [other.name for other in ADAPTERS if other.recognises(sound(adapter), "download")]
        assert claimed == [adapter.name]


@pytest.mark.parametrize("adapter", ZIPPED, ids=by_name)
def test_a_workbook_with_nothing_in_it(adapter: Adapter) -> None:
    assert refusal(adapter, modern_file({"sheet1": [[None]]}))
