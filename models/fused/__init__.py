"""Models as machine code: the third kernel, beside Python's floats and NumPy's arrays.

The plan of a program (:mod:`models.plan`) becomes one LLVM function that takes W runs through
all their steps at a time, in vector registers and in a few lines of cache, and is called with
the GIL released. Operations and their order are NumPy's, so results agree with it to the last
bit, but for elementary functions, which differ by rounding (1e-12 at the most).

LLVM is driven directly, by text. Numba on the same straight-line program (5 columns of the
county model, a run at a time, its arithmetic the same) took 3.7 s to compile and 55 ms for 944
runs of one thread; this takes 0.15 s (3 ms from the disk) and 11 ms, needs no particular NumPy
and leaves no 0.3 s import. Two thirds of the time go into powers and divisions.

    writer       text of LLVM functions over W lanes
    elementary   exp, ln and powers for vectors
    formulas     expressions -> text; values and, for the complex step, derivatives
    lookups      tables, read at a time or at an argument of each run
    workspace    memory between functions; what carries derivatives
    assembly     the whole program
    machine      text -> machine code
    store        machine code on disk
    kernel       a program, made once
    calls        calling it: blocks, threads
"""
