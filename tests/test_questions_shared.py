"""What a reader of the five real policies finds right in the answer to each question, and why.

The readings were made from the texts. `right` must be among the rows, `wrong` must not; `all` says that there is nothing else. What the
answer still lacks, or says too much, by a reader's judgement, is said in `why` after "Not yet:".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg import reason
from kg.batch import Batch
from kg.query import catalogue
from kg.query.answer import Graph
from kg.resources import ontology_dir
from kg.store import open_store
from kg.validate import validate

K2011, EXCERPT, MYKONE, KONE_US, MINIKONE = "konecranes 2011", "konecranes excerpt", "myKONE", "kone.us", "minikone"
SERIES = {
    "konecranes-group/privacy-policy": K2011,
    "konecranes-group/customer-privacy-statement-excerpt-purposes": EXCERPT,
    "kone-corporation/privacy-statement-for-mykone-customer-portal-and-kone-online-portal": MYKONE,
    "kone-corporation/privacy-statement": KONE_US,
}
Facts = frozenset[tuple[str | None, ...]]


@dataclass(frozen=True)
class Reading:
    """A reader's judgement of some columns of an answer; the policy stands under its short name."""

    question: str
    columns: str
    why: str
    right: Facts = frozenset()
    wrong: Facts = frozenset()
    all: bool = False


def facts(*rows: str) -> Facts:
    return frozenset(tuple(cell.strip() or None for cell in row.split("|")) for row in rows)


