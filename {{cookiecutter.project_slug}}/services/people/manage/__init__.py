"""The administration of people: what maintainers do on the page /manage-people, and its API below /api/people/manage/.

`selectors` reads, `actions` changes one person or several, and `views` is the API. Everything is for maintainers on the
intranet site: core/people/powers.py. `imports` is a package of its own.
"""
