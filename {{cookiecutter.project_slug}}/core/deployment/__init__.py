"""Prepares a deployment: NGINX's part of the configuration, and certificates."""