READINGS = (
    Reading(
        "completeness",
        "policy requirement status",
        "myKONE alone tells of the complaint and of criteria for storage; Konecranes 2011 and kone.us say for how long neither cookies nor"
        " anything else is kept; an excerpt is not judged.",
        right=facts(
            f"{MYKONE}|right_complaint|stated",
            f"{MYKONE}|retention_period|stated",
            f"{K2011}|right_complaint|absent",
            f"{K2011}|retention_period|absent",
            f"{KONE_US}|right_complaint|absent",
            f"{KONE_US}|retention_period|absent",
            f"{MINIKONE}|right_complaint|absent",
            f"{K2011}|right_erasure|stated",
        ),
        wrong=facts(f"{EXCERPT}|right_complaint|absent", f"{EXCERPT}|processing_purpose|stated"),
    ),
    Reading(
        "transfers_outside_eea",
        "policy modality place recipient",
        "Both texts of KONE say that processing outside EU and EEA may happen, with subcontractors; Konecranes and Minikone name no place."
        " Not yet: myKONE names companies of the group too.",
        right=facts(f"{MYKONE}|pk:May|loc:non-EEA|pk:Subcontractor", f"{KONE_US}|pk:May|loc:non-EEA|pk:Subcontractor"),
        all=True,
    ),
    Reading(
        "denied_transfers_contradicted",
        "policy recipient",
        "Konecranes keeps data within its group and yet shares with authorised parties and subcontractors; kone.us excepts partners and"
        " subcontractors, not Google and the social platforms that get data there. Candidates: analytics may be anonymous.",
        right=facts(
            f"{K2011}|pk:AuthorisedThirdParty", f"{K2011}|pk:Subcontractor", f"{KONE_US}|org:google", f"{KONE_US}|pk:SocialMediaPlatform"
        ),
        wrong=facts(f"{K2011}|pk:GroupCompany", f"{KONE_US}|pk:Subcontractor", f"{K2011}|pk:ReputableThirdParty"),
    ),
    Reading(
        "denied_practices_contradicted",
        "policy",
        "What is denied of some data, the texts do not affirm: Google alone keeps IP addresses apart at Minikone, and the other denials are"
        " of all personal data or of handing them on.",
        all=True,
    ),
    Reading(
        "asked_consent_contradicted",
        "policy about",
        "The banner of kone.us takes unchanged browser settings for consent to cookies, its part on cookies asks to opt in or change them;"
        " myKONE takes none as given, and Minikone and Konecranes 2011 ask for none.",
        right=facts(f"{KONE_US}|tech:Cookie"),
        all=True,
    ),
    Reading(
        "denied_identification_contradicted",
        "policy modality",
        "Minikone says that what cookies gather leads back to nobody, and may combine it with the user's personal data; kone.us combines"
        " its anonymous statistics with nothing. Not yet: Minikone's first paragraph, which combines data from cookies too.",
        right=facts(f"{MINIKONE}|pk:May"),
        all=True,
    ),
    Reading(
        "advertising_recipients",
        "policy recipient purpose",
        "Targeting cookies of myKONE are set by marketing partners, and kone.us remarkets through Google."
        " Not yet: marketing of third parties at Minikone is marketing, not yet advertising.",
        right=facts(f"{MYKONE}|pk:MarketingPartner|dpv:Advertising", f"{KONE_US}|org:google|pk:Remarketing"),
        all=True,
    ),
    Reading(
        "vendors_named",
        "vendor policy controllers",
        "Google's services are named by KONE and by Minikone, Adobe's and AddThis by KONE alone; no controller is its own vendor.",
        right=facts(f"org:google|{KONE_US}|2", f"org:google|{MINIKONE}|2", f"org:adobe|{KONE_US}|1", f"org:addthis|{KONE_US}|1"),
        all=True,
    ),
    Reading(
        "missing_retention_period",
        "policy",
        "Neither Konecranes 2011 nor kone.us says how long; the excerpt is no full text; myKONE and Minikone give criteria.",
        right=facts(K2011, KONE_US),
        all=True,
    ),
    Reading(
        "retention_periods",
        "policy period criterion",
        "myKONE: as long as the purpose needs, the relationship lasts; Minikone: until the contract is wound up, no longer than law allows."
        " The 364 days are those of cookies. Not yet: the end of the session, which the answer has, is of cookies too.",
        right=facts(
            f"{MYKONE}||pk:RetentionPurposeNeed",
            f"{MYKONE}||pk:RetentionRelationshipLength",
            f"{MINIKONE}||pk:RetentionContractTermination",
            f"{MINIKONE}||pk:RetentionLegalMaximum",
        ),
        wrong=facts(f"{MYKONE}|P364D|"),
    ),
    Reading(
        "data_flows",
        "policy data recipient modality",
        "Minikone lists authorities, insurers, financiers and workshops, as a possibility; Konecranes may share in its group, and hands"
        " statistics without personal data to others.",
        right=facts(
            f"{MINIKONE}|dpv:PersonalData|pk:PublicAuthority|pk:May",
            f"{MINIKONE}|dpv:PersonalData|pk:InsuranceCompany|pk:May",
            f"{MINIKONE}|dpv:PersonalData|pk:FinanceCompany|pk:May",
            f"{MINIKONE}|dpv:PersonalData|pk:RepairShop|pk:May",
            f"{K2011}|dpv:PersonalData|pk:GroupCompany|pk:May",
            f"{K2011}|dpv:AnonymisedData|pk:ReputableThirdParty|pk:May",
        ),
        wrong=facts(f"{K2011}|dpv:PersonalData|pk:ReputableThirdParty|pk:May", f"{KONE_US}|dpv:PersonalData|pk:ReputableThirdParty|pk:May"),
    ),
    Reading(
        "common_purposes",
        "purpose controllers",
        "All three controllers market and sell; making goods and archiving is said by Konecranes alone.",
        right=facts("dpv:Marketing|3", "pk:SalesManagement|3", "pk:Manufacturing|1", "dpv:RecordManagement|1"),
        wrong=facts("pk:Manufacturing|2"),
    ),
    Reading(
        "legal_bases",
        "policy purpose basis",
        "Minikone's headings give the basis: contract for deliveries, law for accounts; the excerpt's list of purposes has none."
        " Not yet: the legitimate interest that heads myKONE's list, whose purposes stand without a basis.",
        right=facts(
            f"{MINIKONE}|dpv:DeliveryOfGoods|dpv:ContractPerformance",
            f"{MINIKONE}|dpv:LegalCompliance|dpv:LegalObligation",
            f"{EXCERPT}|pk:Manufacturing|",
            f"{EXCERPT}|pk:QualityManagement|",
        ),
        wrong=facts(f"{EXCERPT}|pk:Manufacturing|dpv:Consent"),
    ),
    Reading(
        "kinds_of_practice",
        "policy kind",
        "The kinds follow from what each text says of recipients, places, purposes, bases and cookies; no text names a transfer mechanism"
        " or keeps data without end. Not yet: the group's companies and the targeting of myKONE's adverts; suppliers under Minikone's"
        " instructions are taken for third parties, and the contracts that myKONE has an interest in fulfilling for its basis.",
        right=facts(
            *(f"{K2011}|pk:{kind}Practice" for kind in ("ConsentBased", "Group", "Processor", "Sharing", "TerminalEquipment")),
            *(f"{EXCERPT}|pk:{kind}Practice" for kind in ("AutomatedDecision", "DirectMarketing", "Marketing", "Profiling")),
            *(
                f"{MYKONE}|pk:{kind}Practice"
                for kind in (
                    *("Advertising", "ConsentBased", "LegalObligation", "LegitimateInterest", "Marketing", "Processor", "Sharing"),
                    *("TerminalEquipment", "ThirdCountry", "ThirdParty"),
                )
            ),
            *(
                f"{KONE_US}|pk:{kind}Practice"
                for kind in (
                    *("Advertising", "ConsentBased", "Marketing", "Processor", "Profiling", "Sharing", "TargetedAdvertising"),
                    *("TerminalEquipment", "ThirdCountry", "ThirdParty"),
                )
            ),
            *(
                f"{MINIKONE}|pk:{kind}Practice"
                for kind in (
                    *("Advertising", "Authority", "ConsentBased", "ContractBased", "DirectMarketing", "LegalObligation", "Marketing"),
                    *("Profiling", "Sharing", "TargetedAdvertising", "TerminalEquipment", "ThirdParty"),
                )
            ),
        ),
        wrong=facts(
            *(
                f"{policy}|pk:{kind}Practice"
                for policy in (K2011, EXCERPT, MYKONE, KONE_US, MINIKONE)
                for kind in ("TransferMechanism", "SpecialCategory", "SpecialCategorySharing", "ChildrensData", "IndefiniteRetention")
            ),
            *(f"{policy}|pk:ThirdCountryPractice" for policy in (K2011, EXCERPT, MINIKONE)),
            *(f"{policy}|pk:LegitimateInterestPractice" for policy in (K2011, EXCERPT, KONE_US, MINIKONE)),
            *(f"{policy}|pk:AutomatedDecisionPractice" for policy in (K2011, MYKONE, KONE_US, MINIKONE)),
            *(f"{EXCERPT}|pk:{kind}Practice" for kind in ("ConsentBased", "Sharing", "TerminalEquipment")),
        ),
    ),
    Reading(
        "legitimate_interests",
        "policy basis",
        "Only myKONE rests on legitimate interest, for its list of purposes.",
        right=facts(f"{MYKONE}|dpv:LegitimateInterest"),
        all=True,
    ),
    Reading(
        "weak_consent",
        "policy finding",
        "The banner of kone.us and the part on Google at Minikone take use for consent, and Minikone names no way back; the other three"
        " either let consent be revoked or claim none. Not yet: Konecranes 2011 takes use for consent too.",
        right=facts(f"{KONE_US}|implied consent", f"{MINIKONE}|implied consent", f"{MINIKONE}|no right to withdraw"),
        wrong=facts(
            f"{KONE_US}|no right to withdraw",
            f"{K2011}|no right to withdraw",
            f"{MYKONE}|no right to withdraw",
            f"{MYKONE}|implied consent",
        ),
    ),
    Reading(
        "rights_stated",
        "policy right",
        "Nobody names portability; the complaint to an authority is in myKONE alone. Not yet: Minikone's right to contest a refusal is"
        " taken for that to contest an automated decision.",
        right=facts(
            *(f"{K2011}|eu-gdpr:{right}" for right in ("A15", "A16", "A17", "A7-3")),
            *(f"{MYKONE}|eu-gdpr:{right}" for right in ("A16", "A17", "A21", "A77", "A7-3")),
            *(f"{KONE_US}|eu-gdpr:{right}" for right in ("A16", "A17", "A7-3")),
            *(f"{MINIKONE}|eu-gdpr:{right}" for right in ("A15", "A16", "A17")),
        ),
        wrong=facts(
            *(f"{policy}|eu-gdpr:A20" for policy in (K2011, MYKONE, KONE_US, MINIKONE)),
            *(f"{policy}|eu-gdpr:A77" for policy in (K2011, KONE_US, MINIKONE)),
        ),
    ),
    Reading(
        "rights_stated",
        "policy contact",
        "Each policy says by itself how to reach the company: the telephone and the form of myKONE are not in kone.us.",
        right=facts(f"{KONE_US}|www.kone.com", f"{MINIKONE}|info@minikone.com", f"{K2011}|webmaster@konecranes.com"),
        wrong=facts(f"{KONE_US}|+358 204 751", f"{KONE_US}|https://www.kone.com/en/contact.aspx"),
    ),
    Reading(
        "automated_decisions",
        "policy polarity what level effect",
        "The excerpt puts customers in categories by the data collected, which is profiling, partly by itself, and denies legal or like"
        " effects; the others name neither. Not yet: its example of what is automatic, by reactions to marketing; its analysis of interests"
        " and Minikone's look at purchases, which are profiling without the word.",
        right=facts(
            f"{EXCERPT}|affirmed|dpv:Profiling||",
            f"{EXCERPT}|affirmed|dpv:Profiling|dpv:PartialAutomation|",
            f"{EXCERPT}|affirmed|dpv:AutomatedDecisionMaking|dpv:PartialAutomation|",
            f"{EXCERPT}|denied|dpv:AutomatedDecisionMaking||pk:LegalOrSimilarEffect",
        ),
        all=True,
    ),
    Reading(
        "cookies",
        "policy technology purpose",
        "myKONE sorts its cookies in three kinds with a purpose each; the excerpt speaks of none.",
        right=facts(
            f"{MYKONE}|pk:TargetingCookie|dpv:Advertising",
            f"{MYKONE}|pk:AnalyticsCookie|dpv:ServiceUsageAnalytics",
            f"{MYKONE}|pk:NecessaryCookie|dpv:TechnicalServiceProvision",
            f"{K2011}|tech:Cookie|dpv:ImproveExistingProductsAndServices",
        ),
        wrong=facts(f"{EXCERPT}|tech:Cookie|"),
    ),
    Reading(
        "cookies",
        "policy lifetime refusal",
        "364 days at most in myKONE; the browser's settings refuse them at both sites of KONE and at Minikone, and Konecranes names no way."
        " Not yet: the 364 days stand beside the session cookies of the same sentence too.",
        right=facts(
            f"{MYKONE}|P364D|",
            f"{MYKONE}||pk:OptOutBrowserSettings",
            f"{KONE_US}||pk:OptOutBrowserSettings",
            f"{MINIKONE}||pk:OptOutBrowserSettings",
        ),
        wrong=facts(f"{K2011}||pk:OptOutBrowserSettings"),
    ),
    Reading("special_categories", "policy data", "None of the five speaks of special categories.", all=True),
    Reading("childrens_data", "policy polarity", "None of the five speaks of children.", all=True),
    Reading(
        "data_sources",
        "policy source",
        "The person in three texts, and at Minikone the device by cookies as well. Not yet: the customer's company as a source of myKONE.",
        right=facts(
            f"{K2011}|dpv:DataSubjectDataSource",
            f"{MYKONE}|dpv:DataSubjectDataSource",
            f"{MINIKONE}|dpv:DataSubjectDataSource",
            f"{MINIKONE}|pk:DeviceDataSource",
        ),
        wrong=facts(f"{K2011}|pk:PublicSource", f"{MINIKONE}|pk:PublicSource"),
    ),
    Reading(
        "only_possible",
        "policy property value",
        "Transfers at KONE, and whom Minikone and Konecranes may give data to; the excerpt's numbered purposes are stated as done.",
        right=facts(
            f"{MYKONE}|dpv:hasLocation|loc:non-EEA",
            f"{KONE_US}|dpv:hasLocation|loc:non-EEA",
            f"{MINIKONE}|dpv:hasRecipient|pk:InsuranceCompany",
            f"{K2011}|dpv:hasRecipient|pk:GroupCompany",
        ),
        wrong=facts(f"{EXCERPT}|dpv:hasPurpose|pk:Manufacturing", f"{MYKONE}|dpv:hasPurpose|dpv:Marketing"),
    ),
    Reading(
        "security_measures",
        "policy measure",
        "Minikone lists firewalls, virus scanners, passwords and closed rooms; kone.us has adequate measures for its survey; Konecranes"
        " 2011 names security as an end, not a measure.",
        right=facts(
            *(
                f"{MINIKONE}|{measure}"
                for measure in ("pk:Firewall", "pk:AntiMalware", "dpv:PasswordAuthentication", "dpv:AccessControlMethod")
            ),
            f"{KONE_US}|dpv:SecurityMethod",
        ),
        wrong=facts(f"{K2011}|dpv:SecurityMethod", f"{KONE_US}|pk:Firewall"),
    ),
    Reading(
        "defined_names",
        "policy surface includes",
        "Three texts stretch the name over staff, partners and affiliates; Minikone defines none.",
        right=facts(
            *(
                f"{policy}|{name}|{party}"
                for policy, name in ((K2011, "Konecranes"), (MYKONE, "KONE"), (KONE_US, "KONE"))
                for party in ("pk:BusinessPartner", "pk:GroupCompany", "pk:OwnStaff", "dpv:Employee")
            )
        ),
        all=True,
    ),
    Reading(
        "laws_cited",
        "policy law repealed",
        "The Personal Data Act of 1999 was repealed on 1 January 2019; Minikone's accounting act is in force; Konecranes cites none.",
        right=facts(f"{KONE_US}|law:fi-523-1999|2019-01-01", f"{MINIKONE}|law:fi-523-1999|2019-01-01", f"{MINIKONE}|law:fi-1336-1997|"),
        all=True,
    ),
    Reading(
        "practices_compared",
        "policy other property value",
        "kone.us uses Google and myKONE does not; marketing partners are in myKONE alone; both have subcontractors.",
        right=facts(f"{KONE_US}|{MYKONE}|dpv:hasRecipient|org:google", f"{MYKONE}|{KONE_US}|dpv:hasRecipient|pk:MarketingPartner"),
        wrong=facts(f"{MYKONE}|{KONE_US}|dpv:hasRecipient|pk:Subcontractor", f"{KONE_US}|{MYKONE}|dpv:hasRecipient|pk:Subcontractor"),
    ),
    Reading(
        "least_certain",
        "policy value rule",
        "myKONE asks no consent for necessary cookies: rightly among what a person should read first. The identification code of kone.us"
        " and Konecranes 2011 says when they ask for data, not which, and is none.",
        right=facts(f"{MYKONE}|dpv:Consent|legal basis: request .. consent"),
        wrong=facts(f"{MYKONE}|pd:EmailAddress|data: e-mail address", f"{K2011}|pd:Identifying|data: identification"),
    ),
)


