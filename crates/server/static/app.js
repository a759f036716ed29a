// Conveniences only: every page works without this file.
"use strict";

document.documentElement.classList.add("js");

function say(text) {
  const said = document.getElementById("said");
  if (said) {
    said.textContent = "";
    requestAnimationFrame(() => (said.textContent = text));
  }
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    say("Copied");
  } catch {
    // Over plain HTTP browsers keep the clipboard to themselves: select the text instead.
    getSelection().selectAllChildren(source);
    button.textContent = "Selected";
    say("Selected. Press Ctrl and C to copy");
  }
  setTimeout(() => (button.textContent = before), 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

// Choosing an organization is enough.
document.addEventListener("change", (event) => {
  if (event.target.id === "switch") event.target.form.requestSubmit();
});

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("[data-focus]")?.focus();
});

// Browsers keep pages that were left and show them again on the way back, `no-store` or not: also those of somebody who has
// signed out meanwhile. A page is put away hidden, and fetched again instead of shown.
addEventListener("pagehide", (event) => {
  if (event.persisted) document.documentElement.hidden = true;
});
addEventListener("pageshow", (event) => {
  // Never a reload: that would send a form a second time. Without its fragment, or nothing would be fetched.
  if (event.persisted) location.replace(location.pathname + location.search);
});

// After a page was exchanged in place, whoever listens hears its heading.
document.addEventListener("htmx:afterSettle", () => {
  const main = document.getElementById("main");
  main?.focus({ preventScroll: true });
  say(document.querySelector("h1")?.textContent ?? "");
});
