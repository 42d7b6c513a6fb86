"""``python -m dislo_gen``."""

from dislo_gen.cli import main

if __name__ == "__main__":
    main()
