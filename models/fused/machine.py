"""LLVM text -> machine code of this processor, in memory and as an object file.

``llvmlite`` is optional: without it (or on a processor without fused multiply-add, which the
elementary functions rest on) models run through NumPy.
"""

from __future__ import annotations

import ctypes
import hashlib
import sys
from functools import cache
from typing import Any


@cache
def _compiler() -> tuple[Any, str]:
    """llvmlite's binding, ready for this processor, and the name of both."""
    import llvmlite
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    triple = llvm.get_process_triple()
    features = llvm.get_host_cpu_features()
    if triple.startswith("x86") and not features.get("fma"):
        raise OSError("this processor has no fused multiply-add")
    processor = f"{llvm.get_host_cpu_name()} {features.flatten()}"
    return llvm, f"{llvmlite.__version__} {llvm.llvm_version_info} {triple} {processor}"


def _machine() -> Any:
    """A target machine; each engine takes its own and disposes of it."""
    llvm, _ = _compiler()
    triple = llvm.get_process_triple()
    return llvm.Target.from_triple(triple).create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=2,
        reloc="static" if triple.startswith("x86") else "default",
        codemodel="jitdefault",
        jit=True,
    )


@cache
def unavailable() -> str:
    """Why there is no compiler here; "" if there is one."""
    if sys.maxsize < 2**32:
        return "Python is not a 64-bit one"
    try:
        _compiler()
        addresses()
    except ImportError:
        return "the package llvmlite is not installed"
    except (OSError, RuntimeError, ValueError, AttributeError) as error:
        return f"llvmlite does not serve this machine ({error})"
    return ""


def name() -> str:
    """What object code depends on besides its source: compiler and processor."""
    return hashlib.sha256(_compiler()[1].encode()).hexdigest()


def compile_object(text: str) -> bytes:
    """An object file from LLVM text."""
    llvm, _ = _compiler()
    machine = _machine()
    module = llvm.parse_assembly(text)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=1)
    options.loop_vectorization = False
    options.slp_vectorization = False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return bytes(machine.emit_object(module))


class Code:
    """Object code in memory; ``call(ctx, workspace, lane, groups)`` releases the GIL."""

    def __init__(self, data: bytes) -> None:
        llvm, _ = _compiler()
        empty = llvm.parse_assembly("")
        empty.triple = llvm.get_process_triple()
        self._engine = llvm.create_mcjit_compiler(empty, _machine())
        self._object = llvm.ObjectFileRef.from_data(data)
        self._engine.add_object_file(self._object)
        self._engine.finalize_object()
        address = self._engine.get_function_address("simulate")
        if not address:
            raise OSError("the object code has no entry")
        kind = ctypes.CFUNCTYPE(
            None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64
        )
        self.call = kind(address)


@cache
def addresses() -> Any:
    """Addresses of the C library's functions, as an array of pointers."""
    from .elementary import LIBRARY

    candidates = {"win32": ["ucrtbase"], "darwin": ["/usr/lib/libSystem.B.dylib"]}.get(
        sys.platform, ["libm.so.6", None]
    )
    for candidate in candidates:
        try:
            library = ctypes.CDLL(candidate)
            found = [ctypes.cast(getattr(library, item), ctypes.c_void_p).value for item in LIBRARY]
        except (OSError, AttributeError):
            continue
        return (ctypes.c_void_p * len(LIBRARY))(*found)
    raise OSError("no C library with mathematical functions")
