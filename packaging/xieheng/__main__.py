"""``python -m xieheng``."""

from xieheng import main

if __name__ == "__main__":
    main()
