"""Every page, in both colour schemes and two widths, judged by axe-core; on a phone nothing scrolls sideways."""

from urllib.parse import urlencode

from axe_core_python.selenium import Axe

from api import Callback, Proof, one_time_code, post
from screen import NARROW, WIDE, Screen, equal, expect

# Each width and each colour scheme once: what a page shows depends on one or the other, never on both.
LOOKS = [(WIDE, "light"), (NARROW, "dark")]


class Judge:
    """Looks at the page that is on the screen, without loading it again: some are shown only once."""

    def __init__(self, screen):
        self.screen, self.problems, self.seen = screen, [], 0
        self._axe = Axe()

    def page(self, name):
        driver = self.screen.driver
        for size, scheme in LOOKS:
            self.screen.look(size, scheme)
            look = f"{name}, {size[0]} px, {scheme}"
            for violation in self._axe.run(driver)["violations"]:
                places = [" ".join(map(str, node["target"])) + ": " + node["html"][:160] for node in violation["nodes"]]
                self.problems.append(f"{look}: {violation['id']}: {violation['help']}\n    " + "\n    ".join(places))
            wide, room = driver.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
            equal(room, size[0], "the width of the window")
            if wide > room:
                self.problems.append(f"{look}: {wide} px wide")
        self.screen.look()
        self.seen += 1


def accessible(settings):
    with Callback() as callback, Screen(settings.site) as screen:
        judge = Judge(screen)
        before_signing_in(screen, judge, settings)
        credentials(screen, judge)
        administration(screen, judge)
        consent_and_device(screen, judge, settings, callback.address)
        second_factor(screen, judge, settings)
        expect(not judge.problems, "\n".join(judge.problems))
        # Forms that came back with errors are answered 422.
        screen.has_no_complaints("/app/nowhere", "/app/sign-in", "/new", "/oauth/authorize")
        print(f"ok     {judge.seen} pages")


def before_signing_in(screen, judge, settings):
    screen.open("/")
    judge.page("API reference")
    screen.open("/app/nowhere")
    judge.page("404")
    screen.open("/app/forgot", "Set a new password")
    judge.page("forgot")
    screen.open("/app/settings/integrations", "Sign in")
    judge.page("sign-in")
    screen.sign_in(settings.email, "not the password")
    screen.find('[role="alert"]')
    judge.page("sign-in error")
    screen.sign_in(settings.email, settings.password)
    screen.shows("REST API")


def credentials(screen, judge):
    judge.page("integrations")
    screen.click("Make a token")
    judge.page("token form")
    screen.choose("access-chosen")
    screen.choose("expiry-date")
    screen.click("Make the token and show it")
    screen.find('[role="alert"]')
    judge.page("token form with errors")
    screen.fill("name", "A name without any place where a line could be broken: " + "x" * 40)
    screen.choose("expiry-30")
    screen.choose("access-all")
    screen.click("Make the token and show it")
    screen.shows("Your new token")
    judge.page("token made")
    screen.click("I have copied it")
    screen.shows("REST API")
    judge.page("integrations with a long name")
    screen.open(screen.all("td.do a.danger")[0].get_property("href"))
    judge.page("revoke")
    screen.open("/app/settings/integrations/revoke-all", "Revoke everything?")
    judge.page("revoke everything")
    screen.open("/app/confirm", "Confirm that it is you")
    judge.page("confirm")


def administration(screen, judge):
    screen.open("/app/settings/applications", "Applications")
    judge.page("applications")
    screen.click("Add an application")
    judge.page("application form")
    screen.click("Add the application")
    screen.find('[role="alert"]')
    judge.page("application form with errors")
    screen.fill("name", "Reports")
    screen.fill("redirect_uris", "https://reports.example/a/rather/long/address/for/a/narrow/telephone/callback")
    screen.click("Add the application")
    screen.find("#secret")
    judge.page("application made")
    screen.click("Done")
    screen.shows("Applications")
    screen.open(screen.all("td.do a")[0].get_property("href"))
    judge.page("application")
    screen.open("/app/settings/policy", "Token policy")
    judge.page("policy")
    screen.open("/app/settings/log", "Record")
    judge.page("log")


def consent_and_device(screen, judge, settings, redirect_uri):
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": redirect_uri,
        "scope": "tasks.read templates.read",
        "code_challenge": Proof().challenge,
        "code_challenge_method": "S256",
    }
    screen.open(f"/oauth/authorize?{urlencode(query)}")
    screen.find("#scopes")
    judge.page("consent")
    for box in screen.all('input[name="scopes"]'):
        box.click()
    screen.click("Allow")
    screen.find('[role="alert"]')
    judge.page("consent error")
    screen.open("/app/device", "Connect a device")
    judge.page("device")
    status, asked = post(settings, "/oauth/device_authorization", scope="tasks.read")
    equal(status, 200, f"the status of the device's request ({asked})")
    screen.fill("user_code", asked["user_code"])
    screen.click("Look for the device")
    screen.find("#scopes")
    judge.page("device consent")
    screen.click("Refuse")
    screen.shows("The device was refused")
    judge.page("device refused")


def second_factor(screen, judge, settings):
    screen.open("/app/settings/security", "Security")
    judge.page("security")
    screen.open("/app/settings/security/password", "Change the password")
    judge.page("change the password")
    screen.open("/app/settings/security", "Security")
    screen.click("Set it up")
    screen.shows("Set up the second factor")
    judge.page("second factor")
    screen.fill("code", one_time_code(screen.text("#factor")))
    screen.click("Switch it on")
    screen.shows("Your recovery codes")
    judge.page("recovery codes")
    screen.click("I have kept them")
    screen.shows("Security")
    judge.page("security with a second factor")
    screen.sign_out()
    screen.sign_in(settings.email, settings.password)
    screen.shows("Second factor")
    judge.page("second factor at sign-in")
