"""A browser for programs: follows redirects, keeps cookies, fills in forms and submits them.

It stands for the person in front of the screen, so that the checks beside it need none. Your own program does not
need it: there, a real browser opens the address, and a real person signs in and consents.

Fields are read from the page and never assumed: what the page's form holds is sent back, as a browser would.
"""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

TIMEOUT_SECONDS = 30
MOST_STEPS = 10


class BrowserError(Exception):
    """What a person would complain about; the message says what they see."""


class Button:
    def __init__(self, name, value):
        self.name, self.value = name, value


class Form:
    """A form of a page: where it goes, what is filled in, and what can be clicked."""

    def __init__(self, action, method):
        self.action, self.method = action, method
        self.fields = []  # pairs, in the order of the page; a name may occur twice
        self.buttons = []

    def has(self, name):
        return any(known == name for known, _ in self.fields)

    def fill(self, name, value):
        if not self.has(name):
            raise BrowserError(f"the form has no field {name!r}, only {[known for known, _ in self.fields]}")
        self.fields = [(known, value if known == name else old) for known, old in self.fields]

    def button(self, name, value):
        for button in self.buttons:
            if (button.name, button.value) == (name, value):
                return button
        raise BrowserError(f"the form has no button {name}={value}")


class FormReader(HTMLParser):
    """Collects the forms of a page with what a browser would send (HTML standard, "constructing the entry list")."""

    # Of these, a browser sends a value only when they are clicked, or never.
    NOT_SENT = ("submit", "image", "button", "reset", "file")

    def __init__(self, address):
        super().__init__(convert_charrefs=True)
        self.address = address
        self.forms = []
        self._form = None
        self._select = None  # the options of the list that is open
        self._text = None  # the text that belongs to an open element

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        if tag == "form":
            action = urljoin(self.address, attributes.get("action") or self.address)
            self._form = Form(action, attributes.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input":
            self._input(attributes)
        elif tag == "button" and attributes.get("type", "submit").lower() == "submit":
            self._form.buttons.append(Button(attributes.get("name", ""), attributes.get("value", "")))
        elif tag == "select":
            self._select = (attributes, [])
        elif tag == "option" and self._select is not None:
            self._end_option()
            self._select[1].append([attributes, ""])
            self._text = ""
        elif tag == "textarea":
            self._select, self._text = (attributes, None), ""

    def _input(self, attributes):
        kind, name = attributes.get("type", "text").lower(), attributes.get("name", "")
        if kind in ("submit", "image"):
            self._form.buttons.append(Button(name, attributes.get("value", "")))
        if not name or "disabled" in attributes or kind in self.NOT_SENT:
            return
        if kind in ("checkbox", "radio"):
            if "checked" in attributes:
                self._form.fields.append((name, attributes.get("value", "on")))
            return
        self._form.fields.append((name, attributes.get("value", "")))

    def handle_data(self, data):
        if self._text is not None:
            self._text += data

    def _end_option(self):
        if self._select is not None and self._select[1] and self._text is not None:
            self._select[1][-1][1] = " ".join(self._text.split())
        self._text = None

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif self._form is None or self._select is None:
            return
        elif tag == "option":
            self._end_option()
        elif tag == "select":
            self._end_option()
            self._end_select(*self._select)
            self._select = None
        elif tag == "textarea":
            attributes = self._select[0]
            if attributes.get("name") and "disabled" not in attributes:
                self._form.fields.append((attributes["name"], self._text.removeprefix("\n")))
            self._select = self._text = None

    def _end_select(self, attributes, options):
        if not attributes.get("name") or "disabled" in attributes:
            return
        usable = [option for option in options if "disabled" not in option[0]]
        chosen = [option for option in usable if "selected" in option[0]]
        if "multiple" not in attributes:
            # The last one marked wins; without a mark, the list shows its first line.
            chosen = chosen[-1:] or usable[:1]
        for option, text in chosen:
            self._form.fields.append((attributes["name"], option.get("value", text)))


def forms_of(html, address):
    reader = FormReader(address)
    reader.feed(html)
    reader.close()
    return reader.forms


class Browser:
    """One person's browser: their cookies, and the e-mail and password that they know."""

    def __init__(self, email, password):
        self.email, self.password = email, password
        self._session = requests.Session()
        self._session.headers["Accept"] = "text/html,application/xhtml+xml"

    def decide(self, address, decision="allow"):
        """Opens the address of an authorization request, signs in where asked, and clicks `allow` or `deny`.

        Answers the address that the browser is sent to in the end: the application's own, with the result in it.
        """
        page, elsewhere = self.open(address)
        if elsewhere:
            return elsewhere
        form = self._form(page, lambda form: any(button.name == "decision" for button in form.buttons))
        page, elsewhere = self.submit(page, form, form.button("decision", decision))
        if elsewhere:
            return elsewhere
        raise BrowserError(f"the consent page led to {page.url} and not back to the application: {text_of(page)}")

    def open(self, address):
        """The page at the address, after signing in if it asks for that; or the address elsewhere that it leads to."""
        page, elsewhere = self._arrive(address, self._get(address, None))
        if elsewhere is None and any(form.has("password") for form in forms_of(page.text, page.url)):
            form = self._form(page, lambda form: form.has("password"))
            form.fill("email", self.email)
            form.fill("password", self.password)
            page, elsewhere = self.submit(page, form)
            if elsewhere is None and any(form.has("password") for form in forms_of(page.text, page.url)):
                raise BrowserError(f"signing in was refused: {text_of(page)}")
        return page, elsewhere

    def submit(self, page, form, button=None):
        fields = list(form.fields)
        if button is not None and button.name:
            fields.append((button.name, button.value))
        if form.method != "post":
            raise BrowserError(f"the form at {page.url} does not post but {form.method}")
        # What a browser adds, and what a server tells a form of another site by.
        headers = {
            "Origin": origin(page.url),
            "Referer": page.url,
            "Sec-Fetch-Site": "same-origin" if origin(form.action) == origin(page.url) else "cross-site",
        }
        response = self._session.post(
            form.action, data=fields, headers=headers, allow_redirects=False, timeout=TIMEOUT_SECONDS
        )
        return self._arrive(form.action, response)

    def _get(self, address, referer):
        headers = {"Referer": referer, "Sec-Fetch-Site": "same-origin"} if referer else {"Sec-Fetch-Site": "none"}
        return self._session.get(address, headers=headers, allow_redirects=False, timeout=TIMEOUT_SECONDS)

    def _arrive(self, address, response):
        """Follows redirects as long as they stay on the server."""
        for _ in range(MOST_STEPS):
            if not response.is_redirect:
                if not response.ok:
                    raise BrowserError(f"{address} answered HTTP {response.status_code}: {text_of(response)}")
                return response, None
            target = urljoin(address, response.headers["Location"])
            if origin(target) != origin(address):
                return None, target
            address, response = target, self._get(target, address)
        raise BrowserError(f"{address} leads round in circles")

    @staticmethod
    def _form(page, wanted):
        for form in forms_of(page.text, page.url):
            if wanted(form):
                return form
        raise BrowserError(f"{page.url} has not the form that was expected: {text_of(page)}")


def origin(address):
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self._hidden = [], 0

    def handle_starttag(self, tag, attributes):
        self._hidden += tag in ("script", "style", "title")

    def handle_endtag(self, tag):
        self._hidden -= tag in ("script", "style", "title")

    def handle_data(self, data):
        if not self._hidden:
            self.words += data.split()


def text_of(page):
    """The words on a page, for a message."""
    reader = _Text()
    reader.feed(page.text)
    return " ".join(reader.words)[:300]
