"""Typed configuration: `.env` and `portal.yaml`, checked at start."""
