"""XMP packets: taken apart, and properties put in or taken out.

References
----------
XMP specification part 1 (ISO 16684-1) and part 2; IPTC Photo Metadata Standard 2023.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.dom import minidom
from xml.parsers.expat import ExpatError

__all__ = ["EMPTY_PACKET", "RDF", "add_missing", "drop_claims", "format_packet", "parse_packet"]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EMPTY_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"></rdf:RDF></x:xmpmeta>'
    '<?xpacket end="w"?>'
).encode()
# Of tags and attributes: to parse each takes time and memory far beyond its few letters.
NODE_MARKS = "<="
MAX_NODES = 50_000
FORBIDDEN = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
# How a property's texts are grouped: in languages, in order, or as a set; others are plain.
GROUPS = {
    "dc:title": "rdf:Alt",
    "dc:description": "rdf:Alt",
    "dc:rights": "rdf:Alt",
    "dc:creator": "rdf:Seq",
    "dc:subject": "rdf:Bag",
}
GAIN_MAP = "http://ns.adobe.com/hdr-gain-map/1.0/"
CONTAINER = "http://ns.google.com/photos/1.0/container/"
CAMERA = "http://ns.google.com/photos/1.0/camera/"
MOTION = ("MotionPhoto", "MicroVideo")
CLAIMS = (GAIN_MAP.encode(), CONTAINER.encode(), CAMERA.encode())


def parse_packet(xmp: bytes) -> minidom.Document | None:
    """Parse a packet; None for one that is not valid XMP, or exceeds all bounds."""
    try:
        text = xmp.decode().strip("\ufeff\0\t\r\n ")
        # Without a document type nothing can declare entities, which are how XML bombs work.
        if "<!DOCTYPE" in text or sum(map(text.count, NODE_MARKS)) > MAX_NODES:
            return None
        document = minidom.parseString(text)
        return document if document.getElementsByTagNameNS(RDF, "RDF") else None
    except (ValueError, ExpatError, RecursionError):
        return None


def format_packet(document: minidom.Document) -> bytes | None:
    """Write a packet; None for one that is nested too deeply."""
    try:
        return "".join(node.toxml() for node in document.childNodes).encode()
    except RecursionError:
        return None


def list_descriptions(document: minidom.Document) -> list[minidom.Element]:
    """List the elements that hold the properties."""
    rdf = document.getElementsByTagNameNS(RDF, "RDF")[0]
    return [node for node in rdf.childNodes if isinstance(node, minidom.Element)]


def add_missing(xmp: bytes | None, properties: Mapping[str, Iterable[str]]) -> bytes | None:
    """Add properties that a packet does not have yet.

    Parameters
    ----------
    xmp : bytes or None
        The packet.
    properties : mapping of str to iterable of str
        Texts by names such as ``"dc:title"``.

    Returns
    -------
    bytes or None
        The packet as it was if it is damaged.

    Examples
    --------
    >>> b"<rdf:li>Anna</rdf:li>" in add_missing(None, {"dc:creator": ["Anna"]})
    True
    """
    document = parse_packet(xmp or EMPTY_PACKET)
    if document is None:
        return xmp
    present = {(node.namespaceURI, node.localName) for node in _iterate_properties(document)}
    missing = {
        name: texts
        for name, texts in properties.items()
        if (NAMESPACES[name.partition(":")[0]], name.partition(":")[2]) not in present
    }
    if not missing:
        return xmp
    descriptions = list_descriptions(document)
    about = next((node.getAttributeNS(RDF, "about") for node in descriptions), "")
    holder = document.createElementNS(RDF, "rdf:Description")
    for prefix, namespace in {"rdf": RDF, **NAMESPACES}.items():
        holder.setAttribute(f"xmlns:{prefix}", namespace)
    holder.setAttributeNS(RDF, "rdf:about", about)
    for name, texts in missing.items():
        holder.appendChild(_make_property(document, name, texts))
    document.getElementsByTagNameNS(RDF, "RDF")[0].appendChild(holder)
    return format_packet(document) or xmp


def _iterate_properties(document: minidom.Document) -> Iterable[minidom.Node]:
    for description in list_descriptions(document):
        yield from description.childNodes
        yield from description.attributes.values()


def _make_property(document: minidom.Document, name: str, texts: Iterable[str]) -> minidom.Element:
    element = document.createElementNS(NAMESPACES[name.partition(":")[0]], name)
    group = GROUPS.get(name)
    if group is None:
        element.appendChild(document.createTextNode(clean_text(" ".join(texts))))
        return element
    items = document.createElementNS(RDF, group)
    for text in texts:
        item = document.createElementNS(RDF, "rdf:li")
        if group == "rdf:Alt":
            item.setAttribute("xml:lang", "x-default")
        item.appendChild(document.createTextNode(clean_text(text)))
        items.appendChild(item)
    element.appendChild(items)
    return element


def clean_text(text: str) -> str:
    """Replace what XML 1.0 cannot hold, and the carriage return, which parsers change."""
    return FORBIDDEN.sub("\ufffd", text)


def drop_claims(xmp: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Remove what announces pictures and videos behind the photo, which do not come along.

    Parameters
    ----------
    xmp : bytes
        A packet.

    Returns
    -------
    xmp : bytes
        The very same if it announces nothing.
    dropped : tuple of str
        What it announced, in words.
    """
    document = parse_packet(xmp) if any(claim in xmp for claim in CLAIMS) else None
    if document is None:
        return xmp, ()
    dropped: dict[str, None] = {}
    for description in list_descriptions(document):
        for attribute in list(description.attributes.values()):
            if (word := _name_claim(attribute)) is not None:
                description.removeAttributeNode(attribute)
                dropped[word] = None
        for child in list(description.childNodes):
            if (word := _name_claim(child)) is not None:
                description.removeChild(child)
                dropped[word] = None
    written = format_packet(document) if dropped else None
    if written is None:
        return xmp, ()
    words = [word for word in dropped if word] or ["pictures behind it"]
    return written, tuple(words)


def _name_claim(node: minidom.Node) -> str | None:
    """Name what a property announces; empty if another property does."""
    if node.namespaceURI == GAIN_MAP:
        return "gain map"
    if node.namespaceURI == CAMERA and str(node.localName).startswith(MOTION):
        return "video of a motion photo"
    return "" if node.namespaceURI == CONTAINER else None
