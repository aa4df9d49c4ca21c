"""Sorting by defined classes: each definition met and just missed, denials, HermiT beside the closure, provenance, and `--why`."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner, Result

from kg import iris, store
from kg.batch import Batch
from kg.cli import app
from kg.errors import ConfigurationError, InputError, MissingComponentError, StoppedComponentError
from kg.graph import write
from kg.namespaces import DATA, PREFIXES, compress, expand
from kg.reason import Ontology, closure, explain, hermit, infer, inferred_graph, load
from kg.reason.individuals import Individuals, individuals, merged, versions
from kg.resources import ontology_dir
from kg.vocabulary import load as load_vocabulary

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
HEADER += f"@prefix v: <{DATA}policy/bexley-oy/notice/v.0123456789ab/> .\n"
VERSION = f"{DATA}policy/bexley-oy/notice/v.0123456789ab"
needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java; apt install default-jre-headless")

# What a statement says besides being a practice, and the kinds that follow. Each kind is met here, and nearly met by another row.
CASES = {
    "dpv:hasRecipient pk:OwnStaff": {"SharingPractice"},
    "dpv:hasRecipient org:google": {"SharingPractice"},
    "dpv:hasDataImporter pk:Dealer": {"SharingPractice", "ThirdPartyPractice"},
    "dpv:hasRecipient pk:EducationProvider": {"SharingPractice", "ThirdPartyPractice"},
    "dpv:hasRecipient pk:CloudHostingProvider": {"SharingPractice", "ProcessorPractice"},
    "dpv:hasRecipient pk:GroupCompany": {"SharingPractice", "GroupPractice"},
    "dpv:hasRecipient pk:Court": {"SharingPractice", "AuthorityPractice"},
    "pk:mandatoryDisclosure pk:MandatoryDisclosure": {"AuthorityPractice"},
    "pk:exceptRecipient pk:Court": set(),
    "dpv:hasLocation loc:US": {"ThirdCountryPractice"},
    "dpv:hasThirdCountry loc:IN": {"ThirdCountryPractice"},
    "dpv:hasLocation dpv:ThirdCountry": {"ThirdCountryPractice"},
    "dpv:hasLocation loc:non-EU": {"ThirdCountryPractice"},
    "dpv:hasLocation loc:NO": set(),
    "dpv:hasLocation loc:AX": set(),
    "dpv:hasLocation dpv:Country": set(),
    "dpv:hasLegalBasis eu-gdpr:A46-2-c": {"TransferMechanismPractice"},
    "dpv:hasOrganisationalMeasure eu-gdpr:SCCByCommission": {"TransferMechanismPractice"},
    "dpv:hasLegalBasis pk:UnspecifiedTransferBasis": set(),
    "dpv:hasPurpose pk:ContestManagement": {"MarketingPractice"},
    "dpv:hasPurpose pk:Newsletter": {"MarketingPractice", "DirectMarketingPractice"},
    "dpv:hasPurpose dpv:Advertising": {"MarketingPractice", "AdvertisingPractice"},
    "dpv:hasPurpose pk:Remarketing": {"MarketingPractice", "AdvertisingPractice", "TargetedAdvertisingPractice", "ProfilingPractice"},
    "dpv:hasPurpose dpv:PersonalisedAdvertising": {"MarketingPractice", "AdvertisingPractice", "ProfilingPractice"},
    "dpv:hasPurpose dpv:Purpose": set(),
    "dpv:hasProcessing dpv:Profiling": {"ProfilingPractice"},
    "dpv:hasPersonalData pd:Profile": {"ProfilingPractice"},
    "dpv:hasProcessing dpv:Analyse": set(),
    "dpv:hasContext dpv:AutomatedDecisionMaking": {"AutomatedDecisionPractice"},
    "dpv:hasAlgorithmicLogic dpv:AlgorithmicLogic": {"AutomatedDecisionPractice"},
    "dpv:hasContext dpv:DecisionMaking": set(),
    "dpv:isImplementedUsingTechnology pk:SessionCookie": {"TerminalEquipmentPractice"},
    "dpv:isImplementedUsingTechnology tech:Application": set(),
    "dpv:hasLegalBasis eu-gdpr:A6-1-a": {"ConsentBasedPractice"},
    "dpv:hasLegalBasis dpv:ImpliedConsent": {"ConsentBasedPractice"},
    "dpv:hasLegalBasis dpv:EnterIntoContract": {"ContractBasedPractice"},
    "dpv:hasLegalBasis eu-gdpr:A6-1-c": {"LegalObligationPractice"},
    "dpv:hasLegalBasis dpv:LegitimateInterestOfThirdParty": {"LegitimateInterestPractice"},
    "pk:interestPursued dpv:Marketing": {"LegitimateInterestPractice"},
    "dpv:hasLegalBasis dpv:LegalBasis": set(),
    "dpv:hasPersonalData pd:Health": {"SpecialCategoryPractice"},
    "dpv:hasPersonalData dpv:SensitivePersonalData": set(),
    "dpv:hasPersonalData pd:Health ; dpv:hasRecipient pk:Employer": {
        *("SpecialCategoryPractice", "SpecialCategorySharingPractice", "SharingPractice", "ThirdPartyPractice")
    },
    "dpv:hasDataSubject dpv:Child": {"ChildrensDataPractice"},
    "dpv:hasDataSubject dpv:VulnerableHuman": set(),
    "pk:retentionCriterion pk:RetentionIndefinite": {"IndefiniteRetentionPractice"},
    "dpv:hasStorageCondition v:d.endless": {"IndefiniteRetentionPractice"},
    "dpv:hasStorageCondition v:d.p1y": {"PeriodRetentionPractice"},
    "dpv:hasStorageCondition v:d.event": set(),
    "pk:retentionCriterion pk:RetentionPurposeNeed": set(),
}
DURATIONS = """
v:d.endless a dpv:StorageDuration , dpv:EndlessDuration .
v:d.p1y a dpv:StorageDuration , dpv:TemporalDuration ; rdf:value "P1Y"^^xsd:duration .
v:d.event a dpv:StorageDuration , dpv:UntilEventDuration .
org:google a dpv:Organisation .
"""


def kg(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="kg")


def graph(turtle: str) -> ox.Store:
    made = ox.Store()
    made.load((HEADER + DURATIONS + turtle).encode(), ox.RdfFormat.TURTLE)
    return made


def statements(bodies: list[str], kind: str = "pk:Practice , dpv:PersonalDataProcess") -> str:
    return "".join(f"<{VERSION}> pk:hasStatement v:s.{n} . v:s.{n} a {kind} ; {body} .\n" for n, body in enumerate(bodies))


@pytest.fixture(scope="module")
def known() -> Ontology:
    return load(ontology_dir())


def read(of: ox.Store, known: Ontology) -> Individuals:
    return merged("the graph", [individuals(of, known, version) for version in versions(of, "the graph")])


def sorted_by_closure(turtle: str, known: Ontology) -> dict[str, set[str]]:
    found = closure.types(known, read(graph(turtle), known))
    return {node.rpartition("/")[2]: {name.removeprefix("pk:") for name in names} for node, names in found.items()}


@pytest.mark.parametrize(("body", "expected"), CASES.items())
def test_a_practice_is_of_the_kinds_whose_conditions_it_meets(body: str, expected: set[str], known: Ontology) -> None:
    assert sorted_by_closure(statements([body]), known).get("s.0", set()) == expected


def test_every_kind_is_met_by_a_case(known: Ontology) -> None:
    assert {f"pk:{name}" for expected in CASES.values() for name in expected} == set(known.definitions)


@pytest.mark.parametrize("kind", ["pk:Denial", "pk:Denial , dpv:PersonalDataProcess", "pk:RightStatement", "pk:NoticeStatement"])
def test_what_is_no_practice_is_never_sorted(kind: str, known: Ontology) -> None:
    assert sorted_by_closure(statements(list(CASES), kind), known) == {}


def test_a_type_that_a_graph_states_is_not_believed(known: Ontology) -> None:
    assert sorted_by_closure(statements(["a pk:ChildrensDataPractice"]), known) == {}


def test_a_statement_that_is_done_and_denied_is_an_error_that_names_it(known: Ontology) -> None:
    with pytest.raises(InputError, match=r"s\.0: is pk:Denial and pk:Practice, which exclude each other"):
        sorted_by_closure(statements(["a pk:Denial"]), known)


def random_statements(count: int, known: Ontology) -> list[str]:
    """Statements of one to four triples, with any term below something that a definition names, or a sibling of it."""
    chance = random.Random(7)
    asked = sorted(known.predicates)
    near = sorted(name for name, above in known.above.items() if above & known.named and name.partition(":")[0] in PREFIXES)
    near = [name for name in near if not name.startswith("pk:") or name not in known.definitions]
    return [" ; ".join(f"{chance.choice(asked)} {chance.choice(near)}" for _ in range(chance.randint(1, 4))) for _ in range(count)]


@needs_java
@pytest.mark.slow
def test_hermit_and_the_closure_agree_on_every_case_on_denials_and_at_random(known: Ontology) -> None:
    bodies = [*CASES, *random_statements(120, known)]
    denied = statements(list(CASES), "pk:Denial").replace("v:s.", "v:s.denied-")
    stated = read(graph(statements(bodies) + denied), known)
    by_closure = closure.types(known, stated)
    assert len(by_closure) > 90
    assert by_closure == hermit.types(known, stated)


def built(folder: Path, target: Path) -> ox.Store:
    batch = Batch([folder], load_vocabulary())
    with target.open("wb") as stream:
        write(batch, batch.vocabulary, stream, "nquads")
    return store.open_store(target)


@pytest.fixture(scope="module")
def from_examples(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    return built(examples, tmp_path_factory.mktemp("sorted") / "examples.nq")


@needs_java
@pytest.mark.slow
def test_hermit_and_the_closure_agree_on_the_examples(from_examples: ox.Store, known: Ontology) -> None:
    stated = read(from_examples, known)
    by_closure = closure.types(known, stated)
    assert len(by_closure) > 100
    assert by_closure == hermit.types(known, stated)


@needs_java
@pytest.mark.slow
def test_hermit_and_the_closure_agree_on_the_five_policies(shared: Path, known: Ontology, tmp_path: Path) -> None:
    stated = read(built(shared / "policies", tmp_path / "five.nq"), known)
    by_closure = closure.types(known, stated)
    assert len(by_closure) > 50
    assert by_closure == hermit.types(known, stated)


def test_no_denial_of_the_examples_is_sorted_and_every_inference_has_evidence(from_examples: ox.Store, known: Ontology) -> None:
    denial, kind = ox.NamedNode(expand("pk:Denial")), ox.NamedNode(expand("rdf:type"))
    denials = {quad.subject.value for quad in from_examples.quads_for_pattern(None, kind, denial)}
    inferences = [inference for found in infer(from_examples, known, "examples") for inference in found.inferences]
    assert len(denials) > 20
    assert len(inferences) > 150
    assert denials.isdisjoint(inference.statement for inference in inferences)
    assert [i for i in inferences if not (i.assertions and i.clauses and i.steps)] == []


def test_transfers_are_those_of_the_catalogue(from_examples: ox.Store, known: Ontology) -> None:
    from kg.query import run

    answer = run(from_examples, "transfers_outside_eea")
    asked = {str(row[answer.columns.index("clause")]).strip("<>") for row in answer.rows}
    inferences = [inference for found in infer(from_examples, known, "examples") for inference in found.inferences]
    own = {q.object.value for q in from_examples.quads_for_pattern(None, ox.NamedNode(expand("dpv:hasProcess")), None)}
    found = {clause for i in inferences if i.kind == "pk:ThirdCountryPractice" and i.statement in own for clause in i.clauses}
    assert asked
    assert found == asked


# The graph of inferred types

TOLD = (
    statements(["dpv:hasLocation loc:US ; pk:evidence v:c.10-60"])
    + """
