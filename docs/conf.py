# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx renders the pages that antsibull-docs writes from the plugins: `make docs`, without a network."""

from __future__ import annotations

project = "converge.libvirt"
copyright = "converge.libvirt contributors"  # noqa: A001
title = "converge.libvirt"
html_short_title = "converge.libvirt"

extensions = ["sphinx_antsibull_ext"]
pygments_style = "ansible"
highlight_language = "YAML+Jinja"

html_theme = "sphinx_ansible_theme"
html_show_sphinx = False
html_use_smartypants = True
html_use_modindex = False
html_use_index = False
html_copy_source = False
# The theme shows these in its header; without them it would offer the documentation of Ansible itself.
html_theme_options = {"documentation_home_url": "index.html", "topbar_links": {}}

default_role = "any"
nitpicky = True
# What points into Ansible's own documentation has nothing to resolve to in a build that asks no network.
nitpick_ignore_regex = [("envvar", "(ANSIBLE|LIBVIRT)_.*")]
# toc.no_title: the page of the changelog has no title before the first release.
suppress_warnings = ["ref.ref", "toc.no_title"]
