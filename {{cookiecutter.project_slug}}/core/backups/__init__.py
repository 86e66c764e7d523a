"""How the backups and the drills of restoring one ended, for the overview and for mails to maintainers."""
