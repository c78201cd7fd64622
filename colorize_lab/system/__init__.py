"""Files, locks and memory: the operating system's side of every room."""
