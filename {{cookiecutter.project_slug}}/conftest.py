"""What every test may use: core/testing/fixtures.py says what there is."""

pytest_plugins = ["core.testing.fixtures"]
