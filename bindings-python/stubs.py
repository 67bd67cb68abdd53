"""Writes `_native.pyi`, `aio.pyi` and `_types.py` from the definitions of the classes, so that they always match.

    python stubs.py           # writes it
    python stubs.py --check   # fails where it is not up to date

The shapes are read from `bindings-common/src/shapes`, the doors from this package's own Rust.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
SHAPES = HERE.parent / "bindings-common" / "src" / "shapes"
PACKAGE = HERE / "python" / "fleet_core"

PLAIN = {
    "String": "str",
    "&str": "str",
    "&'staticstr": "str",
    "bool": "bool",
    "SecretText": "str",
    "Moment": "datetime",
    "Duration": "timedelta",
    "&[u8]": "bytes",
    "Vec<u8>": "bytes",
    "()": "None",
    "Self": "Self",
    "ConfigurationAnswer": "ConfigurationAnswer",
    "PathBuf": "str | PathLike[str]",
    "SqlRow": "dict[str, str | int | float | bytes | None]",
} | {number: "int" for number in ("u8", "u16", "u32", "u64", "i64", "usize")}

# Types that the Rust signature does not show.
UNSAID = {
    ("Console", "import_watched", "progress"): "Callable[[ImportProgress], object] | None",
    ("Console", "import_watched", "cancel"): "Cancel | None",
    ("Fleet", "open", "store"): "str | Store",
    ("Fleet", "console", "actor"): "int | Literal['operator']",
    ("Commit", "__new__", "checks"): "Sequence[Check]",
    ("Commit", "__new__", "writes"): "Sequence[Put | Delete | Add]",
    ("Commit", "checks"): "list[Check]",
    ("Commit", "writes"): "list[Put | Delete | Add]",
    ("Commit", "__new__", "checks"): "Sequence[Check] | None",
    ("Commit", "__new__", "writes"): "Sequence[Put | Delete | Add] | None",
    ("", "conformance", "factory"): "Callable[[], Store]",
    ("", "conformance", "reopen"): "Callable[[Store], Store] | None",
    ("", "words", "return"): "dict[str, list[str]]",
}

HEADER = '''"""The doors and shapes of the core. Written by `stubs.py`; import them from `fleet_core`."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from os import PathLike
from types import TracebackType
from typing import Any, ClassVar, Literal, Self, final

