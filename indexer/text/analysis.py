"""How text becomes terms: the one place for documents and for queries.

words() is for matching, identifier_words() for completion and spelling,
spelling_key() for exact names. A query is folded by the same function as the text
that it is to find, never by a lookalike (tests/index/test_analysis.py).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from whoosh.lang.porter2 import stem as _porter2

# "HTTPServer2" is HTTP, Server, 2; "active_ticks" is active, ticks; other scripts stay whole.
PIECE = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+"
_PIECE = re.compile(PIECE)
# A run of letters in which a small letter is followed by a capital: BigQuery, FxA, DuckDuckGo.
_CAMEL = re.compile(r"\b[A-Za-z]*[a-z][A-Z][A-Za-z]*\b")
_HUMP = re.compile("[a-z][A-Z]")
# Han, Hiragana, Katakana, Hangul
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_APOSTROPHE_S = re.compile(r"['\u2019][sS]\b")  # "Firefox's" is Firefox
_APOSTROPHE = re.compile(r"(?<=[A-Za-z])['\u2019](?=[A-Za-z])")  # "don't" is one word
_NOT_KEY = re.compile(r"[\W_]+")

# Words that Porter2 cuts to the stem of another word, so that a question for one finds the other ("locale
# distribution" found local storage, "accessibility" whatever was accessed), each with a stem of its own. Read
# out of all stems that join two words of the catalogue.
_APART = """
accessib: accessibility accessible
appearance: appearance appearances
applicable: applicable
attribute: attribute attributes
authoriz: authorize authorized authorizes authorizing authorization authorizations
busy: busy busier
computer: computer computers
container: container containers
contentful: contentful
customer: customer customers
designate: designate designated designates
digital: digital digitally
directive: directive directives
edition: edition editions
engineer: engineer engineers engineering
exception: exception exceptions
experience: experience experiences experienced
expression: expression expressions
extensive: extensive extensively
fastly: fastly
friendly: friendly
identical: identical identically
importan: important importance importantly
initial: initial initially
initializ: initialize initialized initializes initializing initialization
integrity: integrity
landing: landing
likely: likely
locale: locale locales localize localized localizes localizing localization localizations
materializ: materialize materialized materializes materialization
nightl: nightly nightlies
numerator: numerator numerators
numerous: numerous
operating: operating
operational: operational operationally
optional: optional optionally
organic: organic organically
organization: organization organizations
original: original originally originals
parental: parental
personal: personal personally
personaliz: personalize personalized personalizes personalizing personalization
populat: populate populated populates populating
positive: positive positives positively
presentation: presentation presentations
production: production
profiler: profiler profilers
projection: projection projections
provider: provider providers
rating: rating ratings
reasonabl: reasonable reasonably
relative: relative relatively
responsib: responsible responsibility
responsive: responsive responsiveness
serializ: serialize serialized serializes serializing serialization
setting: setting settings
severit: severity severities
terminal: terminal terminals
typing: typing typed
useful: useful usefulness
utilit: utility utilities
"""
# Forms of one word that Porter2 keeps apart.
_TOGETHER = """
alia: alias aliases
analysi: analysis analyses
axi: axis axes
buy: buy bought
catch: catch caught
child: child children
choos: choose chose chosen
cpu: cpu cpus
criterion: criterion criteria
freez: freeze froze frozen
gpu: gpu gpus
hang: hang hung
hide: hide hidden
index: index indices
matrix: matrix matrices
menu: menu menus
pay: pay paid
sell: sell sold
spend: spend spent
throw: throw threw thrown
write: write wrote written
"""
UNSTEMMED = 3  # letters of the longest word that is left as it is
LONGEST_WORD = 64  # a longer run of letters is a key or a hash that nobody types


def identifier_words(text: str) -> list[str]:
    """The lower-case pieces of a text, split at punctuation, camelCase and digits, in order, unstemmed.

    >>> identifier_words("browser.engagement.activeTicks_v2")
    ['browser', 'engagement', 'active', 'ticks', 'v', '2']
    """
    if "'" in text or "\u2019" in text:
        text = _APOSTROPHE.sub("", _APOSTROPHE_S.sub("", text))
    if "%" in text:
        text = text.replace("%", " percent ")
    if text.isascii():
        return [piece.lower() for piece in _PIECE.findall(text) if len(piece) <= LONGEST_WORD]
    pieces = [piece for run in _PIECE.findall(_without_accents(text)) for piece in _in_pairs(run)]
    return [piece.lower() for piece in pieces if len(piece) <= LONGEST_WORD]


def _in_pairs(run: str) -> list[str]:
    """A run of Chinese, Japanese or Korean as its pairs of letters: these scripts put no space between words.

    >>> _in_pairs("\u7f51\u9875\u6d4f")
    ['\u7f51\u9875', '\u9875\u6d4f']
    """
    if len(run) < 3 or not _UNSPACED.fullmatch(run):
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


def words(text: str) -> list[str]:
    """The terms of a text, in order: its pieces, each stemmed. No word is dropped here, not even "the"."""
    return [stem(piece) for piece in identifier_words(text)]


def compounds(text: str) -> list[str]:
    """The terms of camelCase words taken whole, so that "bigquery" finds BigQuery and "fxa" finds FxA."""
    if not _HUMP.search(text):  # as in most texts: asked first, since it costs a third
        return []
    return [stem(word.lower()) for word in _CAMEL.findall(text) if len(word) <= LONGEST_WORD]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one lower-case word: Porter2, but for a few words. Those of other scripts stay as they are.

    Three letters and fewer are left alone: "gas" is not "ga", "ms" not "m", "dns" not "dn".
    """
    if len(word) <= UNSTEMMED or not word.isascii():
        return word
    return OWN_STEMS.get(word) or str(_porter2(word))


def _read(table: str) -> dict[str, str]:
    """Word -> stem, from lines of a stem and its words."""
    lines = [line.partition(": ") for line in table.strip().split("\n")]
    return {word: own for own, _, forms in lines for word in forms.split()}


OWN_STEMS = {**_read(_APART), **_read(_TOGETHER)}


def spelling_key(text: str) -> str:
    """The one key of all spellings of an identifier (rule 9): its lower-case letters and digits.

    >>> spelling_key("`aB.c_d-2`")
    'abcd2'
    """
    return _NOT_KEY.sub("", _without_accents(text).lower())


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", plain)  # Hangul was taken apart into letters