v:c.10-60 a pk:Clause ; pk:startOffset 10 ; pk:endOffset 60 ; pk:quote "The parcel data travel to Ohio, United States, too."@en .
v:a.1 a pk:Assertion ; rdf:subject v:s.0 ; rdf:predicate dpv:hasLocation ; rdf:object loc:US ; pk:startOffset 42 ; pk:endOffset 55 ;
    pk:confidence 0.9 .
v:a.2 a pk:Assertion ; rdf:subject v:s.0 ; rdf:predicate dpv:hasLocation ; rdf:object loc:FI ; pk:startOffset 10 ; pk:endOffset 12 ;
    pk:confidence 0.5 .
"""
)


def test_the_inferred_graph_names_definition_ontology_and_evidence(known: Ontology) -> None:
    [found] = infer(graph(TOLD), known, "told")
    made = inferred_graph(found, known)
    triples = {(s.strip("<>"), compress(p.strip("<>")), o.strip("<>")) for s, p, o in made.triples}
    node = next(s for s, p, o in triples if p == "rdf:subject")
    run = next(o for s, p, o in triples if s == node and p == "prov:wasGeneratedBy")
    statement, kind = f"{VERSION}/s.0", expand("pk:ThirdCountryPractice")
    assert made.iri == iris.inferred_graph(VERSION)
    assert (statement, "rdf:type", kind) in triples
    assert {(p, o) for s, p, o in triples if s == node} == {
        ("rdf:type", expand("pk:Inference")),
        ("rdf:subject", statement),
        ("rdf:predicate", expand("rdf:type")),
        ("rdf:object", kind),
        ("prov:wasDerivedFrom", f"{VERSION}/a.1"),
        ("pk:evidence", f"{VERSION}/c.10-60"),
        ("prov:wasGeneratedBy", run),
    }
    assert (run, "prov:used", known.version) in triples
    assert re.fullmatch(r"https://w3id\.org/policy-kg/ontology/\d+\.\d+\.\d+", known.version)
    assert (run, "prov:used", VERSION) in triples


def test_another_axiom_is_another_run(known: Ontology, tmp_path: Path) -> None:
    shutil.copytree(ontology_dir(), tmp_path / "ontology")
    (tmp_path / "ontology" / "more.ttl").write_text(HEADER + "pk:Kite a rdfs:Class .")
    other = load(tmp_path / "ontology")
    [found] = infer(graph(TOLD), known, "told")
    assert load(ontology_dir()).fingerprint == known.fingerprint
    assert inferred_graph(found, other).triples != inferred_graph(found, known).triples


def test_why_gives_the_definition_the_triples_and_the_sentence(known: Ontology) -> None:
    [explanation] = explain(graph(TOLD), known, "bexley-oy/notice/v.0123456789ab/s.0", "told")
    text = str(explanation)
    assert explanation.kind == "pk:ThirdCountryPractice"
    assert (
        "defined as: pk:Practice and (dpv:hasLocation some (loc:non-EEA or dpv:ThirdCountry) or dpv:hasLocation value loc:non-EU)" in text
    )
    assert "stated: dpv:hasLocation loc:US   (loc:US → loc:non-EEA)" in text
    assert "“United States”, characters 42 to 55, confidence 0.9" in text
    assert "The parcel data travel to Ohio, United States, too." in text
    assert "loc:FI" not in text


def test_why_of_one_inference_explains_that_one(known: Ontology) -> None:
    told = graph(statements(["dpv:hasPurpose pk:Newsletter"]))
    [found] = infer(told, known, "told")
    of = inferred_graph(found, known)
    told.load("".join(f"{s} {p} {o} .\n" for s, p, o in of.triples).encode(), ox.RdfFormat.N_TRIPLES)
    node = next(s for s, p, o in of.triples if p.endswith("#object>") and "DirectMarketing" in o)
    assert {each.kind for each in explain(told, known, f"{VERSION}/s.0", "told")} == {"pk:MarketingPractice", "pk:DirectMarketingPractice"}
    assert [each.kind for each in explain(told, known, node, "told")] == ["pk:DirectMarketingPractice"]


def test_why_of_a_class_made_of_classes_shows_the_triples_of_both(known: Ontology) -> None:
    told = graph(statements(["dpv:hasPersonalData pd:Health ; dpv:hasRecipient pk:Employer"]))
    explained = {each.kind: {step.object for step, _ in each.steps} for each in explain(told, known, f"{VERSION}/s.0", "told")}
    assert explained["pk:SpecialCategorySharingPractice"] >= {"pd:Health", "pk:Employer", "pk:Practice"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (f"{VERSION}/s.99", r"s\.99: is not in told"),
        ("s.0", r"s\.0: is not in told"),
        (f"{VERSION}/c.10-60", r"c\.10-60: is in told, but is no statement"),
        ("<a b>", "is not an IRI"),
    ],
)
def test_why_of_what_is_not_there_says_so(name: str, message: str, known: Ontology) -> None:
    with pytest.raises(InputError, match=message):
        explain(graph(TOLD), known, name, "told")


def test_a_graph_without_policies_is_an_error(known: Ontology) -> None:
    with pytest.raises(InputError, match=r"empty\.trig: holds no policy that states anything .*kg build"):
        list(infer(ox.Store(), known, "empty.trig"))


# What only a reasoner can follow is refused, never half followed


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        ("pk:X a rdfs:Class ; owl:equivalentClass [ a owl:Class ; owl:complementOf pk:Practice ] .", "pk:X: owl:complementOf is more than"),
        (
            "pk:X a rdfs:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty dpv:hasPurpose ; owl:someValuesFrom dpv:Purpose ] .",
            "pk:X: a condition under rdfs:subClassOf",
        ),
        (
            "pk:X a rdfs:Class ; owl:equivalentClass [ a owl:Restriction ; owl:onProperty pk:hedge ; owl:someValuesFrom owl:Thing ] .",
            "pk:X: a condition is incomplete, or asks for a property that is not declared",
        ),
        ("pk:X a rdfs:Class ; rdfs:subClassOf pk:MarketingPractice .", "pk:X: is put under pk:MarketingPractice, which has a definition"),
    ],
)
def test_axioms_beyond_the_closure_are_refused_by_name(turtle: str, message: str, tmp_path: Path) -> None:
    shutil.copytree(ontology_dir(), tmp_path / "ontology")
    (tmp_path / "ontology" / "more.ttl").write_text(HEADER + turtle)
    with pytest.raises(ConfigurationError, match=message):
        load(tmp_path / "ontology")


# Java


def test_without_java_hermit_says_what_to_do(known: Ontology, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingComponentError, match="Java was not found"):
        hermit.types(known, read(graph(TOLD), known))


def test_java_killed_in_the_middle_is_one_clear_error_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    killed = tmp_path / "bin" / "java"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    (tmp_path / "told.ttl").write_text(HEADER + DURATIONS + TOLD)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    result = kg("reason", tmp_path / "told.ttl", "--engine", "hermit", "-o", tmp_path / "inferred.trig")
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert line.startswith("kg: error: HermiT (Java) stopped before it had an answer: ")
    assert "--engine closure" in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "told.ttl"]
    with pytest.raises(StoppedComponentError):
        hermit.reason(ontology_dir())


def test_hermit_refuses_what_would_take_it_too_long(known: Ontology) -> None:
    stated = read(graph(statements(["dpv:hasPurpose dpv:Marketing"] * (hermit.LARGEST + 1))), known)
    with pytest.raises(InputError, match=r"HermiT takes at most 1000.*--engine closure"):
        hermit.types(known, stated)


# The command line


def test_the_types_go_into_a_file_of_their_own_the_same_every_time(tmp_path: Path) -> None:
    (tmp_path / "told.ttl").write_text(HEADER + DURATIONS + TOLD)
    for name in ("one.trig", "two.trig", "one.nq"):
        result = kg("reason", tmp_path / "told.ttl", "-o", tmp_path / name)
        assert result.exit_code == 0, result.stderr
    assert (tmp_path / "one.trig").read_bytes() == (tmp_path / "two.trig").read_bytes()
    quads = set(store.open_store(tmp_path / "one.nq"))
    assert quads == set(store.open_store(tmp_path / "one.trig"))
    assert {quad.graph_name.value for quad in quads} == {iris.inferred_graph(VERSION)}
    assert re.search(r"pk:ThirdCountryPractice\s+practice outside of the EEA\s+1\s+1\n", result.stderr)
    assert re.search(r"pk:ChildrensDataPractice\s+practice with children's data\s+-\s+-\n", result.stderr)


def test_without_a_place_to_write_to_the_table_is_the_answer(tmp_path: Path) -> None:
    (tmp_path / "told.ttl").write_text(HEADER + DURATIONS + TOLD)
    result = kg("reason", tmp_path / "told.ttl")
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.search(r"pk:ThirdCountryPractice\s+practice outside of the EEA\s+1\s+1\n", result.stdout)
    assert [path.name for path in tmp_path.iterdir()] == ["told.ttl"]


def test_the_store_keeps_the_types_until_a_policy_has_changed(examples: Path, tmp_path: Path) -> None:
    place = tmp_path / "store"
    policy = tmp_path / "quillmere-2009.txt"
    policy.write_bytes((examples / "quillmere-2009.txt").read_bytes())
    question = "PREFIX pk: <https://w3id.org/policy-kg/ontology#> SELECT ?i { ?i a pk:Inference }"

    def inferences() -> int:
        return kg("query", question, "--store", place, "-f", "csv").stdout.count("/i.")

    assert kg("build", policy, "--store", place).exit_code == 0
    assert kg("reason", "--store", place).exit_code == 0
    assert inferences() == 0
    for _ in range(2):
        assert kg("reason", "--store", place, "--save").exit_code == 0
        first = inferences()
        assert first > 5
    assert kg("build", policy, "--store", place).exit_code == 0
    assert inferences() == first
    policy.write_bytes(policy.read_bytes() + b"\nWe keep your orders for three years.\n")
    assert kg("build", policy, "--store", place).exit_code == 0
    assert inferences() == 0


def test_the_ontology_as_owl_can_be_read_by_others(tmp_path: Path, known: Ontology) -> None:
    assert kg("reason", "--owl", tmp_path / "ontology.nt").exit_code == 0
    assert (tmp_path / "ontology.nt").read_bytes() == known.owl


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--save",), 2, "--save needs --store DIR"),
        (("--store", "s", "--save", "-o", "x.trig"), 2, "give -o or --save, not both"),
        (("told.ttl", "-o", "x.pdf"), 2, "x.pdf: the ending says the format"),
        (("told.ttl", "-o", "nowhere/x.trig"), 2, "there is no folder"),
        (("--store", "told.ttl", "--save"), 3, "is not a store"),
        (("missing.trig",), 2, "missing.trig"),
        (("told.ttl", "--why", "bexley-oy/x"), 3, "bexley-oy/x: is not in told.ttl"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], code: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "told.ttl").write_text(HEADER + DURATIONS + TOLD)
    monkeypatch.chdir(tmp_path)
    result = kg("reason", *arguments)
    assert (result.exit_code, message in result.stderr) == (code, True), result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["told.ttl"]


def test_why_of_a_denial_says_that_nothing_follows(tmp_path: Path) -> None:
    (tmp_path / "told.ttl").write_text(HEADER + DURATIONS + statements(["dpv:hasLocation loc:US"], "pk:Denial"))
    result = kg("reason", tmp_path / "told.ttl", "--why", f"{VERSION}/s.0")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "what is denied is never sorted" in result.stderr
