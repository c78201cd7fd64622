"""What pytest collects and runs: doctests need their extra, slow tests are run when asked for."""

from importlib.util import find_spec

import pytest

NEEDS = {
    "colorize_lab/studio/*": "fastapi",
    "colorize_lab/training/*": "torch",
    "benchmarks/judge.py": "torch",
    "benchmarks/torch_model.py": "torch",
    "tests/fuzz/*": "torch",
    "tests/helpers/small_network.py": "torch",
    "tests/studio/*": "fastapi",
    "tests/studio/test_page.py": "playwright",
}
collect_ignore_glob = [path for path, module in NEEDS.items() if find_spec(module) is None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare ``--slow``."""
    parser.addoption("--slow", action="store_true", help="also run the tests that take minutes")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker ``slow``."""
    config.addinivalue_line("markers", "slow: takes minutes; run with --slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip slow tests unless they are asked for."""
    if config.getoption("--slow"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow; run with --slow"))
