"""Upstream Markdown as plain text: what is searched and what a hit shows.

Not a renderer: pages render Markdown properly. Here it is enough that no markup,
no address and no control character is left; the text stays untrusted.
"""

from __future__ import annotations

import re

# Where a link can lead: an address, a place on the page or beside it. `[code|none](.[channel])?` of a
# description is no link, and no more is `f[a](b)`.
TARGET = r"(?:https?://|mailto:|#|/|\.{1,2}/|[\w.-]{1,100}/|[\w-]{1,100}\.(?:md|html?|ya?ml|json|toml|sql|py|png|svg|jpg|gif)\b)"
_LINK = re.compile(
    rf"!?\[([^\]\[]{{0,300}})\]\(({TARGET}[^()\s]{{0,500}}|)(?:\s[^()]{{0,200}})?\)", re.IGNORECASE
)
_REFERENCE = re.compile(r"\[([^\]\[]{1,300})\]\[[^\]\[]{0,100}\]")
_ADDRESS = re.compile(r"<?\bhttps?://[^\s<>\"')\]]+>?")
# Tags that people write to shape a text. Any other word in angle brackets is what they mean: a place
# to be filled (<provider-name>), an element that is measured (<marquee>), a type (STRUCT<key STRING>).
_SHAPING = (
    "br|b|i|em|center|strong|code|p|ul|ol|li|hr|sub|sup|details|summary|div|span|pre|kbd|tt|u|s|dl|dt|dd"
    "|blockquote|h[1-6]"
)
_TAG = (
    rf"</?(?:{_SHAPING})(?:\s[a-z-]+=[^<>]{{0,300}})?\s*/?>|</a>|<a\s[^<>]{{0,20}}href=[^<>]{{0,300}}>"
    r"|<img\s[^<>]{0,300}src=[^<>]{0,300}>|<!--.{0,2000}?-->"
)
_CODE_OR_TAG = re.compile(
    rf"(?P<code>```.{{0,20000}}?```|`[^`\n]{{1,500}}`)|(?P<tag>{_TAG})", re.DOTALL | re.IGNORECASE
)
# Code keeps what stands in it: `COUNT(*)`. Lines are marks in pairs only: `_live` and `_stable` are names.
_SHAPES = (
    r"^\s{0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+(?=\S)|```.*$)|`(?P<code>[^`\n]{1,500})`|[`*]+"
    r"|(?<![\w>}\])])(?P<line>_{1,2})(?P<lined>[^\s_](?:[^_]|(?<=\w)_(?=\w)){0,300}?)(?P=line)(?![\w<{\[(])"
)
_MARKS = re.compile(_SHAPES, re.MULTILINE)
# An address as a text tells it, without the mark of the sentence that it ends.
_ENDS = r"\s<>\"'`()\[\]"
ADDRESS = rf"https?://(?:[^{_ENDS}.,;:!?]|[.,;:!?]++(?=[^{_ENDS}]))++"
_ADDRESS_OR_MARK = re.compile(rf"<?\b(?P<address>{ADDRESS})>?|{_SHAPES}", re.MULTILINE)
_SPACE = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029\ufeff]+")


def without_tags(markdown: str, instead: str, line_break: str = "") -> str:
    """Markdown without tags that shape text and without comments; those in code stay, they are what it says.

    `line_break` stands for `<br>`, and like all others it is `instead` where that is not given.
    """
    if "<" not in markdown:
        return markdown

    def kept(match: re.Match[str]) -> str:
        if match["code"]:
            return match["code"]
        return line_break if line_break and match["tag"].lower().startswith("<br") else instead

    return _CODE_OR_TAG.sub(kept, markdown)


def plain_text(markdown: str, limit: int | None = None, *, addresses: bool = False) -> str:
    """The words of a Markdown text on one line; cut at a word near `limit` characters.

    `addresses` that stand in the text are kept only where they are wanted; those of its links never are.
    """
    if limit is not None:
        markdown = markdown[: limit * 3 + 1000]  # markup never makes up more, and patterns stay cheap
    text = _LINK.sub(r"\1", markdown) if "](" in markdown else markdown
    text = _REFERENCE.sub(r"\1", text) if "][" in text and "]: " in text else text
    text = without_tags(text, " ")
    if addresses:
        text = _ADDRESS_OR_MARK.sub(lambda match: match["address"] or _without_marks(match), text)
    else:
        text = _MARKS.sub(_without_marks, _ADDRESS.sub(" ", text) if "http" in text else text)
    text = _SPACE.sub(" ", text).strip()
    if limit is None or len(text) <= limit:
        return text
    cut = text.rfind(" ", limit // 2, limit)
    return text[: cut if cut > 0 else limit - 1].rstrip() + "\u2026"


def _without_marks(mark: re.Match[str]) -> str:
    """What stays of code, and of what is underlined; of any other mark nothing."""
    return mark["code"] or (_MARKS.sub(_without_marks, mark["lined"]) if mark["lined"] else "")