from fleet_core._types import TYPES
from fleet_core.store import Store
'''

TYPES_HEADER = '''"""Words, and values that are one of a few. Written by `stubs.py`; import them from `fleet_core`."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from fleet_core._native import CLASSES

__all__ = [NAMES]


class Cancel(Protocol):
    """Stops an import: a `threading.Event`, or anything with its `is_set`."""

    def is_set(self) -> bool: ...


ConfigurationAnswer: TypeAlias = str | bool | int | list[str]
"""An answer to a question before manufacturing: text, yes or no, a version, or several of the question's choices."""
'''


AIO_HEADER = '''"""The same fleet for asyncio. Written by `stubs.py`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from os import PathLike
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from fleet_core import Page
from fleet_core._native import CLASSES
from fleet_core._types import TYPES
from fleet_core.store import Store

__all__ = ["Clock", "Console", "EventStream", "Fleet", "Gateway", "Meter", "Portal", "each"]

_Item = TypeVar("_Item")

def each(
    list_page: Callable[..., Awaitable[Page[_Item]]], *arguments: Any, **keywords: Any
) -> AsyncIterator[_Item]:
    """Iterates over every item of a paged list, reading pages as needed."""
'''

AIO_CONTEXT = '''    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...'''

AIO_WALK = "    def __aiter__(self) -> AsyncIterator[Event]: ..."

# The classes that have an asyncio version.
AWAITED = ("EventStream", "Console", "Portal", "Gateway", "Clock", "Meter", "Fleet")
OPENED = {"console", "portal", "gateway", "clock"}


class Parameter:
    def __init__(self, name: str, kind: str, default: str | None = None) -> None:
        self.name, self.kind, self.default = name, kind, default


class Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.aliases: list[str] = []
        self.names = ["Cancel", "ConfigurationAnswer"]
        self.classes: list[str] = []

    def type_of(self, rust: str, argument: bool = False) -> str:
        rust = rust.replace(" ", "")
        if found := re.fullmatch(r"PyResult<(.+)>", rust):
            rust = found[1]
        if rust in PLAIN:
            return PLAIN[rust]
        if found := re.fullmatch(r"Option<(.+)>", rust):
            return f"{self.type_of(found[1], argument)} | None"
        if found := re.fullmatch(r"Vec<(.+)>", rust):
            item = self.type_of(found[1], argument)
            return f"Sequence[{item}]" if argument else f"list[{item}]"
        if found := re.fullmatch(r"HashMap<String,(.+)>", rust):
            return f"dict[str, {self.type_of(found[1])}]"
        if found := re.fullmatch(r"&?Bound<'(?:_|py),(.+)>", rust):
            return {"PyList": "list[Connected]"}.get(found[1], found[1])
        if found := re.fullmatch(r"\((.+)\)", rust):
            return "tuple[" + ", ".join(self.type_of(part, argument) for part in parted(found[1])) + "]"
        return rust

    def doc(self, text: str, indent: str) -> str:
        lines = [line.strip().removeprefix("///").strip() for line in text.strip().splitlines() if "///" in line]
        return f'{indent}"""{" ".join(lines)}"""'

    def frozen(self, doc: str, name: str, fields: list[tuple[str, str, str]], new: list[Parameter] | None) -> None:
        self.lines += ["", "@final", f"class {name}:", self.doc(doc, "    "), ""]
        names = ", ".join(f"Literal[{field!r}]" for field, _, _ in fields) or "()"
        self.lines.append(f"    __match_args__: ClassVar[tuple[{names}]] = ...")
        if new is not None:
            self.lines.append(self.signature("__new__", "cls", new, "Self"))
        for field, rust, doc in fields:
            kind = UNSAID.get((name, field)) or self.type_of(rust)
            self.lines += ["    @property", f"    def {field}(self) -> {kind}:", self.doc(doc, "        ")]
        if name not in UNCOMPARED:
            self.lines += [f"    def {op}(self, value: object, /) -> bool: ..." for op in COMPARISONS]
        if name in UNHASHED:
            self.lines.append("    __hash__: ClassVar[None]  # type: ignore[assignment]")
        elif name not in UNCOMPARED:
            self.lines.append("    def __hash__(self) -> int: ...")
        self.lines += VALUE

    def signature(self, name: str, first: str, parameters: list[Parameter], answer: str) -> str:
        written = [first] if first else []
        for one in parameters:
            if one.name == "*":
                written.append("*")
            else:
                default = "" if one.default is None else f" = {one.default}"
                written.append(f"{one.name}: {one.kind}{default}")
        return f"    def {name}({', '.join(written)}) -> {answer}: ..."

    def shapes(self, text: str) -> None:
        item = re.compile(
            r"^(?:shape|words|choice)! \{\n(?P<doc>(?: +///[^\n]*\n)+) +(?:#\[[^\n]*\n +)*pub (?:struct|enum) (?P<name>\w+)"
            r" \{\n(?P<body>.*?)^    \}\n\}",
            re.M | re.S,
        )
        for found in item.finditer(text):
            kind = text[found.start() :].split("!", 1)[0]
            doc, name, body = found["doc"], found["name"], found["body"]
            if kind == "shape":
                self.frozen(doc, name, fields(body, "pub "), None)
            elif kind == "words":
                words = ", ".join(repr(word) for word in re.findall(r'= "(\w+)",', body))
                self.alias(name, f"Literal[{words}]", doc)
            else:
                self.choice(doc, name, body)

    def choice(self, doc: str, name: str, body: str) -> None:
        variant = re.compile(
            r"(?P<doc>(?: {8}///[^\n]*\n)+) {8}\w+ as (?P<name>\w+)(?:\((?P<new>[^)]*)\))?(?: \{\n(?P<body>.*?)^ {8}\})?,",
            re.M | re.S,
        )
        classes = []
        for found in variant.finditer(body):
            inner = fields(found["body"] or "", "")
            new = None
            if found["new"] is not None:
                kinds = {field: self.type_of(rust, argument=True) for field, rust, _ in inner}
                parts = [part.strip() for part in found["new"].removeprefix("new").split(",") if part.strip()]
                pairs = [part.partition(" = ") for part in parts]
                new = [Parameter(part, kinds[part], value or None) for part, _, value in pairs]
            self.frozen(found["doc"], found["name"], inner, new)
            classes.append(found["name"])
        self.classes += classes
        self.alias(name, " | ".join(classes), doc)

    def alias(self, name: str, kind: str, doc: str) -> None:
        self.names.append(name)
        self.aliases += ["", f"{name}: TypeAlias = {kind}", self.doc(doc, "")]

    def by_hand(self, text: str) -> None:
        """A handwritten class: its fields, its methods."""
        classes = re.compile(
            r"(?P<doc>(?:^///[^\n]*\n)+)#\[(?:pyclass|cfg_attr\(feature = \"python\", pyo3::pyclass)(?P<options>[^\n]*)\n"
            r"(?:#\[[^\n]*\n)*pub(?:\(crate\))? struct (?P<name>\w+)(?P<body>\(.*?\);| \{\n.*?^\})"
            r"|(?P<plain_doc>(?:^///[^\n]*\n)+)(?P<derive>#\[derive[^\n]*\n)#\[cfg_attr\(feature = \"python\", pyo3::pyclass"
            r"(?P<plain_options>[^\n]*)\n(?:#\[[^\n]*\n)*pub struct (?P<plain_name>\w+) \{\n(?P<plain_body>.*?)^\}",
            re.M | re.S,
        )
        for found in classes.finditer(text):
            name = found["name"] or found["plain_name"]
            doc = found["doc"] or found["plain_doc"]
            options = found["options"] or found["plain_options"]
            body = found["body"] or found["plain_body"]
            methods = self.methods(name)
            if "get_all" in options:
                prefix = "pub " if found["plain_name"] else ""
                new = methods.get("__new__")
                self.frozen(doc, name, fields(body, prefix), new[1] if new else None)
                continue
            self.lines += ["", "@final", f"class {name}:", self.doc(doc, "    "), ""]
            getters = [method for method, (how, *_) in methods.items() if how == "getter"]
            if getters:
                names = ", ".join(f"Literal[{getter!r}]" for getter in getters)
                self.lines.append(f"    __match_args__: ClassVar[tuple[{names}]] = ...")
                self.lines += [f"    def {op}(self, value: object, /) -> bool: ..." for op in COMPARISONS]
                self.lines.append("    __hash__: ClassVar[None]  # type: ignore[assignment]")
                self.lines += [] if name == "EventStream" else VALUE
            for method, (how, parameters, answer, text_of) in methods.items():
                if how == "getter":
                    self.lines += ["    @property", f"    def {method}(self) -> {answer}:", self.doc(text_of, " " * 8)]
                elif how == "static":
                    self.lines.append("    @staticmethod")
                    self.lines.append(self.signature(method, "", parameters, answer.replace("Self", name))[:-4])
                    self.lines.append(self.doc(text_of, " " * 8))
                elif how == "new":
                    self.lines.append(self.signature("__new__", "cls", parameters, "Self"))
                elif method == "__enter__":
                    self.lines.append("    def __enter__(self) -> Self: ...")
                elif method == "__exit__":
                    self.lines.append(EXIT)
                elif not method.startswith("_"):
                    self.lines.append(self.signature(method, "self", parameters, answer)[:-4])
                    self.lines.append(self.doc(text_of, " " * 8))

    def methods(self, name: str) -> dict[str, tuple[str, list[Parameter], str, str]]:
        """What this package's Rust says about a class."""
        found: dict[str, tuple[str, list[Parameter], str, str]] = {}
        method = re.compile(
            r"(?P<doc>(?:^    ///[^\n]*\n)*)(?P<attributes>(?:^    #\[.*?\]\n)*)"
            r"^    fn (?P<name>\w+)(?:<'py>)?\((?P<arguments>.*?)\)(?: -> (?P<answer>[^{]+?))? \{",
            re.M | re.S,
        )
        for source in sorted([*(HERE / "src").rglob("*.rs"), *SHAPES.glob("*.rs")]):
            text = source.read_text()
            bodies = re.findall(rf"^#\[pymethods\]\nimpl {name} \{{\n(.*?)^\}}", text, re.M | re.S)
            bodies += re.findall(rf"python_value!\({name} \{{[^}}]*\}}\n(    #\[new\].*?)^\);", text, re.M | re.S)
            for body in bodies:
                for one in method.finditer(body):
                    self.method(name, one, found)
        return found

    def method(self, name: str, one: re.Match[str], found: dict[str, tuple[str, list[Parameter], str, str]]) -> None:
        attributes = one["attributes"]
        if "classattr" in attributes:
            return
        how = "getter" if "#[getter]" in attributes else "static" if "#[staticmethod]" in attributes else "method"
        how = "new" if "#[new]" in attributes else how
        title = "__new__" if how == "new" else one["name"]
        kinds = {}
        for part in parted(one["arguments"]):
            left, _, kind = part.strip().partition(": ")
            if left and kind and left not in ("py", "slf"):
                kinds[left] = UNSAID.get((name, title, left)) or self.type_of(kind, argument=True)
        signature = re.search(r"signature = \((.*?)\)\)\]", attributes, re.S)
        parts = [part.strip() for part in signature[1].split(",")] if signature else list(kinds)
        parameters = []
        for part in filter(None, parts):
            field, _, default = part.partition("=")
            if field == "*":
                parameters.append(Parameter("*", ""))
            elif field in kinds:
                value = {"true": "True", "false": "False"}.get(default, default)
                parameters.append(Parameter(field, kinds[field], value or None))
        answer = self.type_of((one["answer"] or "()").strip())
        found[title] = (how, parameters, answer, one["doc"])

    def functions(self, text: str) -> None:
        function = re.compile(
            r"(?P<doc>(?:^///[^\n]*\n)+)#\[pyfunction\]\n(?:#\[pyo3\(signature = \((?P<signature>.*?)\)\)\]\n)?"
            r"(?:pub\(crate\) )?fn (?P<name>\w+)\((?P<arguments>.*?)\)"
            r" -> (?P<answer>[^{]+?) \{",
            re.M | re.S,
        )
        for found in function.finditer(text):
            name, parameters = found["name"], []
            defaults = dict(part.strip().partition("=")[::2] for part in (found["signature"] or "").split(","))
            for part in found["arguments"].split(", "):
                left, _, kind = part.partition(": ")
                if left and left != "py":
                    if defaults.get(left) and "*" in defaults:
                        parameters.append(Parameter("*", ""))
                        defaults.pop("*")
                    said = UNSAID.get(("", name, left)) or self.type_of(kind, True)
                    parameters.append(Parameter(left, said, defaults.get(left) or None))
            answer = UNSAID.get(("", name, "return")) or self.type_of(found["answer"])
            self.lines += ["", self.signature(name, "", parameters, answer)[4:-4], self.doc(found["doc"], "    ")]


