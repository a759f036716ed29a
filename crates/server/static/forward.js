// Older instructions and command lines send people to #/settings/integrations.
if (location.hash.startsWith("#/settings")) {
  location.replace("/app/settings/integrations");
}