@pytest.fixture(scope="module")
def graph(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    path = tmp_path_factory.mktemp("five") / "five.trig"
    vocabulary = kg.vocabulary.load()
    with path.open("wb") as stream:
        kg.graph.write(Batch([shared / "policies"], vocabulary), vocabulary, stream, "trig")
    store = open_store(path)
    known = reason.load(ontology_dir())
    for found in [*reason.infer(store, known, path.name)]:  # What `kg reason --store DIR --save` adds to a store.
        inferred = reason.inferred_graph(found, known)
        triples = "".join(f"{s} {p} {o} .\n" for s, p, o in inferred.triples)
        store.load(triples.encode(), ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(inferred.iri))
    return Graph(store)


def short(value: object) -> str | None:
    """A version under its policy's short name, an IRI as its CURIE, all else as text."""
    text = getattr(value, "curie", None) or (None if value is None else str(value))
    if text is not None and "/data/policy/" in text:
        series = "/".join(text.partition("/data/policy/")[2].split("/")[:2])
        return SERIES.get(series, MINIKONE if series.startswith("minikone-oy/") else series)
    return text


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: f"{reading.question}-{reading.columns.split()[-1]}")
def test_a_reader_agrees(graph: Graph, reading: Reading) -> None:
    found = {tuple(short(getattr(row, column)) for column in reading.columns.split()) for row in graph.ask(reading.question)}
    assert reading.right <= found, reading.why
    assert not reading.wrong & found, reading.why
    if reading.all:
        assert found == reading.right, reading.why


