"""Reads YAML files: plain data, without duplicate keys."""

from pathlib import Path
from typing import Any

import yaml

from .problems import WHOLE_FILE, ConfigurationError, Problem

LARGEST_FILE_BYTES = 256 * 1024


class Loader(yaml.SafeLoader):
    """Safe YAML that refuses a duplicate key, of which plain YAML keeps the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str) and key in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} a second time", problem_mark=key_node.start_mark)
            if isinstance(key, str):
                seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path, name: str) -> dict[str, Any]:
    """Return the mapping in a YAML file, which messages call `name`.

    Raises ConfigurationError when the file is missing, too large, not UTF-8, not YAML or not a mapping.
    """

    def refuse(key: str, found: str, allowed: str) -> ConfigurationError:
        return ConfigurationError([Problem(name, key, found, allowed)])

    try:
        content = path.read_bytes()
    except OSError as error:
        raise refuse(WHOLE_FILE, error.strerror or str(error), "a file that the portal can read") from error
    if len(content) > LARGEST_FILE_BYTES:
        raise refuse(WHOLE_FILE, f"{len(content)} bytes", f"at most {LARGEST_FILE_BYTES} bytes")
    try:
        data = yaml.load(content.decode(), Loader)  # noqa: S506 - Loader is a SafeLoader
    except UnicodeDecodeError as error:
        raise refuse(WHOLE_FILE, f"bytes that are not UTF-8, at byte {error.start}", "UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}" if error.problem_mark else WHOLE_FILE
        raise refuse(line, error.problem or "text that is not YAML", "YAML without duplicate keys") from error
    except yaml.YAMLError as error:
        raise refuse(WHOLE_FILE, str(error), "YAML") from error
    if not isinstance(data, dict):
        raise refuse(WHOLE_FILE, type(data).__name__, "a group of keys")
    return data
