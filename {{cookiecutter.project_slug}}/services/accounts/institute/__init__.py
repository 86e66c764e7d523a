"""Signing in with the institute's own accounts, by OpenID Connect: `institute_sign_in` of `portal.yaml`.

A button asks for the URL of the provider (`start`), the provider sends the browser back (`answer`), and the portal
exchanges the code of that answer for an ID token. The claims of the token say who it is (`matching`) and which roles
they have (`roles`). The conversation with the provider is in core/openid.
"""
