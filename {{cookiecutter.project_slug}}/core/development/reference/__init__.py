"""The generated parts of docs/reference: names for apps, the fixtures, the keys of a manifest, and the commands.

`make reference` writes them, and a test fails when they are not up to date.
"""
