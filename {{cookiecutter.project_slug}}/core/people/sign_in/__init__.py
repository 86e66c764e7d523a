"""Signing in: django-allauth's headless API, and the few places where the portal has a say of its own.

https://docs.allauth.org/en/latest/headless/; config/settings/sign_in.py has what is only a setting.
"""
