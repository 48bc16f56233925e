"""Headers and master data of XML documents, as JSON-LD holds them."""

from __future__ import annotations

from typing import Any, Final

from jinmai.standards.epcis.document import pointer
from jinmai.standards.epcis.xml_events import text_of
from jinmai.standards.epcis.xml_extensions import extensions_of, value_of
from jinmai.standards.epcis.xml_names import OWN, SBDH, Element, Reading, split

_VOCABULARY: Final = frozenset({"VocabularyElementList"})
_ELEMENT: Final = frozenset({"attribute", "children"})
_MASTER_DATA: Final = frozenset({"VocabularyList"})
_HEADER: Final = frozenset({"EPCISMasterData"})

# What a business header says where it says no more than JSON-LD has members for.
PLAIN_HEADER: Final = {
    "HeaderVersion": "1.0",
    "Standard": "EPCglobal",
    "TypeVersion": "1.0",
    "Type": "Events",
}


def own_children(element: Element, name: str) -> list[Element]:
    """The standard's own children of this name, also those inside of ``extension``."""
    found: list[Element] = []
    for child in element:
        namespace, local = split(str(child.tag))
        if namespace in OWN:
            if local == name:
                found.append(child)
            elif local == "extension":
                found += own_children(child, name)
    return found


def read_vocabularies(element: Element, reading: Reading) -> list[dict[str, Any]]:
    """The value of ``vocabularyList`` that a VocabularyList holds."""
    return [
        {
            "type": child.get("type", ""),
            **_elements(child, reading),
            **extensions_of(child, _VOCABULARY, reading),
        }
        for child in own_children(element, "Vocabulary")
    ]


def _elements(vocabulary: Element, reading: Reading) -> dict[str, Any]:
    lists = own_children(vocabulary, "VocabularyElementList")
    if not lists:
        return {}
    elements = [_element(child, reading) for one in lists for child in own_children(one, "VocabularyElement")]
    return {"vocabularyElementList": elements}


def _element(element: Element, reading: Reading) -> dict[str, Any]:
    described: dict[str, Any] = {"id": element.get("id", "")}
    attributes = [_attribute(child, reading) for child in own_children(element, "attribute")]
    if attributes:
        described["attributes"] = attributes
    for children in own_children(element, "children"):
        described["children"] = [text_of(child, reading) for child in own_children(children, "id")]
    return described | extensions_of(element, _ELEMENT, reading)


def _attribute(element: Element, reading: Reading) -> dict[str, Any]:
    value = value_of(element, reading, without="id")
    about = {"id": str(element.get("id", ""))}
    return about if value is None else {**about, "attribute": value}


def read_header(
    element: Element, reading: Reading, creation_date: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The value of ``epcisHeader``, and the members of the document that the business header gives."""
    members: dict[str, Any] = {}
    header: dict[str, Any] = {}
    rest = extensions_of(element, _HEADER, reading)
    for child in element:
        if str(child.tag) == f"{{{SBDH}}}StandardBusinessDocumentHeader":
            plain = _plain_business_header(child, creation_date)
            if plain is not None:
                del rest[reading.name(str(child.tag), child)]
                members = plain
    for master_data in own_children(element, "EPCISMasterData"):
        content = extensions_of(master_data, _MASTER_DATA, reading)
        for vocabularies in own_children(master_data, "VocabularyList"):
            content["vocabularyList"] = read_vocabularies(vocabularies, reading)
        header["epcisMasterData"] = content
    return header | rest, members


def _plain_business_header(element: Element, creation_date: str | None) -> dict[str, str] | None:
    """Sender, receiver and instance of a header that says nothing else; None where it says more."""
    said = {
        pointer(*(split(str(step.tag))[1] for step in reversed([leaf, *leaf.iterancestors()]))).partition(
            "StandardBusinessDocumentHeader/"
        )[2]: (leaf.text or "").strip()
        for leaf in element.iter()
        if len(leaf) == 0
    }
    if any(leaf.attrib for leaf in element.iter()):
        return None
    plain = {
        "HeaderVersion": PLAIN_HEADER["HeaderVersion"],
        **{
            f"DocumentIdentification/{name}": PLAIN_HEADER[name]
            for name in ("Standard", "TypeVersion", "Type")
        },
        "DocumentIdentification/CreationDateAndTime": creation_date,
    }
    if any(said.pop(name, None) != value for name, value in plain.items()):
        return None
    names = {
        "Sender/Identifier": "sender",
        "Receiver/Identifier": "receiver",
        "DocumentIdentification/InstanceIdentifier": "instanceIdentifier",
    }
    if not said.keys() <= names.keys():
        return None
    # A party or instance that is not known is written without text.
    return {names[path]: text for path, text in said.items() if text}
