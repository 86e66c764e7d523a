"""What every test may use: core/testing/fixtures.py says what there is."""

from pathlib import Path

import pytest

from core.catalogues.compiling import compile_catalogues

pytest_plugins = ["core.testing.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues, so that tests can read translated texts."""
    compile_catalogues(Path(__file__).parent)