VALUE = [
    "    def __copy__(self) -> Self: ...",
    "    def __deepcopy__(self, _memo: Any, /) -> Self: ...",
    "    def to_dict(self) -> dict[str, Any]:",
    '        """The same as a `dict` that JSON can hold: moments are strings in ISO 8601."""',
]
COMPARISONS = ("__eq__", "__ne__")
UNHASHED = {"Configuration"}
UNCOMPARED = {"Commit"}
EXIT = """    def __exit__(
        self,
        kind: type[BaseException] | None = ...,
        error: BaseException | None = ...,
        trace: TracebackType | None = ...,
    ) -> None: ..."""


def parted(text: str) -> list[str]:
    """Splits at the commas outside of brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += {"<": 1, "(": 1, "[": 1, ">": -1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def fields(body: str, prefix: str) -> list[tuple[str, str, str]]:
    found = re.findall(rf"((?: +///[^\n]*\n)+) +{prefix}(\w+): ([^\n]+),\n", body)
    return [(name, kind, doc) for doc, name, kind in found]


def awaited(writer: Writer) -> str:
    """The doors, with each operation awaitable."""
    lines = []
    for door in AWAITED:
        lines += ["", f"class {door}:"]
        lines += {"Fleet": [AIO_CONTEXT], "EventStream": [AIO_WALK]}.get(door, [])
        for name, (how, parameters, answer, doc) in writer.methods(door).items():
            if name.startswith("_"):
                continue
            if how == "getter":
                lines += ["    @property", f"    def {name}(self) -> {answer}:", writer.doc(doc, " " * 8)]
                continue
            first = "self" if how == "method" else "cls"
            if (door, name) == ("Fleet", "open"):
                parameters = [*parameters, Parameter("executor", "Executor | None", "None")]
            signature = writer.signature(name, first, parameters, answer)[:-4]
            if name not in OPENED:
                signature = signature.replace("def ", "async def ", 1)
            lines += ([] if how == "method" else ["    @classmethod"]) + [signature, writer.doc(doc, " " * 8)]
    body = "\n".join(lines)
    names = re.findall(r"^class (\w+)", "\n".join(writer.lines), re.M)
    used = [name for name in names if name not in AWAITED and re.search(rf"\b{name}\b", body)]
    words = [name for name in writer.names if re.search(rf"\b{name}\b", body)]
    header = AIO_HEADER.replace("CLASSES", ", ".join(sorted(used))).replace("TYPES", ", ".join(sorted(words)))
    return header + body + "\n"


def written() -> dict[Path, str]:
    writer = Writer()
    for source in sorted(SHAPES.glob("*.rs")):
        text = source.read_text()
        writer.shapes(text)
        writer.by_hand(text)
    for source in sorted((HERE / "src").rglob("*.rs")):
        text = source.read_text()
        writer.by_hand(text)
        writer.functions(text)
    stub = HEADER.replace("TYPES", ", ".join(sorted(writer.names))) + "\n".join(writer.lines) + "\n"
    types = TYPES_HEADER.replace("CLASSES", ", ".join(sorted(writer.classes)))
    types = types.replace("NAMES", ", ".join(f'"{name}"' for name in sorted(writer.names)))
    return {PACKAGE / "_native.pyi": stub, PACKAGE / "aio.pyi": awaited(writer), PACKAGE / "_types.py": types + "\n".join(writer.aliases) + "\n"}


if __name__ == "__main__":
    for path, text in written().items():
        if "--check" not in sys.argv:
            path.write_text(text)
        elif path.read_text() != text:
            sys.exit(f"{path.name} is not up to date: run stubs.py")
