"""What can go wrong with the provider. The messages are for operators, and contain no secret."""


class ProviderError(Exception):
    """The provider's answer cannot be used."""


class Unavailable(ProviderError):
    """The provider did not answer in time, or said that it does not work now."""


class BadAnswer(ProviderError):
    """The answer is not what the specification says. Nothing in it counts."""


class Refused(ProviderError):
    """The provider refused a request. `error` is its reason, such as invalid_grant."""

    def __init__(self, message: str, *, error: str = ""):
        super().__init__(f"{message}: {error}" if error else message)
        self.error = error


class InvalidToken(ProviderError):
    """An ID token that this portal must not accept."""
