"""Policies of fictional companies, read, built and judged as the command does it, for the tests of reports."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kg import graph
from kg.documents import read_text
from kg.extract import extract
from kg.model import Document, Metadata
from kg.query import Candidate, candidates
from kg.validate import Report, Requirement, requirements_of, validate
from kg.validate.html import pages
from kg.validate.passages import accounts
from kg.validate.sarif import sarif
from kg.vocabulary import load

FERRY = """Privacy notice of Saltmarsh Ferries Ltd

1. Who we are

Saltmarsh Ferries Ltd, 4 Quay Street, Whitby, is the controller. Write to privacy@saltmarsh.example.

2. What we do

We collect your name and e-mail address to sell tickets. The legal basis is the contract with you.
<script>document.title = "taken"</script> <img src=x onerror="document.title='taken'"> & "quoted" </mark></p>
We do not transfer your personal data outside the European Economic Area.
We keep your personal data for as long as necessary.
"""

TURVEKYLÄ = """Turvekylän Sauna Oy: tietosuojaseloste

Rekisterinpitäjä

Turvekylän Sauna Oy, Saunapolku 3, 90100 Oulu, sauna@turvekyla.example.

Henkilötietojen käsittely

Keräämme nimesi ja puhelinnumerosi varausten hoitamista varten. Käsittelyn oikeusperuste on sopimus.
Emme luovuta henkilötietojasi muille. Säilytämme varauksia kaksi vuotta. Sinulla on oikeus saada pääsy tietoihisi.
"""

PUFFIN = """Privacy notice of Puffin Tours Ltd

1. Who we are

Puffin Tours Ltd, 2 Harbour Road, Oban, is the controller. Write to privacy@puffin.example.

2. What we do not do

We do not disclose your personal data to third parties.
By continuing to use our website you accept our use of cookies.

3. What we do

We collect your name and e-mail address to book tours. The legal basis is the contract with you.
We disclose your name to advertising partners. We keep it for two years.
We share your telephone number with insurers.

4. Cookies

We use cookies only with your consent. Cookies are deleted after thirty days.
"""

LUNNI = """Lunni Matkat Oy: tietosuojaseloste

Rekisterinpitäjä

Lunni Matkat Oy, Satamatie 2, 00100 Helsinki, lunni@lunni.example.

Henkilötietojen käsittely

Emme luovuta henkilötietojasi kolmansille osapuolille. Keräämme nimesi varausten hoitamista varten.
Luovutamme sähköpostiosoitteesi mainostajille.
"""


def ferry(text: str = FERRY) -> Document:
    """The notice of a British ferry company, which holds markup that must not come alive."""
    return read_text("notices/saltmarsh.txt", text, Metadata(controller="Saltmarsh Ferries Ltd", language="en", series="notice"))


def sauna() -> Document:
    """The notice of a Finnish sauna, in Finnish."""
    return read_text("notices/turvekylä.txt", TURVEKYLÄ, Metadata(title="Tietosuojaseloste", language="fi"))


def puffin() -> Document:
    """A notice that says two things and elsewhere what speaks against them."""
    return read_text("notices/puffin.txt", PUFFIN, Metadata(controller="Puffin Tours Ltd", language="en", series="notice"))


def lunni() -> Document:
    """A Finnish notice that denies what it tells of elsewhere."""
    return read_text("notices/lunni.txt", LUNNI, Metadata(language="fi"))


@dataclass(frozen=True)
class Judged:
    """A graph with its report. `known` are the documents that a report may show."""

    store: ox.Store
    report: Report
    known: Sequence[Document]

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """Those of the report."""
        return requirements_of(result.requirement for result in self.report.results)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """What is to be reviewed."""
        return tuple(candidates(self.store))

    @cached_property
    def pages(self) -> dict[str, str]:
        """The web pages by name."""
        return self.pages_in(None)

    def pages_in(self, language: str | None) -> dict[str, str]:
        """The web pages in a language."""
        return dict(pages(self.report, accounts(self.store, self.known), self.requirements, language, self.candidates))

    def sarif(self, language: str = "en") -> str:
        """The SARIF log of version 1.2.3 of the program."""
        return sarif(self.report, accounts(self.store, self.known), self.requirements, "1.2.3", language, self.candidates)


def judged(documents: Iterable[Document], known: Iterable[Document] = ()) -> Judged:
    """The documents as a graph, judged."""
    vocabulary = load()
    stream = io.BytesIO()
    graph.write([extract(document, vocabulary) for document in documents], vocabulary, stream, "nquads")
    store = ox.Store()
    store.bulk_load(stream.getvalue(), format=ox.RdfFormat.N_QUADS)
    return Judged(store, validate(store, "gdpr"), tuple(known))
