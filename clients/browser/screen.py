"""A person in front of Chromium, by Selenium: opens addresses, fills fields in by their labels' ids, clicks what it says.

Nothing here sleeps: whoever clicks waits until the page is another one and complete.
"""

import shutil

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE_SECONDS = 30
WIDE, NARROW = (1280, 900), (320, 640)


class JourneyFailed(Exception):
    """What a person would complain about; the message says what they see."""


def expect(condition, message):
    if not condition:
        raise JourneyFailed(message)


def equal(actual, wanted, what):
    expect(actual == wanted, f"{what} is {actual!r}, wanted {wanted!r}")


def program(name):
    found = shutil.which(name)
    expect(found, f"{name} is missing: apt-get install chromium chromium-driver")
    return found


class Screen:
    """One browser with a profile of its own, which goes when it is closed."""

    def __init__(self, site, scripts=True):
        self.site = site
        options = webdriver.ChromeOptions()
        options.binary_location = program("chromium")
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server"):
            options.add_argument(argument)
        # Everything that the browser complains about: broken scripts, what the content security policy stopped.
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        # Named, or Selenium would look for a driver on the network.
        service = webdriver.ChromeService(executable_path=program("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(PATIENCE_SECONDS)
        self.driver.set_script_timeout(PATIENCE_SECONDS)
        self.look()
        if not scripts:
            self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def look(self, size=WIDE, scheme="light"):
        """Sets how large the window is and which colours the person prefers. Nothing moves: what is judged must not be
        half-way between two colours."""
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    # Reading

    def wait(self, condition, what):
        """Waits until the condition gives something; a page that is exchanged meanwhile is looked at again."""
        ignored = (StaleElementReferenceException,)
        try:
            return WebDriverWait(self.driver, PATIENCE_SECONDS, ignored_exceptions=ignored).until(condition)
        except TimeoutException:
            raise JourneyFailed(f"{what}: waited in vain at {self.address}\n{self.words}") from None

    @property
    def address(self):
        return self.driver.current_url

    @property
    def words(self):
        """What the page says, for a message."""
        return self.text("body")[:1500]

    def find(self, selector):
        return self.wait(
            expected_conditions.presence_of_element_located((By.CSS_SELECTOR, selector)), f"no {selector}"
        )

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.find(selector).text.strip()

    def value(self, field):
        return self.find(f"#{field}").get_property("value")

    def shows(self, heading):
        """Waits for the page with this heading."""

        def there(driver):
            headings = driver.find_elements(By.TAG_NAME, "h1")
            complete = driver.execute_script("return document.readyState") == "complete"
            return complete and any(element.text.strip() == heading for element in headings)

        self.wait(there, f"no page {heading!r}")

    # Acting

    def open(self, path, heading=None):
        self.driver.get(path if path.startswith("http") else self.site + path)
        if heading:
            self.shows(heading)

    def fill(self, field, text):
        element = self.find(f"#{field}")
        element.clear()
        element.send_keys(text)

    def choose(self, field):
        """Ticks a box or takes a radio button, by its label, as most people do."""
        if not self.find(f"#{field}").is_selected():
            self.find(f'label[for="{field}"]').click()
        expect(self.find(f"#{field}").is_selected(), f"{field} cannot be ticked")

    def untick(self, selector):
        element = self.find(selector)
        expect(element.is_selected(), f"{selector} was not ticked")
        element.click()
        expect(not element.is_selected(), f"{selector} stays ticked")

    def click(self, words, within="main"):
        """Clicks the one button or link with these words and waits until the page is another."""
        before = self.find("html")
        self._named(words, within).click()
        self.wait(expected_conditions.staleness_of(before), f"{words!r} leads nowhere")
        self.wait(lambda driver: driver.execute_script("return document.readyState") == "complete", "no whole page")

    def _named(self, words, within):
        candidates = self.find(within).find_elements(By.CSS_SELECTOR, "button, a")
        named = [one for one in candidates if " ".join(one.text.split()) == words]
        expect(len(named) == 1, f"{len(named)} times {words!r} at {self.address}:\n{self.words}")
        return named[0]

    def sign_in(self, email, password):
        """Fills the sign-in form in and sends it."""
        self.shows("Sign in")
        self.fill("email", email)
        self.fill("password", password)
        self.click("Sign in")

    def sign_out(self):
        self.click("Sign out", within="header")
        self.shows("Sign in")

    # Judging

    def has_no_complaints(self, *expected):
        """The browser's log is clean, but for loads of pages whose address holds one of these words."""
        bad = [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] == "SEVERE" or "Content Security Policy" in entry["message"]
            if not ("status of 4" in entry["message"] and any(word in entry["message"] for word in expected))
        ]
        expect(not bad, "the browser complains:\n" + "\n".join(bad))
