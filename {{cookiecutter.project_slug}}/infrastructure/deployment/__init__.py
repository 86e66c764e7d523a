"""Changes a running portal in containers, without anyone noticing. `make up`, `make deploy`, `make restart` and
`make maintenance` run it: `python -m infrastructure.deployment up`.

It needs Python alone, and asks Docker for everything else. docs/operate/deploy.md says what happens when.
"""
