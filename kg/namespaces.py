"""Prefixes, and the way between CURIEs and IRIs."""

from __future__ import annotations

from types import MappingProxyType

DATA = "https://w3id.org/policy-kg/data/"

PREFIXES = MappingProxyType(
    {
        "pk": "https://w3id.org/policy-kg/ontology#",
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "loc": "https://w3id.org/dpv/loc#",
        "tech": "https://w3id.org/dpv/tech#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "org": DATA + "org/",
        "law": DATA + "law/",
        "svc": DATA + "service/",
        "dct": "http://purl.org/dc/terms/",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
_LONGEST_FIRST = sorted(((iri, prefix) for prefix, iri in PREFIXES.items()), key=lambda pair: -len(pair[0]))


def expand(curie: str) -> str:
    """The IRI of a CURIE.

    >>> expand("dpv:Collect")
    'https://w3id.org/dpv#Collect'

    Raises:
        KeyError: the prefix is not one of `PREFIXES`.
    """
    prefix, _, name = curie.partition(":")
    return PREFIXES[prefix] + name


def compress(iri: str) -> str:
    """The CURIE of an IRI, or the IRI itself where no prefix fits.

    >>> compress("https://w3id.org/dpv/pd#Name")
    'pd:Name'
    """
    for namespace, prefix in _LONGEST_FIRST:
        if iri.startswith(namespace) and "/" not in iri[len(namespace) :] and "#" not in iri[len(namespace) :]:
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
