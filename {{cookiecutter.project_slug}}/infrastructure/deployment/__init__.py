"""Changes a running portal in containers. `make up`, `make deploy`, `make restart`, `make maintenance`,
`make certificate` and `make restore` run it: `python -m infrastructure.deployment up`.

It needs Python alone, and asks Docker for everything else. docs/operate/deploy.md says what happens when.
"""
