"""Sphinx configuration: Markdown pages, the API from docstrings, the commands from click."""

project = "colorize-lab"
author = "the colorize-lab authors"
extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_click",
]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "colorize-lab"
exclude_patterns = ["_build"]
autodoc_typehints = "none"  # numpydoc's sections already give the types
numpydoc_show_class_members = False
# Links into the source tree, such as the network's card, are checked by tests/test_docs.py.
suppress_warnings = ["myst.xref_missing"]
