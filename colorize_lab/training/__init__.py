"""Training of the embedded network (extra ``train``): data, loss, network, schedule, export.

It imports the library; nothing in the library imports it.
"""

from __future__ import annotations

from importlib import import_module

from colorize_lab.errors import MissingExtraError

__all__: list[str] = []

try:
    import_module("torch")
except ImportError as error:
    raise MissingExtraError(
        f"training needs PyTorch, which cannot be imported ({error}); install it with: "
        "pip install 'colorize-lab[train]'"
    ) from error
