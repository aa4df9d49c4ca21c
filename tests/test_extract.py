"""What one sentence says, in English and Finnish: each case a sentence of a fictional policy and facts that a reader takes from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.documents import read as read_file
from kg.documents import read_text
from kg.extract import extract
from kg.findings import findings
from kg.model import Extraction, Fact, Metadata, StorageDuration, Value
from kg.vocabulary import load

VOCABULARY = load()
OPENING = {
    "en": "Privacy policy of Acorn Ltd\n\nThis privacy policy tells how Acorn Ltd processes personal data.\n\n",
    "fi": "Tammi Oy:n tietosuojaseloste\n\nTässä tietosuojaselosteessa kerrotaan, miten Tammi Oy käsittelee henkilötietoja.\n\n",
}


def read(text: str, language: str = "en") -> Extraction:
    document = read_text("policy.txt", OPENING[language] + text, Metadata(language=language))
    return extract(document, VOCABULARY)


def said(extraction: Extraction) -> Iterator[str]:
    """Each assertion as ``kind predicate object``, with the local names only."""
    for statement in extraction.statements:
        for assertion in statement.assertions:
            target = assertion.object
            name = (
                target.iso or target.kind if isinstance(target, StorageDuration) else target.text if isinstance(target, Value) else target
            )
            yield f"{statement.kind} {assertion.predicate.partition(':')[2]} {name}"


CASES = [
    ("en", "We collect your name, e-mail address and telephone number.", "practice hasPersonalData pd:EmailAddress"),
    ("en", "We collect your name, e-mail address and telephone number.", "practice hasPersonalData pd:Name"),
    ("en", "We do not sell your personal data.", "denial hasProcessing pk:Sell"),
    ("en", "We will never share your e-mail address with advertisers.", "denial hasRecipient pk:Advertiser"),
    ("en", "We do not sell your data, but we may share it with our service providers.", "practice hasRecipient pk:ServiceProvider"),
    ("en", "We may transfer your data outside the European Economic Area.", "practice hasLocation loc:non-EEA"),
    ("en", "We do not transfer your data outside the European Economic Area.", "denial hasLocation loc:non-EEA"),
    ("en", "We keep your orders for six years.", "practice hasStorageCondition P6Y"),
    (
        "en",
        "We retain personal data for as long as necessary for the purposes above.",
        "practice retentionCriterion pk:RetentionPurposeNeed",
    ),
    ("en", "You have the right to request erasure of your personal data.", "right hasRight eu-gdpr:A17"),
    ("en", "You may lodge a complaint with the supervisory authority.", "right hasRight eu-gdpr:A77"),
    ("en", "You can withdraw your consent at any time.", "right hasRight eu-gdpr:A7-3"),
    ("en", "The processing is based on your consent.", "practice hasLegalBasis dpv:Consent"),
    ("en", "We use your data to improve our services.", "practice hasPurpose dpv:ImproveExistingProductsAndServices"),
    ("en", "We use cookies to analyse how our site is used.", "practice isImplementedUsingTechnology tech:Cookie"),
    ("fi", "Keräämme nimesi, sähköpostiosoitteesi ja puhelinnumerosi.", "practice hasPersonalData pd:EmailAddress"),
    ("fi", "Emme luovuta tietojasi kolmansille osapuolille.", "denial hasRecipient dpv:ThirdParty"),
    ("fi", "Emme myy tietojasi, mutta voimme luovuttaa niitä palveluntarjoajillemme.", "practice hasRecipient pk:ServiceProvider"),
    ("fi", "Tietoja voidaan siirtää EU:n tai ETA-alueen ulkopuolelle.", "practice hasLocation loc:non-EEA"),
    ("fi", "Tietoja ei siirretä ETA-alueen ulkopuolelle.", "denial hasLocation loc:non-EEA"),
    ("fi", "Säilytämme tilaustietoja kuusi vuotta.", "practice hasStorageCondition P6Y"),
    ("fi", "Sinulla on oikeus pyytää henkilötietojesi poistamista.", "right hasRight eu-gdpr:A17"),
    ("fi", "Voit tehdä valituksen valvontaviranomaiselle.", "right hasRight eu-gdpr:A77"),
    ("fi", "Käsittely perustuu suostumukseesi.", "practice hasLegalBasis dpv:Consent"),
    ("en", "We receive your personal data directly from you.", "practice hasDataSource dpv:DataSubjectDataSource"),
    ("en", "You must provide your address, otherwise we cannot deliver.", "practice hasNecessity dpv:Required"),
    ("en", "If you do not provide your address, we cannot deliver the order.", "practice hasConsequence pk:ServiceUnavailable"),
    ("en", "If you are still unhappy, you can contact the communications authority.", "right hasRight eu-gdpr:A77"),
    ("en", "We give you ways to correct your details or to delete them.", "right hasRight eu-gdpr:A17"),
    ("en", "Your data may be transferred to places where other laws apply.", "practice hasProcessing dpv:CrossBorderTransfer"),
]


@pytest.mark.parametrize(("language", "text", "expected"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_a_sentence_says_what_a_reader_takes_from_it(language: str, text: str, expected: str) -> None:
    found = list(said(read(text, language)))
    assert expected in found, found


@pytest.mark.parametrize(
    ("language", "text", "unwanted"),
    [
        ("en", "We do not sell your data, but we may share it with our service providers.", "denial hasRecipient pk:ServiceProvider"),
        ("en", "We do not transfer your data outside the European Economic Area.", "practice hasLocation loc:non-EEA"),
        ("en", "Your circumstances are taken into account.", "practice hasPersonalData pk:AccountData"),
        ("en", "You must know that you can object to the processing of your data.", "practice hasNecessity dpv:Required"),
        ("en", "You may object to the processing of your data without giving a reason.", "practice hasNecessity dpv:Optional"),
        ("en", "If we are unable to provide your data, we shall tell you why.", "practice hasConsequence pk:ServiceUnavailable"),
        ("en", "We store your data as the laws of Norland demand, and so do the courts of India.", "practice hasLocation loc:IN"),
        ("en", "You can have your data removed from our systems.", "practice hasDataSource dpv:DataControllerDataSource"),
        ("en", "You may access and change your settings on our site.", "right hasRight eu-gdpr:A16"),
        ("fi", "Tietoja ei siirretä ETA-alueen ulkopuolelle.", "practice hasLocation loc:non-EEA"),
        ("fi", "Emme luovuta tietojasi kolmansille osapuolille.", "practice hasRecipient dpv:ThirdParty"),
    ],
)
def test_a_sentence_does_not_say_its_opposite(language: str, text: str, unwanted: str) -> None:
    assert unwanted not in list(said(read(text, language)))


def test_a_list_completes_its_lead_in() -> None:
    found = list(said(read("We do not disclose your data to:\n\n• advertisers\n• insurance companies\n")))
    assert "denial hasRecipient pk:Advertiser" in found
    assert "denial hasRecipient pk:InsuranceCompany" in found
    assert not [row for row in found if row.startswith("practice hasRecipient")]


def test_every_span_is_inside_its_clauses_or_lead_in_and_every_quote_is_text() -> None:
    extraction = read("We collect your name.\n\nWe share your data with:\n\n• couriers, who keep it for two weeks;\n• banks.\n")
    text = extraction.document.text
    for statement in extraction.statements:
        spans = [(extraction.clauses[n].start, extraction.clauses[n].end) for n in statement.clauses]
        for assertion in statement.assertions:
            assert any(a <= assertion.start < assertion.end <= b for a, b in spans), text[assertion.start : assertion.end]
            assert 0 < assertion.confidence <= 1


def test_the_controller_is_found_and_its_contact_is_its_own() -> None:
    extraction = read("Contact\n\nYou can contact Acorn Ltd by e-mail at privacy@acorn.example.\n")
    assert extraction.controller == "org:acorn-ltd"
    contacts = [
        f.assertion.object.text
        for f in extraction.facts
        if f.assertion.predicate == "dpv:hasContact" and isinstance(f.assertion.object, Value)
    ]
    assert contacts == ["privacy@acorn.example"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Who is responsible\n\nResponsible for the data processing on this site is:\n\nhazelwerk GmbH\n\nElm Street 1, 10115 Berlin\n",
            "hazelwerk GmbH",
        ),
        ("Owner and Data Controller\n\nNocciola S.p.A.\n\nVia Larga 3, Milano\n", "Nocciola S.p.A"),
        (
            "Thus, we take care.\n\nThus, your data are safe.\n\nHazel Grove Training Ltd collects your name and e-mail address.\n",
            "Hazel Grove Training Ltd",
        ),
    ],
)
def test_the_controller_is_named_in_full_by_its_legal_form(text: str, name: str) -> None:
    extraction = extract(
        read_text("policy.txt", f"Privacy policy\n\nThis policy tells how we process personal data.\n\n{text}", Metadata(language="en")),
        VOCABULARY,
    )
    assert extraction.controller in {organisation.curie for organisation in extraction.organisations if organisation.name == name}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Privacy policy\n\nAt fernwick, accessible from app.fernwick.example, we use your e-mail address to send you offers.", "fernwick"),
        (
            "Privacy policy\n\nThe site FernWick collects your e-mail address.\n\nWrite to fernwick. The FernWick shop uses your name.",
            "FernWick",
        ),
        ("Privacy policy\n\nWelcome to www.fernwick.example (“we”, “us” or “our”). We use your e-mail address.", "fernwick.example"),
        (
            "Privacy policy\n\nAt Fernwick school of pottery (We/Us/Our), your e-mail address is used to send you offers.",
            "Fernwick school of pottery",
        ),
        (
            "Blue Fernwick Almanac has a privacy policy. Blue Fernwick Almanac collects your name.\n\nWrite to Blue Fernwick Almanac.",
            "Blue Fernwick Almanac",
        ),
    ],
)
def test_the_controller_is_named_as_its_text_does(text: str, name: str) -> None:
    extraction = extract(read_text("policy.txt", text), load())
    assert [each.name for each in extraction.organisations if each.curie == extraction.controller] == [name]


def test_a_country_in_brackets_is_nobody() -> None:
    text = "Privacy policy of Acorn\n\nAcorn uses your name. It is kept by the Advertising Board of Fernwick (US) for marketing."
    extraction = extract(read_text("policy.txt", text), load())
    assert extraction.controller == "org:acorn"


def test_a_language_without_lexicon_is_named_and_nothing_is_invented() -> None:
    text = "Politique de confidentialité\n\nNous collectons votre nom et votre adresse pour vous livrer nos produits et services.\n" * 3
    extraction = extract(read_text("politique.txt", text), VOCABULARY)
    assert extraction.statements == ()
    assert "'fr'" in extraction.issues[0]


def test_a_text_that_is_no_policy_is_named_and_yields_no_practices() -> None:
    text = "Barley soup\n\nBoil the barley for an hour. Add carrots, leeks and salt. Serve it hot, with bread and butter.\n" * 4
    extraction = extract(read_text("soup.txt", text), VOCABULARY)
    assert not extraction.is_policy
    assert extraction.statements == ()
    assert extraction.facts == ()


def test_extraction_is_a_pure_function() -> None:
    text = "We collect your name and share it with couriers. We do not sell it.\n"
    assert read(text).statements == read(text).statements


def test_whose_data_they_are_does_not_get_them() -> None:
    extraction = read(
        "Sharing\n\nWe share users' names and user information with banks. The software com.google.fernwick sends us your name.\n"
    )
    told = {a.object for s in extraction.statements for a in s.assertions if a.predicate == "dpv:hasRecipient"}
    assert told == {"pk:Bank"}


def test_each_place_that_says_the_same_is_evidence() -> None:
    extraction = read("Sharing\n\nWe share your name with lawyers and other professional advisers.\n")
    places = [
        extraction.document.text[a.start : a.end]
        for s in extraction.statements
        for a in s.assertions
        if a.object == "pk:ProfessionalAdviser"
    ]
    assert places == ["lawyers", "professional advisers"]


def test_a_law_that_is_kept_is_no_disclosure() -> None:
    extraction = read("Sharing\n\nWe work for compliance with applicable privacy laws wherever our maps are distributed.\n")
    assert not any(a.predicate == "pk:mandatoryDisclosure" for s in extraction.statements for a in s.assertions)


@pytest.mark.parametrize(
    ("sentence", "term", "modality"),
    [
        ("You may be asked to provide your telephone number.", "pd:TelephoneNumber", "pk:May"),
        ("Your name will be stored and your telephone number is shared with banks.", "pk:Bank", "pk:Does"),
        ("Your name may be used to send you offers.", "pd:Name", "pk:May"),
        ("We may store your name and share your telephone number with banks.", "pd:TelephoneNumber", "pk:May"),
    ],
)
def test_a_modal_reaches_its_own_verbs(sentence: str, term: str, modality: str) -> None:
    extraction = read(f"What we do\n\n{sentence}\n")
    assert {s.modality for s in extraction.statements for a in s.assertions if a.object == term} == {modality}


@pytest.mark.parametrize(
    ("language", "text", "unwanted"),
    [
        ("en", "If we learn that we have by mistake gathered names of children, we delete them.", "practice hasProcessing dpv:Collect"),
        ("en", "We shall tell you whether a name is needed to enter into a contract.", "practice hasPurpose *"),
        ("en", "Other shops may have different policies with respect to the use of your personal data.", "practice *"),
        ("en", "Sharing means any renting or disclosing of personal data to a third party.", "practice *"),
        ("en", "We encourage parents to observe, take part in and guide what their children do.", "practice *"),
        ("en", "Acorn does not provide any warranties in relation to its ability to collect, store or share personal data.", "practice *"),
        ("en", "You agree not to use the shop for fraud or to harm minors in any way.", "denial *"),
        ("en", "No transfer of your data takes place unless there is a duty to protect your address.", "practice hasPersonalData *"),
        ("en", "Unless you have adjusted your browser setting so that it will refuse cookies, our shop may use cookies.", "denial *"),
        ("en", "You may at any time contact Acorn to check that the data related to you is accurate.", "practice *"),
        ("en", "When we hold a raffle, you may have to give your name in order to participate.", "practice hasPurpose dpv:Purpose"),
        ("en", "Once you have a code to access your account, we may ask for your name.", "practice hasPurpose dpv:AccountManagement"),
        ("en", "We share your data only with members of the choir.", "practice hasDataSubject *"),
        ("en", "Ensuring staff safety and handling your data for it.", "practice hasDataSubject *"),
        ("en", "We collect the type of mobile device you use.", "practice isImplementedUsingTechnology *"),
        ("en", "Opt out in the settings of your mobile device.", "practice isImplementedUsingTechnology *"),
        ("en", "These cookies provide you with better seats and help us to remember your choices.", "practice hasProcessing *"),
        ("en", "Usage of social media plugins may result in sending your name to the platforms.", "practice hasProcessing dpv:Use"),
        ("en", "Acorn Ltd\n\nStreet address:\n\nOak Lane 1\n", "practice *"),
        ("en", "For more, please read the page “How we handle and share your personal data”.", "practice *"),
        (
            "en",
            "If you provide data relating to another person, ask that person first.",
            "practice hasDataSource *",
        ),
        ("en", "When you visit the shop, we collect your IP address automatically.", "practice hasDataSource dpv:DataSubjectDataSource"),
        ("en", "We analyse log data to count visits.", "practice hasProcessing dpv:Record"),
        (
            "en",
            "We collect data about you, the choices you make and the seats that you like.",
            "practice hasPersonalData pk:DeviceInformation",
        ),
        (
            "en",
            "In case of selling the application to other bodies, we shall transmit your data to the new owner.",
            "practice hasProcessing pk:Sell",
        ),
        ("en", "We may need to transfer your data to other companies of our group.", "practice hasProcessing dpv:Use"),
        ("en", "We use your Apple ID for advertising and your browser type.", "practice hasPurpose dpv:Advertising"),
        (
            "en",
            "We take care to protect against loss, alteration, disclosure or destruction of your personal data.",
            "practice hasProcessing dpv:Destruct",
        ),
        ("en", "To send you marketing e-mails with news of our choir.", "practice hasProcessing dpv:Transmit"),
        ("en", "The right not to be subject to an automated decision that significantly affects you.", "practice hasImpact *"),
        ("en", "Please read the following to learn more about our privacy practices.", "practice hasPurpose *"),
        ("en", "This section tells of the Act, which governs the collection and use of personal data of children.", "practice *"),
        ("en", "We count visits, for example to verify system and server integrity.", "practice isImplementedUsingTechnology *"),
        ("en", "We collect your mobile device's unique device ID.", "practice isImplementedUsingTechnology *"),
        ("en", "Please note that by not providing us with your name you may miss the offer.", "denial *"),
        ("en", "We may also collect non-personal information about your visit.", "practice hasPersonalData dpv:PersonalData"),
        ("en", "A visitor can be identified in particular by reference to a name or an identification number.", "practice *"),
        ("en", "We will not give your name to any company or organization.", "denial hasProcessing dpv:Organise"),
        ("en", "Include enough for us to find you in our records.", "practice hasDataSource *"),
        ("en", "Tell us by e-mail and ask for your explicit consent to be noted.", "practice hasDataSource *"),
        ("en", "Click on the unsubscribe link in the e-mails that we send about your data.", "practice hasProcessing dpv:Combine"),
        ("en", "In case of an information security incident we tell you.", "practice hasTechnicalMeasure *"),
        ("en", "The consent that you gave for the use of your data remains valid until you withdraw it.", "practice hasStorageCondition *"),
        ("en", "We may use features from your mobile device to store your name.", "practice isImplementedUsingTechnology tech:Device"),
        ("en", "We may disclose to partners the collected data for statistics.", "practice isImplementedByEntity *"),
        ("fi", "Posti kulkee hitaasti, kun lähetämme tietosi.", "practice hasRecipient *"),
        ("fi", "Käytämme sähköpostin lähetyspalvelua ja luovutamme tietosi sille.", "practice hasPersonalData pd:EmailAddress"),
        ("fi", "Käsittely on tarpeen lakisääteisten velvoitteiden noudattamiseksi.", "practice hasStorageCondition *"),
        ("fi", "Sinulla on oikeus saada kaikki tietosi hävitetyiksi.", "right hasRight eu-gdpr:A15"),
        ("fi", "Tietosuojasäännösten mukaan henkilötietoja saa käsitellä vain, kun sille on oikeudenmukainen syy.", "practice *"),
    ],
)
def test_what_is_only_spoken_of_or_somebody_elses_is_no_practice(language: str, text: str, unwanted: str) -> None:
    found = list(said(read(text, language)))
    opening = set(said(read("", language)))
    told = [row for row in found if row not in opening]
    assert not [row for row in told if row == unwanted or (unwanted.endswith("*") and row.startswith(unwanted[:-1]))], told


def test_they_who_use_what_they_get_are_third_parties() -> None:
    found = list(said(read("We share your data with our partners. They may use it for marketing.\n")))
    assert "practice isImplementedByEntity dpv:ThirdParty" in found
    assert "practice isImplementedByEntity dpv:ThirdParty" not in list(said(read("We use cookies. They help us to count visits.\n")))


def test_a_denial_says_which_act_is_denied() -> None:
    (denial,) = [s for s in read("We share your name, but not your address, with couriers.\n").statements if s.kind == "denial"]
    assert {("dpv:hasProcessing", "dpv:Share"), ("dpv:hasPersonalData", "pd:PhysicalAddress")} <= {
        (a.predicate, a.object) for a in denial.assertions
    }


def test_what_an_exception_tells_is_not_excepted_from_itself() -> None:
    extraction = read("We keep orders for a year, except where we use them to meet a legal duty to keep your name for ten years.\n")
    for statement in extraction.statements:
        for condition in statement.conditions:
            inside = all(condition.start <= a.start < condition.end for a in statement.assertions)
            assert not (condition.exception and inside), statement


def test_what_a_row_answers_with_no_is_not_done() -> None:
    yes = "A. Contact\n\nContact details, such as your name and postal address.\n\nYES\n\n"
    no = "B. Health\n\nInformation such as your blood group and medical history.\n\n"
    found = list(said(read(yes + no + "NO\n")))
    assert "practice hasPersonalData pd:Name" in found
    assert not [row for row in found if row.endswith(("pd:Health", "pd:BloodType", "pd:MedicalHealth"))], found
    assert [row for row in said(read(yes + no + "YES\n")) if row.endswith(("pd:Health", "pd:BloodType", "pd:MedicalHealth"))]


def test_what_is_done_without_consent_is_not_done_on_the_condition_of_it() -> None:
    extraction = read("We may process your name without your consent where a court orders it.\n")
    assert extraction.statements
    assert not [c for s in extraction.statements for c in s.conditions if c.kind == "pk:IfConsent"]


def test_a_text_defers_to_another_and_not_to_itself() -> None:
    def deferred(text: str) -> list[Fact]:
        return [fact for fact in read(text).facts if fact.assertion.predicate == "pk:defersTo"]

    assert deferred("For cookies please refer to our cookie policy.\n")
    assert not deferred("If you violate these terms of service, we may end your access under this privacy policy.\n")
    assert not deferred("Their use of data is governed by their privacy policy.\n")


@pytest.mark.parametrize(
    ("language", "text", "excepted"),
    [
        ("en", "We disclose your name to banks only if the law requires it.", False),
        ("en", "We do not disclose your name to banks, only if the law requires it.", True),
        ("fi", "Luovutamme tietojasi ainoastaan silloin, kun laki meitä velvoittaa.", False),
    ],
)
def test_only_if_is_a_condition_of_what_is_affirmed(language: str, text: str, excepted: bool) -> None:
    told = [c for s in read(text, language).statements for c in s.conditions if c.kind == "pk:IfRequiredByLaw"]
    assert told
    assert all(condition.exception is excepted for condition in told)


def test_all_that_is_made_has_all_its_fields(examples: Path) -> None:
    made: list[tuple[object, ...]] = []
    for path in sorted(examples.glob("*.txt")):
        extraction = extract(read_file(path), VOCABULARY)
        assertions = [assertion for statement in extraction.statements for assertion in statement.assertions]
        made += [*extraction.clauses, *extraction.statements, *extraction.facts, *assertions, *findings(extraction, VOCABULARY)]
    assert {type(record).__name__ for record in made} == {"Clause", "Statement", "Fact", "Assertion", "Finding"}
    assert all(len(record) == len(type(record)._fields) for record in made)  # type: ignore[attr-defined]


def test_a_word_like_an_address_is_no_policy_to_turn_to_and_hides_no_postal_address() -> None:
    deferred = "For cookies, please see our separate HTTPS cookie privacy policy instead of this privacy policy."
    postal = "Contact us, secured by https, at Acorn Ltd, Oak Road 1, 00100 Helsinki."
    facts = read(f"Cookies\n\n{deferred}\n\nContact\n\n{postal}\n").facts
    told = {f.assertion.predicate: f.assertion.object.text for f in facts if isinstance(f.assertion.object, Value)}
    assert told == {"pk:defersTo": deferred, "dpv:hasAddress": postal}


def test_an_e_mail_address_may_reach_over_the_end_of_a_sentence() -> None:
    facts = read("Contact\n\nYou can contact us at info.@acorn.example today.\n").facts
    assert [f.assertion.object.text for f in facts if isinstance(f.assertion.object, Value)] == ["info.@acorn.example"]


def test_an_address_is_a_page_to_contact_and_a_word_like_one_is_not() -> None:
    text = "Contact\n\nYou can contact us at https://acorn.example/help or, encrypted with HTTPS, at www.acorn.example/desk.\n"
    contacts = [f.assertion.object.text for f in read(text).facts if isinstance(f.assertion.object, Value)]
    assert contacts == ["https://acorn.example/help", "www.acorn.example/desk"]


def test_a_business_identity_code_is_no_telephone_number() -> None:
    facts = read("Yhteystiedot\n\nRekisterinpitäjä on Tammi Oy, Y-tunnus 1234567-8, puhelin 040 123 4567.\n", "fi").facts
    contacts = [
        f.assertion.object.text for f in facts if isinstance(f.assertion.object, Value) and f.assertion.predicate == "dpv:hasContact"
    ]
    assert contacts == ["040 123 4567"]
