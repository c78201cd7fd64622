"""``python -m benchmarks``: one file a benchmark, imported when it is run."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from colorize_lab.errors import ColorizeLabError

# A new benchmark is a line here and a file beside this one, with a click command ``command``.
BENCHMARKS = {
    "chroma": "how well chroma is brought to full size",
    "exemplars": "what the same things in another picture bring, and cost",
    "formats": "what each file format keeps, how fast it is read, and L* through color profiles",
    "frames": "how many frames around pictures are found, and how many that are not there",
    "hints": "what color hints bring, by their number",
    "keyframes": "what one painted frame per shot brings to a film",
    "network-hints": "what color hints bring, given to the network alone",
    "peers": "whether every engine runs the networks of others, with random weights",
    "quality": "how right and how colorful the colors of the networks are",
    "realism": "how often a trained judge takes the networks' colors for real ones",
    "recolor": "what recoloring makes of faded and badly lit photos",
    "reference": "what a photo's own colors bring as its reference",
    "restore": "what restoration makes of known damage",
    "speed": "time and memory, against OpenCV alone and against the tutorials' recipe",
    "studio": "how fast the studio's page answers, in a browser",
    "toning": "how well photos in color are told from toned prints",
    "video": "how steady and how right films are colored, and how fast",
}
# What has to do with all of them; report.py is what they report with.
TRAININGS = {
    "train-fading": "train how recolor undoes fading, on photos with made damage",
    "train-verdict": "train and cross-validate recolor's verdict on labeled photos",
}
PICTURES = {
    "pictures": "draw the pictures of the documentation and of the network's card",
    "recolor-pictures": "draw damaged, recolored and sound photos for the documentation",
    "sheet": "draw photos before and after on one sheet, by the number of looks",
    "studio-pictures": "pictures of the studio for the docs",
}
ROUNDUPS = {
    "all": "every benchmark, or with --quick a small slice of each",
    "report": "a page of what 'all' found",
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
