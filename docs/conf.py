"""Settings of the manual: one static site of pages written by hand and from the code, nothing loaded from elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

project = "Clinical outcomes"
language = "en"
extensions = ["myst_parser", "generate.filling"]
exclude_patterns = ["generate/**"]
source_suffix = {".md": "markdown"}
root_doc = "index"

myst_heading_anchors = 3  # the same anchors as a code forge makes, so a link works in both places
myst_links_external_new_tab = False

html_theme = "sphinx_book_theme"
html_title = "Clinical outcomes"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_last_updated_fmt = None  # a clock would change the bytes
html_sidebars = {"**": ["navbar-logo.html", "icon-links.html", "search-button-field.html", "sbt-sidebar-nav.html"]}
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "footer_content_items": [],
    "navbar_persistent": [],
    "show_navbar_depth": 1,
    "navigation_with_keys": False,
}
highlight_language = "text"
