//! Query strings as real clients write them (contract: auth, section 2.3).

use tallystick_wire::lenient;

/// The decoded pairs of a query string. Both `%20` and `+` are spaces.
#[derive(Debug, Default, Clone)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Decodes; bytes that are no UTF-8 become the replacement character.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(
            form_urlencoded::parse(text.as_bytes())
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The first non-empty value under this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Everything under this name: comma separated, repeated, or as `name[]`.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(key, _)| key.strip_suffix("[]").unwrap_or(key) == name)
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .collect()
    }

    /// A boolean, if one can be read.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(lenient::flag)
    }

    /// A whole number, if one can be read.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(|text| text.trim().parse().ok())
    }

    /// Whether `with=` names this include.
    #[must_use]
    pub fn asks_for(&self, include: &str) -> bool {
        self.list("with").contains(&include)
    }

    /// What a list is to be sorted by, and whether backwards: `sort`, or `sort_by` with `sort_direction`; a leading `-` is
    /// backwards too.
    #[must_use]
    pub fn sort(&self) -> (&str, bool) {
        let text = self.get("sort").or_else(|| self.get("sort_by"));
        let text = text.unwrap_or_default();
        let (name, backwards) = text
            .strip_prefix('-')
            .map_or((text, false), |name| (name, true));
        let descending = self
            .get("sort_direction")
            .is_some_and(|direction| direction.eq_ignore_ascii_case("desc"));
        (name, backwards || descending)
    }

    /// Whether `with=` names this include, or something inside it (`steps.captures`).
    #[must_use]
    pub fn asks_into(&self, include: &str) -> bool {
        let mut asked = self.list("with").into_iter();
        asked.any(|name| name.split('.').next() == Some(include))
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether some name or value holds a zero byte, which PostgreSQL cannot take in text.
    #[must_use]
    pub fn holds_a_zero_byte(&self) -> bool {
        self.0
            .iter()
            .any(|(name, value)| name.contains('\0') || value.contains('\0'))
    }

    /// The names that occur.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The query again, for a form that leads back to where it is.
    #[must_use]
    pub fn encoded(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.0 {
            out.append_pair(name, value);
        }
        out.finish()
    }

    /// The query again, with `page` set to another number: for links.
    #[must_use]
    pub fn with_page(&self, page: i64) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.0.iter().filter(|(name, _)| name != "page") {
            out.append_pair(name, value);
        }
        out.append_pair("page", &page.to_string());
        out.finish()
    }
}
