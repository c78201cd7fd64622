"""Makers of the photos, films and networks that the tests of several rooms share."""
