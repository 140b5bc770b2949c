"""Models as machine code: the third kernel, beside Python's floats and NumPy's arrays.

The plan of a program (:mod:`models.plan`) becomes one LLVM function that takes W runs through
all their steps at a time, in vector registers and in a few lines of cache, and is called with
the GIL released. Operations and their order are NumPy's, so results agree with it to the last
bit, but for elementary functions, which differ by rounding (1e-12 at the most).

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
