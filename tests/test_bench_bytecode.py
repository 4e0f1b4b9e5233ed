"""A bench refuses to measure the compiler."""

from __future__ import annotations

import json
import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from bench import bytecode
from bench.bytecode import stale


def test_a_module_is_stale_without_its_compiled_form_and_after_a_change(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("x = 1\n")
    assert stale([module]) == [module]
    compiled = Path(str(py_compile.compile(str(module))))
    assert stale([module]) == []
    module.write_text("x = 12\n")
    assert stale([module]) == [module], "another size"
    module.write_text("x = 1\n")
    os.utime(module, (1_000_000_000, 1_000_000_000))
    assert stale([module]) == [module], "copied, with another time"
    py_compile.compile(str(module))
    assert stale([module]) == []
    compiled.write_bytes(b"1234" + compiled.read_bytes()[4:])
    assert stale([module]) == [module], "of another Python"


def test_one_that_python_compares_by_digest_is_compiled(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("x = 1\n")
    py_compile.compile(str(module), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    assert stale([module]) == []


def test_the_bench_of_the_batch_ends_where_nothing_is_compiled(root: Path) -> None:
    words = [sys.executable, "-m", "bench.batch", "unchanged"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "unset PYTHONDONTWRITEBYTECODE" in done.stderr and not done.stdout


def test_it_ends_where_folders_take_no_compiled_form(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1\n")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(bytecode, "LOADED", f"print({json.dumps([str(tmp_path / 'module.py')])!r})")
    with pytest.raises(SystemExit, match="1 modules are compiled anew"):
        bytecode.require_compiled()
