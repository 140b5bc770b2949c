"""The XML of an XMILE file: read without entities, document types or a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .errors import ModelError, Problem

NAMESPACE = "http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"
_MOST_BYTES = 64 << 20

# what PySD passes over in silence although it changes numbers: tag -> words
_REFUSED = {
    "module": "modules are not supported",
    "macro": "macros in XMILE are not supported",
    "conveyor": "a conveyor",
    "queue": "a queue",
    "oven": "an oven",
    "multiplier": "a unit conversion of a flow",
    "leak": "a leak",
    "overflow": "an overflow",
    "init_eqn": "an equation of its own for the start",
    "include": "another file to include",
}


def read_xml(path: Path) -> tuple[str, Any]:
    """The text of a file, and its root element with every tag in :data:`NAMESPACE`.

    Raises:
        ModelError: it is not well-formed, no XMILE, or declares a document type.
    """
    from lxml import etree

    raw = path.read_bytes()
    if len(raw) > _MOST_BYTES:
        raise _refusal(path, f"larger than {_MOST_BYTES >> 20} MB")
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise _refusal(path, "declares a document type or entities", "XMILE needs neither")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,  # for prefixes that are not declared; other errors are refused below
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(path, f"not readable as XML ({error})") from error
    for entry in parser.error_log:
        if entry.domain_name != "NAMESPACE":
            raise _refusal(path, f"not readable as XML ({entry.message.strip()})", line=entry.line)
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise _refusal(path, "declares a document type, or is empty", "XMILE needs none")
    head, _, local = str(root.tag).rpartition("}")  # "{namespace" or ""
    if local != "xmile":
        raise _refusal(path, f"an XML file, but its root is <{local}>, not <xmile>")
    for node in root.iter("*"):
        space, _, local = str(node.tag).rpartition("}")
        if space == head:
            node.tag = f"{{{NAMESPACE}}}{local.replace(':', '.')}"
    return raw.decode("utf-8", errors="ignore"), root


def refusals(root: Any, file: str) -> list[Problem]:
    """Whatever of a file would change numbers and is not understood, by line."""
    ns = {"ns": NAMESPACE}
    found: list[Problem] = []

    def refuse(node: Any, reason: str, hint: str, function: str = "") -> None:
        owner = node
        while owner is not None and owner.get("name") is None:
            owner = owner.getparent()
        name = owner.get("name", "") if owner is not None else ""
        found.append(Problem(reason, file, node.sourceline or 0, name, function, hint))

    for node in root.iter(*(f"{{{NAMESPACE}}}{tag}" for tag in _REFUSED)):
        tag = node.tag.rpartition("}")[2]
        if any(parent.tag.endswith(("}views", "}prefs")) for parent in node.iterancestors()):
            continue
        hint = "write it with stocks, flows and converters in one model"
        refuse(node, f"{_REFUSED[tag]}: not supported", hint, f"<{tag}>")
    for node in root.findall("ns:model", ns)[1:]:
        refuse(node, "a second model", "keep one <model>", "<model>")
    if root.find("ns:model", ns) is None:
        refuse(root, "has no <model>", "save the whole model")
    for node in root.iterfind("ns:model/ns:variables/*", ns):
        if node.get("name") is None:
            refuse(node, "a variable without a name", "give it a name")
    for node in root.iter(*(f"{{{NAMESPACE}}}{tag}" for tag in ("eqn", "inflow", "outflow"))):
        if len(node):
            refuse(node, "other tags inside an equation", "write the equation as plain text")
    specs = root.find("ns:sim_specs", ns)
    methods = (specs.get("method") if specs is not None else None) or "euler"
    if "euler" not in methods.lower():
        refuse(
            specs,
            f"integration by {methods}: this engine takes Euler steps",
            'set method="Euler", with a smaller dt if need be',
            "<sim_specs>",
        )
    return sorted(found, key=lambda problem: problem.line)


def _refusal(path: Path, reason: str, hint: str = "", line: int = 0) -> ModelError:
    hint = hint or "save the model as XMILE"
    return ModelError(Problem(reason, str(path), line, hint=hint))
