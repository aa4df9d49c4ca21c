"""The pages of a report: what they say, that no markup in a policy comes alive, and where a click leads."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from reports import FERRY, Judged, ferry, judged, lunni, puffin, sauna
from selectolax.lexbor import LexborHTMLParser, LexborNode
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from kg.model import Document
from kg.validate import Report, regime
from kg.validate.highlights import Side, candidate_rows, highlight
from kg.validate.html import languages, pages
from kg.validate.passages import accounts

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def both() -> Judged:
    """Both notices; the Finnish one without its text."""
    return judged([ferry(), sauna()], [ferry()])


@pytest.fixture(scope="module")
def doubtful() -> Judged:
    """Two notices with contradictions; the Finnish one without its text."""
    return judged([puffin(), lunni()], [puffin()])


@pytest.fixture(scope="module")
def names(both: Judged) -> tuple[str, str]:
    english, finnish, index = both.pages
    assert index == "index.html"
    return english, finnish


def _tree(page: str) -> LexborHTMLParser:
    return LexborHTMLParser(page)


def _one(tree: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    (node,) = tree.css(selector)
    return node


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _article(page: str) -> str:
    """The text of the policy as the page shows it, without what the page adds."""
    article = _one(_tree(page), "article")
    for chip in article.css(".chip"):
        chip.decompose()
    return str(article.text())


def test_the_whole_text_stands_in_the_page(both: Judged, names: tuple[str, str]) -> None:
    assert _squeezed(_article(both.pages[names[0]])) == _squeezed(FERRY)


@pytest.mark.parametrize("name", ["alderwick.html", "fernhollow-2024.md", "kuusiranta-rekisteriseloste.md", "pinecrest-hotels.txt"])
def test_the_whole_text_of_every_type_of_file(examples: Path, name: str) -> None:
    from kg.documents import read
    from kg.validate.passages import document_passages

    document: Document = read(examples / name)
    passages = list(document_passages(document))

    assert _squeezed("".join(p.marker + p.text for p in passages)) == _squeezed(document.text)
    assert all(document.text.startswith(p.text, p.start) for p in passages if p.start is not None)


def test_without_the_text_the_clauses_stand_under_their_headings(both: Judged, names: tuple[str, str]) -> None:
    page = both.pages[names[1]]
    shown = _article(page)

    assert languages()["fi"]["clauses_only"] in page
    quotes = list(dict.fromkeys(clause.quote for r in both.report.results if "turvekylä" in r.document for clause in r.clauses))
    assert len(quotes) > 5
    for quote in quotes:
        assert shown.count(quote) >= 1
    assert shown.index("Henkilötietojen käsittely") < shown.index("Keräämme nimesi")


def test_every_requirement_has_a_row_with_its_finding(both: Judged, names: tuple[str, str]) -> None:
    tree = _tree(both.pages[names[0]])
    for result in (r for r in both.report.results if r.document == "saltmarsh.txt"):
        row = _one(tree, f'tr[id="r-{result.requirement}"]')
        said = " ".join(row.text().split())
        assert result.names["en"] in said
        assert languages()["en"]["statuses"][str(result.status)] in said
        assert result.status.mark in said
        assert result.message() in said
        links = [link.attributes["href"] for link in row.css(".places a")]
        assert links == [f"#c-{clause.start}-{clause.end}" for clause in result.clauses]
        assert bool(row.css(f'a[href="{result.source}"]')) == bool(result.source)


def test_clauses_are_marked_by_what_they_state(both: Judged, names: tuple[str, str]) -> None:
    tree = _tree(both.pages[names[0]])
    denial = next(mark for mark in tree.css("mark") if mark.text().startswith("We do not transfer"))
    vague = next(mark for mark in tree.css("mark") if mark.text().startswith("We keep"))

    assert denial.attributes["class"] == "denied"
    assert vague.attributes["class"] == "partial"
    chip = next(chip for chip in tree.css(".chip") if chip.attributes["href"] == "#r-gdpr-13-2-a")
    assert chip.text() == "~Retention period, partial"


def test_statuses_are_told_apart_without_colour() -> None:
    from kg.validate import Status

    signs = [*Status, *Side]
    assert len({sign.mark for sign in signs}) == len(signs)
    for words in languages().values():
        assert set(words["statuses"]) == set(words["meanings"]) == {sign.value for sign in signs}
        assert len(set(words["statuses"].values())) == len(signs)


def test_candidates_are_told_with_both_sides_in_the_policy_s_language(doubtful: Judged) -> None:
    finnish, english, index = doubtful.pages.values()
    for page, count, language in ((english, 2, "en"), (finnish, 1, "fi")):
        tree, words = _tree(page), languages()[language]
        found = [c for c in doubtful.candidates if ("puffin" in c.document) == (language == "en")]
        assert len(found) == count
        rows = _one(tree, "table.review").css("tbody tr")
        assert _one(tree, "table.review h3").text() == f"{words['groups']['review']} ({count})"
        for candidate, row in zip(found, rows, strict=True):
            assert candidate.message(language) in row.text()
            links = [(link.attributes["href"], link.text()) for link in row.css(".side a")]
            cited = (candidate.denied, *candidate.affirmed)
            assert links == [(f"#c-{clause.start}-{clause.end}", clause.quote) for clause in cited]
            sides = [side.text().partition(":")[0].partition(" ")[2] for side in row.css(".side")]
            assert sides == [words["statuses"]["says"], *[words["statuses"]["against"]] * len(candidate.affirmed)]
    assert [row.css("td.number")[3].text() for row in _tree(index).css("main table")[0].css("tbody tr")] == ["1", "2"]


def test_both_sides_are_marked_in_the_text(doubtful: Judged) -> None:
    tree = _tree(list(doubtful.pages.values())[1])
    for candidate in doubtful.candidates:
        if "puffin" not in candidate.document:
            continue
        for side, cited in (("says", candidate.denied), *(("against", clause) for clause in candidate.affirmed)):
            mark = _one(tree, f'mark[id="c-{cited.start}-{cited.end}"]')
            assert mark.text() == cited.quote
            assert {"says", "against"} & set(str(mark.attributes["class"]).split()) == {side}
            anchor = f"r-{candidate.question}-{candidate.denied.start}-{candidate.denied.end}"
            chip = _one(tree, f'.chip.{side}[href="#{anchor}"]') if side == "says" else mark.next
            while chip is not None and chip.attributes["href"] != f"#{anchor}":
                chip = chip.next
            assert chip is not None
            assert chip.text().startswith(Side(side).mark)


def test_a_clause_on_both_sides_shows_both(doubtful: Judged) -> None:
    first = next(candidate for candidate in doubtful.candidates if "puffin" in candidate.document)
    turned = replace(first, denied=first.affirmed[0], affirmed=(first.denied,))
    rows = candidate_rows([first, turned], "Contradiction", "en")
    passages = accounts(doubtful.store, [puffin()])[first.version].passages

    pieces = {s.text: s for segments in highlight(passages, rows) for s in segments if s.rows}

    assert pieces[first.denied.quote].signs == pieces[first.affirmed[0].quote].signs == [Side.SAYS, Side.AGAINST]
    assert pieces[first.denied.quote].against == [rows[1].anchor]
    assert pieces[first.affirmed[0].quote].against == [rows[0].anchor]


def test_without_candidates_there_is_no_word_of_them(both: Judged, names: tuple[str, str]) -> None:
    words = languages()["en"]
    assert not [word for word in (words["groups"]["review"], words["meanings"]["says"]) if word in both.pages[names[0]]]


def test_every_language_has_the_same_words() -> None:
    def keys(table: object, prefix: str = "") -> set[str]:
        if not isinstance(table, dict):
            return {prefix}
        return {key for name, inner in table.items() for key in keys(inner, f"{prefix}.{name}")}

    assert {"en", "fi"} <= set(languages())
    assert len({frozenset(keys(words)) for words in languages().values()}) == 1


def test_pages_are_in_the_policy_s_language_unless_another_is_asked_for(both: Judged, names: tuple[str, str]) -> None:
    def spoken(pages: dict[str, str]) -> list[str | None]:
        return [_one(_tree(pages[name]), "html").attributes["lang"] for name in (*names, "index.html")]

    assert spoken(both.pages) == ["en", "fi", "en"]
    assert spoken(both.pages_in("fi")) == ["fi", "fi", "fi"]
    assert "Oikeus tehdä valitus" in both.pages_in("fi")[names[0]]
    assert _one(_tree(both.pages_in("fi")[names[0]]), "article").attributes["lang"] == "en"


def test_markup_in_a_policy_stays_text(both: Judged, names: tuple[str, str]) -> None:
    page = both.pages[names[0]]
    tree = _tree(page)

    assert '<script>document.title = "taken"</script>' in _one(tree, "article").text()
    assert len(tree.css("script")) == 1
    assert tree.css("img") == []
    assert not [node for node in tree.css("*") if any(name.startswith("on") or name == "style" for name in node.attributes)]


def test_markup_in_a_title_stays_text() -> None:
    from kg.documents import read_text
    from kg.model import Metadata

    title = '</title><script>alert(1)</script>" onclick="x'
    found = judged([read_text("x.txt", FERRY, Metadata(title=title, source='javascript:alert("x")', language="en"))])
    for page in found.pages.values():
        tree = _tree(page)
        assert len(tree.css("script")) <= 1
        assert title in _one(tree, "body").text()
        assert not tree.css("[onclick]")
        assert not tree.css('a[href^="javascript"]')


def test_pages_fetch_nothing_and_say_so(both: Judged) -> None:
    for page in both.pages.values():
        tree = _tree(page)
        content = _one(tree, 'meta[http-equiv="Content-Security-Policy"]').attributes["content"]
        assert content is not None
        assert content.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in content
        assert tree.css("link, img, iframe, object, embed, video, audio, form, base, [src], [srcset], [background]") == []
        assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|innerHTML|eval\(", _one(tree, "style").text() + page)


def test_the_index_counts_and_links(both: Judged, names: tuple[str, str]) -> None:
    tree = _tree(both.pages["index.html"])
    cells = _one(tree, "table.matrix").css("td a")

    assert [link.attributes["href"] for link in tree.css("tbody th a")] == list(names)
    assert len(cells) == len(both.report.results)
    for name, row in zip(names, tree.css("main table")[0].css("tbody tr"), strict=True):
        assert name in str(row.html)
        violations = sum(r.severity == "Violation" for r in both.report.results if ("saltmarsh" in r.document) == ("saltmarsh" in name))
        assert row.css("td.number")[0].text() == str(violations)


@pytest.mark.parametrize("report", ["both", "doubtful"])
def test_pages_are_built_for_every_reader(report: str, request: pytest.FixtureRequest) -> None:
    for page in request.getfixturevalue(report).pages.values():
        tree = _tree(page)
        levels = [int(str(node.tag)[1]) for node in tree.css("h1, h2, h3, h4, h5, h6")]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert len(tree.css("main")) == 1
        assert all(table.css("thead th[scope=col]") and table.css("tbody th[scope=row]") for table in tree.css("table"))
        ids = [node.attributes["id"] for node in tree.css("[id]")]
        assert len(ids) == len(set(ids))
        for link in tree.css('a[href^="#"]'):
            assert str(link.attributes["href"])[1:] in ids
        for node in tree.css("[aria-labelledby]"):
            assert node.attributes["aria-labelledby"] in ids


def test_the_same_report_gives_the_same_bytes(both: Judged) -> None:
    assert both.pages == dict(judged([ferry(), sauna()], [ferry()]).pages)


def test_iris_that_look_alike_have_pages_of_their_own(both: Judged) -> None:
    first = both.report.results[0]
    alike = ["urn:x:a/b", "urn:x:a-b", "urn:x:../../index", "index"]
    report = Report("gdpr", tuple(replace(first, version=iri) for iri in alike))
    account = next(iter(accounts(both.store).values()))

    made = [name for name, _ in pages(report, dict.fromkeys(alike, account), ())]

    assert len(set(made)) == len(alike) + 1
    assert all(re.fullmatch(r"[a-z0-9-]+\.html", name) for name in made)


def test_an_excerpt_is_not_called_complete() -> None:
    from kg.documents import read_text
    from kg.model import Metadata

    page = next(iter(judged([read_text("x.txt", FERRY, Metadata(language="en", excerpt=True))]).pages.values()))

    assert languages()["en"]["excerpt"] in page
    assert languages()["en"]["nothing"] not in page
    assert len(_one(_tree(page), "table.unknown").css("tbody tr")) == sum(bool(r.source) for r in regime("gdpr").requirements)


def test_no_policy_is_a_page_that_says_so() -> None:
    assert languages()["en"]["no_policies"] in judged([]).pages["index.html"]


def test_a_text_that_was_changed_is_not_taken_for_the_judged_one(both: Judged) -> None:
    changed = accounts(both.store, [ferry(FERRY + "More.\n")])

    assert not any(account.whole for account in changed.values())


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("there is no Chromium with its driver; on Debian: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1300,700"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield opened
    finally:
        opened.quit()


@pytest.fixture(scope="module")
def folder(both: Judged, doubtful: Judged, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    for name, page in {**doubtful.pages, **both.pages}.items():
        (folder / name).write_text(page, encoding="utf-8")
    return folder


@pytest.fixture
def page(browser: webdriver.Chrome, folder: Path, names: tuple[str, str]) -> Iterator[webdriver.Chrome]:
    """The English page, opened anew."""
    yield from _opened(browser, folder, names[0])


@pytest.fixture
def doubts(browser: webdriver.Chrome, folder: Path, doubtful: Judged) -> Iterator[webdriver.Chrome]:
    """The English page with contradictions, opened anew."""
    yield from _opened(browser, folder, list(doubtful.pages)[1])


def _opened(browser: webdriver.Chrome, folder: Path, name: str) -> Iterator[webdriver.Chrome]:
    """The page. Afterwards: it has logged no error and asked for nothing but files of the report."""
    browser.set_window_size(1300, 700)
    browser.get("about:blank")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get((folder / name).as_uri())
    yield browser
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert asked
    assert all(url.startswith(folder.as_uri()) for url in asked), asked


def _in_view(browser: webdriver.Chrome, element: WebElement) -> bool:
    script = """
        const box = arguments[0].getBoundingClientRect();
        const seen = document.elementFromPoint(box.left + Math.min(box.width, 20) / 2, box.top + Math.min(box.height, 20) / 2);
        return box.top >= 0 && box.bottom <= innerHeight && (arguments[0].contains(seen) || seen.contains(arguments[0]));"""
    return bool(browser.execute_script(script, element))


def _active(browser: webdriver.Chrome, selector: str) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, f"{selector}.active")


@pytest.mark.parametrize("width", [700, 1300], ids=["one column", "two columns"])
def test_a_click_leads_from_requirement_to_clause_and_back(page: webdriver.Chrome, width: int) -> None:
    page.set_window_size(width, 420)
    row = page.find_element(By.ID, "r-gdpr-13-2-a")
    vague = next(mark for mark in page.find_elements(By.TAG_NAME, "mark") if mark.text.startswith("We keep"))
    assert not _in_view(page, vague)

    row.find_element(By.CSS_SELECTOR, "a.name").click()
    assert _in_view(page, vague)
    assert _active(page, "mark") == [vague]
    assert _active(page, "tr") == [row]
    assert page.switch_to.active_element == vague

    denial = next(chip for chip in page.find_elements(By.CSS_SELECTOR, ".chip") if chip.get_attribute("hash") == "#r-gdpr-13-1-f")
    denial.click()
    target = page.find_element(By.ID, "r-gdpr-13-1-f")
    assert _in_view(page, target)
    assert _active(page, "tr") == [target]
    assert [mark.text for mark in _active(page, "mark")] == ["We do not transfer your personal data outside the European Economic Area."]

    page.back()
    assert _active(page, "mark") == [vague]
    assert _active(page, "tr") == [row]


def test_all_clauses_of_a_requirement_are_shown_at_once(page: webdriver.Chrome) -> None:
    page.find_element(By.CSS_SELECTOR, '[id="r-gdpr-13-1-a-identity"] a.name').click()

    assert [mark.text for mark in _active(page, "mark")] == [
        "Privacy notice of Saltmarsh Ferries Ltd",
        "Saltmarsh Ferries Ltd, 4 Quay Street, Whitby, is the controller.",
    ]


@pytest.mark.parametrize("width", [700, 1300], ids=["one column", "two columns"])
def test_a_click_leads_from_a_candidate_to_each_side_and_back(doubts: webdriver.Chrome, doubtful: Judged, width: int) -> None:
    doubts.set_window_size(width, 900)
    candidate = next(c for c in doubtful.candidates if "puffin" in c.document and len(c.affirmed) == 2)
    cited = (candidate.denied, *candidate.affirmed)
    row = doubts.find_element(By.ID, f"r-{candidate.question}-{candidate.denied.start}-{candidate.denied.end}")
    for clause, link in zip(cited, row.find_elements(By.CSS_SELECTOR, ".side a"), strict=True):
        link.click()
        mark = doubts.find_element(By.ID, f"c-{clause.start}-{clause.end}")
        assert mark.text == clause.quote
        assert _in_view(doubts, mark)
        assert doubts.switch_to.active_element == mark
        assert _active(doubts, "tr") == [row]
        assert [piece.text for piece in _active(doubts, "mark")] == [clause.quote for clause in cited]
        assert [piece.text for piece in _active(doubts, "mark.opposing")] == [clause.quote for clause in candidate.affirmed]
        assert len({piece.value_of_css_property("outline-style") for piece in _active(doubts, "mark")}) == 2

        chips = doubts.find_elements(By.CSS_SELECTOR, f'[id="c-{clause.start}-{clause.end}"] ~ .chip')
        next(chip for chip in chips if chip.get_attribute("hash") == f"#{row.get_attribute('id')}").click()
        assert _in_view(doubts, row)
        assert _active(doubts, "tr") == [row]

    doubts.find_element(By.CSS_SELECTOR, '[id="r-gdpr-13-1-a-identity"] a.name').click()
    assert _active(doubts, "mark.opposing") == []


def test_the_keyboard_does_what_a_click_does(page: webdriver.Chrome) -> None:
    link = page.find_element(By.CSS_SELECTOR, '[id="r-gdpr-13-2-a"] .places a')
    link.send_keys(Keys.ENTER)
    assert [mark.text for mark in _active(page, "mark")] == ["We keep your personal data for as long as necessary."]

    page.switch_to.active_element.send_keys(Keys.TAB)
    assert page.switch_to.active_element.get_attribute("class") == "chip partial"


def test_nothing_of_a_policy_comes_alive(page: webdriver.Chrome) -> None:
    assert page.title.startswith("saltmarsh.txt")
    assert "taken" in page.find_element(By.TAG_NAME, "article").text


def test_the_index_leads_to_a_requirement_of_a_policy(browser: webdriver.Chrome, folder: Path, names: tuple[str, str]) -> None:
    browser.set_window_size(1300, 700)
    browser.get((folder / "index.html").as_uri())
    browser.find_element(By.CSS_SELECTOR, f'td a[href="{names[0]}#r-gdpr-13-2-a"]').click()

    row = browser.find_element(By.ID, "r-gdpr-13-2-a")
    WebDriverWait(browser, 20).until(lambda _: _in_view(browser, row) and _active(browser, "tr") == [row])


@pytest.mark.parametrize("width", [400, 800, 1600])
def test_no_page_is_wider_than_the_window(browser: webdriver.Chrome, folder: Path, width: int) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False})
    try:
        for path in sorted(folder.iterdir()):
            browser.get(path.as_uri())
            assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), path.name
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_on_paper_nothing_is_cut_off(page: webdriver.Chrome) -> None:
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        section = page.find_element(By.CSS_SELECTOR, ".requirements")
        assert page.execute_script("return arguments[0].scrollHeight <= arguments[0].clientHeight", section)
        assert page.execute_script("return getComputedStyle(arguments[0]).position", section) == "static"
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
