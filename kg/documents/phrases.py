"""Phrases that the layout knows a page's parts by, in the languages that policies are most often met in.

They tell furniture from policy before any language is known; what a policy *says* is the lexicon's business (``ontology/lexicon/``).
"""

from __future__ import annotations

import re


def word_set(words: str) -> frozenset[str]:
    """The words of a text as a set: the readable way to write a table of them."""
    return frozenset(words.split())


POLICY = re.compile(
    r"""privacy|personal(?:ly)?[ ](?:data|information|identif)|data[ ](?:protection|controller|subject)|your[ ](?:data|information)|gdpr
    |henkilötie|tietosuoj|rekisterinpit|rekisterise|rekisterin|käsittelyn|yksityisyy|personuppgift|integritets|dataskydd|personopplysning
    |personvern|personoplysning|privatliv|datenschutz|personenbezogen|verantwortlich
    |données[ ](?:à[ ]caractère[ ])?personnel|confidentialité|datos[ ]personales
    |privacidad|protección[ ]de[ ]datos|dati[ ]personali|informativa|dados[ ]pessoais|persoonsgegevens|isikuandme|privaatsus
    |dane[ ]osobowe|danych[ ]osobowych|osobních[ ]údaj""",
    re.I | re.X,
)
TITLE = re.compile(
    r"""(?:privacy|data[ ]protection|cookie)\b.{0,40}\b(?:policy|statement|notice|declaration|information)|\bprivacy$
    |tietosuoja\w*|rekisteriselost\w*|evästekäytän\w*|integritetspolicy|dataskyddspolicy|datenschutz(?:erklärung|hinweise|information)?
    |(?:politique|charte)\b.{0,20}\bconfidentialité|política\b.{0,20}\bprivacidad|informativa\b.{0,20}\bprivacy|privacyverklaring|personvernerklæring""",
    re.I | re.X,
)
_ANYWHERE = r"""
    (?:back|return|go|jump)[ ]to[ ](?:the[ ])?(?:top|home\w*|main[ ]page|previous[ ]page)
    | skip[ ]to[ ](?:the[ ])?(?:main[ ])?(?:content|navigation)
  | (?:toggle|open|close|show|hide)[ ](?:the[ ])?(?:main[ ])?(?:navigation|menu|search) | (?:main[ ])?menu
  | (?:read|learn|show|view|see)[ ](?:more|less)
  | print(?:[ ]this)?(?:[ ]page)?
  | (?:please[ ])?(?:select|choose)[ ](?:a[ ]|your[ ])?(?:language|country|region|location)
  | please[ ](?:select|enter|choose|provide|fill)[ ].{0,20}\bvalid\b.{1,20} | (?:this[ ]field|.{1,20})[ ]is[ ](?:a[ ])?required(?:[ ]field)?
  | (?:an[ ])?(?:unexpected[ ])?error[ ](?:has[ ])?occurred.{0,30} | loading | you[ ]are[ ]here | (?:enable|turn[ ]on)[ ]javascript.{0,40}
  | all[ ]rights[ ]reserved | powered[ ]by[ ].{1,30} | (?:accept|allow|reject|decline)(?:[ ]all)?(?:[ ]cookies)?
  | i[ ](?:agree|accept|understand)
  | (?:cookie|manage)[ ](?:settings|preferences) | manage[ ]cookies | got[ ]it | follow[ ]us(?:[ ]on.{0,30})?
  | share[ ](?:this|on)(?:[ ].{1,20})? | site[ ]?map
  | (?:takaisin|siirry)[ ](?:ylös|alkuun|etusivulle|sisältöön|pääsisältöön|valikkoon) | (?:pää)?valikko | (?:avaa|sulje)[ ]valikko
  | lue[ ]lisää | tulosta(?:[ ]sivu)?
  | valitse[ ](?:kieli|maa) | (?:hyväksy|salli|hylkää|estä)(?:n)?(?:[ ]kaikki)?(?:[ ]evästeet)? | evästeasetukset | sivukartta
  | kaikki[ ]oikeudet[ ]pidätetään
  | (?:tämä[ ])?kenttä[ ]on[ ]pakollinen | seuraa[ ]meitä.{0,20} | zum[ ]inhalt[ ]springen | nach[ ]oben | mehr[ ]erfahren
  | till[ ]toppen | läs[ ]mer | hoppa[ ]till[ ]innehåll
"""
_AT_EDGES = r"""
    home(?:[ ]?page)? | about(?:[ ]us)? | news(?:room)? | blog | careers? | jobs? | products? | services? | solutions? | support | help
    | faqs? | search | shop | store | cart
  | log[ ]?in | log[ ]?out | sign[ ](?:in|up|out) | (?:my[ ])?account | register | subscribe.{0,30} | newsletter | contact(?:[ ]us)?
  | close | next | previous | submit | send | ok
  | login[ ]/.{0,20} | company | investors? | media | press | partners? | download(?:s|[ ]app)? | pricing | features | resources
  | community | english | suomi | svenska | deutsch
  | fran[cç]ais | español | italiano | en | fi | sv | de | terms(?:[ ](?:of|and|&)[ ].{1,20})? | imprint | legal(?:[ ]notice)?
  | accessibility.{0,12} | cookies?
  | facebook | twitter | x | instagram | linkedin | youtube | tiktok | whatsapp | pinterest | rss | (?:corporate|global)[ ]site
  | go[ ]to[ ].{1,40} | request[ ]an?[ ].{1,20}
  | get[ ](?:a[ ]quote|started|in[ ]touch|the[ ]app) | book[ ](?:now|a[ ]demo) | try[ ].{1,20}free.{0,10}
  | welcome(?:[ ]to.{1,30})?
  | etusivu | koti | yritys | meistä | tietoa[ ]meistä | tuotteet | palvelut | ratkaisut | ajankohtaista | uutiset | blogi | ura
  | rekry | yhteystiedot | ota[ ]yhteyttä | haku | hae
  | kirjaudu(?:[ ]sisään|[ ]ulos)? | rekisteröidy | ostoskori | verkkokauppa | kauppa | tilaa[ ]uutiskirje | uutiskirje | sulje
  | seuraava | edellinen | lähetä | käyttöehdot | evästeet
  | saavutettavuus.{0,10} | in[ ]english | på[ ]svenska | suomeksi | hem | om[ ]oss | kontakt | produkte | über[ ]uns | startseite
  | impressum | agb | accueil | inicio
"""
_AROUND = r"\s*[\W_]{0,3}\s*"
INTERFACE = re.compile(rf"{_AROUND}(?:{_ANYWHERE}){_AROUND}", re.I | re.X)
MENU = re.compile(rf"{_AROUND}(?:{_ANYWHERE}|{_AT_EDGES}){_AROUND}", re.I | re.X)
BUTTON = re.compile(
    rf"""{_AROUND}(?:(?:yes,?[ ])?i[ ](?:agree|accept|understand)
    | (?:accept|allow|reject|decline|deny|refuse)(?:[ ](?:all|and[ ]close|selected|necessary))?(?:[ ]cookies)?
    | ok(?:ay)? | got[ ]it | agree | close | dismiss | (?:cookie[ ])?(?:settings|preferences) | (?:manage|customi[sz]e)(?:[ ]\w+)?
    | hyväksyn? | hyväksy[ ]kaikki(?:[ ]evästeet)?
    | salli(?:[ ]kaikki)? | hylkää(?:[ ]kaikki)? | vain[ ]välttämättömät | selvä | sulje | godkänn(?:[ ]alla)? | acceptera(?:[ ]alla)?
    | (?:alle[ ])?akzeptieren | ablehnen
    | (?:tout[ ])?accepter | aceptar){_AROUND}""",
    re.I | re.X,
)
COOKIES = ("cookie", "eväste", "kakor")
CONSENT_BY_USE = re.compile(
    r"""\b(?:this|our|the)[ ](?:web)?(?:site|page)s?[ ](?:also[ ])?uses?[ ].{0,25}cookies
    | we[ ]use[ ].{0,25}cookies[ ](?:on[ ]this|to[ ](?:ensure|give|provide|improve|offer|make|enhance))
    | \bby[ ](?:continuing|clicking|browsing|using|closing|navigating|scrolling)\b.{0,90}\b(?:agree|accept|consent)
    | \b(?:agree|consent)\b.{0,60}\bby[ ](?:continuing|using|clicking)
    | (?:tämä[ ]sivusto|sivustomme|sivusto)[ ]käyttää[ ]evästeitä
    | käytämme[ ](?:sivustolla\w*[ ])?evästeitä\b.{0,60}(?:parhaan|paremman|parantaa) | jatkamalla\b.{0,60}hyväksyt
    | diese[ ](?:web)?s(?:ite|eite)[ ](?:verwendet|benutzt|nutzt)[ ]cookies
    | (?:den[ ]här[ ])?webbplats\w*[ ]använder[ ](?:cookies|kakor) | ce[ ]site[ ]utilise[ ]des[ ]cookies""",
    re.I | re.X,
)
COPYRIGHT = re.compile(
    r"(?:©|\(c\)|\bcopyright\b)\s*(?:©\s*)?(?:\d{4}|by\b|[A-Z])|\ball rights reserved\b|kaikki oikeudet pidätetään", re.I
)
CONTENTS = re.compile(
    rf"{_AROUND}(?:table[ ]of[ ]contents|contents|on[ ]this[ ]page|in[ ]this[ ](?:policy|notice|article)"
    rf"|sisällys(?:luettelo)?|inhalt(?:sverzeichnis)?|innehåll){_AROUND}",
    re.I | re.X,
)
ADDRESS_ONLY = re.compile(r"(?:https?://|www\.)\S+", re.I)
