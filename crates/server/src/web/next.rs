//! Where to go after signing in: a path on this very server, or the settings.

/// Where people land.
pub const HOME: &str = "/app/settings/integrations";
/// Longest target: an authorization request with everything in it.
const LONGEST: usize = 8_000;

/// The target if it stays here, else [`HOME`]. A browser takes `//host`, `/\host` and either with a tab or line break in
/// between for another site.
#[must_use]
pub fn or_home(asked: Option<&str>) -> &str {
    asked.filter(|asked| stays_here(asked)).unwrap_or(HOME)
}

fn stays_here(target: &str) -> bool {
    let plain = target
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !plain || target.len() > LONGEST || !target.starts_with('/') || target.starts_with("//") {
        return false;
    }
    // The same question to the reader of addresses that browsers follow.
    let here = url::Url::parse("https://here.invalid/app");
    here.and_then(|here| here.join(target))
        .is_ok_and(|url| url.scheme() == "https" && url.host_str() == Some("here.invalid"))
}

/// `address?next=target`.
#[must_use]
pub fn with(address: &str, target: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", target);
    format!("{address}?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_paths_of_this_server() {
        for good in [
            "/app/settings/security",
            "/oauth/authorize?client_id=4801&redirect_uri=https%3A%2F%2Fa.example%2Fcb",
            "/",
        ] {
            assert_eq!(or_home(Some(good)), good);
        }
        for trick in [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "app/settings",
            "/app\r\nSet-Cookie: a=b",
            "/é",
            "?next=/",
            "/app\u{0}",
        ] {
            assert_eq!(or_home(Some(trick)), HOME, "{trick:?}");
        }
        assert_eq!(or_home(None), HOME);
    }

    proptest! {
        #[test]
        fn nothing_leads_elsewhere(text in "[/\\\\:.@?#a-z\\t\\n ]{0,20}") {
            let here = url::Url::parse("http://tallystick.invalid/app/sign-in").unwrap();
            let target = here.join(or_home(Some(&text))).unwrap();
            prop_assert_eq!(target.host_str(), Some("tallystick.invalid"));
        }
    }
}
