"""What each command of the command line does. Every command returns its exit code."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scenarios.findings import FindingsError, NoPlan
from scenarios.language import Language
from scenarios.words import Words

DONE, BUG, WRONG, INFEASIBLE, LIMIT, DIFFERENT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


def guarded(
    command: Callable[..., int], language: Language, *arguments: object, **options: Any
) -> int:
    """Run a command; turn what the user can mend into findings and a bug into a log."""
    words, code = Words(language), DONE
    try:
        with until_the_reader_leaves():
            code = command(words, *arguments, **options)
        return code
    except FindingsError as error:
        if options.get("json"):
            print_json({"findings": [finding.record(words) for finding in error.findings]})
        for finding in error.findings:
            print(finding.words(words), file=sys.stderr)
        return INFEASIBLE if isinstance(error, NoPlan) else WRONG
    except KeyboardInterrupt:
        print(words.say("cli.interrupted"), file=sys.stderr)
        return INTERRUPTED
    except Exception:
        log = save_traceback(traceback.format_exc())
        print(words.say("cli.bug", log=log), file=sys.stderr)
        return BUG


@contextmanager
def until_the_reader_leaves() -> Iterator[None]:
    """A block that ends quietly where the reader of standard output, such as ``head``, leaves.

    What is printed afterwards goes nowhere.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def shown_language(language: Language) -> Language:
    """The language, or English where the console cannot show Chinese."""
    for stream in (sys.stdout, sys.stderr):
        try:
            "协衡".encode(getattr(stream, "encoding", None) or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return "en"
    return language


def print_json(record: object) -> None:
    """Print a record as JSON on standard output."""
    print_text(json.dumps(record, ensure_ascii=False, indent=2))


def print_text(text: str) -> None:
    """Print JSON text, in plain ASCII unless the stream is UTF-8."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    if not encoding.startswith("utf"):
        text = json.dumps(json.loads(text), indent=2)
    print(text.rstrip("\n"))


def save_traceback(text: str) -> Path:
    """Keep the traceback in a file of its own and say where."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="xieheng-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(" ".join(sys.argv) + "\n" + text)
    return Path(log.name)
