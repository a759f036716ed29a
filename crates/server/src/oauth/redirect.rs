//! Where a browser may be sent back to: exactly where the client said, and nowhere that only looks like it
//! (RFC 6749, section 3.1.2; RFC 8252, section 7.3; RFC 9700, section 2.1).

use url::{Host, Url};

/// Longest redirect address.
const LONGEST: usize = 2_000;

/// Whether an address may be registered; `Err` is the sentence for who registers it.
pub fn check(text: &str) -> Result<(), &'static str> {
    if text.is_empty() || text.len() > LONGEST {
        return Err("A redirect address has 1 to 2000 characters");
    }
    if text
        .chars()
        .any(|letter| letter.is_control() || letter.is_whitespace() || letter == '\\')
    {
        return Err("A redirect address holds no spaces, control characters or backslashes");
    }
    let url = Url::parse(text).map_err(
        |_| "A redirect address is a complete address such as https://app.example.com/callback",
    )?;
    if url.fragment().is_some() {
        return Err("A redirect address has no fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("A redirect address names no user");
    }
    if text.contains('*') {
        return Err("A redirect address has no wildcards: it is compared letter by letter");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => Err("A redirect address begins with https://; http:// is for this machine only"),
        "javascript" | "data" | "file" | "vbscript" | "about" | "blob" | "ws" | "wss" | "ftp" => {
            Err("A redirect address leads to a program, not into a browser's own pages")
        }
        // A scheme of the application's own, which by RFC 8252 is a reversed domain name.
        scheme if scheme.contains('.') => Ok(()),
        _ => Err(
            "A scheme of an application's own is a reversed domain name such as com.example.app",
        ),
    }
}

/// The loopback interface by address, or by the name that desktop programs use for it.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether `asked` is one of the registered addresses: letter by letter, save for the port of a loopback address, which a
/// program on somebody's desk cannot know in advance.
#[must_use]
pub fn is_registered(registered: &[String], asked: &str) -> bool {
    registered
        .iter()
        .any(|known| known == asked || differs_in_port_only(known, asked))
}

fn differs_in_port_only(known: &str, asked: &str) -> bool {
    let (Ok(_), Ok(_)) = (check(known), check(asked)) else {
        return false;
    };
    let (Ok(mut known), Ok(mut asked)) = (Url::parse(known), Url::parse(asked)) else {
        return false;
    };
    let loopback = known.scheme() == "http"
        && matches!(known.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)))
        && is_loopback(&known)
        && is_loopback(&asked);
    loopback && known.set_port(None).is_ok() && asked.set_port(None).is_ok() && known == asked
}

/// The address with these parameters added to its query.
#[must_use]
pub fn with_query(address: &str, parameters: &[(&str, &str)]) -> String {
    let Ok(mut url) = Url::parse(address) else {
        return address.to_owned();
    };
    url.query_pairs_mut().extend_pairs(parameters);
    url.into()
}

/// The address with these parameters as its fragment (the implicit grant).
#[must_use]
pub fn with_fragment(address: &str, parameters: &[(&str, &str)]) -> String {
    let mut fragment = form_urlencoded::Serializer::new(String::new());
    fragment.extend_pairs(parameters);
    let Ok(mut url) = Url::parse(address) else {
        return address.to_owned();
    };
    url.set_fragment(Some(&fragment.finish()));
    url.into()
}

/// Scheme and host, for a Content-Security-Policy that lets a form lead there.
#[must_use]
pub fn source(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    Some(match url.host_str() {
        Some(host) if matches!(url.scheme(), "http" | "https") => {
            let port = url
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            format!("{}://{host}{port}", url.scheme())
        }
        _ => format!("{}:", url.scheme()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_registered() {
        for good in [
            "https://app.example.com/callback",
            "https://app.example.com:8443/cb?fixed=1",
            "http://127.0.0.1/cb",
            "http://[::1]:9000/cb",
            "http://localhost:3000/cb",
            "com.example.app:/oauth",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "/callback",
            "http://app.example.com/cb",
            "https://user@app.example.com/cb",
            "https://app.example.com/cb#top",
            "https://*.example.com/cb",
            "https://app.example.com\\@evil.example/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://localhost.evil.example/cb",
            "https://app.example.com/c b",
            "http://0.0.0.0/cb",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn compared_letter_by_letter() {
        let registered = ["https://app.example.com/cb".to_owned()];
        assert!(is_registered(&registered, "https://app.example.com/cb"));
        for trick in [
            "https://app.example.com/cb/",
            "https://app.example.com/cb?x=1",
            "https://APP.example.com/cb",
            "https://app.example.com:443/cb",
            "https://app.example.com/cb/../evil",
            "https://app.example.com/%63b",
            "https://app.example.com.evil.example/cb",
            "https://app.example.com@evil.example/cb",
            "http://app.example.com/cb",
            "//app.example.com/cb",
            "https://app.example.com/cb#x",
        ] {
            assert!(!is_registered(&registered, trick), "{trick}");
        }
    }

    #[test]
    fn a_loopback_port_may_differ_and_nothing_else() {
        let registered = [
            "http://127.0.0.1/cb".to_owned(),
            "https://app.example.com/cb".to_owned(),
        ];
        assert!(is_registered(&registered, "http://127.0.0.1:49152/cb"));
        for trick in [
            "http://127.0.0.1:49152/other",
            "http://localhost:49152/cb",
            "http://127.0.0.1:49152/cb?x",
            "http://127.0.0.2:49152/cb",
            "http://u@127.0.0.1:49152/cb",
            "https://app.example.com:444/cb",
        ] {
            assert!(!is_registered(&registered, trick), "{trick}");
        }
    }
}
