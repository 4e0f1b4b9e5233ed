"""Speed and size of the batch: `python -m bench.batch [PART ...]` from the root of the repository, on a quiet machine.

Parts (without an argument all, in about half an hour; each says what it compares):

collection   the whole collection with `run --force --jobs 2` against a loop of the command lines `papermill` and
             `jupyter nbconvert --to html`; in all, and the overhead beyond the cells' own time per job slot
wall         notebooks of 3 seconds or more: wall time against 1.25 times their cells' time per slot plus one preload
unchanged    the whole collection when nothing has changed against `python -c "import pandas"`
month_ends   one notebook at 10 and at 100 month-ends: seconds per job, and against the loop (10 measured, scaled)
memory       memory of its own (USS) of each further kernel, warm and cold, after a notebook's imports
dask         the whole collection on two Dask workers of this machine against `--jobs 2`
checks       what fixing the tables of a run and checking its outputs cost, against the time of the run
thousand     month-ends from 2014: 100 jobs against 1,000 (`--thousand N`: N against a tenth), whose driver is killed
             at the half and called again; seconds per job, the driver's memory, and how soon it goes on

"Cells' own time" is that of one interpreter that has imported the stack and then runs the code cells of one notebook
after the other, each reading its tables and drawing its figures as in a kernel. Everything goes to a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
BIN: Final = Path(sys.executable).parent
JOBS: Final = 2
LONG_SECONDS: Final = 3.0
ANSWERS: Final = 9
FEW, MANY = 10, 100
DAYS: Final = 2
KERNELS: Final = 3
IMPORTS: Final = (
    "from jpresearch import charts, load, publish, tables; from jpresearch.datasets import flows, gpif, nisa"
)


@dataclass
class Bench:
    """The measurements of one run of this script; what several parts need is measured once."""

    folder: Path
    names: list[str]
    chosen: list[str]
    light: str | None
    many: int
    thousand: int

    def say(self, what: str, figure: str, wanted: str = "", holds: bool | None = None) -> None:
        """A line of the table, printed at once."""
        verdict = "" if holds is None else ("yes" if holds else "NO")
        print(f"{what:<66} {figure:>22}  {wanted:<16} {verdict}", flush=True)

    @cached_property
    def cells(self) -> dict[str, float]:
        """Seconds of each notebook's code cells in one warm interpreter."""
        return cells_of(self.names)

    @cached_property
    def preload(self) -> float:
        """Seconds until the preloaded parent would serve."""
        program = "from jpresearch.batch.kernels import forked_kernel; forked_kernel.preload()"
        return timed([sys.executable, "-c", program])

    @cached_property
    def loop(self) -> float:
        """Seconds of papermill and nbconvert as command lines, one notebook after the other."""
        return loop_of([(name, None) for name in self.names], self.folder / "loop")

    @cached_property
    def ours(self) -> float:
        """Seconds of the whole collection with two jobs at once, not for the first time: it knows which take long.

        Median of three: one before the loop and two after it, as a machine has its moods.
        """
        self.run("--jobs", str(JOBS), *self.names, force=False)
        before = self.run("--jobs", str(JOBS), *self.names)
        _ = self.loop
        return statistics.median([before, *(self.run("--jobs", str(JOBS), *self.names) for _ in range(2))])

    def run(self, *words: str, force: bool = True) -> float:
        """Seconds of a run."""
        forced = ["--force"] if force else []
        return timed([BIN / "jpresearch", "run", *forced, "--output", self.folder / "reports", *words])


