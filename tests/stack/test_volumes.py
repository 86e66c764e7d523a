"""A new volume takes the owner and the mode of the folder in the image that is mounted first, whichever that is."""

import json
from collections import defaultdict

from tests.support.compose import Stack, run

MISSING = "no such folder"


def folder_in_image(image: str, folder: str) -> str:
    """Return owner, group and mode of a folder as the image has it."""
    command = ("docker", "run", "--rm", "--network=none", "--entrypoint=stat", image, "--format=%u:%g %a", folder)
    done = run(*command, check=False)
    return done.stdout.strip() if done.returncode == 0 else MISSING


def test_all_images_have_the_same_folder_for_a_volume(stack: Stack) -> None:
    """Compose creates containers side by side. What they find must not depend on which of them is first."""
    services = json.loads(stack.compose("config", "--format=json").stdout)["services"]
    places = defaultdict(set)
    for service in services.values():
        for mount in service.get("volumes", []):
            if mount["type"] == "volume":
                places[mount["source"]].add((service["image"], mount["target"]))
    shared = {volume: found for volume, found in places.items() if len(found) > 1}
    assert {"media", "protected"} <= shared.keys()
    folders = {
        volume: {f"{image} {folder}": folder_in_image(image, folder) for image, folder in sorted(found)}
        for volume, found in shared.items()
    }
    assert {volume: found for volume, found in folders.items() if len(set(found.values())) > 1} == {}
