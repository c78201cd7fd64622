"""Training of the embedded network (extra ``train``): data, loss, network, schedule, export.

It imports the library; nothing in the library imports it.
"""
