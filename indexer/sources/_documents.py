"""JSON, YAML and TOML that strangers wrote, as Python values; what nests too deep is refused beforehand.

A few thousand brackets overflow the stack of libyaml's composer, a long dotted key takes tomllib
gigabytes, aliases of aliases grow without end. Real files nest some 30 deep. What these checks miss is
caught by the limits of the process that reads (runtime/limited.py).
"""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from typing import Any

import yaml

MAX_DEPTH = 200
MAX_DOTS = 50  # names in one dotted key of TOML; the longest has 6 (2026-11)
MAX_NODES = 2_000_000  # values that a YAML file with aliases stands for

_JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)  # also one without end: linear
_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
# A line that may stand deep by its indentation or its dashes: rare, and then looked at more closely.
_DEEP_LINE = re.compile(rb"^[ ]{200}|^[ ]*+(?:[-?:][ \t]++){40}", re.MULTILINE)
_ALIAS = re.compile(rb"(?<![\w*])\*[\w-]")
_SIMPLE_KEY = re.compile(r"\s*+[\w\"'-]*+\s*+")


class Unreadable(ValueError):
    """A file that is not what its name says, or more than can be read."""


def parse_json(body: bytes) -> Any:
    """The value of a JSON text. Raises Unreadable."""
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        brackets = _JSON_STRING.sub(b"", body).translate(None, _BRACKETS)
        if max(itertools.accumulate(map(_STEP.__getitem__, brackets)), default=0) > MAX_DEPTH:
            raise Unreadable(f"it nests more than {MAX_DEPTH} deep")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_told(error)) from error


def parse_yaml(body: bytes, loader: type[yaml.CSafeLoader] = yaml.CSafeLoader) -> Any:
    """The value of a YAML text, as a safe loader makes it. Raises Unreadable."""
    try:
        if _may_be_deep(body):
            _check_yaml_depth(body)
        value = yaml.load(body, Loader=loader)  # noqa: S506  a safe one
    except Unreadable:
        raise
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unreadable(_told(error)) from error
    if _ALIAS.search(body):
        _check_size(value)
    return value


def parse_toml(body: bytes) -> dict[str, Any]:
    """The tables of a TOML text. Raises Unreadable."""
    try:
        text = body.decode("utf-8")
        _check_keys(text)
        return tomllib.loads(text)
    except Unreadable:
        raise
    except (ValueError, RecursionError, OverflowError) as error:
        raise Unreadable(_told(error)) from error


def _may_be_deep(body: bytes) -> bool:
    """Whether a look at the text alone cannot rule it out; indentation nests at most one level a blank."""
    return body.count(b"[") + body.count(b"{") > MAX_DEPTH or _DEEP_LINE.search(body) is not None


def _check_yaml_depth(body: bytes) -> None:
    """By libyaml's events, which need no stack."""
    depth = 0
    for event in yaml.parse(body, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise Unreadable(f"it nests more than {MAX_DEPTH} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _check_size(value: Any) -> None:
    """Refuse aliases that stand for more than a file may hold, or for themselves."""
    sizes: dict[int, int] = {}
    stack = [(value, False)]
    under_way: set[int] = set()
    while stack:
        node, done = stack.pop()
        children = [*node, *node.values()] if isinstance(node, dict) else node
        if not isinstance(node, dict | list | tuple | set):
            continue
        if done:
            under_way.discard(id(node))
            sizes[id(node)] = 1 + sum(sizes.get(id(child), 1) for child in children)
            if sizes[id(node)] > MAX_NODES:
                raise Unreadable(f"its aliases stand for more than {MAX_NODES} values")
        elif id(node) in under_way:
            raise Unreadable("it holds itself")
        elif id(node) not in sizes:
            under_way.add(id(node))
            stack.append((node, True))
            stack.extend((child, False) for child in children)


def _check_keys(text: str) -> None:
    run = 0
    for piece in text.split("."):
        run = run + 1 if _SIMPLE_KEY.fullmatch(piece) else 0
        if run > MAX_DOTS:
            raise Unreadable(f"a key has more than {MAX_DOTS} names")


def _told(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
