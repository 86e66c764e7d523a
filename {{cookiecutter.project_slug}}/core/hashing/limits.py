"""What hashing passwords may use in one process. core.deployment.processes counts on it, so it imports nothing."""

# OWASP's figures for Argon2id: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
ARGON2_KIBIBYTES, ARGON2_PASSES, ARGON2_LANES = 19 * 1024, 2, 1

# Room for a hash of Django's own parameters (100 MiB), which verifies at its own cost until its person signs in, and
# for one of the portal's beside it.
MEGABYTES_AT_ONCE = 120

# Half of the threads that Gunicorn gives a process (config/gunicorn.py): the other half serves other requests.
REQUESTS_AT_ONCE = 2
