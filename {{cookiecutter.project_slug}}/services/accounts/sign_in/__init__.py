"""Signing in with django-allauth's headless API, and the few places where the portal deviates from it.

https://docs.allauth.org/en/latest/headless/. What is only a setting is in config/settings/sign_in.py.
"""
