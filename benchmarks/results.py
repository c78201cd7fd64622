"""One page of what ``python -m benchmarks all`` found: tables, plots, and how to measure again."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.__main__ import BENCHMARKS
from benchmarks.plot import Curve, draw_curves, write_plot
from benchmarks.report import format_run
from benchmarks.stages import COLORING, RESTORING
from colorize_lab.explain.canvas import Pixels
from colorize_lab.system.atomic import write_file

__all__ = ["clean_command", "format_page", "read_reports"]

Report = Mapping[str, Any]
"""What `benchmarks.report.publish` wrote."""

PAGE = Path(__file__).with_name("RESULTS.md")
# Of a benchmark and not of the machine.
OWN = ("command", "date", "load of the last minute")


@click.command("report")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    default=PAGE,
    help="By default benchmarks/RESULTS.md; its plots go beside it.",
)
def command(folder: Path, page: Path) -> None:
    """Write a page of the JSON files in FOLDER, as ``python -m benchmarks all`` leaves them."""
    reports = read_reports(folder)
    plots = {}
    for name, draw in PLOTS.items():
        image = draw(reports[name]) if name in reports else None
        if image is not None:
            plots[name] = page.with_name(f"results-{name}.png")
            write_plot(image, plots[name])
    text = format_page(reports, {name: path.name for name, path in plots.items()})
    write_file(text.encode(), page, overwrite=True)
    click.echo(f"{page}: {', '.join(reports)}")


def read_reports(folder: Path) -> dict[str, Report]:
    """Read what each benchmark wrote, in the order in which they are listed."""
    reports: dict[str, Report] = {}
    for name in BENCHMARKS:
        path = folder / f"{name}.json"
        if not path.exists():
            continue
        report = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(report, dict) or not {"run", "tables"} <= report.keys():
            raise click.ClickException(f"{path} is not a report; run {name} again")
        reports[name] = report
    if not reports:
        raise click.ClickException(f"{folder} has no reports; run python -m benchmarks all first")
    return reports


def format_page(reports: Mapping[str, Report], plots: Mapping[str, str]) -> str:
    """Write the page in Markdown.

    Parameters
    ----------
    reports : mapping of str to Report
        By the benchmark's name.
    plots : mapping of str to str
        Names of the files that stand beside the page.
    """
    runs = [report["run"] for report in reports.values()]
    shared = {
        key: value
        for key, value in runs[0].items()
        if key not in OWN and all(run.get(key) == value for run in runs)
    }
    sections = [
        format_section(name, report, shared, plots.get(name)) for name, report in reports.items()
    ]
    head = (
        "# Results\n\nWritten by `python -m benchmarks report FOLDER` from what "
        "`python -m benchmarks all --output FOLDER` measured. In brackets: 95 % intervals of "
        "scores, least and most of times.\n"
    )
    return "\n".join([head, format_run(shared), *sections])


def format_section(name: str, report: Report, shared: Report, plot: str | None) -> str:
    """Write what one benchmark found, with its command beside it."""
    run = report["run"]
    own = {key: run[key] for key in run if key not in shared and key != "command"}
    parts = [
        f"\n## {name}: {BENCHMARKS[name]}",
        f"```sh\n{clean_command(run['command'])}\n```",
        format_run(own),
        re.sub("^##", "###", report["tables"], flags=re.MULTILINE),
    ]
    if plot is not None:
        parts.append(f"![{BENCHMARKS[name]}]({plot})")
    return "\n\n".join(parts) + "\n"


def clean_command(text: str) -> str:
    """Take the paths of one machine out of a command.

    Examples
    --------
    >>> clean_command("python -m benchmarks quality --set /a/b.zip --data ../c --json /d/e.json")
    'python -m benchmarks quality --set b.zip --data c'
    """
    words = shlex.split(text)
    if "--json" in words:
        place = words.index("--json")
        del words[place : place + 2]
    return shlex.join(re.split(r"[\\/]", word.rstrip("\\/"))[-1] for word in words)


def draw_hints(report: Report) -> Pixels:
    """Draw PSNR by the number of hints."""
    methods = report["hints"]
    counts = list(next(iter(methods.values())))
    curves = [Curve(name, [row[n]["psnr"] for n in counts]) for name, row in methods.items()]
    return draw_curves(curves, counts, x_title="hints", y_title="PSNR, dB")


def draw_growth(report: Report) -> Pixels | None:
    """Draw the time for a megapixel by the size of the photo: a level line is linear growth."""
    growth = report.get("growth")
    if growth is None:
        return None
    sizes = np.array(growth["megapixels"])

    def sum_stages(names: Sequence[str]) -> list[float]:
        seconds = [[run["seconds"] for run in growth["stages"][name]] for name in names]
        per_megapixel: list[float] = (1000 * np.sum(seconds, axis=0) / sizes).tolist()
        return per_megapixel

    curves = [Curve("coloring", sum_stages(COLORING)), Curve("restoring", sum_stages(RESTORING))]
    places = [f"{size:g}" for size in sizes]
    titles = {"x_title": "megapixels", "y_title": "ms a megapixel"}
    return draw_curves(curves, places, **titles, y_low=0)


PLOTS = {"hints": draw_hints, "speed": draw_growth}
