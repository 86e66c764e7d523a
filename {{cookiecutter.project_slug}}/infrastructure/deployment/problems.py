"""What ends a deployment early."""


class DeploymentError(Exception):
    """A step failed. `details` is the output or the log that says why, and `do` what to do next."""

    def __init__(self, found: str, *, details: str = "", do: str = "") -> None:
        super().__init__(found)
        self.details = details
        self.do = do

    def report(self, command: str) -> str:
        """Return the whole message: the details first, so that the reason and what to do are read last."""
        lines = [self.details.rstrip(), f"{command}: {self}", f"  do       {self.do}" if self.do else ""]
        return "\n".join(line for line in lines if line)
