//! Who looks at a page, and the organisations they are in.

use jiff::tz::TimeZone;
use tallystick_db::{DbError, Tx, args};
use tallystick_wire::member::Role;

use crate::http::Refusal;
use crate::member::store;
use crate::web::door::Acting;
use crate::web::fault::Fault;

/// An organisation of somebody who is active there.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What they are there.
    pub role: Role,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Who {
    /// Their number.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their zone, for times.
    pub zone: TimeZone,
    /// Where they are active.
    pub places: Vec<Place>,
    /// The one this page is about.
    pub place: Option<Place>,
}

impl Who {
    /// Reads it; `wanted` is the organisation that the address or the form names, which must be one of theirs.
    pub fn read(tx: &mut Tx<'_>, acting: &Acting, wanted: Option<&str>) -> Result<Self, Fault> {
        let id = acting.session.user_id;
        let person = store::person(tx, id, None, acting.now)?.ok_or_else(Refusal::not_found)?;
        let places = places(tx, id)?;
        let place = match wanted.filter(|wanted| !wanted.is_empty()) {
            Some(wanted) => {
                let found = places.iter().find(|place| place.id == wanted);
                Some(found.ok_or_else(Refusal::not_found)?)
            }
            None => {
                let latest = store::current_organisation(tx, id)?;
                let found = places
                    .iter()
                    .find(|place| Some(&place.id) == latest.as_ref());
                found.or(places.first())
            }
        }
        .cloned();
        Ok(Self {
            id,
            name: person.full_name,
            email: person.email,
            zone: person
                .timezone
                .and_then(|zone| TimeZone::get(&zone).ok())
                .unwrap_or(TimeZone::UTC),
            places,
            place,
        })
    }

    /// The same for a page of administrators: the organisation, or a refusal.
    pub fn administering(
        tx: &mut Tx<'_>,
        acting: &Acting,
        wanted: Option<&str>,
    ) -> Result<(Self, String), Fault> {
        let who = Self::read(tx, acting, wanted)?;
        let organization = who
            .place
            .as_ref()
            .filter(|place| place.role == Role::Admin)
            .map(|place| place.id.clone())
            .ok_or_else(|| {
                Refusal::forbidden("This page is for administrators of the organization")
            })?;
        Ok((who, organization))
    }

    /// Whether the pages of administrators are theirs.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.place
            .as_ref()
            .is_some_and(|place| place.role == Role::Admin)
    }

    /// `?organization=…` for links, where there is a choice.
    #[must_use]
    pub fn suffix(&self) -> String {
        match &self.place {
            Some(place) if self.places.len() > 1 => format!("?organization={}", place.id),
            _ => String::new(),
        }
    }

    /// The id of the organisation that the page is about.
    #[must_use]
    pub fn organization(&self) -> &str {
        self.place.as_ref().map_or("", |place| &place.id)
    }

    /// The name of an organisation of theirs.
    #[must_use]
    pub fn name_of<'a>(&'a self, organization: &'a str) -> &'a str {
        self.places
            .iter()
            .find(|place| place.id == organization)
            .map_or(organization, |place| &place.name)
    }
}

fn places(tx: &mut Tx<'_>, user_id: i64) -> tallystick_db::Result<Vec<Place>> {
    tx.all(
        "SELECT o.id, o.name, m.role FROM memberships m JOIN organizations o ON o.id = m.organization_id \
         WHERE m.user_id = $1 AND m.status = 'active' ORDER BY o.name, o.id LIMIT 500",
        args![user_id],
        |row| {
            Ok(Place {
                id: row.take()?,
                name: row.take()?,
                role: Role::read(&row.take::<String>()?)
                    .ok_or_else(|| DbError::Decode("role of a membership".to_owned()))?,
            })
        },
    )
}
