"""Moves a portal that runs in containers to the newest of everything, and back.

`make roll` and `make roll-back` run it: `python -m infrastructure.rolling roll`. docs/operate/roll.md has the steps.
"""
