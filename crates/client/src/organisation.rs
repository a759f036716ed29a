//! One organisation, as one of its members works in it.

use crate::error::Error;
use crate::transport::Transport;
use crate::wire::organisation::Organization;

/// What can be done in one organisation: made by [`crate::Client::organization`]. The calls about tasks and members
/// stand in the modules of those names.
#[derive(Debug, Clone)]
pub struct OrganizationClient {
    pub(crate) transport: Transport,
    pub(crate) id: String,
}

impl OrganizationClient {
    /// The organisation itself.
    pub async fn get(&self) -> Result<Organization, Error> {
        self.transport.get_item(&self.path(&[])).await
    }

    pub(crate) fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        ["organizations", self.id.as_str()]
            .into_iter()
            .chain(rest.iter().copied())
            .collect()
    }
}
