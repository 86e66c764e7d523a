"""People and their roles as a list: the CSV that a registrar hands over, read and written.

columns (which there are) → cells (what stands in one) → reading (the file) → entries (each person, looked at alone) →
planning (what is new or different in the portal) → writing (the plan, in the database); importing goes that way, and
exporting comes back. docs/reference/people-csv.md has the format.
"""
