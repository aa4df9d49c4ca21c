"""The graph over HTTP: a SPARQL 1.1 endpoint, its graphs, the catalogue of questions, and a page for people."""

from __future__ import annotations

from kg.serve.access import token
from kg.serve.limits import Limits
from kg.serve.server import serve

__all__ = ["Limits", "serve", "token"]
