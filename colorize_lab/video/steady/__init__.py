"""Steady color: key frames that agree and chroma carried between them."""
