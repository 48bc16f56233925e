"""The XML forms of EPCIS, 2.0 and 1.2: writing documents."""

from __future__ import annotations

from typing import Any, Final

from jinmai.standards.epcis.contexts import has_unknown_context, prefixes_of
from jinmai.standards.epcis.document import CannotCarry, Document, pointer
from jinmai.standards.epcis.xml_event_writing import EventWriter, wrappers_1_2
from jinmai.standards.epcis.xml_master_data import PLAIN_HEADER
from jinmai.standards.epcis.xml_names import EPCIS, MASTER_DATA, QUERY, SBDH
from jinmai.standards.epcis.xml_output import SCHEMA_NAMESPACES, Output, Spelling
from jinmai.standards.epcis.xml_values import write_extensions, write_members_around, write_value

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_BUSINESS: Final = {
    "sender": ("Sender", "Identifier"),
    "receiver": ("Receiver", "Identifier"),
    "instanceIdentifier": ("DocumentIdentification", "InstanceIdentifier"),
}


class _Writer:
    def __init__(self, document: Document, version: str, spelling: Spelling) -> None:
        self.document = document
        self.version = version
        self.out = Output(spelling)
        self.events = EventWriter(self.out, version, document.context)

    def whole(self) -> bytes:
        match self.document.kind:
            case "event":
                return self._single_event()
            case "query":
                return self._in_root("epcisq:EPCISQueryDocument", QUERY[self.version], self._query_body)
            case "master_data":
                root = "epcismd:EPCISMasterDataDocument"
                return self._in_root(root, MASTER_DATA[self.version], self._master_data_body)
        return self._in_root("epcis:EPCISDocument", EPCIS[self.version], self._body)

    def _use_own_context(self) -> None:
        self.out.prefixes = prefixes_of(self.document.context)
        self.out.knows_all = not has_unknown_context(self.document.context)

    def _about(self) -> str:
        document, out = self.document, self.out
        about = f' schemaVersion="{self.version}"'
        if document.creation_date is not None:
            about += out.attribute("creationDate", document.creation_date, "/creationDate")
        elif document.kind != "event":
            raise CannotCarry("/creationDate", "creationDate", "XML demands it, and the document has none")
        if "id" in document.members:
            about += out.attribute("id", document.members["id"], "/id")
        return about

    def _single_event(self) -> bytes:
        """An event alone is the root itself; what is declared there is known after it is written."""
        mark = "\x00"
        self.events.write(self.document.events[0], "", mark)
        tag = (
            f' xmlns:epcis="{EPCIS[self.version]}"{SCHEMA_NAMESPACES}{self.out.declarations()}{self._about()}'
        )
        return (_DECLARATION + self.out.whole().replace(mark, tag, 1)).encode()

    def _in_root(self, name: str, namespace: str, body: Any) -> bytes:
        prefix = name.partition(":")[0]
        self._use_own_context()
        about = self._about()
        self._header()
        self.out.raw("<EPCISBody>")
        body()
        self.out.raw("</EPCISBody>\n")
        self._use_own_context()
        write_members_around(self.out, self.document.members, "")
        tag = f'<{name} xmlns:{prefix}="{namespace}"{SCHEMA_NAMESPACES}{self.out.declarations()}{about}>'
        return f"{_DECLARATION}{tag}\n{self.out.whole()}</{name}>\n".encode()

    def _body(self) -> None:
        self.out.raw("<EventList>\n")
        for index, event in enumerate(self.document.events):
            wrappers = wrappers_1_2(event["type"]) if self.version == "1.2" else 0
            self.out.raw("<extension>" * wrappers)
            self.events.write(event, self.document.place_of(index))
            self.out.raw("</extension>" * wrappers + "\n")
        self.out.raw("</EventList>")

    def _query_body(self) -> None:
        results, out = self.document.results, self.out
        place = "/epcisBody/queryResults"
        out.raw("<epcisq:QueryResults>")
        out.text("queryName", results.get("queryName", "SimpleEventQuery"), f"{place}/queryName")
        if "subscriptionID" in results:
            out.text("subscriptionID", results["subscriptionID"], f"{place}/subscriptionID")
        out.raw("<resultsBody>")
        if self.document.vocabulary is None:
            self._body()
        elif self.document.events:
            at = f"{place}/resultsBody/vocabularyList"
            raise CannotCarry(at, "vocabularyList", "XML has results of events or of master data, not both")
        else:
            self._vocabularies(self.document.vocabulary, f"{place}/resultsBody/vocabularyList")
        out.raw("</resultsBody>")
        self._use_own_context()
        write_members_around(out, results, place)
        out.raw("</epcisq:QueryResults>")

    def _master_data_body(self) -> None:
        self._vocabularies(self.document.vocabulary or [], "/epcisHeader/epcisMasterData/vocabularyList")

    def _header(self) -> None:
        header = self.document.header or {}
        business = {name: self.document.members.get(name, "") for name in _BUSINESS}
        if not header and not any(business.values()):
            return
        self.out.raw("<EPCISHeader>")
        given = {name: value for name, value in header.items() if self._is_business_header(name)}
        if given:
            self._refuse_second_header(business)
            write_extensions(self.out, given, "/epcisHeader")
        elif any(business.values()) or self.version == "1.2":
            # Version 1.2 has no header without a business header.
            self._business_header(business)
        if "epcisMasterData" in header:
            self._master_data(header["epcisMasterData"])
        others = {name: value for name, value in header.items() if name not in given}
        write_extensions(self.out, others, "/epcisHeader")
        self.out.raw("</EPCISHeader>\n")

    def _is_business_header(self, name: str) -> bool:
        prefix, _, local = name.partition(":")
        return local == "StandardBusinessDocumentHeader" and self.out.prefixes.get(prefix) == SBDH

    def _refuse_second_header(self, business: dict[str, str]) -> None:
        for name, value in business.items():
            if value:
                raise CannotCarry(f"/{name}", name, "the document already has a business header that says it")

    def _master_data(self, content: dict[str, Any]) -> None:
        place = "/epcisHeader/epcisMasterData"
        for name in content:
            if name != "vocabularyList":
                reason = "XML has no place for it beside the vocabularies"
                raise CannotCarry(place + pointer(name), name, reason)
        self.out.raw("<extension><EPCISMasterData>")
        self._vocabularies(content.get("vocabularyList", []), f"{place}/vocabularyList")
        self.out.raw("</EPCISMasterData></extension>")

    def _business_header(self, business: dict[str, str]) -> None:
        out = self.out
        out.raw(f'<sbdh:StandardBusinessDocumentHeader xmlns:sbdh="{SBDH}">')
        out.text("sbdh:HeaderVersion", PLAIN_HEADER["HeaderVersion"], "")
        for name in ("sender", "receiver"):
            party = f"sbdh:{_BUSINESS[name][0]}"
            out.raw(f"<{party}>")
            out.text("sbdh:Identifier", business[name], f"/{name}")
            out.raw(f"</{party}>")
        out.raw("<sbdh:DocumentIdentification>")
        for name in ("Standard", "TypeVersion"):
            out.text(f"sbdh:{name}", PLAIN_HEADER[name], "")
        out.text("sbdh:InstanceIdentifier", business["instanceIdentifier"], "/instanceIdentifier")
        out.text("sbdh:Type", PLAIN_HEADER["Type"], "")
        out.text("sbdh:CreationDateAndTime", self.document.creation_date or "", "/creationDate")
        out.raw("</sbdh:DocumentIdentification></sbdh:StandardBusinessDocumentHeader>")

    def _vocabularies(self, vocabularies: list[dict[str, Any]], place: str) -> None:
        out = self.out
        out.raw("<VocabularyList>\n")
        for index, vocabulary in enumerate(vocabularies):
            at = f"{place}/{index}"
            out.raw(f"<Vocabulary{out.attribute('type', vocabulary['type'], f'{at}/type')}>")
            elements = vocabulary.get("vocabularyElementList")
            if elements:
                out.raw("<VocabularyElementList>")
                for number, element in enumerate(elements):
                    self._vocabulary_element(element, f"{at}/vocabularyElementList/{number}")
                out.raw("</VocabularyElementList>")
            write_extensions(out, vocabulary, at)
            out.raw("</Vocabulary>\n")
        out.raw("</VocabularyList>")

    def _vocabulary_element(self, element: dict[str, Any], place: str) -> None:
        out = self.out
        out.raw(f"<VocabularyElement{out.attribute('id', element['id'], f'{place}/id')}>")
        for index, attribute in enumerate(element.get("attributes", ())):
            at = f"{place}/attributes/{index}"
            kept = out.attribute("id", attribute["id"], f"{at}/id")
            for name in attribute.keys() - {"id", "attribute"}:
                reason = "XML has no place for it beside the value of an attribute"
                raise CannotCarry(at + pointer(name), name, reason)
            value = attribute.get("attribute")
            if isinstance(value, list):
                raise CannotCarry(f"{at}/attribute", "attribute", "XML has no place for a list here")
            write_value(out, "attribute", value, f"{at}/attribute", kept)
        if "children" in element:
            out.raw("<children>")
            for index, child in enumerate(element["children"]):
                out.text("id", child, f"{place}/children/{index}")
            out.raw("</children>")
        write_extensions(out, element, place)
        out.raw("</VocabularyElement>")


def write_xml(document: Document, version: str, spelling: Spelling) -> bytes:
    """The document in XML of this version, UTF-8. Raises ``CannotCarry`` for what XML has no place for."""
    return _Writer(document, version, spelling).whole()
