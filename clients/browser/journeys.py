"""Journeys through a server's pages in a real browser, each chosen by its name:

    create           sign in, make a token, use it; prints the token as JSON
    revoke           revoke the token in TALLYSTICK_TOKEN
    without_scripts  both of them with JavaScript switched off
    consent          an application asks for access: allow a part of it, then refuse
    device           connect a device by the code that it shows
    security         sign out, a second factor, a recovery code
    accessible       every page in both colour schemes, wide and narrow, judged by axe

They change what is on the server (the password stays as it is), so give them a demo. Ends with 1 when something is
not as a person may expect, with 64 when a variable or the name is missing.
"""

import json
import os
import sys
from urllib.parse import urlencode

from selenium.common.exceptions import WebDriverException

from accessible import accessible
from api import Callback, Proof, call, is_refused, one_time_code, post, works
from screen import JourneyFailed, Screen, equal, expect

SETTINGS = "/app/settings/integrations"
NAMES = (
    "TALLYSTICK_URL",
    "TALLYSTICK_ORG",
    "TALLYSTICK_EMAIL",
    "TALLYSTICK_PASSWORD",
    "TALLYSTICK_CLIENT_ID",
    "TALLYSTICK_CLIENT_SECRET",
)


class Settings:
    """The variables of the environment, as attributes: TALLYSTICK_CLIENT_ID is `client_id`."""

    def __init__(self, names):
        missing = [name for name in names if not os.environ.get(name)]
        if missing:
            print(f"Please set {' and '.join(missing)} in the environment.", file=sys.stderr)
            sys.exit(64)
        for name in names:
            setattr(self, name.removeprefix("TALLYSTICK_").lower(), os.environ[name])
        self.url = self.url.rstrip("/")
        self.site = self.url.removesuffix("/api")


def sign_in(screen, settings, path=SETTINGS, heading="REST API"):
    """Opens a page that asks for a sign-in first, and arrives there."""
    screen.open(path)
    screen.sign_in(settings.email, settings.password)
    screen.shows(heading)


def make_token(screen, name):
    """Makes a token for everything and reads it from the page, the only time that it is there."""
    screen.click("Make a token")
    screen.shows("Make a token")
    screen.fill("name", name)
    screen.choose("expiry-30")
    screen.click("Make the token and show it")
    screen.shows("Your new token")
    secret = screen.text("#secret")
    expect(secret.startswith("tsp_"), f"the page shows {secret!r}")
    screen.click("I have copied it")
    screen.shows("REST API")
    expect(name in screen.text("main"), f"{name} is not listed:\n{screen.words}")
    expect(secret not in screen.driver.page_source, "the list shows the whole token")
    return secret


def revoke_token(screen, secret):
    """Finds the token in the list by its end, and revokes it."""
    end = f"…{secret[-4:]}"
    rows = [row for row in screen.all("tbody tr") if end in row.text]
    expect(len(rows) == 1, f"{len(rows)} tokens end in {end}:\n{screen.words}")
    address = rows[0].find_element("css selector", "a.danger").get_property("href")
    screen.open(address)
    expect(screen.text("h1").startswith("Revoke "), f"asks {screen.text('h1')!r}")
    screen.click("Revoke the token")
    screen.shows("REST API")
    expect(end not in screen.text("main"), f"{end} is still listed:\n{screen.words}")


def create(settings):
    with Screen(settings.site) as screen:
        # Where command lines of older instructions lead to.
        screen.open("/#/settings/integrations")
        screen.sign_in(settings.email, "not the password")
        screen.shows("Sign in")
        expect("do not belong to an account" in screen.text('[role="alert"]'), f"no error:\n{screen.words}")
        expect(screen.driver.title.startswith("Error: "), f"the title is {screen.driver.title!r}")
        equal(screen.value("email"), settings.email, "the address after a wrong password")
        equal(screen.value("password"), "", "the password after a wrong one")
        screen.fill("password", settings.password)
        screen.click("Sign in")
        screen.shows("REST API")
        equal(screen.text("#address"), settings.url, "the address on the page")
        equal(screen.text("#organization"), settings.org, "the organization on the page")
        screen.open("/#/settings/integrations", "REST API")
        expect(screen.address.startswith(settings.site + SETTINGS), f"the old address leads to {screen.address}")

        secret = make_token(screen, "Nightly export")
        works(settings, secret)
        screen.has_no_complaints("/app/sign-in")
    print(json.dumps({"token": secret}))


def revoke(settings):
    works(settings, settings.token)
    with Screen(settings.site) as screen:
        sign_in(screen, settings)
        revoke_token(screen, settings.token)
        screen.has_no_complaints()
    is_refused(settings, settings.token)


def without_scripts(settings):
    with Screen(settings.site, scripts=False) as screen:
        screen.open(SETTINGS)
        screen.sign_in(settings.email, "not the password")
        expect("do not belong to an account" in screen.text('[role="alert"]'), f"no error:\n{screen.words}")
        screen.sign_in(settings.email, settings.password)
        screen.shows("REST API")
        # Set by the first line of the script: without it, no script ran.
        expect("js" not in (screen.find("html").get_attribute("class") or "").split(), "scripts run")
        expect(not any(one.is_displayed() for one in screen.all(".js-only")), "buttons that need scripts are shown")
        secret = make_token(screen, "Without scripts")
        works(settings, secret)
        revoke_token(screen, secret)
        is_refused(settings, secret)


