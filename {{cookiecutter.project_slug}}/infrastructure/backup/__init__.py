"""The program of the containers `backup` and `restore`: PostgreSQL and the files of a portal, in a restic repository.

It runs in an image made of PostgreSQL's, with the Python of that system and without the portal's packages.
"""
