"""Words that look like a term and are not it: sentences of fictional policies with what must not be read from them, and what must."""

from __future__ import annotations

import pytest
from test_extract import read, said

DATA = [
    (
        "en",
        "We collect the model of your kettle, its IP address and other diagnostic data.",
        "practice hasPersonalData pd:Health",
        "practice hasPersonalData pk:CrashReport",
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
CASES = [*DATA]


@pytest.mark.parametrize(("language", "text", "unwanted", "wanted"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_a_word_is_read_in_its_sense(language: str, text: str, unwanted: str, wanted: str) -> None:
    found = list(said(read(text, language)))
    assert not unwanted or unwanted not in found, found
    assert not wanted or wanted in found, found
