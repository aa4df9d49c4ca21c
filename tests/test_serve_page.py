"""The page in a real browser: the catalogue, rows as a table and as a graph, the editor, and nothing fetched from elsewhere."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from served import EX, ROOT, Server, serving

pytestmark = pytest.mark.xdist_group("serve-page")
STATIC = ROOT / "kg" / "serve" / "static"


@pytest.fixture(scope="module")
def server(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    graph = tmp_path_factory.mktemp("page") / "graph.trig"
    policies = [examples / "alderwick.html", examples / "quillmere-2009.txt"]
    subprocess.run([sys.executable, "-m", "kg.cli", "build", *policies, "-o", graph], cwd=ROOT, check=True, capture_output=True)
    with serving(graph) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not installed: apt-get install chromium chromium-driver")
    options = Options()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=1400,1000"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    yield opened
    opened.quit()


@pytest.fixture
def page(browser: webdriver.Chrome, server: Server) -> webdriver.Chrome:
    browser.get(server.url + "/")
    browser.execute_script("localStorage.clear()")  # in which YASGUI keeps what was chosen last
    browser.get(server.url + "/")
    WebDriverWait(browser, 20).until(lambda b: b.find_elements(By.CSS_SELECTOR, "#questions button"))
    return browser


def wait_for(browser: webdriver.Chrome, css: str) -> list[str]:
    """The texts of the elements, once there are any."""
    WebDriverWait(browser, 20).until(lambda b: any(e.text for e in b.find_elements(By.CSS_SELECTOR, css)))
    return [element.text for element in browser.find_elements(By.CSS_SELECTOR, css)]


def choose(browser: webdriver.Chrome, name: str) -> None:
    browser.find_element(By.CSS_SELECTOR, f"[data-question='{name}']").click()


def test_a_question_of_the_catalogue_gets_its_rows(page: webdriver.Chrome, server: Server) -> None:
    choose(page, "transfers_outside_eea")
    cells = " ".join(wait_for(page, ".yasr_results tbody td"))
    assert "Bellweather Support, Inc." in cells
    answer = json.loads(server.get("/questions/transfers_outside_eea", "application/json").text)
    assert len(page.find_elements(By.CSS_SELECTOR, ".yasr_results tbody tr")) == len(answer["results"]["bindings"]) > 0


def test_a_parameter_narrows_the_answer(page: webdriver.Chrome) -> None:
    choose(page, "security_measures")
    both = len(wait_for(page, ".yasr_results tbody tr"))
    page.find_element(By.NAME, "controller").send_keys("org:quillmere-books-inc")
    page.find_element(By.CSS_SELECTOR, "#parameters button").click()
    WebDriverWait(page, 20).until(lambda b: 0 < len(b.find_elements(By.CSS_SELECTOR, ".yasr_results tbody tr")) < both)
    assert "alderwick" not in " ".join(wait_for(page, ".yasr_results tbody td"))


def test_rows_of_two_nodes_are_a_graph(page: webdriver.Chrome) -> None:
    choose(page, "transfers_outside_eea")
    wait_for(page, ".yasr_results tbody td")
    page.find_element(By.CSS_SELECTOR, ".yasr_btnGroup .select_graph, .select_graph").click()
    WebDriverWait(page, 20).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".graph-view canvas"))
    drawn = page.find_element(By.CSS_SELECTOR, ".graph-view")
    assert (drawn.get_attribute("data-nodes"), drawn.get_attribute("data-edges")) == ("2", "1")


def test_the_editor_of_yasgui_sends_its_own_query(page: webdriver.Chrome) -> None:
    query = f"SELECT ?word {{ BIND(CONCAT('ke', 'ttu') AS ?word) BIND(<{EX}> AS ?unused) }}"
    editor = page.find_element(By.CSS_SELECTOR, ".tabPanel.active .CodeMirror")
    page.execute_script("arguments[0].CodeMirror.setValue(arguments[1])", editor, query)
    page.find_element(By.CSS_SELECTOR, ".tabPanel.active .yasqe_queryButton").click()
    WebDriverWait(page, 20).until(lambda b: "kettu" in b.find_element(By.CSS_SELECTOR, ".yasr_results").text)


def test_finnish_and_the_filter(page: webdriver.Chrome) -> None:
    page.find_element(By.CSS_SELECTOR, "#language option[value='fi']").click()
    page.find_element(By.ID, "filter").send_keys("evästei")
    found = [e.get_attribute("data-question") for e in page.find_elements(By.CSS_SELECTOR, "#questions button")]
    assert "cookies" in found
    assert len(found) < 5


def test_nothing_is_fetched_from_elsewhere_and_nothing_violates_the_policy(page: webdriver.Chrome, server: Server) -> None:
    choose(page, "data_flows")
    wait_for(page, ".yasr_results tbody td")
    sent = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    urls = [message["params"]["request"]["url"] for message in sent if message["method"] == "Network.requestWillBeSent"]
    assert urls
    assert [url for url in urls if not url.startswith((server.url, "data:", "chrome", "about:"))] == []
    assert [entry["message"] for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_what_is_vendored_is_what_was_written_down() -> None:
    packages = json.loads((STATIC / "vendor" / "vendor.json").read_text(encoding="utf-8"))
    files = {file["as"]: file["sha256"] for package in packages.values() for file in package["files"].values()}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (STATIC / "vendor").iterdir() if path.name in files}
    assert found == files
    assert {package["licence"] for package in packages.values()} == {"MIT"}
    assert (STATIC / "vendor" / "yasgui.LICENSE").is_file()
