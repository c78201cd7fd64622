"""``colorize-lab models``: list, fetch, add, verify, inspect and export networks."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.options import VERBOSITY_OPTIONS, file_path
from colorize_lab.cli.progress import Progress

if TYPE_CHECKING:
    from colorize_lab.networks import NetworkRow

__all__ = ["command"]

MEGABYTE = 1_000_000


@click.group("models", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON per network.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List networks; fetch, add, verify or export them."""
    if context.invoked_subcommand is not None:
        return
    from colorize_lab.networks import list_networks

    for row in list_networks():
        click.echo(json.dumps(asdict(row)) if as_json else describe_network(row))


def describe_network(row: NetworkRow) -> str:
    """Two lines for a person."""
    size = f"{row.size_bytes / MEGABYTE:.1f} MB" if row.size_bytes else "size unknown"
    state = "installed" if row.installed else "not installed"
    sha256 = f"sha256 {row.sha256[:12]}" if row.sha256 else "sha256 unknown"
    return f"{row.name}: {state}, {size}, {row.license}, {sha256}\n    {row.summary}"


@command.command("fetch")
@click.argument("name")
@VERBOSITY_OPTIONS
def fetch(name: str, verbosity: int) -> None:
    """Download and verify the weights of network NAME."""
    from colorize_lab.networks import fetch_network, find_spec

    total = find_spec(name).size_bytes or 0
    with Progress(total, f"fetching {name}", hidden=verbosity < 0) as progress:
        path = fetch_network(name, progress=lambda done, size: progress.advance_to(done, size))
    report_installed(name, path)


@command.command("add")
@click.argument("name")
@click.argument("file", type=file_path)
@click.option(
    "--other-export",
    is_flag=True,
    help="Accept a file whose hash differs from the known one, such as another export of "
    "the same network. Its own hash is recorded and checked from then on.",
)
@VERBOSITY_OPTIONS
def add(name: str, file: Path, other_export: bool, verbosity: int) -> None:
    """Install FILE as the weights of network NAME."""
    from colorize_lab.networks import add_network

    report_installed(name, add_network(name, file, other_export=other_export))


@command.command("inspect")
@click.argument("file", type=file_path)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
@VERBOSITY_OPTIONS
def inspect(file: Path, as_json: bool, verbosity: int) -> None:
    """Describe FILE, a caffemodel or ONNX model, and identify its network."""
    from colorize_lab.networks import inspect_file

    found = inspect_file(file)
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    click.echo("\n".join(found.layers))
    cost = found.multiplications
    click.echo(
        f"{found.format}, {found.size_bytes:,} bytes, sha256 {found.sha256}\n"
        f"multiplications for 256x256 pixels: {f'{cost:,}' if cost else 'unknown'}"
    )
    if not found.fits:
        click.echo("matches no network of the registry")
    elif found.known:
        click.echo(f"is {found.fits[0]}, by its hash")
    else:
        click.echo(f"fits {', '.join(found.fits)}, by its layers")


@command.command("export")
@click.argument("network")
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Overwrite an existing file.")
@VERBOSITY_OPTIONS
def export(network: str, output: Path, overwrite: bool, verbosity: int) -> None:
    """Write NETWORK as an ONNX file.

    NETWORK is the name of an installed network, or a caffemodel of your own with its prototxt,
    deploy.prototxt, in the same folder.
    """
    from colorize_lab.networks import find_own_or_named, load_files
    from colorize_lab.system.atomic import write_file

    installed = find_own_or_named(network)
    data = load_files(installed)[0].to_onnx()
    write_file(data, output, overwrite=overwrite)
    click.echo(f"{installed.spec.name} -> {output} ({len(data) / MEGABYTE:.1f} MB)")


def report_installed(name: str, path: Path) -> None:
    """Print where the weights were installed, and their hash."""
    from colorize_lab.networks import verify_network

    click.echo(f"{name}: installed as {path}, sha256 {verify_network(name).sha256}")


@command.command("verify")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@VERBOSITY_OPTIONS
def verify(names: tuple[str, ...], verbosity: int) -> int:
    """Check installed weights against their hashes and layers."""
    from colorize_lab.errors import NetworkFileError
    from colorize_lab.networks import WeightsState, verify_network, verify_networks

    outcomes = [verify_network(name) for name in names] or verify_networks()
    for outcome in outcomes:
        problem = f": {outcome.problem}" if outcome.problem else ""
        sha256 = f", sha256 {outcome.sha256}" if outcome.sha256 else ""
        click.echo(f"{outcome.name}: {outcome.state.value}{sha256}{problem}")
    damaged = any(outcome.state is WeightsState.DAMAGED for outcome in outcomes)
    return NetworkFileError.exit_code if damaged else 0
