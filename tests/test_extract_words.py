"""Words that look like a term and are not it: sentences of fictional policies with what must not be read from them, and what must."""

from __future__ import annotations

import pytest
from test_extract import read, said

DATA = [
    (
        "en",
        "We collect the model of your kettle, its IP address and other diagnostic data.",
        "practice hasPersonalData pd:Health",
        "practice hasPersonalData pk:UsageData",
    ),
    (
        "en",
        "The dental clinic collects your address and medical diagnostic data.",
        "practice hasPersonalData pk:CrashReport",
        "practice hasPersonalData pd:Health",
    ),
    (
        "en",
        "The app collects your location, as the operating system permissions say.",
        "practice hasPersonalData pd:DeviceOperatingSystem",
        "practice hasPersonalData pd:Location",
    ),
    (
        "fi",
        "Sovellus kerää sijaintisi, jos käyttöjärjestelmän käyttöoikeudet sen sallivat.",
        "practice hasPersonalData pd:DeviceOperatingSystem",
        "practice hasPersonalData pd:Location",
    ),
    (
        "en",
        "We store e-mail contacts, phone contacts and other contact information to write to you.",
        "practice hasPersonalData pk:ContactList",
        "practice hasPersonalData pd:Contact",
    ),
    ("en", "The app collects your phone contacts.", "", "practice hasPersonalData pk:ContactList"),
    (
        "en",
        "We contact customers (including customer satisfaction surveys and invitations).",
        "practice hasPersonalData pk:SurveyResponse",
        "practice hasPurpose pk:CustomerSurvey",
    ),
    ("en", "We collect your answers to our surveys.", "", "practice hasPersonalData pk:SurveyResponse"),
    (
        "en",
        "We need your name to provide the products and services you have requested.",
        "practice hasPersonalData pd:ServiceConsumptionBehaviour",
        "practice hasPersonalData pd:Name",
    ),
    ("en", "We collect the products and services you use.", "", "practice hasPersonalData pd:ServiceConsumptionBehaviour"),
    (
        "en",
        "Session cookies are stored only for the duration of your browsing session.",
        "practice hasPersonalData pk:VisitTime",
        "practice retentionCriterion pk:RetentionSessionEnd",
    ),
    ("en", "We store your name and the time and date of any request.", "practice hasPersonalData pk:VisitTime", ""),
    ("en", "We collect the time and date of your visit.", "", "practice hasPersonalData pk:VisitTime"),
    (
        "en",
        "Deidentified information we collect cannot be traced to a swimmer.",
        "practice hasPersonalData dpv:CollectedPersonalData",
        "",
    ),
]
ACTS = [
    (
        "en",
        "We use clear gifs to learn which pages you open.",
        "practice hasProcessing dpv:Delete",
        "practice isImplementedUsingTechnology pk:WebBeacon",
    ),
    (
        "en",
        "Our cookies will collect anonymous behavioural data of the rowers.",
        "practice hasProcessing dpv:Anonymise",
        "practice hasProcessing dpv:Collect",
    ),
    (
        "en",
        "We share anonymised data with our partners.",
        "practice hasProcessing dpv:Anonymise",
        "practice hasData dpv:AnonymisedData",
    ),
    ("en", "We share anonymised data with our partners.", "practice hasTechnicalMeasure dpv:Anonymisation", ""),
    ("en", "We anonymise your data after a year.", "", "practice hasProcessing dpv:Anonymise"),
    ("en", "We collect pseudonymous identifiers.", "practice hasProcessing dpv:Pseudonymise", ""),
    (
        "fi",
        "Keräämme anonymisoituja tietoja soutulaitteista.",
        "practice hasProcessing dpv:Anonymise",
        "practice hasData dpv:AnonymisedData",
    ),
    ("fi", "Tiedot anonymisoidaan kahden vuoden kuluttua.", "", "practice hasProcessing dpv:Anonymise"),
    (
        "en",
        "Acornpost is a message sending service provided by Acorn Ltd. Acornpost lets us send messages to rowers.",
        "practice hasProcessing dpv:Disclose",
        "practice hasPurpose dpv:CommunicationManagement",
    ),
    (
        "en",
        "Data that we collect\n\nEntries such as your food intake, weight and blood pressure.",
        "practice hasProcessing dpv:Collect",
        "practice hasPersonalData pd:Health",
    ),
    (
        "en",
        "Sharing\n\nIt means companies or gardeners employed by Acorn Ltd to improve the service.",
        "practice hasProcessing dpv:Use",
        "",
    ),
    ("en", "Usage of social plugins may send your name to Acornbook.", "practice hasProcessing dpv:Use", ""),
    (
        "en",
        "Data that we collect\n\nEntries such as date/time/time zone/place, weight and blood pressure.",
        "practice hasProcessing dpv:Store",
        "practice hasPersonalData pd:Health",
    ),
    (
        "en",
        "We may ask you to provide us with personal information that can be used to reach or identify you.",
        "practice hasProcessing dpv:Use",
        "practice hasProcessing dpv:Collect",
    ),
    ("fi", "Henkilökunta käyttää henkilötunnistusta päästäkseen tietoihin.", "practice hasProcessing dpv:Use", ""),
    ("fi", "Yhtiö käyttää henkilötietojasi laskutukseen.", "", "practice hasProcessing dpv:Use"),
]
MEASURES = [
    (
        "en",
        "We use your e-mail address to send you messages, including the security updates of your lock.",
        "practice hasTechnicalMeasure dpv:SecurityMethod",
        "practice hasPersonalData pd:EmailAddress",
    ),
    ("en", "We protect your data and install security updates.", "", "practice hasTechnicalMeasure dpv:SecurityMethod"),
    (
        "en",
        "The security of your personal data is dear to us, but no store is wholly safe.",
        "practice hasTechnicalMeasure dpv:SecurityMethod",
        "",
    ),
    ("en", "We maintain the security of your personal data.", "", "practice hasTechnicalMeasure dpv:SecurityMethod"),
    ("en", "Acorn Ltd cannot guarantee the security of your data.", "practice hasTechnicalMeasure dpv:SecurityMethod", ""),
    (
        "en",
        "Security\n\nOnly those who need it for the purposes of this Privacy Policy have access to your personal data.",
        "practice hasOrganisationalMeasure dpv:PrivacyNotice",
        "",
    ),
    ("en", "The Acorn Tracker System stores your name.", "practice isImplementedUsingTechnology pk:TrackingTechnology", ""),
    ("en", "We use trackers to follow your visits.", "", "practice isImplementedUsingTechnology pk:TrackingTechnology"),
]
RECIPIENTS = [
    ("en", "The app may rely on third-party services.", "practice hasRecipient dpv:ThirdParty", ""),
    ("en", "We share customer lists with banks.", "practice hasRecipient pk:CustomerOrganisation", "practice hasRecipient pk:Bank"),
    (
        "en",
        "This app and any third-party services may collect your name.",
        "practice isImplementedByEntity pk:ContentProvider",
        "practice hasPersonalData pd:Name",
    ),
]
PURPOSES = [
    (
        "en",
        "We use your name to carry out the transfer of your boat.",
        "practice hasPurpose pk:MergerAcquisition",
        "practice hasPersonalData pd:Name",
    ),
    (
        "en",
        "If we are involved in a business transaction, your data may be transferred.",
        "",
        "practice hasPurpose pk:MergerAcquisition",
    ),
    (
        "en",
        "We place cookies on your computer to allow us to identify you.",
        "practice hasPurpose pk:UserAuthentication",
        "practice isImplementedUsingTechnology tech:Cookie",
    ),
    ("en", "We use your password to identify you when you log in.", "", "practice hasPurpose pk:UserAuthentication"),
    ("en", "We use your name and password to identify you.", "", "practice hasPurpose pk:UserAuthentication"),
    (
        "en",
        "You will be asked to confirm acceptance of the rules of the choir.",
        "practice hasPurpose dpv:Verification",
        "",
    ),
    ("en", "We process your name to verify your account.", "", "practice hasPurpose dpv:Verification"),
    (
        "en",
        "Our notice provides you with early notice about the personal data collected, so that you keep control of our choir.",
        "practice hasPurpose pk:ServiceNotification",
        "",
    ),
    (
        "en",
        "We aim to provide you with access to your personal information.",
        "practice hasPurpose dpv:CommunicationManagement",
        "",
    ),
    (
        "en",
        "We need to process your personal data in order to plan the choir's trips.",
        "practice hasPurpose dpv:CustomerOrderManagement",
        "practice hasPersonalData dpv:PersonalData",
    ),
    ("en", "We use your address to process your order.", "", "practice hasPurpose dpv:CustomerOrderManagement"),
    (
        "en",
        "We may use your personal data to improve customer experience and to develop products and services by analysing your needs.",
        "practice hasPurpose dpv:ServiceUsageAnalytics",
        "practice hasPersonalData dpv:PersonalData",
    ),
    (
        "en",
        "Agents process personal data for us and are instructed to comply with our Privacy Policy.",
        "practice hasPurpose dpv:LegalCompliance",
        "",
    ),
    ("en", "We process your data to comply with the law.", "", "practice hasPurpose dpv:LegalCompliance"),
    (
        "en",
        "Orders lead to contact details and the number of your boat being stored.",
        "practice hasPurpose dpv:CommunicationManagement",
        "practice hasPersonalData pd:Contact",
    ),
]
RETENTION = [
    (
        "en",
        "Usage data are kept for a shorter period of time.",
        "practice retentionCriterion pk:RetentionPurposeNeed",
        "practice retentionCriterion pk:RetentionUnnamedPeriod",
    ),
]
RIGHTS = [
    (
        "en",
        "You may opt out of advertisements through the settings of your browser.",
        "right hasRight eu-gdpr:A21",
        "",
    ),
    ("en", "You may opt out of our newsletters by writing to us.", "", "right hasRight eu-gdpr:A21"),
    ("fi", "Voit kieltää kohdennetun mainonnan selaimesi asetuksista.", "right hasRight eu-gdpr:A21", ""),
    ("fi", "Voit kieltää suoramarkkinoinnin milloin tahansa.", "", "right hasRight eu-gdpr:A21"),
]
CASES = [*DATA, *ACTS, *MEASURES, *RECIPIENTS, *PURPOSES, *RETENTION, *RIGHTS]


@pytest.mark.parametrize(("language", "text", "unwanted", "wanted"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_a_word_is_read_in_its_sense(language: str, text: str, unwanted: str, wanted: str) -> None:
    found = list(said(read(text, language)))
    assert not unwanted or unwanted not in found, found
    assert not wanted or wanted in found, found


@pytest.mark.parametrize(
    ("text", "hedges"),
    [
        ("We collect statistics about rowers and may share them with banks.", []),
        ("Cookies that are necessary store your choice of boat.", []),
        ("We share your name with about ten banks.", ["about"]),
    ],
)
def test_a_hedge_softens(text: str, hedges: list[str]) -> None:
    extraction = read(text)
    whole = extraction.document.text
    found = [whole[start:end] for statement in extraction.statements for start, end in statement.hedges]
    assert [hedge for hedge in found if hedge != "may"] == hedges
