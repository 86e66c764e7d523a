"""The institute's apps: the folders beside this file, and the folders `apps` of installed packages."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
