"""What cntk-cpu offers, by the hooks of cntk-core; libraries load with the first plan."""

from __future__ import annotations

from cntk.plugins import hookimpl


@hookimpl
def cntk_kernels():
    """The kernels in C and of oneDNN; none where the C part is not there."""
    from cntk.native import library

    if not library.available():
        return []
    from cntk.native.kernels import kernels

    return kernels()


@hookimpl
def cntk_reports():
    """What was found of the C part and of oneDNN."""
    from cntk.native.report import lines

    return lines()


@hookimpl
def cntk_linkers():
    """The linker that puts neighbouring kernels into segments."""
    from cntk.native import library

    if not library.available():
        return []
    from cntk.native.segment import link

    return [link]


@hookimpl
def cntk_packers():
    """What packs the frames of sequences."""
    from cntk.native import library

    if not library.available():
        return []
    from cntk.native.packing import pack

    return [pack]
