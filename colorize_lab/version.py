"""The version, stated once in setup.cfg and read from the installed package."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("colorize-lab")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"
