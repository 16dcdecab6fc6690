"""The shape of ``sources.yml``: which keys there are, which values they take, said once for reading and for editors.

Knows plain values (dicts, lists, scalars), not the file they were written in.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails

from feeds import sources_values as values
from feeds.sources_tree import Steps
from news.categories import CATEGORIES
from news.types import Configuration, FeedRule, FetchSettings, Site, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong at ``path``: with its key, or with its value (at its character ``position``, from 0)."""

    path: Steps
    message: str
    hint: str | None = None
    position: int | None = None
    is_key: bool = False


def _is(check: Callable[[str], object]) -> AfterValidator:
    def checked(text: str) -> str:
        check(text)
        return text

    return AfterValidator(checked)


def _digits(value: object) -> object:
    """Bare digits are judged as text: 10 may lack nothing but its unit."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _written(**schema: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **schema})


_HTTP = "^[Hh][Tt][Tt][Pp][Ss]?://"

_Line = Annotated[str, _is(values.line), _written(minLength=1)]
_Id = Annotated[str, _is(values.identifier), _written(pattern=values.ID)]
_Address = Annotated[str, _is(values.address), _written(pattern=_HTTP)]
_SiteAddress = Annotated[str, _is(values.site_address), _written(pattern=_HTTP)]
_Contact = Annotated[str, _is(values.contact), _written(pattern=values.CONTACT)]
_Network = Annotated[str, _is(values.network)]
_Interval = Annotated[str, BeforeValidator(_digits), _is(values.interval), _written(pattern=values.DURATION)]
_Deadline = Annotated[str, BeforeValidator(_digits), _is(values.deadline), _written(pattern=values.DURATION)]
_Spacing = Annotated[str, BeforeValidator(_digits), _is(values.spacing), _written(pattern=values.DURATION)]
_Size = Annotated[
    str, BeforeValidator(_digits), _is(values.size), _written(type=["string", "integer"], pattern=values.SIZE)
]
_Country = Annotated[str, _is(values.country), _written(pattern=values.COUNTRY)]
_Category = Annotated[str, _is(values.category), _written(enum=[known.id for known in CATEGORIES])]
_Timezone = Annotated[str, _is(values.timezone)]
_Expression = Annotated[str, _is(values.expression)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Site(_Section):
    model_config = ConfigDict(title="site")

    title: _Line | None = Field(default=None, description="What we call ourselves.")
    url: _SiteAddress | None = Field(default=None, description="The public address of what we publish.")
    description: _Line | None = Field(default=None, description="One sentence for the list of feeds.")


class _Fetch(_Section):
    model_config = ConfigDict(title="fetch")

    contact: _Contact | None = Field(
        default=None, description="Whom publishers can write to: goes into the User-Agent of every request."
    )
    allow_networks: list[_Network] | None = Field(
        default=None, description="Private networks that may be asked (CIDR); all others are refused."
    )
    deadline: _Deadline | None = Field(default=None, description="For one request, redirects included: 1s to 10m.")
    max_body: _Size | None = Field(default=None, description="The largest document that is read: bytes, or as in 10MB.")
    at_once: Annotated[int, Field(ge=1, le=256)] | None = Field(default=None, description="Requests at the same time.")
    at_once_per_host: Annotated[int, Field(ge=1, le=16)] | None = Field(
        default=None, description="Requests at the same time to one registrable domain."
    )
    spacing: _Spacing | None = Field(
        default=None, description="Between the starts of two requests to one registrable domain: 0s to 10m."
    )


class _Source(_Section):
    model_config = ConfigDict(title="source", json_schema_extra={"not": {"required": ["every", "schedule"]}})

    id: _Id = Field(description="How it is named in feeds, logs and commands. Never change it.")
    title: _Line = Field(description="How readers know it.")
    url: _Address = Field(description="The address of its feed.")
    country: _Country | None = Field(default=None, description="Where it is at home: ISO 3166-1 alpha-2.")
    category: _Category | None = Field(default=None, description="A hint: each article is still judged.")
    every: _Interval | None = Field(default=None, description="How often it is asked: 1m to 7d.")
    schedule: str | None = Field(default=None, description="When it is asked: five crontab fields, in its timezone.")
    timezone: _Timezone | None = Field(
        default=None, description="For its dates without a zone: an IANA name such as Asia/Riyadh."
    )
    alone: bool | None = Field(
        default=None,
        description="On a platform of many publishers: refusals (Retry-After) concern this source alone.",
    )


class _Feed(_Section):
    model_config = ConfigDict(
        title="feed",
        json_schema_extra={"anyOf": [{"required": [name]} for name in ("match", "categories", "sources", "countries")]},
    )

    id: _Id = Field(description="Its file is feed/<id>. Never change it.")
    title: _Line = Field(description="How readers know it.")
    match: _Expression | None = Field(
        default=None, description='Words that must occur: words, "phrases", AND, OR, NOT and parentheses.'
    )
    categories: list[_Category] | None = Field(default=None, description="Articles of any of these.")
    sources: list[str] | None = Field(default=None, description="Articles seen at any of these sources.")
    countries: list[_Country] | None = Field(default=None, description="Articles about any of these.")


class _File(_Section):
    site: _Site | None = Field(default=None, description="What we call ourselves, and where.")
    fetch: _Fetch | None = Field(default=None, description="How we ask publishers.")
    sources: list[_Source] | None = Field(default=None, description="What we read.")
    feeds: list[_Feed] | None = Field(
        default=None, description="What we publish beside the built-in feeds: selections of your own."
    )


def validate(value: object) -> Configuration | tuple[Fault, ...]:
    """The configuration that plain ``value`` means, or everything that is wrong with its shape and single values."""
    try:
        return _configuration(_File.model_validate(value))
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False)
    faults = tuple(_fault(error) for error in errors)
    meant = {(fault.path[:-1], fault.hint) for fault in faults if fault.is_key}
    return tuple(
        fault
        for fault, error in zip(faults, errors, strict=True)
        # A misspelled key is not missing besides.
        if error["type"] != "missing" or (fault.path, str(error["loc"][-1])) not in meant
    )


def json_schema() -> str:
    """The JSON Schema of ``sources.yml``, for editors; ends with a line feed."""
    schema = _File.model_json_schema()
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "sources.yml",
        "description": "What Khulasa reads and what it publishes.",
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _configuration(file: _File) -> Configuration:
    site, fetch = file.site or _Site(), file.fetch or _Fetch()
    return Configuration(
        site=Site(
            **_given(
                title=site.title,
                url=None if site.url is None else values.site_address(site.url),
                description=site.description,
            )
        ),
        fetch=FetchSettings(
            **_given(
                contact=fetch.contact,
                allow_networks=tuple(fetch.allow_networks or ()),
                deadline=None if fetch.deadline is None else values.deadline(fetch.deadline),
                max_body=None if fetch.max_body is None else values.size(fetch.max_body),
                at_once=fetch.at_once,
                at_once_per_host=fetch.at_once_per_host,
                spacing=None if fetch.spacing is None else values.spacing(fetch.spacing),
            )
        ),
        sources=tuple(_source(source) for source in file.sources or ()),
        feeds=tuple(_feed(feed) for feed in file.feeds or ()),
    )


def _source(source: _Source) -> Source:
    return Source(
        id=source.id,
        title=source.title,
        url=source.url,
        country=source.country,
        category=source.category,
        every=None if source.every is None else values.interval(source.every),
        schedule=source.schedule,
        timezone=source.timezone,
        alone=bool(source.alone),
    )


def _feed(feed: _Feed) -> FeedRule:
    return FeedRule(
        id=feed.id,
        title=feed.title,
        match=feed.match,
        categories=tuple(feed.categories or ()),
        sources=tuple(feed.sources or ()),
        countries=tuple(feed.countries or ()),
    )


def _given(**settings: Any) -> dict[str, Any]:
    """Those that the file gives: for the others the defaults of news/types.py hold."""
    return {name: value for name, value in settings.items() if value is not None}


# --- what pydantic says, for people ---------------------------------------------------------------------------------


def _fault(error: ErrorDetails) -> Fault:
    path, found, limits = error["loc"], error["input"], error.get("ctx", {})
    name = _name(path)
    match error["type"]:
        case "value_error":
            wrong = limits["error"]
            if isinstance(wrong, values.Wrong):
                return Fault(path=path, message=f"{name}: {wrong.message}", hint=wrong.hint, position=wrong.position)
            return Fault(path=path, message=f"{name}: {wrong}")
        case "extra_forbidden":
            keys = _keys_beside(path)
            word = str(path[-1])
            hint = values.nearest(word, keys)
            listed = "" if hint else f"; there are {', '.join(keys)}"
            return Fault(path=path, message=f"unknown key {values.shown(word)}{listed}", hint=hint, is_key=True)
        case "missing":
            return Fault(path=path[:-1], message=f"{name} is missing")
        case "greater_than_equal" | "less_than_equal":
            bounds = f"at least {limits['ge']}" if "ge" in limits else f"at most {limits['le']}"
            return Fault(path=path, message=f"{name} must be {bounds}")
    expected = {
        "string_type": "text",
        "int_type": "a whole number",
        "bool_type": "true or false",
        "list_type": "a list",
        "model_type": "a mapping (key: value)",
    }.get(error["type"], "something else")
    if found is None:
        return Fault(path=path, message=f"{name} is empty: it must be {expected}")
    return Fault(path=path, message=f"{name} must be {expected}{_remedy(error['type'], found)}")


def _remedy(expected: str, found: object) -> str:
    match expected, found:
        case _, list():
            return ", not a list"
        case _, dict():
            return ", not a mapping"
        case "string_type", _:
            return ": a number, true and false need quotes"
        case "int_type", _:
            return " in plain digits, without quotes, unit or leading zero"
        case "list_type", _:
            return ": [a, b], or lines that begin with '- '"
        case _:
            return ""


def _name(path: Steps) -> str:
    """``title``, or where it is one of a list, ``an item of categories``."""
    if not path:
        return "the file"
    if isinstance(path[-1], str):
        return path[-1]
    return f"an item of {path[-2]}"


def _keys_beside(path: Steps) -> tuple[str, ...]:
    """The keys that are right where ``path`` ends."""
    sections: dict[Any, type[_Section]] = {"site": _Site, "fetch": _Fetch, "sources": _Source, "feeds": _Feed}
    section = _File if len(path) == 1 else sections[path[0]]
    return tuple(section.model_fields)
