"""Puts the graph into a server: RDF by the SPARQL 1.1 protocols, the property graph by Bolt.

Pushing twice changes nothing, and a push that was broken off is mended by pushing again.
"""

from __future__ import annotations

from kg.push.bolt import push_bolt
from kg.push.credentials import Credentials
from kg.push.target import Protocol, PushError, Target, target
from kg.push.web import push_store, push_update

__all__ = ["Credentials", "Protocol", "PushError", "Target", "push_bolt", "push_store", "push_update", "target"]
