"""What tags, roles, ids and classes say of an element: that it is a page's menu, banner or footer, or that it is not shown at all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from selectolax.lexbor import LexborNode

from kg.documents.phrases import POLICY, word_set
from kg.model import BlockKind

#: Elements whose content is no text of the page. What is merely folded away (details, hidden tabs) is kept: policies stand in accordions.
DROPPED = word_set("""script style template svg math noscript head iframe object embed canvas audio video map select datalist option
input textarea progress meter
    -comment !doctype""")
BLOCKS = word_set("""address article aside blockquote body button caption center dd details dialog div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6
    header hgroup hr html label legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul""")
_TAGS: Mapping[str, BlockKind] = {
    "nav": BlockKind.NAVIGATION,
    "header": BlockKind.NAVIGATION,
    "aside": BlockKind.NAVIGATION,
    "form": BlockKind.NAVIGATION,
    "footer": BlockKind.FOOTER,
}
_ROLES: Mapping[str, BlockKind] = {
    "navigation": BlockKind.NAVIGATION,
    "banner": BlockKind.NAVIGATION,
    "search": BlockKind.NAVIGATION,
    "menu": BlockKind.NAVIGATION,
    "menubar": BlockKind.NAVIGATION,
    "complementary": BlockKind.NAVIGATION,
    "contentinfo": BlockKind.FOOTER,
}
_BANNER = re.compile(
    r"cookie-?(?:banner|bar|notice|consent|popup|modal|law|message|dialog|overlay|alert)|consent-?(?:banner|manager|popup|modal)|onetrust|cybotcookie|cc-window|cmplz|gdpr-?(?:banner|cookie)|usercentrics"
)
_MENU = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|(?:main|top|mega|mobile|side|user|footer|header)-?menu|menu|breadcrumbs?|sidebar|site-?header|page-?header|masthead|topbar|toolbar"
    r"|skip-?link|social|share|sharing|lang(?:uage)?-(?:switch|select|menu|nav)\w*|country-?select\w*|newsletter|toc|table-of-contents)(?:$|[\s_-])"
)
_FOOTER = re.compile(r"(?:^|[\s_-])(?:site-?|page-?|main-?|global-?)?(?:footer|colophon|copyright)(?:$|[\s_-])")
_MOSTLY = 0.5
_LITTLE, _MUCH = 200, 600


def furniture_hint(node: LexborNode, page_length: int, in_main: bool) -> BlockKind | None:
    """The kind of furniture that an element says it is, or None. One with half of the page's text is not, whatever its name."""
    kind = _named(node, in_main)
    if kind is None:
        return None
    text = node.text(deep=True)
    mostly = len(text) > _MOSTLY * page_length
    if len(text) <= _LITTLE or not (mostly or (kind is BlockKind.NAVIGATION and POLICY.search(text))):
        return kind
    unlinked = len(text) - sum(len(link.text(deep=True)) for link in node.css("a"))
    return None if unlinked > (_LITTLE if mostly else _MUCH) else kind


def is_main(node: LexborNode) -> bool:
    """Whether an element says that the page's own content is inside it."""
    return node.tag in ("main", "article") or node.attributes.get("role") == "main"


def _named(node: LexborNode, in_main: bool) -> BlockKind | None:
    attributes = node.attributes
    names = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".lower() if attributes else ""
    if names != " " and _BANNER.search(names):
        return BlockKind.BANNER
    role = (attributes.get("role") or "").lower() if attributes else ""
    if role in _ROLES:
        return _ROLES[role]
    tag = node.tag or ""
    if tag in _TAGS and not (in_main and tag in ("header", "footer", "aside")):
        return _TAGS[tag]
    if names == " " or tag in ("html", "body"):
        return None
    if _FOOTER.search(names) and not in_main:
        return BlockKind.FOOTER
    return BlockKind.NAVIGATION if _MENU.search(names) else None


def is_link_list(node: LexborNode) -> bool:
    """Whether a list is nothing but links: four or more, to other pages in few words each, or to places on this page."""
    links = node.css("a")
    if len(links) < 4 or node.tag not in ("ul", "ol", "div", "menu"):
        return False
    linked = sum(len(link.text(deep=True).strip()) for link in links)
    total = len(re.sub(r"\s+", " ", node.text(deep=True)).strip())
    return bool(total) and linked >= 0.85 * total and linked / len(links) < 70


def links_within(node: LexborNode) -> bool:
    """Whether the links of a list lead to places on the same page: a table of contents."""
    targets = [link.attributes.get("href") or "" for link in node.css("a")]
    return sum(target.startswith("#") and len(target) > 1 for target in targets) >= 0.8 * len(targets)
