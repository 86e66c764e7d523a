"""Import and export people and their roles as CSV. docs/reference/people-csv.md describes the format.

An import goes through these modules in order: `columns` (the allowed columns), `cells` (the value of a cell), `reading`
(rows of the file), `entries` (the people and roles in the rows, validated without the database), `planning` (the
changes that the portal needs) and `writing` (the changes in the database). `importing` runs them all. `exporting`
writes the same format.
"""
