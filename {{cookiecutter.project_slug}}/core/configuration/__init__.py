"""Typed configuration: `.env`, `portal.yaml` and the manifests, checked at start, all at once."""
