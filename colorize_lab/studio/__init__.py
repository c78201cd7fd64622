"""The studio: a local page to see, choose and correct, and its HTTP API (extra ``studio``).

The server calls the library's public door. State is one value per photo, a `Project`; every
change is a small message of the API.
"""
