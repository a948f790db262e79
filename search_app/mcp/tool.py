"""A tool of an assistant: what it takes and gives, checked and described from one pair of dataclasses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json

# for the dataclasses that tools take: no string is read as a number, no misspelt name is passed over
EXACT = ConfigDict(strict=True, extra="forbid")
MOST_PROBLEMS = 5  # of an input that are told at once
NO_STRANGER = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}

# control characters, and those that show nothing or turn the line round: a text may hide words in them
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)


class ToolProblem(Exception):
    """What was asked cannot be answered; the message tells the assistant what to ask instead."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. `takes` and `gives` are frozen dataclasses, of which JSON Schemas are made."""

    name: str
    title: str
    description: str
    takes: TypeAdapter[Any]
    gives: TypeAdapter[Any]
    run: Callable[[Any], Any]  # an instance of `takes` in, one of `gives` out; may raise ToolProblem

    def definition(self) -> dict[str, Any]:
        """How `tools/list` describes it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": _untitled(self.takes.json_schema()),
            "outputSchema": _untitled(self.gives.json_schema(mode="serialization")),
            "annotations": {"title": self.title, **NO_STRANGER},
        }

    def call(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """A CallToolResult: the answer as data and, for those who read text only, as its JSON.

        What is empty is left out, and an argument that is null counts as not given. What cannot be answered
        is a result too, with `isError`, so that the assistant reads why (server/tools, "Error Handling").
        """
        try:
            given = {name: value for name, value in arguments.items() if value is not None}
            taken = self.takes.validate_json(to_json(given))
            told = _seen(self.gives.dump_python(self.run(taken), mode="json", exclude_defaults=True))
        except ValidationError as problem:
            return _refused(_told(problem))
        except ToolProblem as problem:
            return _refused(str(problem))
        return {"content": [_text(to_json(told).decode())], "structuredContent": told, "isError": False}


def _refused(message: str) -> dict[str, Any]:
    return {"content": [_text(message)], "isError": True}


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def _told(problem: ValidationError) -> str:
    """What is wrong with an input, a line each: `limit: Input should be less than or equal to 20`."""
    errors = problem.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{_place(each['loc'])}: {each['msg'][:300]}" for each in errors]
    more = [f"and {len(lines) - MOST_PROBLEMS} more"] if len(lines) > MOST_PROBLEMS else []
    return "\n".join(lines[:MOST_PROBLEMS] + more)


def _place(names: tuple[int | str, ...]) -> str:
    return ".".join(map(str, names))[:100] or "arguments"


def _untitled(schema: Any) -> Any:
    """A JSON Schema without the titles that only repeat its names: assistants read each word of it."""
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _untitled(value)
        for name, value in schema.items()
        if not (name == "title" and isinstance(value, str))
    }


def seen(text: str) -> str:
    """A text without the characters that nobody sees."""
    return _UNSEEN.sub("", text)


def _seen(told: Any) -> Any:
    """All texts of an answer so: what upstream wrote is told to a machine that obeys words."""
    if isinstance(told, str):
        return seen(told)
    if isinstance(told, list):
        return [_seen(each) for each in told]
    return {name: _seen(value) for name, value in told.items()} if isinstance(told, dict) else told
