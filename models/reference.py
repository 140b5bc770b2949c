"""The outside judge: the same run by PySD alone, and how far two runs are apart."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .source import key, read

if TYPE_CHECKING:
    import pandas as pd


_ROUNDING = 1e-9  # a variable that stays below this is zero, but for rounding


def reference_run(path: str, every_step: bool = False, data: Sequence[str] = ()) -> pd.DataFrame:
    """Run a .mdl or XMILE file by PySD: a row a saved time, a column a variable, floats.

    A fresh model object is built for every call (PySD keeps parameters of earlier runs),
    integer literals count as floats (an integer initial value of SMOOTH truncates the first
    step), arrays and lookups keep all their digits (PySD writes 8 of them), and PySD's
    translated file lives in a temporary folder. Plain arguments and result: the function can
    run in a spawned process.

    Args:
        path: the model file.
        every_step: return every time step, not only those of SAVEPER.
        data: tables (.csv, .tab) with the series of data variables without an equation.

    Raises:
        ModelError: PySD cannot read the file.
    """
    from .quiet import quiet

    with quiet(), tempfile.TemporaryDirectory() as folder:
        model = reference_model(Path(path), Path(folder), data)
        settings: dict[str, Any] = {"progress": False}
        if every_step:
            settings["saveper"] = float(model.time.time_step())
        table: pd.DataFrame = model.run(**settings).astype(float)
    return table


def reference_model(source: Path, folder: Path, data: Sequence[str] = ()) -> Any:
    """The PySD model that :func:`reference_run` runs; its code is written into ``folder``.

    Raises:
        ModelError: PySD cannot read the file.
    """
    import numpy as np
    from pysd.builders.python.python_model_builder import ModelBuilder
    from pysd.py_backend.model import Model as PysdModel

    from .vensim import translator
    from .xmile import SUFFIXES, pysd_file

    if source.suffix.lower() in SUFFIXES:
        file = pysd_file(source)
    else:
        file = translator(source, read(source).encoding)
    for section in file.sections:
        section.parse()
        section.path = folder / section.path.name
    file.mdl_path = file.xmile_path = folder / source.name
    abstract = file.get_abstract_model()
    _floats(abstract)
    for item in abstract.sections[0].subscripts:
        if isinstance(item.subscripts, dict):  # read from a table beside the model
            item.subscripts["file"] = str(source.resolve().parent / item.subscripts["file"])
    with np.printoptions(floatmode="unique"), _unformatted():
        built = Path(ModelBuilder(abstract).build_model())
    # Tables are found beside the model, not beside the code written for it.
    code = built.read_text(encoding="utf-8")
    beside = f"_root = Path({str(source.resolve().parent)!r})"
    code = code.replace("_root = Path(__file__).parent", beside)
    code = code.replace("Macro(_root.", "Macro(Path(__file__).parent.")
    built.write_text(code, encoding="utf-8")
    return PysdModel(str(built), list(data) or None, None, True, "warning")


@contextmanager
def _unformatted() -> Iterator[None]:
    """PySD lays out the code it writes for readers; nobody reads it here, and it takes 2 s."""
    from pysd.builders.python import python_model_builder as builder

    layout = builder.black.format_file_contents
    builder.black.format_file_contents = lambda text, **_: text
    try:
        yield
    finally:
        builder.black.format_file_contents = layout


def _floats(abstract: Any) -> None:
    """Make every integer literal a float, except where PySD needs an integer order."""
    orders = {key(name) for section in abstract.sections for name in _order_names(section)}
    for section in abstract.sections:
        for element in section.elements:
            if key(element.name) in orders:
                continue
            for component in element.components:
                component.ast = _cast(component.ast)


def _cast(tree: Any) -> Any:
    if isinstance(tree, int) and not isinstance(tree, bool):
        return float(tree)
    if isinstance(tree, tuple):
        return tuple(_cast(part) for part in tree)
    if isinstance(tree, list):
        return [_cast(part) for part in tree]
    if hasattr(tree, "__dict__"):
        for name, part in vars(tree).items():
            if name not in ("order", "x_limits", "y_limits", "reference"):
                setattr(tree, name, _cast(part))
    return tree


def _order_names(tree: Any) -> list[str]:
    """Names of variables that set the order of SMOOTH N or DELAY N."""
    if isinstance(tree, list | tuple):
        return [name for part in tree for name in _order_names(part)]
    if not hasattr(tree, "__dict__"):
        return []
    found = []
    for name, part in vars(tree).items():
        if name == "order":
            found += _references(part)
        else:
            found += _order_names(part)
    return found


def _references(tree: Any) -> list[str]:
    if isinstance(tree, list | tuple):
        return [name for part in tree for name in _references(part)]
    if not hasattr(tree, "__dict__"):
        return []
    if hasattr(tree, "reference") and isinstance(tree.reference, str):
        return [tree.reference]
    return [name for part in vars(tree).values() for name in _references(part)]


def relative_differences(a: pd.DataFrame, b: pd.DataFrame) -> pd.Series[float]:
    """The largest difference of each variable, relative to its scale over the run.

    The scale of a variable is its largest absolute value in either table, so that a value
    passing through zero does not count as infinitely wrong. One that never reaches 1e-9 (the
    error of an account that balances, say) is what rounding leaves of zero: its scale is 1.
    Columns are matched by name and rows by time; both tables must have the same.

    Raises:
        ValueError: the tables differ in columns or times.
    """
    import numpy as np
    import pandas as pd

    names = {key(str(column)): column for column in b.columns}
    missing = [str(column) for column in a.columns if key(str(column)) not in names]
    if missing or len(a.columns) != len(b.columns):
        raise ValueError(f"columns differ: {', '.join(missing) or 'more in the second table'}")
    if len(a) != len(b) or not np.allclose(
        a.index.to_numpy(float), b.index.to_numpy(float), rtol=0, atol=1e-6
    ):
        raise ValueError("times differ")
    left = a.to_numpy(float)
    right = b[[names[key(str(column))] for column in a.columns]].to_numpy(float)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    with np.errstate(invalid="ignore"):
        gap = np.where(same, 0.0, np.abs(left - right))
    finite = np.where(np.isfinite(left) & np.isfinite(right), np.maximum(abs(left), abs(right)), 0)
    scale = finite.max(axis=0, initial=0.0)
    scale[scale < _ROUNDING] = 1.0
    worst = np.where(np.isnan(gap), np.inf, gap).max(axis=0, initial=0.0) / scale
    return pd.Series(worst, index=a.columns, name="relative difference")


def largest_relative_difference(a: pd.DataFrame, b: pd.DataFrame) -> float:
    """The worst of :func:`relative_differences`: 1e-12 is agreement, 0.01 is one percent."""
    worst = relative_differences(a, b)
    return float(worst.max()) if len(worst) else 0.0
