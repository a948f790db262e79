"""The settings: config.yaml and the environment, checked once, frozen from then on.

The only reader of the settings file and of the environment. A file given by path or
STARCHART_CONFIG is laid over the shipped config.yaml, key by key, so that it may hold
only what differs. Whatever is wrong raises ConfigProblem, with the key in its text.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from indexer.model.records import DataTool

# variable -> where its value goes in the settings
ENVIRONMENT = {
    "PORT": ("server", "port"),
    "STARCHART_DATA_DIR": ("data_dir",),
    "STARCHART_MIRROR": ("mirror",),
    "STARCHART_NOW": ("now",),
}


class ConfigProblem(Exception):
    """The settings cannot be used; the text names file and key and says why."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceConfig(_Section):
    """A source's entry: `enabled`, and whatever else the source itself understands, as `options`."""

    enabled: bool = True
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather_options(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        rest = {key: entry for key, entry in value.items() if key != "enabled"}
        return {"enabled": value.get("enabled", True), "options": rest}


class CrawlConfig(_Section):
    """Bounds of fetching and parsing."""

    user_agent: str
    connect_seconds: float = Field(gt=0)
    read_seconds: float = Field(gt=0)  # without one byte
    file_seconds: float = Field(gt=0)  # for a whole file
    max_bytes: int = Field(gt=0)  # of a body
    max_redirects: int = Field(ge=0)
    per_host: int = Field(ge=1)  # fetches at once
    at_once: int = Field(ge=1)  # fetches at once, all hosts together
    retries: int = Field(ge=0)
    backoff_seconds: float = Field(ge=0)
    archive_members: int = Field(gt=0)
    archive_member_bytes: int = Field(gt=0)
    archive_bytes: int = Field(gt=0)  # all members unpacked
    source_seconds: float = Field(gt=0)  # for a source, fetched and parsed
    run_seconds: float = Field(gt=0)  # for a crawl
    parse_seconds: float = Field(gt=0)  # of processor time, for one file
    parse_bytes: int = Field(gt=0)  # of memory, for a source
    processes: int = Field(ge=0)  # 0: one for each core


class ScheduleConfig(_Section):
    """When the scheduler crawls and builds."""

    crawl: str  # crontab line of five fields
    timezone: str
    jitter_seconds: int = Field(ge=0)
    run_seconds: int = Field(gt=0)  # a run that takes longer is ended


class GenerationsConfig(_Section):
    """Which generations are kept, and whether a new one is tried."""

    keep: int = Field(ge=1)  # how many stay on disk, the current one included
    trial: bool  # whether a server of each new one is asked before readers see it


class GuardConfig(_Section):
    """How much may vanish before it is taken for a fault."""

    max_loss: float = Field(ge=0, le=1)  # share of any kind that may go between two generations
    max_growth: float = Field(gt=0)  # share by which a source's records of a type may grow in one crawl
    max_change: float = Field(gt=0, le=1)  # share of records in which a field may empty or become the same


class ServerConfig(_Section):
    """Where the server listens, under which names, and what one client may take of it."""

    host: str
    port: int = Field(ge=0, le=65535)
    workers: int = Field(ge=0)  # 0: one for each core
    timeout_seconds: int = Field(gt=0)
    request_seconds: float = Field(gt=0)  # for a whole request to come in
    answer_seconds: float = Field(gt=0)  # for a whole answer to be taken
    public_url: str  # "" = the address that is listened at, or the Host header where its name is known
    allowed_hosts: tuple[str, ...]  # names to answer for; empty: any
    proxies: int = Field(ge=0)  # whose X-Forwarded-For and -Proto are believed
    heavy_at_once: int = Field(ge=1)  # exports and the like at once, for each worker


class LoggingConfig(_Section):
    """How log lines look, and whether each request has one."""

    format: Literal["text", "json"]
    access: bool  # a line for each request


class SearchConfig(_Section):
    """What a search may keep in memory."""

    result_cache: int = Field(ge=0)  # answers kept by each worker


def _check_tool(value: Any) -> Any:
    """A misspelt key of a tool is a mistake, not an extra that is passed over."""
    unknown = (
        set(value) - {entry.name for entry in dataclasses.fields(DataTool)} if isinstance(value, dict) else ()
    )
    if unknown:
        raise PydanticCustomError("extra_forbidden", "unknown key {names}", {"names": _names(unknown)})
    return value


class Config(_Section):
    """All settings. `path` is the file that was laid over the defaults, None for the defaults alone."""

    path: Path | None = None
    data_dir: Path
    mirror: str  # a folder or base URL laid out by URL; "" = the true addresses
    now: datetime.date | None = None  # fixes the clock
    sources: dict[str, SourceConfig]
    tools: tuple[Annotated[DataTool, BeforeValidator(_check_tool)], ...] = ()
    crawl: CrawlConfig
    schedule: ScheduleConfig
    generations: GenerationsConfig
    guard: GuardConfig
    server: ServerConfig
    logging: LoggingConfig
    search: SearchConfig

    def today(self) -> datetime.date:
        """The day (UTC) by which expiry is judged: `now` where it is set."""
        return self.now or datetime.datetime.now(datetime.UTC).date()

    def options_of(self, source: str) -> dict[str, Any]:
        """What a source is handed: its own options; `tools` also gets the tool dictionary."""
        entry = self.sources.get(source)
        options = dict(entry.options) if entry else {}
        if source == "tools":
            options["tools"] = self.tools
        return options

    def enabled_sources(self) -> tuple[str, ...]:
        """The names of the sources that are crawled."""
        return tuple(name for name, entry in self.sources.items() if entry.enabled)


def default_path() -> Path:
    """The shipped config.yaml: beside the packages in a checkout, inside `indexer` in a wheel."""
    inside = Path(__file__).with_name("config.yaml")
    return inside if inside.exists() else Path(__file__).parent.parent / "config.yaml"


def load_config(path: str | Path | None = None, env: Mapping[str, str] | None = None) -> Config:
    """The settings: defaults, then the file (`path`, else STARCHART_CONFIG), then the environment.

    Raises ConfigProblem, with a text that names the key.
    """
    env = os.environ if env is None else env
    chosen = path or env.get("STARCHART_CONFIG") or None
    values = _read(default_path())
    if chosen is not None:
        chosen = Path(chosen)
        overrides = _read(chosen)
        try:
            values = _overlay(values, overrides)
        except ConfigProblem as problem:
            raise ConfigProblem(f"{chosen}: {problem}") from None
    for variable, place in ENVIRONMENT.items():
        if env.get(variable):
            _put(values, place, env[variable])
    try:
        return Config(path=chosen, **values)
    except ValidationError as error:
        raise ConfigProblem(_explain(error, chosen or default_path(), env)) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        values = copy.deepcopy(_parsed(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigProblem(f"{path}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigProblem(f"{path}: not valid YAML ({' '.join(str(error).split())})") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigProblem(f"{path}: must hold keys and values at its top")
    return values


@lru_cache(maxsize=4)
def _parsed(text: str) -> Any:
    """What a settings file holds, parsed once a process: not to be changed."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def _overlay(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid upon `under`: sections and the entries of sources key by key, all else whole."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if key == "sources" and isinstance(below, dict) and isinstance(value, dict):
            merged[key] = {
                **below,
                **{name: _over_source(below, name, entry) for name, entry in value.items()},
            }
        elif isinstance(below, dict) and isinstance(value, dict):
            merged[key] = {**below, **value}
        else:
            merged[key] = value
    return merged


def _over_source(shipped: Mapping[str, Any], name: str, entry: Any) -> Any:
    """A source's entry over the shipped one, whose keys are all that there are; a new source may have any."""
    if name not in shipped or not isinstance(entry, dict):
        return entry
    for key in entry:
        if key not in shipped[name]:
            raise ConfigProblem(f"sources.{name}.{key}: unknown key (known: {_names(shipped[name])})")
    return {**shipped[name], **entry}


def _put(values: dict[str, Any], place: tuple[str, ...], value: str) -> None:
    for key in place[:-1]:
        values = values.setdefault(key, {})
    values[place[-1]] = value


def _names(values: Iterable[Any]) -> str:
    return ", ".join(sorted(str(key) for key in values))


def _explain(error: ValidationError, path: Path, env: Mapping[str, str]) -> str:
    """One line for each mistake: file (or variable), key, what is wrong."""
    lines = []
    for problem in error.errors():
        place = tuple(str(part) for part in problem["loc"])
        variable = next((v for v, at in ENVIRONMENT.items() if at == place and env.get(v)), None)
        where = f"environment variable {variable}" if variable else f"{path}: {'.'.join(place)}"
        unknown = problem["type"] == "extra_forbidden" and "ctx" not in problem
        lines.append(f"{where}: {'unknown key' if unknown else problem['msg']}")
    return "\n".join(lines)
