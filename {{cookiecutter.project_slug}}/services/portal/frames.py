"""What a browser sends over the portal's socket."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_NAMES = 1000  # in one frame


class Frame(BaseModel):
    """Topics to subscribe to and to leave, and the updates that the page has handled: topic → version."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    subscribe: list[str] | None = Field(None, max_length=MOST_NAMES)
    unsubscribe: list[str] = Field([], max_length=MOST_NAMES)
    acknowledge: dict[str, int] = Field({}, max_length=MOST_NAMES)


def read_frame(text: str | None) -> Frame:
    """Read a frame. Raises ValueError with a sentence for the developer who sent something else."""
    if text is None:
        raise ValueError("A frame is JSON in a text message, not a binary message.")
    try:
        return Frame.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, problem["loc"])) or "the frame"
        raise ValueError(
            f"{place}: {problem['msg']}. A frame is an object with subscribe (a list of topics), "
            "unsubscribe (a list of topics) and acknowledge (topic → version), each optional."
        ) from None
