"""What each command of the command line does. Every command returns its exit code."""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scenarios.findings import FindingsError
from scenarios.language import Language

DONE, BUG, WRONG, INFEASIBLE, LIMIT, INTERRUPTED = 0, 1, 2, 3, 4, 130


def guarded(
    command: Callable[..., int], language: Language, *arguments: object, **options: Any
) -> int:
    """Run a command; turn what the user can mend into findings and a bug into a log."""
    try:
        return command(language, *arguments, **options)
    except FindingsError as error:
        if options.get("json"):
            records = [finding.record(language) for finding in error.findings]
            print(json.dumps({"findings": records}, ensure_ascii=False, indent=2))
        for finding in error.findings:
            print(finding.words(language), file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("已中断。" if language == "zh" else "interrupted.", file=sys.stderr)
        return INTERRUPTED
    except Exception:
        log = save_traceback(traceback.format_exc())
        print(
            f"程序内部出错。详情已写入 {log}"
            if language == "zh"
            else f"this is a bug in Xieheng. The details are in {log}",
            file=sys.stderr,
        )
        return BUG


def save_traceback(text: str) -> Path:
    """Keep the traceback in a file of its own and say where."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="xieheng-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(" ".join(sys.argv) + "\n" + text)
    return Path(log.name)
