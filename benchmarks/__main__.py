"""``python -m benchmarks``: one file a benchmark, imported when it is run."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from colorize_lab.errors import ColorizeLabError

# A new benchmark is a line here and a file beside this one, with a click command ``command``.
BENCHMARKS = {
    "chroma": "quality of upsampling chroma to full size",
    "exemplars": "gain and cost of exemplars (the same things in another photo)",
    "formats": "metadata kept per file format, reading speed, and L* through color profiles",
    "frames": "detection rate and false alarms for frames around photos",
    "hints": "gain from color hints, by their number",
    "keyframes": "gain from one painted frame per shot of a film",
    "network-hints": "gain from color hints, given to the network alone",
    "peers": "other authors' networks in every engine, with random weights",
    "quality": "accuracy and colorfulness of the networks",
    "realism": "how often a trained judge takes the networks' colors for real",
    "recolor": "recoloring of faded and badly lit photos",
    "reference": "gain from a photo's own colors as its reference",
    "restore": "restoration of known damage",
    "speed": "time and memory, against OpenCV alone and against the tutorials' recipe",
    "studio": "response times of the studio's page, in a browser",
    "toning": "recognition of photos in color, as opposed to toned prints",
    "video": "steadiness, accuracy and speed of coloring films",
}
# What has to do with all of them; report.py is what they report with.
TRAININGS = {
    "train-fading": "train how recolor undoes fading, on photos with simulated damage",
    "train-verdict": "train and cross-validate recolor's verdict on labeled photos",
}
PICTURES = {
    "pictures": "draw the images of the documentation and of the network's card",
    "recolor-pictures": "draw damaged, recolored and sound photos for the documentation",
    "sheet": "draw photos before and after on one sheet, by the number of looks",
    "studio-pictures": "take screenshots of the studio for the documentation",
}
ROUNDUPS = {
    "all": "run every benchmark, or with --quick a small slice of each",
    "report": "write a page with the results of 'all'",
}
FILES = {"report": "results"}


class BenchmarkGroup(click.Group):
    """Imports a benchmark when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the benchmarks, then what runs and shows them all."""
        return [*BENCHMARKS, *TRAININGS, *PICTURES, *ROUNDUPS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a benchmark."""
        if cmd_name not in self.list_commands(ctx):
            return None
        file = FILES.get(cmd_name, cmd_name.replace("-", "_"))
        module = import_module(f"benchmarks.{file}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the benchmarks without importing them."""
        with formatter.section("Benchmarks"):
            formatter.write_dl(list(BENCHMARKS.items()))
        with formatter.section("Trainings"):
            formatter.write_dl(list(TRAININGS.items()))
        with formatter.section("Pictures"):
            formatter.write_dl(list(PICTURES.items()))
        with formatter.section("Of all"):
            formatter.write_dl(list(ROUNDUPS.items()))


@click.group(cls=BenchmarkGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Measure colorize-lab; each benchmark prints Markdown and writes JSON where asked to."""


def main() -> None:
    """Run the benchmark that the command line names."""
    try:
        cli(prog_name="python -m benchmarks")
    except ColorizeLabError as error:
        click.echo(f"benchmarks: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