def main() -> None:
    """Measure the parts asked for and print the table."""
    arguments = parsed()
    if arguments.cells:
        print(json.dumps(cell_seconds(arguments.parts)))
        return
    wanted = arguments.parts or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    from bench.bytecode import require_compiled
    from jpresearch.batch.plan import notebooks

    require_compiled()
    names = arguments.notebooks or [path.stem for path in notebooks.collection()]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{len(names)} notebooks on {os.cpu_count()} cores; load before: {load}\n")
    print(f"{'':<66} {'measured':>22}  {'wanted':<16} holds")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(
            Path(folder),
            names,
            arguments.notebooks or [],
            arguments.month_end_notebook,
            arguments.many,
            arguments.thousand,
        )
        for name in wanted:
            PARTS[name](bench)
    print(f"\n{time.perf_counter() - began:.0f} s in all")


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--notebooks", nargs="+", help="these instead of the whole collection")
    parser.add_argument("--month-end-notebook", help="for month_ends; by default the one with the quickest cells")
    parser.add_argument("--many", type=int, default=MANY, help="how many month-ends; fewer for a quick look")
    parser.add_argument("--thousand", type=int, default=1000, help="how many jobs the part thousand has")
    parser.add_argument("--cells", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def collection(bench: Bench) -> None:
    """The whole collection against the loop."""
    own = sum(bench.cells.values())
    ours, loop = bench.ours, bench.loop
    bench.say("cells' own time, one warm interpreter", f"{own:.1f} s")
    bench.say("loop of papermill and nbconvert", f"{loop:.1f} s")
    bench.say(f"run --force --jobs {JOBS}", f"{ours:.1f} s")
    bench.say("the loop takes as many times longer", f"{loop / ours:.1f}", ">= 6", loop / ours >= 6)
    beyond, ours_beyond = loop - own, ours - own / JOBS
    bench.say("overhead: loop, run", f"{beyond:.1f} s, {ours_beyond:.1f} s")
    bench.say(
        "the overhead is as many times smaller", f"{beyond / ours_beyond:.1f}", ">= 10", beyond >= 10 * ours_beyond
    )


def wall(bench: Bench) -> None:
    """Notebooks of three seconds or more against their cells' time and one preload."""
    days = last_month_ends(DAYS)
    long = [name for name in bench.names if bench.cells[name] >= LONG_SECONDS]
    if not long:
        bench.say("no notebook's cells take 3 seconds", "")
        return
    own = sum(cells_of([f"{name}@{day}" for name in long for day in days]).values())
    # Not for the first time: the modules are read, and it is known which notebooks take long.
    bench.run("--jobs", str(JOBS), *long, force=False)
    seconds = bench.run("--jobs", str(JOBS), "--batch", batch_file(bench.folder / "long.yaml", long, days))
    most = 1.25 * own / JOBS + bench.preload
    jobs = f"{len(long)} notebooks of 3 s or more at {DAYS} days"
    bench.say(f"one preload; cells of {jobs}", f"{bench.preload:.1f} s; {own:.1f} s")
    bench.say("their run; 1.25 x cells / jobs + one preload", f"{seconds:.1f} s", f"<= {most:.1f} s", seconds <= most)


def unchanged(bench: Bench) -> None:
    """Nothing changed against an import of pandas, by turns."""
    bench.run("--jobs", str(JOBS), *bench.chosen, force=False)
    answers, imports = [], []
    for _ in range(ANSWERS):
        answers.append(bench.run(*bench.chosen, force=False))
        imports.append(timed([sys.executable, "-c", "import pandas"]))
    ours, pandas = statistics.median(answers), statistics.median(imports)
    bench.say("import pandas (median)", f"{pandas:.3f} s")
    bench.say("whole collection, nothing changed (median)", f"{ours:.3f} s", f"<= {pandas:.3f} s", ours <= pandas)


def month_ends(bench: Bench) -> None:
    """One notebook at many month-ends: time per job, and against the loop."""
    name = bench.light or min(bench.cells, key=lambda known: bench.cells[known])
    many = bench.many
    days = last_month_ends(many)
    few = days[:: many // FEW]
    (short, _), (long, whole) = (bench_month_ends(bench, name, chosen) for chosen in (few, days))
    bench.say(f"{name}: seconds per job, {FEW} jobs, {many} jobs", f"{short:.3f} s, {long:.3f} s")
    bench.say("difference", f"{long / short - 1:+.1%}", "within 10 %", abs(long / short - 1) <= 0.1)
    scaled = loop_of([(name, day) for day in few], bench.folder / "month_ends") * many / FEW
    bench.say(f"loop, {FEW} measured and scaled; {many} jobs", f"{scaled:.0f} s; {whole:.0f} s")
    bench.say("the loop takes as many times longer", f"{scaled / whole:.1f}", ">= 4", scaled / whole >= 4)


def bench_month_ends(bench: Bench, name: str, days: Sequence[str]) -> tuple[float, float]:
    """Seconds per job, from the first that began to the last that ended, and of the whole run."""
    from jpresearch import record

    file = batch_file(bench.folder / f"month_ends_{len(days)}.yaml", [name], days)
    seconds = bench.run("--jobs", str(JOBS), "--batch", file)
    newest = sorted(path for path in (bench.folder / "reports").glob("2*"))[-1]
    jobs = record.read(newest).jobs
    assert len(jobs) == len(days), f"{len(jobs)} jobs"
    began = min(job.started_at for job in jobs if job.started_at)
    ended = max(job.ended_at for job in jobs if job.ended_at)
    return (ended - began).total_seconds() / len(jobs), seconds


def memory(bench: Bench) -> None:
    """What each further kernel holds of its own, after a notebook's imports and before its data."""
    from jpresearch.batch.kernels.kernel_server import KernelServer
    from jpresearch.batch.processes.fork_server import SINGLE_THREADED

    with KernelServer() as parent:
        warm = asyncio.run(kernels_hold({**SINGLE_THREADED, **parent.environment()}, IMPORTS))
    bare = asyncio.run(kernels_hold({}, IMPORTS))
    cold = asyncio.run(
        kernels_hold({}, f"from jpresearch.batch.kernels.forked_kernel import preload; preload(); {IMPORTS}")
    )
    bench.say("memory of its own of a further warm kernel", f"{warm:.0f} MB", "< 80 MB", warm < 80)
    bench.say("of a cold one that has imported the same; only what it must", f"{cold:.0f} MB, {bare:.0f} MB")
    bench.say("the former", f"{cold:.0f} MB", "> 180 MB", cold > 180)


async def kernels_hold(variables: dict[str, str], imports: str) -> float:
    """The median USS in MB of kernels started one after the other."""
    import psutil

    from jpresearch.batch.kernels import kernel_manager, kernel_server

    held, managers = [], []
    for _ in range(KERNELS):
        folder = kernel_server.socket_folder()
        manager = kernel_manager.manager("python3", folder)
        managers.append((manager, folder))
        environment = {**os.environ, **variables}
        await manager.start_kernel(env=environment, cwd=str(folder), extra_arguments=["--HistoryManager.enabled=False"])
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=120)
        reply = await client.execute_interactive(imports, output_hook=lambda message: None, timeout=120)
        assert reply["content"]["status"] == "ok", reply["content"]
        client.stop_channels()
        held.append(psutil.Process(manager.provisioner.pid).memory_full_info().uss / 2**20)
    for manager, folder in managers:
        await manager.shutdown_kernel(now=True)
        shutil.rmtree(folder, ignore_errors=True)
    return statistics.median(held)


def dask(bench: Bench) -> None:
    """Two workers of this machine against two local jobs."""
    with workers(bench.folder) as address:
        first = bench.run("--dask", address, *bench.names)
        second = bench.run("--dask", address, *bench.names)
    bench.say("two Dask workers, which preload; once they have", f"{first:.1f} s, {second:.1f} s")
    ratio = second / bench.ours
    bench.say(f"times of --jobs {JOBS}; that preloads each time", f"{ratio:.2f}", "<= 1.5", ratio <= 1.5)


def checks(bench: Bench) -> None:
    """The tables copied once, and every output checked, for page and record, of all executed notebooks."""
    from jpresearch.batch.plan.notebooks import read_content
    from jpresearch.batch.run import table_copies
    from jpresearch.report.outputs import checked

    run = bench.ours
    around = bench.folder / "checks"
    around.mkdir()
    began = time.perf_counter()
    with table_copies.fixed(around) as tables:
        copied = time.perf_counter() - began
    found = [read_content(file) for file in sorted(max((bench.folder / "reports").glob("2*")).glob("*.ipynb"))]
    began = time.perf_counter()
    for notebook in found:
        checked(notebook)
    twice = 2 * (time.perf_counter() - began)
    share = 100 * (copied + twice / JOBS) / run
    bench.say(f"{len(tables.digests)} tables copied once a run, digests included", f"{1000 * copied:.0f} ms")
    bench.say(f"outputs of {len(found)} notebooks checked twice", f"{1000 * twice:.0f} ms")
    bench.say(f"of run --force --jobs {JOBS}, {run:.1f} s", f"{share:.1f} %", "<= 3 %", share <= 3)


def thousand(bench: Bench) -> None:
    """Many month-ends of all notebooks that had their tables after a year, with a driver killed at the half."""
    from bench.thousand import A_YEAR_ON, thousand
    from jpresearch.batch.plan.jobs import plan

    planned = plan(bench.names, {"as_of": A_YEAR_ON}).jobs
    names = [job.notebook.name for job in planned if job.skipped is None]
    thousand(str(BIN / "jpresearch"), bench.thousand, JOBS, names, bench.folder, bench.say)


@contextlib.contextmanager
def workers(folder: Path) -> Iterator[str]:
    """The address of a scheduler with two workers of one thread each."""
    file = folder / "scheduler.json"
    where = ("--scheduler-file", str(file))
    calls = [("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *where)]
    calls += [("worker", "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard", *where)] * JOBS
    with (folder / "dask.log").open("ab") as log:
        processes = [subprocess.Popen([BIN / "dask", *call], cwd=ROOT, stdout=log, stderr=log) for call in calls]
        try:
            while (folder / "dask.log").read_text().count("Registered to") < JOBS:
                time.sleep(0.1)
            yield str(json.loads(file.read_text())["address"])
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)


def batch_file(file: Path, names: Sequence[str], days: Sequence[str]) -> str:
    """A batch of notebooks at days, written to ``file``; its path."""
    file.write_text(json.dumps({"jobs": [{"notebooks": list(names), "grid": {"as_of": list(days)}}]}))
    return str(file)


def cells_of(names: Sequence[str]) -> dict[str, float]:
    """Seconds of the code cells of each notebook (``name`` or ``name@day``) in one warm interpreter."""
    words = [sys.executable, "-m", "bench.batch", "--cells", *names]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return dict(json.loads(done.stdout))


def loop_of(jobs: Sequence[tuple[str, str | None]], folder: Path) -> float:
    """Seconds of a loop of command lines over notebooks, each at a day."""
    folder.mkdir(parents=True)
    began = time.perf_counter()
    for number, (name, day) in enumerate(jobs):
        target = folder / f"{number}_{name}.ipynb"
        given = [] if day is None else ["-p", "as_of", day]
        source = ROOT / "notebooks" / f"{name}.ipynb"
        timed([BIN / "papermill", source, target, "--no-progress-bar", *given])
        timed([BIN / "jupyter", "nbconvert", "--to", "html", "--log-level", "ERROR", target])
    return time.perf_counter() - began


def timed(words: Sequence[str | Path]) -> float:
    """Seconds of a command that must succeed."""
    began = time.perf_counter()
    done = subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stdout[-2000:]}{done.stderr[-3000:]}")
    return seconds


def last_month_ends(count: int) -> list[str]:
    """The last ``count`` month-ends up to August 2026."""
    from calendar import monthrange

    months = [divmod(2026 * 12 + 7 - back, 12) for back in range(count)]
    return sorted(f"{year}-{month + 1:02d}-{monthrange(year, month + 1)[1]}" for year, month in months)


def cell_seconds(names: Sequence[str]) -> dict[str, float]:
    """Seconds of the code cells of each notebook in this interpreter, which has imported the stack."""
    from IPython.core.interactiveshell import InteractiveShell

    from jpresearch.batch.kernels import forked_kernel

    forked_kernel.preload()
    # As in a kernel: preloading leaves the collector off.
    gc.freeze()
    gc.enable()
    shell = InteractiveShell.instance()
    # What publishes looks for a kernel, and then draws.
    shell.kernel = object()
    shell.run_cell(IMPORTS)
    found = {}
    for named in names:
        name, _, day = named.partition("@")
        content = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
        sources = ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]
        sources[1:1] = [f"as_of = {day!r}"] if day else []
        shell.reset(new_session=False)
        forget()
        began = time.perf_counter()
        for source in sources:
            with contextlib.redirect_stdout(io.StringIO()) as said:
                result: Any = shell.run_cell(source, store_history=True)
            if not result.success:
                sys.exit(f"{named}: {said.getvalue()[-2000:]}")
        found[named] = time.perf_counter() - began
    return found


def forget() -> None:
    """A notebook's own time: it finds neither a page begun nor tables read by the one before."""
    from jpresearch.datasets import chip_earnings
    from jpresearch.publish import channel
    from jpresearch.publish.page import Page
    from jpresearch.tables import known, reading

    channel._own = Page()
    for kept in (reading._cache, known._found, chip_earnings._STATES):
        kept.clear()


PARTS: Final[dict[str, Callable[[Bench], None]]] = {
    "collection": collection,
    "wall": wall,
    "unchanged": unchanged,
    "month_ends": month_ends,
    "memory": memory,
    "dask": dask,
    "checks": checks,
    "thousand": thousand,
}


if __name__ == "__main__":
    main()