def consent(settings):
    proof = Proof()
    with Callback() as callback, Screen(settings.site) as screen:
        query = {
            "response_type": "code",
            "client_id": settings.client_id,
            "redirect_uri": callback.address,
            "scope": "tasks.read tasks.write",
            "state": "from the start",
            "code_challenge": proof.challenge,
            "code_challenge_method": "S256",
        }
        ask = f"/oauth/authorize?{urlencode(query)}"
        screen.open(ask)
        screen.sign_in(settings.email, settings.password)
        screen.untick('input[name="scopes"][value="tasks.write"]')
        screen.click("Allow", within="body")
        answer = callback.result()
        equal(answer.get("state"), "from the start", "state")
        equal(answer.get("iss"), settings.site, "iss")
        expect("error" not in answer and answer.get("code"), f"no code: {answer}")

        status, token = post(
            settings,
            "/oauth/token",
            grant_type="authorization_code",
            code=answer["code"],
            redirect_uri=callback.address,
            code_verifier=proof.verifier,
        )
        equal(status, 200, f"the status of the exchange ({token})")
        equal(token["scope"], "tasks.read", "the scope of the token")
        works(settings, token["access_token"])
        status, body = call(settings, "/tasks", token["access_token"], "--json", '{"title": "Not allowed"}')
        equal(status, 403, f"the status of what was unticked ({body})")

        screen.open(ask)
        screen.click("Refuse", within="body")
        answer = callback.result()
        equal(answer.get("error"), "access_denied", "error")
        equal(answer.get("state"), "from the start", "state of the refusal")
        equal(answer.get("iss"), settings.site, "iss of the refusal")
        expect("code" not in answer, f"a code in spite of the refusal: {answer}")
        screen.has_no_complaints()


def device(settings):
    status, asked = post(settings, "/oauth/device_authorization", scope="tasks.read")
    equal(status, 200, f"the status of the device's request ({asked})")
    with Screen(settings.site) as screen:
        sign_in(screen, settings, "/app/device", "Connect a device")
        screen.fill("user_code", "BBBB-BBBB")
        screen.click("Look for the device")
        expect("No device waits" in screen.text('[role="alert"]'), f"no error:\n{screen.words}")
        equal(screen.value("user_code"), "BBBB-BBBB", "the code after a wrong one")
        screen.fill("user_code", asked["user_code"].lower())
        screen.click("Look for the device")
        expect(asked["user_code"] in screen.text("main").upper(), f"the code is not repeated:\n{screen.words}")
        screen.click("Allow")
        screen.shows("The device is connected")
        screen.has_no_complaints("/app/device")
    status, token = post(
        settings,
        "/oauth/token",
        grant_type="urn:ietf:params:oauth:grant-type:device_code",
        device_code=asked["device_code"],
    )
    equal(status, 200, f"the status of the device's poll ({token})")
    works(settings, token["access_token"])


def security(settings):
    with Screen(settings.site) as screen:
        sign_in(screen, settings)
        # Away, and neither the way back nor the address shows anything.
        screen.sign_out()
        screen.driver.back()
        screen.shows("Sign in")
        expect(settings.org not in screen.driver.page_source, "the way back shows the settings")
        sign_in(screen, settings)

        screen.open("/app/settings/security", "Security")
        screen.click("Set it up")
        screen.shows("Set up the second factor")
        letters = screen.text("#factor")
        screen.fill("code", "12345")
        screen.click("Switch it on")
        expect("does not fit" in screen.text('[role="alert"]'), f"no error:\n{screen.words}")
        screen.fill("code", one_time_code(letters))
        screen.click("Switch it on")
        screen.shows("Your recovery codes")
        recovery = [item.text.strip() for item in screen.all("#codes li")]
        expect(len(recovery) >= 8 and all(recovery), f"the recovery codes are {recovery}")
        screen.click("I have kept them")
        screen.shows("Security")
        expect("authenticator app" in screen.text("main"), f"it is not on:\n{screen.words}")

        screen.sign_out()
        sign_in(screen, settings, heading="Second factor")
        screen.fill("code", "12345")
        screen.click("Sign in")
        expect("does not fit" in screen.text('[role="alert"]'), f"no error:\n{screen.words}")
        # Each step is taken once, and the one of the enrolment is; the next one is tolerated already.
        screen.fill("code", one_time_code(letters, steps_ahead=1))
        screen.click("Sign in")
        screen.shows("REST API")

        screen.sign_out()
        sign_in(screen, settings, heading="Second factor")
        screen.fill("code", recovery[0])
        screen.click("Sign in")
        screen.shows("REST API")
        screen.has_no_complaints("/app/sign-in/code", "/app/settings/security/second-factor/confirm")


JOURNEYS = {
    journey.__name__: journey
    for journey in (create, revoke, without_scripts, consent, device, security, accessible)
}


def main():
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(encoding="utf-8")
    journey = JOURNEYS.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if journey is None:
        print(f"usage: journeys.py {'|'.join(JOURNEYS)}", file=sys.stderr)
        sys.exit(64)
    names = (*NAMES, "TALLYSTICK_TOKEN") if journey is revoke else NAMES
    try:
        journey(Settings(names))
    except JourneyFailed as problem:
        sys.exit(f"FAILED {journey.__name__}: {problem}")
    except WebDriverException as problem:
        sys.exit(f"FAILED {journey.__name__}: {type(problem).__name__}: {problem.msg}")


if __name__ == "__main__":
    main()
