"""The command, and `python -m casefile`: Ctrl-C is answered in one line from its first moment."""

import sys


def main() -> None:
    """Run the command line."""
    try:
        from casefile import cli  # what it imports takes its time

        cli.main()
    except KeyboardInterrupt:
        print("casefile: stopped", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