def test_every_question_was_read() -> None:
    assert {reading.question for reading in READINGS} | {"similar_policies"} == {known.name for known in catalogue()}
    assert all(reading.why for reading in READINGS)


def test_every_pair_of_policies_is_compared_once(graph: Graph) -> None:
    """All five are of one trade, so all pairs share something; KONE's two share their controller's ways, the excerpt is far from all."""
    rows = graph.ask("similar_policies")
    shared = {frozenset((short(row.policy), short(row.other))): row.shared for row in rows}
    assert len(shared) == len(rows) == 10
    assert shared[frozenset((MYKONE, KONE_US))] > shared[frozenset((KONE_US, EXCERPT))]
    assert all(row.shared <= min(row.statedByFirst, row.statedByOther) for row in rows)


def test_completeness_of_the_five(graph: Graph) -> None:
    """The shapes judge what question 22 lists. Of retention: not in Konecranes 2011 and kone.us, in myKONE, and unknown of an excerpt."""
    status = {
        Path(result.document).name[:3]: result.status
        for result in validate(graph.store, regime="gdpr").results
        if "13-2-a" in result.requirement
    }
    assert (status["000"], status["003"], status["002"], status["001"]) == ("absent", "absent", "stated", "unknown")


def test_every_row_has_its_proof(graph: Graph) -> None:
    for known in catalogue():
        for row in graph.ask(known.name):
            assert row.policy
            assert (row.clause and row.quote) or known.name == "missing_retention_period" or row.status == "absent"
