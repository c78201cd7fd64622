"""``colorize-lab models``: list, fetch, add and verify networks."""

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
    """List the networks; fetch, add or verify one."""
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
@VERBOSITY_OPTIONS
def add(name: str, file: Path, verbosity: int) -> None:
    """Install FILE as the weights of network NAME."""
    from colorize_lab.networks import add_network

    report_installed(name, add_network(name, file))


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
