"""Other machines, played by this one: with other fonts or none, with another processor."""

from __future__ import annotations

import contextlib
import locale
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__  # type: ignore[import-not-found]

# A font of icons that the book's theme brings along. It has capitals and figures, and they look like no one else's.
_ICONS = "theme/pydata_sphinx_theme/static/vendor/fontawesome/webfonts/fa-solid-900.ttf"
_WINDOWS, _UNICODE, _ENGLISH, _REGULAR = 3, 1, 0x409, 400


def another(family: str) -> bytes:
    """The icons as a TrueType font of regular weight that calls itself `family`."""
    font = bytearray((resources.files("pydata_sphinx_theme") / _ICONS).read_bytes())
    names = {1: family, 2: "Regular", 4: family, 6: family.replace(" ", "")}
    texts = [(name, text.encode("utf-16-be")) for name, text in names.items()]
    table, place = struct.pack(">HHH", 0, len(texts), 6 + 12 * len(texts)), 0
    for name, text in texts:
        table += struct.pack(">HHHHHH", _WINDOWS, _UNICODE, _ENGLISH, name, len(text), place)
        place += len(text)
    table += b"".join(text for _, text in texts)
    for entry in range(12, 12 + 16 * struct.unpack_from(">H", font, 4)[0], 16):
        tag, start = bytes(font[entry : entry + 4]), struct.unpack_from(">I", font, entry + 8)[0]
        if tag == b"OS/2":
            struct.pack_into(">H", font, start + 4, _REGULAR)
        elif tag == b"name":
            struct.pack_into(">II", font, entry + 8, len(font), len(table))
    return bytes(font) + table


def fonts(folder: Path, *families: str) -> dict[str, str]:
    """The environment of a machine that has these fonts and no others, each of them in truth the icons."""
    folder.mkdir(parents=True, exist_ok=True)
    for family in families:
        (folder / f"{family}.ttf").write_bytes(another(family))
    configuration = folder / "fonts.conf"
    configuration.write_text(f"<fontconfig><dir>{folder}</dir></fontconfig>", encoding="utf-8")
    return {"FONTCONFIG_FILE": str(configuration)}


LOCALEDEF = shutil.which("localedef") if sys.platform == "linux" else None  # elsewhere it has other options
_FRENCH = """LC_TIME
abday "dim";"lun";"mar";"mer";"jeu";"ven";"sam"
day "dimanche";"lundi";"mardi";"mercredi";"jeudi";"vendredi";"samedi"
abmon "janv";"fevr";"mars";"avr";"mai";"juin";"juil";"aout";"sept";"oct";"nov";"dec"
mon "janvier";"fevrier";"mars";"avril";"mai";"juin";"juillet";"aout";"septembre";"octobre";"novembre";"decembre"
am_pm "mat";"soir"
d_t_fmt "%d"
d_fmt "%d"
t_fmt "%H"
t_fmt_ampm ""
END LC_TIME
"""


# The signs of ASCII, which a bare system has no table of.
_SIGNS = "\n".join([
    "<code_set_name> ANSI_X3.4-1968", "<escape_char> /", "CHARMAP",
    *(f"<U{sign:04X}> /x{sign:02x} SIGN" for sign in range(128)), "END CHARMAP", "",
])  # fmt: skip


@contextlib.contextmanager
def speaking_french(folder: Path) -> Iterator[None]:
    """Have this process name days and months as in France, as a program of somebody's there may that imports the package."""
    (folder / "french").write_text(_FRENCH)
    (folder / "signs").write_text(_SIGNS)
    command = [
        str(LOCALEDEF),
        "--quiet",
        "--force",
        "-f",
        str(folder / "signs"),
        "-i",
        str(folder / "french"),
        str(folder / "fr_XX"),
    ]
    subprocess.run(command, check=False, capture_output=True)  # it complains of all but days and months
    before, os.environ["LOCPATH"] = locale.setlocale(locale.LC_TIME), str(folder)
    try:
        locale.setlocale(locale.LC_TIME, "fr_XX")
        yield
    finally:
        locale.setlocale(locale.LC_TIME, before)
        del os.environ["LOCPATH"]


PLAIN = "plain"
# What OpenBLAS calls some processors, and an instruction of NumPy's list that each must have.
_KERNELS = {"ARMV8": "NEON", "Prescott": "SSE3", "Sandybridge": "AVX", "Haswell": "FMA3", "SkylakeX": "AVX512_SKX"}


def kernels() -> list[str]:
    """The kernels of OpenBLAS that this processor can run, the oldest first."""
    return [kernel for kernel, needed in _KERNELS.items() if __cpu_features__.get(needed)]


def processor(kind: str) -> dict[str, str]:
    """The environment of a processor that OpenBLAS calls so, as far as this one can play it.

    A `PLAIN` one has the oldest kernel, and neither NumPy nor the C library uses what newer ones have.
    """
    if kind != PLAIN:
        return {"OPENBLAS_CORETYPE": kind} if kind in kernels() else {}
    disabled = " ".join(feature for feature in __cpu_dispatch__ if __cpu_features__[feature])
    environment = {"NPY_DISABLE_CPU_FEATURES": disabled, "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4"}
    return {**environment, **(processor(kernels()[0]) if kernels() else {})}
