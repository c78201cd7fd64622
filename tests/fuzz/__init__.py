"""Fuzzer of hostile files: ``python -m tests.fuzz --cases 20000``."""
