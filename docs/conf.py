"""How the documentation is built: `make docs`, warnings as errors."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from sphinx.util import inspect

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

from lstm_toolkit import __version__  # noqa: E402
from lstm_toolkit.system.runtime import quiet_tensorflow  # noqa: E402

quiet_tensorflow()

project = "lstm_toolkit"
version = release = __version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "diagrams",
    "from_the_command_line",
]
exclude_patterns = ["_build"]

# Pages read the same on GitHub: plain Markdown, with its anchors under headings.
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
PAGES = {
    "../benchmarks/RESULTS.md": "reference/results.rst",
    "../CONTRIBUTING.md": "reference/contributing.md",
}
"""What stands elsewhere in the repository, and which page of the site shows it."""

# Docstrings write names in single quotes, as Markdown does.
default_role = "code"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
python_use_unqualified_type_names = True
add_module_names = False

# Names in annotations lead nowhere: of other packages, of rooms without a page. Links in text must.
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]

html_theme = "furo"
html_title = f"lstm_toolkit {version}"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["pictures.css"]
copybutton_exclude = ".linenos, .gp, .go"

# For `make docs-links`, which needs the net.
linkcheck_timeout = 20
linkcheck_retries = 2
linkcheck_ignore = [r"https?://(localhost|127\.0\.0\.1)"]


def _stay_on_the_site(app: Any, page: str, source: list[str]) -> None:
    if "/" not in page:
        for outside, inside in PAGES.items():
            source[0] = source[0].replace(f"]({outside}", f"]({inside}")


def _of_init(
    app: Any, what: str, name: str, obj: Any, options: Any, signature: str, returns: str
) -> tuple[str, str] | None:
    """Keras's layers have a `__new__` that hides what `__init__` takes."""
    if what != "class" or signature != "(*args, **kwargs)":
        return None
    own = inspect.signature(obj.__init__, bound_method=True)
    return inspect.stringify_signature(own, unqualified_typehints=True), ""


def setup(app: Any) -> None:
    """Turns links to other files into links to their pages, and shows what layers take."""
    app.connect("source-read", _stay_on_the_site)
    app.connect("autodoc-process-signature", _of_init)
