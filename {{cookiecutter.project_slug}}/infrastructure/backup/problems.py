class BackupError(Exception):
    """Why a backup or a restore cannot be made. The message says what was found and what to do."""
