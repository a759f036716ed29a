"""Drives a server's OAuth 2 with requests-oauthlib: the classic ways in, and a session that renews itself.

Prints one line per check and stops at the first one that fails. Nothing on the server is changed.

    pip install -r requirements.txt
    python requests_oauthlib_check.py          # with the variables that ../README.md lists
"""

import os
from importlib.metadata import version
from urllib.parse import urlsplit

from oauthlib.oauth2 import BackendApplicationClient, LegacyApplicationClient, OAuth2Error
from requests_oauthlib import OAuth2Session

from browser import Browser
from checks import API_HEADERS, TIMEOUT_SECONDS, CheckFailed, Settings, equal, expect, is_refused, run, works

REDIRECT_URI = "http://127.0.0.1:47124/callback"


class Checks:
    """The checks in the order they run; a later one may use what an earlier one stored."""

    def __init__(self, settings):
        self.settings = settings
        self.browser = Browser(settings.email, settings.password)
        self.token = None

    def session(self, **options):
        session = OAuth2Session(**options)
        session.headers.update(API_HEADERS)
        return session

    def refusal(self, error, call, *arguments, **options):
        """The call has to raise the library's own error, with this code of RFC 6749."""
        try:
            call(*arguments, **options)
        except OAuth2Error as raised:
            equal(raised.error, error, "error")
            expect(raised.description, "error_description is empty")
            return
        raise CheckFailed("no error was raised")

    # The application for itself

    def client_credentials_in_the_form(self):
        self.client_credentials(include_client_id=True, client_secret=self.settings.client_secret)

    def client_credentials_by_basic(self):
        self.client_credentials(auth=(self.settings.client_id, self.settings.client_secret))

    def client_credentials(self, **how):
        session = self.session(client=BackendApplicationClient(self.settings.client_id))
        token = session.fetch_token(self.settings.token_url, **how)
        equal(token["token_type"], "Bearer", "token_type")
        is_refused(self.settings, token["access_token"], "an application's own token where a person is needed")

    # A person hands over their password, as older programs want it

    def password(self):
        session = self.session(client=LegacyApplicationClient(self.settings.client_id))
        token = session.fetch_token(
            self.settings.token_url,
            username=self.settings.email,
            password=self.settings.password,
            client_secret=self.settings.client_secret,
            include_client_id=True,
        )
        expect(token["refresh_token"], "there is no refresh token")
        works(self.settings, token["access_token"])

    def wrong_password(self):
        session = self.session(client=LegacyApplicationClient(self.settings.client_id))
        options = {"client_secret": self.settings.client_secret, "include_client_id": True}
        for username in (self.settings.email, "nobody@example.com"):
            options.update(username=username, password="not the password")
            self.refusal("invalid_grant", session.fetch_token, self.settings.token_url, **options)

    # A person connects the application in their browser

    def code_and_pkce(self):
        session = self.session(
            client_id=self.settings.client_id,
            redirect_uri=REDIRECT_URI,
            scope=["tasks.read", "tasks.write"],
            pkce="S256",
        )
        address, _ = session.authorization_url(self.settings.authorize_url)
        returned = self.browser.decide(address)
        self.token = session.fetch_token(
            self.settings.token_url,
            authorization_response=returned,
            client_secret=self.settings.client_secret,
            include_client_id=True,
        )
        # The library itself complains when the scope is not the one that was asked for.
        works(self.settings, self.token["access_token"])
        answer = session.get(self.settings.organization_url("/me/tasks"), timeout=TIMEOUT_SECONDS)
        equal(answer.status_code, 200, "the status for the library's own session")

    def a_state_that_is_not_ours(self):
        session = self.session(client_id=self.settings.client_id, redirect_uri=REDIRECT_URI, pkce="S256")
        address, state = session.authorization_url(self.settings.authorize_url)
        returned = self.browser.decide(address.replace(state, "theirs"))
        options = {"authorization_response": returned, "client_secret": self.settings.client_secret}
        self.refusal("mismatching_state", session.fetch_token, self.settings.token_url, **options)

    def the_session_renews_itself(self):
        renewed = []
        token = dict(self.token, expires_at=1)  # as if it had run out
        session = self.session(
            client_id=self.settings.client_id,
            token=token,
            auto_refresh_url=self.settings.token_url,
            auto_refresh_kwargs={"client_id": self.settings.client_id, "client_secret": self.settings.client_secret},
            token_updater=renewed.append,
        )
        for _ in range(2):
            answer = session.get(self.settings.organization_url("/me/tasks"), timeout=TIMEOUT_SECONDS)
            equal(answer.status_code, 200, "the status after renewing")
        equal(len(renewed), 1, "the number of refreshes")
        expect(renewed[0]["refresh_token"] != token["refresh_token"], "the refresh token is still the same")
        self.token = renewed[0]

    def revoking_by_basic(self):
        session = self.session(client_id=self.settings.client_id)
        answer = session.post(
            self.settings.revoke_url,
            data={"token": self.token["refresh_token"], "token_type_hint": "refresh_token"},
            auth=(self.settings.client_id, self.settings.client_secret),
            withhold_token=True,
            timeout=TIMEOUT_SECONDS,
        )
        expect(answer.status_code == 200, f"revoking got {answer.status_code} {answer.text}")
        is_refused(self.settings, self.token["access_token"], "a token whose refresh token was revoked")

    def all(self):
        return (
            self.client_credentials_in_the_form,
            self.client_credentials_by_basic,
            self.password,
            self.wrong_password,
            self.code_and_pkce,
            self.a_state_that_is_not_ours,
            self.the_session_renews_itself,
            self.revoking_by_basic,
        )


if __name__ == "__main__":
    settings = Settings()
    if urlsplit(settings.url).hostname in ("127.0.0.1", "localhost", "::1"):
        # The library wants https everywhere; on the machine itself there is nobody in between.
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    title = f"requests-oauthlib {version('requests-oauthlib')} against {settings.url}"
    run(title, Checks(settings).all(), OAuth2Error)
