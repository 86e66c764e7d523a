"""The import of a CSV file by a maintainer: upload, check, confirm, progress, result.

`actions` starts each step, `steps` is what the worker does, `progress` says how far it is, and `views` is the API. The
work itself is in services/people/records, which the commands use as well.
"""
