"""The audit log: who signed in, and who changed accounts, roles and the admin's records, when and from where."""
