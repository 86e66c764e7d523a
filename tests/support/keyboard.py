"""A person at a page who has only a keyboard."""

from playwright.sync_api import FileChooser, Locator, Page, expect

MOST_STOPS = 40  # on the way to a control; more would be a page that nobody can use without a mouse

FOCUSED = "elements => elements.includes(document.activeElement)"
HAS_FOCUS = "document.activeElement !== document.body && document.activeElement.checkVisibility()"


class Keyboard:
    """The keys of a page. Nothing here clicks, fills in or moves the focus in another way."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, control: Locator, *, key: str = "Tab") -> Locator:
        """Press the key until the control has the focus. Fails after 40 stops."""
        control = control.filter(visible=True).first
        control.wait_for()
        for _ in range(MOST_STOPS):
            if control.evaluate_all(FOCUSED):  # without waiting: open choices hide what is around them
                return control
            self.page.keyboard.press(key)
        focused = self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        raise AssertionError(f"{MOST_STOPS} times {key} do not reach {control}. The focus is on {focused}")

    def use(self, control: Locator, *, key: str = "Enter") -> None:
        """Reach a link or a button, and press it."""
        self.reach(control)
        self.page.keyboard.press(key)

    def fill(self, field: Locator, text: str) -> None:
        """Reach a text field, and replace what is in it."""
        self.reach(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text, delay=5)

    def choose(self, select: Locator, value: str) -> None:
        """Reach a select, and press the arrow key until it has the value."""
        select = self.reach(select)
        self.page.keyboard.press("Home")
        for _ in range(MOST_STOPS):
            if select.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{select} has no option {value}")

    def choose_file(self, field: Locator) -> FileChooser:
        """Open the file chooser of a field with a key."""
        with self.page.expect_file_chooser() as chooser:
            self.use(field)
        return chooser.value

    def expect_focus(self) -> None:
        """Fail when the focus is lost: the next Tab would begin at the top of the page."""
        if not self.page.evaluate(HAS_FOCUS):
            raise AssertionError("no visible element has the focus")

    def expect_heading(self, name: str) -> None:
        """Wait for a page by its heading, which has the focus when a link led to the page."""
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_focused()
