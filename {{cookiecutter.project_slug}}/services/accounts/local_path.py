"""Where to go after signing in: a path of this site."""

from django.utils.http import url_has_allowed_host_and_scheme


def local_path(url: str, *, default: str) -> str:
    """Return `url` if it is a path of this site, otherwise `default`, so that no link redirects to another site."""
    is_local = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if is_local else default
