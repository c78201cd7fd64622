"""``python -m colorize_lab`` is the command ``colorize-lab``."""

from colorize_lab.cli.main import main

if __name__ == "__main__":
    main()
