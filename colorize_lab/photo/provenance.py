"""How a photo was made, written into its XMP packet and read back.

References
----------
IPTC Photo Metadata Standard 2023.2, property "Digital Source Type"; XMP specification part 1
(ISO 16684-1).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from colorize_lab.photo.photo import Metadata

logger = logging.getLogger(__name__)

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP = "http://ns.adobe.com/xap/1.0/"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
OWN = "urn:colorize-lab:provenance:1.0#"
NAMESPACES = {"rdf": RDF, "xmp": XMP, "Iptc4xmpExt": IPTC, "colorizelab": OWN}
EMPTY_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"></rdf:RDF></x:xmpmeta>'
    '<?xpacket end="w"?>'
)
# Characters that XML 1.0 cannot hold, and the carriage return, which parsers change.
FORBIDDEN = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add_provenance(metadata: Metadata, records: Mapping[str, str]) -> Metadata:
    """Say in the XMP packet that a photo was coloured by a trained network, and how.

    The same records give the same bytes: there is no time of day in them.

    Parameters
    ----------
    metadata : Metadata
        Its packet is extended; one that is no sound XMP is left out, with a warning in the log.
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
    document = None
    if metadata.xmp is not None:
        document = _parse_packet(metadata.xmp)
        if document is None:
            logger.warning("The photo's XMP packet is damaged and is left out")
    document = document or minidom.parseString(EMPTY_PACKET)
    rdf = document.getElementsByTagNameNS(RDF, "RDF")[0]
    _remove_earlier(rdf)
    properties = {
        "Iptc4xmpExt:DigitalSourceType": SOURCE_TYPE,
        "xmp:CreatorTool": f"colorize-lab {records.get('version', '')}".strip(),
        **{f"colorizelab:{key}": value for key, value in records.items()},
    }
    rdf.appendChild(_make_description(document, properties))
    packet = "".join(node.toxml() for node in document.childNodes)
    return replace(metadata, xmp=packet.encode())


def read_provenance(xmp: bytes | None) -> dict[str, str] | None:
    """Read what `add_provenance` wrote.

    Parameters
    ----------
    xmp : bytes or None
        An XMP packet.

    Returns
    -------
    dict of str to str, or None
        The records; None where the photo was not made by this program.
    """
    document = None if xmp is None else _parse_packet(xmp)
    if document is None:
        return None
    elements = document.getElementsByTagNameNS(OWN, "*")
    records = {
        element.localName: "".join(node.data for node in element.childNodes) for element in elements
    }
    return records or None
