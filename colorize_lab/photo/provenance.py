"""Provenance of a photo, written into its XMP packet and read back.

References
----------
IPTC Photo Metadata Standard 2023.2, property "Digital Source Type"; XMP specification part 1
(ISO 16684-1).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from xml.dom import XMLNS_NAMESPACE, minidom

from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.xmp import EMPTY_PACKET, RDF, clean_text, format_packet, parse_packet

logger = logging.getLogger(__name__)

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
XMP = "http://ns.adobe.com/xap/1.0/"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
OWN = "urn:colorize-lab:provenance:1.0#"
NAMESPACES = {"rdf": RDF, "xmp": XMP, "Iptc4xmpExt": IPTC, "colorizelab": OWN}
# The properties that are written beside those of our own namespace.
OURS = frozenset({(IPTC, "DigitalSourceType"), (XMP, "CreatorTool")})


def add_provenance(metadata: Metadata, records: Mapping[str, str]) -> Metadata:
    """Say in the XMP packet that a photo was colored by a trained network, and how.

    The same records give the same bytes: there is no time of day in them.

    Parameters
    ----------
    metadata : Metadata
        Its packet is extended; one that is not valid XMP, or has tens of thousands
        of properties, is left out, with a warning in the log.
    records : mapping of str to str
        What is needed to make the same photo again; the keys are names in the sense of XML, such
        as ``network``, ``weightsSha256``, ``version``, ``recipe``.

    Returns
    -------
    Metadata
        With a packet that holds these records and no earlier ones.

    Examples
    --------
    >>> marked = add_provenance(Metadata(), {"network": "compact", "version": "0.1.0"})
    >>> read_provenance(marked.xmp)
    {'network': 'compact', 'version': '0.1.0'}
    """
    properties = {
        "Iptc4xmpExt:DigitalSourceType": SOURCE_TYPE,
        "xmp:CreatorTool": f"colorize-lab {records.get('version', '')}".strip(),
        **{f"colorizelab:{key}": value for key, value in records.items()},
    }
    packet = None if metadata.xmp is None else _extend_packet(metadata.xmp, properties)
    if packet is None:
        if metadata.xmp is not None:
            logger.warning("the photo's XMP packet is damaged or too large and is omitted")
        packet = _extend_packet(EMPTY_PACKET, properties)
    return replace(metadata, xmp=packet)


def read_provenance(xmp: bytes | None) -> dict[str, str] | None:
    """Read what `add_provenance` wrote.

    Parameters
    ----------
    xmp : bytes or None
        An XMP packet.

    Returns
    -------
    dict of str to str, or None
        The records; None if the photo was not made by this program.
    """
    document = None if xmp is None else parse_packet(xmp)
    if document is None:
        return None
    records = {}
    for element in document.getElementsByTagNameNS(OWN, "*"):
        texts = (node for node in element.childNodes if isinstance(node, minidom.Text))
        records[str(element.localName)] = "".join(text.data for text in texts)
    return records or None


def _extend_packet(xmp: bytes, properties: Mapping[str, str]) -> bytes | None:
    document = parse_packet(xmp)
    if document is None:
        return None
    rdf = document.getElementsByTagNameNS(RDF, "RDF")[0]
    descriptions = [node for node in rdf.childNodes if isinstance(node, minidom.Element)]
    # Every description of a packet must be about the same thing.
    about = next((node.getAttributeNS(RDF, "about") for node in descriptions), "")
    for description in descriptions:
        _remove_earlier(description)
        if not description.childNodes and not _has_properties(description):
            rdf.removeChild(description)
    rdf.appendChild(_make_description(document, about, properties))
    return format_packet(document)


def _remove_earlier(description: minidom.Element) -> None:
    """Remove what is about to be written."""
    for attribute in list(description.attributes.values()):
        if _is_ours(attribute):
            description.removeAttributeNode(attribute)
    for child in list(description.childNodes):
        if _is_ours(child):
            description.removeChild(child)


def _has_properties(description: minidom.Element) -> bool:
    attributes = description.attributes.values()
    return any(attribute.namespaceURI not in (RDF, XMLNS_NAMESPACE) for attribute in attributes)


def _is_ours(node: minidom.Node) -> bool:
    return node.namespaceURI == OWN or (node.namespaceURI, node.localName) in OURS


def _make_description(
    document: minidom.Document, about: str, properties: Mapping[str, str]
) -> minidom.Element:
    description = document.createElementNS(RDF, "rdf:Description")
    for prefix, namespace in NAMESPACES.items():
        description.setAttribute(f"xmlns:{prefix}", namespace)
    description.setAttributeNS(RDF, "rdf:about", about)
    for name, value in properties.items():
        element = document.createElementNS(NAMESPACES[name.partition(":")[0]], name)
        element.appendChild(document.createTextNode(clean_text(value)))
        description.appendChild(element)
    return description
