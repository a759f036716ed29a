"""The whole story of a third-party application: it gets in by itself, provisions a person, and acts as that person.

Needs no browser and nobody's password. Prints one line per step and stops at the first one that fails. It adds one
member to the organization and leaves them there: run it against a demo.

    pip install -r requirements.txt
    python third_party_application.py          # with the variables that ../README.md lists
"""

import secrets
from importlib.metadata import version
from urllib.parse import quote

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from checks import Settings, call, equal, expect, is_refused, run, works

NINETY_DAYS = 90 * 24 * 60 * 60
SOMEBODY_ELSES = "0" * 32


class Story:
    """The steps in the order they run; a later one uses what an earlier one stored."""

    def __init__(self, settings):
        self.settings = settings
        self.email = f"mira.okafor+{secrets.token_hex(4)}@example.com"
        self.client = OAuth2Session(settings.client_id, settings.client_secret)
        self.application_token = None
        self.person = None
        self.person_token = None

    def token_path(self, email):
        return f"/users/{quote(email, safe='')}/token"

    def the_application_gets_a_token(self):
        token = self.client.fetch_token(self.settings.token_url, grant_type="client_credentials")
        self.application_token = token["access_token"]

    def it_is_nobody(self):
        is_refused(self.settings, self.application_token, "an application's token where a person is needed")
        status, body = call("GET", f"{self.settings.url}/me", self.application_token)
        equal(status, 401, "the status of /me for an application's token")

    def it_stays_in_its_organization(self):
        url = f"{self.settings.url}/applications/{SOMEBODY_ELSES}/users"
        status, _ = call("POST", url, self.application_token, self.body())
        equal(status, 403, "the status in an organization that is not the application's")

    def only_an_application_provisions(self):
        status, _ = call("POST", self.settings.application_url("/users"), self.settings.token, self.body())
        equal(status, 401, "the status for a person's token where an application is needed")

    def it_provisions_a_person(self):
        status, answer = call("POST", self.settings.application_url("/users"), self.application_token, self.body())
        expect(status == 201, f"provisioning got {status} {answer}")
        self.person = answer["data"]
        expect(isinstance(self.person["id"], int), f"id is {self.person['id']!r}")
        for key, value in self.body().items():
            equal(self.person[key], value, key)

    def nobody_twice(self):
        status, answer = call("POST", self.settings.application_url("/users"), self.application_token, self.body())
        equal(status, 422, "the status for an address that is taken")
        expect(answer["errors"]["email"], "errors names no email")

    def it_gets_a_token_of_that_person(self):
        url = self.settings.application_url(self.token_path(self.email))
        status, answer = call("POST", url, self.application_token)
        expect(status == 200, f"a person's token got {status} {answer}")
        equal(answer["token_type"], "Bearer", "token_type")
        equal(answer["expires_in"], NINETY_DAYS, "expires_in")
        self.person_token = answer["access_token"]

    def and_of_nobody_unknown(self):
        url = self.settings.application_url(self.token_path("nobody@example.com"))
        status, _ = call("POST", url, self.application_token)
        equal(status, 404, "the status for an unknown address")

    def it_acts_as_that_person(self):
        status, me = call("GET", self.settings.organization_url("/me"), self.person_token)
        expect(status == 200, f"the person's own page got {status} {me}")
        equal(me["data"]["id"], self.person["id"], "id")
        equal(me["data"]["email"], self.email, "email")
        works(self.settings, self.person_token, "the person's token")

    def with_no_more_rights_than_that_person(self):
        url = self.settings.organization_url("/oauth-clients")
        status, _ = call("GET", url, self.person_token)
        equal(status, 403, "the status of an administrator's list for a standard member")

    def it_hands_the_token_back(self):
        answer = self.client.revoke_token(self.settings.revoke_url, token=self.person_token)
        expect(answer.status_code == 200, f"revoking got {answer.status_code} {answer.text}")
        is_refused(self.settings, self.person_token, "the token that was handed back")

    def and_its_own(self):
        answer = self.client.revoke_token(self.settings.revoke_url, token=self.application_token)
        expect(answer.status_code == 200, f"revoking got {answer.status_code} {answer.text}")
        url = self.settings.application_url(self.token_path(self.email))
        status, _ = call("POST", url, self.application_token)
        equal(status, 401, "the status for the application's token that was handed back")

    def body(self):
        return {"first_name": "Mira", "last_name": "Okafor", "email": self.email, "role": "standard"}

    def all(self):
        return (
            self.the_application_gets_a_token,
            self.it_is_nobody,
            self.it_stays_in_its_organization,
            self.only_an_application_provisions,
            self.it_provisions_a_person,
            self.nobody_twice,
            self.it_gets_a_token_of_that_person,
            self.and_of_nobody_unknown,
            self.it_acts_as_that_person,
            self.with_no_more_rights_than_that_person,
            self.it_hands_the_token_back,
            self.and_its_own,
        )


if __name__ == "__main__":
    settings = Settings()
    run(f"authlib {version('authlib')} against {settings.url}", Story(settings).all(), AuthlibBaseError)
