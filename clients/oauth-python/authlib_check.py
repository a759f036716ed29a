"""Drives a server's OAuth 2 with Authlib: what an application does that people connect to their account.

Prints one line per check and stops at the first one that fails. It makes one application of its own and removes it
again; nothing else on the server is changed.

    pip install -r requirements.txt
    python authlib_check.py          # with the variables that ../README.md lists
"""

import secrets
from importlib.metadata import version
from urllib.parse import parse_qs, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from browser import Browser
from checks import CheckFailed, PublicClient, Settings, equal, expect, is_refused, run, works

REDIRECT_URI = "http://127.0.0.1:47123/callback"


def refusal(error, call, *arguments, **options):
    """The call has to raise the library's own error, with this code of RFC 6749."""
    try:
        answer = call(*arguments, **options)
    except AuthlibBaseError as raised:
        equal(raised.error, error, "error")
        expect(raised.description, "error_description is empty")
        return
    raise CheckFailed(f"no error was raised; the answer has {sorted(answer)}")


class Checks:
    """The checks in the order they run; a later one may use what an earlier one stored."""

    def __init__(self, settings):
        self.settings = settings
        self.browser = Browser(settings.email, settings.password)
        self.confidential = None
        self.token = None

    def session(self, method="client_secret_basic", **options):
        options.setdefault("client_secret", self.settings.client_secret)
        session = OAuth2Session(
            options.pop("client_id", self.settings.client_id), token_endpoint_auth_method=method, **options
        )
        return session

    def ask(self, session, verifier, decision="allow"):
        """Sends the person to the consent page; answers where their browser ends up, and what is in that address."""
        address, state = session.create_authorization_url(self.settings.authorize_url, code_verifier=verifier)
        returned = self.browser.decide(address, decision)
        expect(returned.startswith(REDIRECT_URI + "?"), f"the browser was sent to {returned}")
        result = parse_qs(urlsplit(returned).query)
        equal(result.get("state"), [state], "state")
        return returned, result

    def connect(self, session):
        """The same, and exchanges the code that comes back."""
        verifier = secrets.token_urlsafe(48)
        returned, result = self.ask(session, verifier)
        # Authlib leaves a refusal to the program.
        expect("error" not in result, f"the consent page answered {result}")
        self.returned, self.verifier = returned, verifier
        return session.fetch_token(self.settings.token_url, authorization_response=returned, code_verifier=verifier)

    def refresh(self, refresh_token, session=None):
        session = session or self.confidential
        return dict(session.refresh_token(self.settings.token_url, refresh_token=refresh_token))

    # The application for itself

    def client_credentials_in_the_form(self):
        self.client_credentials("client_secret_post")

    def client_credentials_by_basic(self):
        self.client_credentials("client_secret_basic")

    def client_credentials(self, method):
        token = self.session(method).fetch_token(self.settings.token_url, grant_type="client_credentials")
        equal(token["token_type"], "Bearer", "token_type")
        seconds = token["expires_in"]
        expect(isinstance(seconds, int) and seconds > 0, f"expires_in is {seconds!r}")
        expect("refresh_token" not in token, "an application's own token has a refresh token")
        is_refused(self.settings, token["access_token"], "an application's own token where a person is needed")

    def wrong_secret(self):
        for method in ("client_secret_basic", "client_secret_post"):
            session = self.session(method, client_secret="wrong")
            refusal("invalid_client", session.fetch_token, self.settings.token_url, grant_type="client_credentials")

    # A person connects it

    def code_and_pkce_confidential_client(self):
        self.confidential = self.session(code_challenge_method="S256", redirect_uri=REDIRECT_URI, scope="tasks.read")
        self.token = dict(self.connect(self.confidential))
        equal(self.token["token_type"], "Bearer", "token_type")
        equal(self.token["scope"], "tasks.read", "scope")
        expect(self.token["refresh_token"], "there is no refresh token")
        works(self.settings, self.token["access_token"])

    def a_code_works_once(self):
        again = self.session(redirect_uri=REDIRECT_URI)
        options = {"authorization_response": self.returned, "code_verifier": self.verifier}
        refusal("invalid_grant", again.fetch_token, self.settings.token_url, **options)
        # Somebody has the code who should not: what it brought ends as well (RFC 6749, section 4.1.2).
        is_refused(self.settings, self.token["access_token"], "a token from a code that was used twice")

    def a_wrong_verifier(self):
        session = self.session(code_challenge_method="S256", redirect_uri=REDIRECT_URI)
        returned, _ = self.ask(session, secrets.token_urlsafe(48))
        options = {"authorization_response": returned, "code_verifier": secrets.token_urlsafe(48)}
        refusal("invalid_grant", session.fetch_token, self.settings.token_url, **options)

    def the_person_refuses(self):
        session = self.session(code_challenge_method="S256", redirect_uri=REDIRECT_URI)
        _, result = self.ask(session, secrets.token_urlsafe(48), "deny")
        equal(result["error"], ["access_denied"], "error")
        expect("code" not in result, "a refusal brought a code")

    def code_and_pkce_public_client(self):
        with PublicClient(self.settings, "Authlib check", REDIRECT_URI) as client:
            options = {"client_id": str(client.id), "client_secret": None, "redirect_uri": REDIRECT_URI}
            session = self.session("none", code_challenge_method="S256", **options)
            token = dict(self.connect(session))
            works(self.settings, token["access_token"])
            renewed = self.refresh(token["refresh_token"], session)
            works(self.settings, renewed["access_token"])
        is_refused(self.settings, renewed["access_token"], "a token of an application that was removed")

    # It stays connected

    def refresh_tokens_rotate(self):
        self.token = dict(self.connect(self.confidential))
        renewed = self.refresh(self.token["refresh_token"])
        expect(renewed["refresh_token"] != self.token["refresh_token"], "the refresh token is still the same")
        expect(renewed["access_token"] != self.token["access_token"], "the access token is still the same")
        works(self.settings, renewed["access_token"])
        self.token = renewed

    def a_lost_answer_is_given_again(self):
        # The first answer never arrives, so nobody uses what is in it, and the same refresh token still brings a pair.
        lost = self.refresh(self.token["refresh_token"])
        again = self.refresh(self.token["refresh_token"])
        works(self.settings, again["access_token"])
        is_refused(self.settings, lost["access_token"], "a token that was lost and replaced")
        self.token = again

    def an_old_refresh_token_ends_everything(self):
        successor = self.refresh(self.token["refresh_token"])
        newest = self.refresh(successor["refresh_token"])
        works(self.settings, newest["access_token"])
        # Its successor was used, so one of the two who hold it is a thief (RFC 9700, section 4.14.2).
        refusal("invalid_grant", self.refresh, self.token["refresh_token"])
        is_refused(self.settings, newest["access_token"], "a token of an ended authorization")
        refusal("invalid_grant", self.refresh, newest["refresh_token"])

    # It is disconnected

    def revoking_an_access_token(self):
        token = dict(self.connect(self.confidential))
        self.revoke(token["access_token"], "access_token")
        is_refused(self.settings, token["access_token"], "a revoked token")
        renewed = self.refresh(token["refresh_token"])
        works(self.settings, renewed["access_token"], "what the refresh token still brings")

    def revoking_a_refresh_token(self):
        token = dict(self.connect(self.confidential))
        self.revoke(token["refresh_token"], "refresh_token")
        is_refused(self.settings, token["access_token"], "a token whose refresh token was revoked")
        refusal("invalid_grant", self.refresh, token["refresh_token"])

    def revoking_what_is_unknown(self):
        self.revoke("tso_unknown", "access_token")

    def revoke(self, token, hint):
        answer = self.confidential.revoke_token(self.settings.revoke_url, token=token, token_type_hint=hint)
        expect(answer.status_code == 200, f"revoking got {answer.status_code} {answer.text}")

    def all(self):
        return (
            self.client_credentials_in_the_form,
            self.client_credentials_by_basic,
            self.wrong_secret,
            self.code_and_pkce_confidential_client,
            self.a_code_works_once,
            self.a_wrong_verifier,
            self.the_person_refuses,
            self.code_and_pkce_public_client,
            self.refresh_tokens_rotate,
            self.a_lost_answer_is_given_again,
            self.an_old_refresh_token_ends_everything,
            self.revoking_an_access_token,
            self.revoking_a_refresh_token,
            self.revoking_what_is_unknown,
        )


if __name__ == "__main__":
    settings = Settings()
    run(f"authlib {version('authlib')} against {settings.url}", Checks(settings).all(), AuthlibBaseError)
