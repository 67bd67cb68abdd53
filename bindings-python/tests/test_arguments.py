"""Every language names the arguments of an operation in one order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOORS = {"Console", "ProductConsole", "DeviceConsole", "CustomerConsole", "Portal", "Gateway", "Clock", "Fleet"}
DOORS |= {"EventStream", "Meter"}
Arguments = dict[tuple[str, str], list[str]]

# Arguments that have another name elsewhere.
RENAMED = {
    ("Console", "product"): {"id": "product"},
    ("ProductConsole", "device"): {"id": "device"},
    ("ProductConsole", "customer"): {"id": "customer"},
    ("Console", "create_product_with_id"): {"id": "product"},
    ("ProductConsole", "write_off"): {"number": "invoice"},
    ("ProductConsole", "forget_device_errors"): {"kind": "error_kind"},
    ("Fleet", "backup"): {"to": "path"},
}
# Records and options that stand for several arguments.
RECORDS = {"options", "filter", "correction", "watch", "watcher", "change", "policy", "new", "match", "upload", "query"}
RECORDS |= {"disconnect", "card"}
# A door of the core has its moment elsewhere.
MOMENT = {"now"}
# JavaScript has no type for a duration: these are in milliseconds, and say so.
UNITS = {"milliseconds": "at_most"}


def test_the_arguments_of_an_operation_have_one_order_in_all_languages() -> None:
    languages = {"core": core(), "node": node(), "mobile": mobile()}
    assert all(len(found) > 100 for found in languages.values())
    for operation, ours in python().items():
        for language, found in languages.items():
            theirs = found.get(operation, [])
            renamed = RENAMED.get(operation, {}) | UNITS
            named = [renamed.get(name, name) for name in theirs]
            known = [name for name in named if name in ours]
            assert known == [name for name in ours if name in known], f"{operation} in {language}: {theirs}, not {ours}"
            others = set(named) - set(ours) - RECORDS - MOMENT
            assert not others, f"{operation} in {language} has {others}; here it has {ours}"


def python() -> Arguments:
    found: Arguments = {}
    text = (ROOT / "bindings-python/python/fleet_core/_native.pyi").read_text()
    for door, body in re.findall(r"^class (\w+):\n(.*?)(?=^@final|^class |\Z)", text, re.M | re.S):
        for name, arguments in re.findall(r"^    def ([a-z]\w*)\((.*)\) -> ", body, re.M):
            if door in DOORS:
                names = [re.split(r"[: =]", one)[0] for one in parted(arguments)]
                found[door, name] = [one for one in names if one not in ("self", "cls") and "*" not in one]
    return found


def node() -> Arguments:
    found: Arguments = {}
    text = re.sub(r"/\*\*.*?\*/", "", (ROOT / "bindings-node/index.d.cts").read_text(), flags=re.S)
    for door, body in re.findall(r"^export (?:declare )?(?:class|interface) (\w+)[^{]*\{\n(.*?)^\}", text, re.M | re.S):
        for name, arguments in calls(body, r"^  (?:static )?(\w+)\(") if door in DOORS else ():
            found[door, snake(name)] = [snake(re.split(r"[?:]", one)[0]) for one in arguments]
    return found


def mobile() -> Arguments:
    block = r"#\[uniffi::export[^\n]*\]\nimpl (\w+) \{(.*?)^\}"
    return rust("bindings-mobile/src", block, r"pub (?:async )?fn (\w+)\(")


def core() -> Arguments:
    return rust("fleet-core/src", r"^impl (\w+)(?:<'\w+>)? \{(.*?)^\}", r"^    pub fn (\w+)(?:<[^>]*>)?\(")


def rust(folder: str, block: str, method: str) -> Arguments:
    found: Arguments = {}
    for source in sorted((ROOT / folder).rglob("*.rs")):
        for door, body in re.findall(block, source.read_text(), re.M | re.S):
            for name, arguments in calls(body, method) if door in DOORS else ():
                names = [one.split(":")[0].removeprefix("mut ") for one in arguments]
                found[door, name] = [one for one in names if "self" not in one]
    return found


def calls(body: str, method: str) -> Iterator[tuple[str, list[str]]]:
    """Returns each method of a body with its arguments."""
    for found in re.finditer(method, body, re.M):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(body[end], 0)
            end += 1
        yield found[1], parted(body[found.end() : end - 1])


def parted(text: str) -> list[str]:
    """Splits at the commas outside of brackets."""
    parts, depth = [""], 0
    for sign in re.sub("[=-]>", "  ", text):
        depth += {"<": 1, "(": 1, "[": 1, "{": 1, ">": -1, ")": -1, "]": -1, "}": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", lambda letter: "_" + letter[1].lower(), name)
