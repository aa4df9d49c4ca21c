"""The graph over HTTP: a SPARQL 1.1 endpoint, its graphs, the catalogue of questions, and a page for people."""

from __future__ import annotations

from kg.serve.access import token
from kg.serve.limits import Limits
from kg.serve.server import is_loopback, serve

__all__ = ["Limits", "is_loopback", "serve", "token"]
