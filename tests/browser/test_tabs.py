"""Two tabs of one browser agree, and a session that ends loses nothing."""

from playwright.sync_api import expect

from tests.support.browser import CONFLICT, NARROW, UNAUTHORIZED, Window


def another_tab(window: Window, path: str) -> Window:
    """Open a page in another tab of the same browser."""
    tab = Window(window.page.context.new_page(), url=window.url, folder=window.folder, axe=window.axe)
    tab.open(path)
    return tab


def test_signing_out_and_the_colour_scheme_reach_the_other_tab(open_window):
    first = open_window(viewport=NARROW).sign_in("student", then="/account/language")
    second = another_tab(first, "/account/language")
    # The tabs of the page scroll there, and the current one is the last.
    expect(first.page.get_by_role("link", name="Language and theme")).to_be_in_viewport(ratio=1)
    first.page.get_by_role("radio", name="Dark").check()
    expect(second.page.locator("html")).to_have_attribute("data-scheme", "dark")
    expect(second.page.get_by_role("radio", name="Dark")).to_be_checked()

    first.page.goto(f"{first.url}/sign-out")
    first.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    second.wait_for_heading("Sign in")
    second.page.get_by_role("banner").get_by_text("Signed in as").wait_for(state="detached")
    first.expect_problems(UNAUTHORIZED)  # the answer to signing out


def test_signing_out_reaches_a_tab_that_is_still_loading(open_window):
    first = open_window().sign_in("student", then="/account/language")
    context = first.page.context
    context.route("**/tools.*.js", lambda route: None)  # the part that listens to other tabs does not arrive yet
    second = another_tab(first, "/people")
    second.wait_for_heading("People")
    first.page.goto(f"{first.url}/sign-out")
    first.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    first.wait_for_heading("You are signed out")
    context.unroute("**/tools.*.js")
    second.wait_for_heading("Sign in")
    first.expect_problems(UNAUTHORIZED)


def test_signing_in_in_one_tab_continues_in_the_other(open_window):
    first = open_window()
    first.open("/sign-in")
    second = another_tab(first, "/sign-in?next=/account/language")
    first.submit_sign_in("student", "welcome-student")
    second.page.wait_for_url(f"{second.url}/account/language")
    second.wait_for_heading("Account")


def end_session(window: Window) -> None:
    """Forget the session, as if it had ended."""
    cookies = [cookie for cookie in window.page.context.cookies() if "session" in cookie["name"]]
    assert cookies
    for cookie in cookies:
        window.page.context.clear_cookies(name=cookie["name"])


def type_and_lose_the_session(window: Window) -> None:
    """Type into a form, lose the session, and send the form: the dialog to sign in again opens."""
    page = window.page
    page.get_by_role("button", name="Change email").click()
    page.get_by_label("New email").fill("half-typed@example.edu")
    end_session(window)
    page.get_by_role("button", name="Send link").click()
    page.get_by_role("dialog", name="Sign in again").wait_for()
    window.expect_problems(f"{UNAUTHORIZED}|{CONFLICT}")


def test_what_was_typed_stays_when_the_session_ends_and_the_same_person_signs_in_again(open_window):
    window = open_window().sign_in("student", then="/account/security")
    page = window.page
    type_and_lose_the_session(window)
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_label("Password")).to_be_focused()
    assert window.axe_violations() == []
    for _ in range(2):  # browsers close a dialog at the second time
        page.keyboard.press("Escape")
        expect(dialog).to_be_visible()
    dialog.get_by_label("Password").fill("welcome-student")
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    dialog.wait_for(state="detached")
    expect(page.get_by_label("New email")).to_have_value("half-typed@example.edu")


def test_another_person_who_signs_in_there_does_not_see_what_was_typed(open_window):
    window = open_window().sign_in("student", then="/account/security")
    page = window.page
    type_and_lose_the_session(window)
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Username or email").fill("faculty")
    dialog.get_by_label("Password").fill("welcome-faculty")
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("faculty@example.edu").wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "half-typed" not in page.content()
