"""Compiles all catalogues of the portal: python -m core.catalogues"""

from pathlib import Path

from .compiling import compile_catalogues

if __name__ == "__main__":
    compile_catalogues(Path(__file__).resolve().parents[2])
