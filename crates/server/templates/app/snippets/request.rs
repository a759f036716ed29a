// cargo add reqwest --features blocking
fn main() -> Result<(), reqwest::Error> {
    let response = reqwest::blocking::Client::new()
        .get("@URL@/organizations/@ORG@/me/tasks")
        .bearer_auth("@TOKEN@")
        .header("Accept", "application/json")
        .header("X-Tallyfy-Client", "APIClient")
        .send()?
        .error_for_status()?;
    println!("{}", response.text()?);
    Ok(())
}
