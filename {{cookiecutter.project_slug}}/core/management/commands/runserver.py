"""Daphne's development server, which applies new migrations and warns of changes of models without one."""

from daphne.management.commands.runserver import Command as DaphneCommand


class Command(DaphneCommand):  # type: ignore[misc]  # daphne has no annotations
    def check_migrations(self) -> None:
        # The images of production do not hold this module.
        from core.development.migrations import apply_new_migrations, unrecorded_changes

        apply_new_migrations(self.stdout)
        for changes in unrecorded_changes():
            self.stderr.write(str(changes), self.style.WARNING)
