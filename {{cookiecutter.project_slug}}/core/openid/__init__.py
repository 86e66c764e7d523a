"""The institute's provider of OpenID Connect: its answers, its metadata, its keys and its tokens.

https://openid.net/specs/openid-connect-core-1_0.html. Signing in with them is services/accounts/institute.
"""
