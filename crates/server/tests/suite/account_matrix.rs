//! What ends with what: every event of an account against every kind of credential (contract: auth, section 4).

use serde_json::json;
use tallystick_server::http::access::Scopes;
use tallystick_server::member::store::set_membership;
use tallystick_server::oauth::GrantType;
use tallystick_server::oauth::client::{self, NewClient};
use tallystick_wire::member::{MemberStatus, Role};

use crate::account::{session_lives, session_of};
use crate::support::account::{PASSWORD, member, signed_in, text};
use crate::support::post::Post;
use crate::support::{Actor, Answer, World, both_engines};

both_engines!(every_event_against_every_credential with [("mail.folder", crate::support::post::folder().as_str())]);

/// Everything that can stand for one person, made anew.
struct Held {
    email: String,
    user_id: i64,
    session: String,
    personal: Actor,
    sign_in: Actor,
    granted: Actor,
    refresh: String,
}

/// Which of them still work; those of a member are asked for their organisation.
#[derive(Debug, PartialEq, Eq)]
struct Alive {
    session: bool,
    personal: bool,
    sign_in: bool,
    granted: bool,
    refresh: bool,
}

struct Client {
    id: String,
    secret: String,
}

impl Client {
    async fn new(world: &World) -> Self {
        let (org, app) = (world.org.clone(), world.app.clone());
        let made = world.write(move |tx| {
            let new = NewClient {
                organization: Some(&org),
                name: "Importer",
                auth_method: "client_secret_post",
                grants: &[GrantType::Password, GrantType::RefreshToken],
                redirect_uris: &[],
                scopes: &Scopes::all(),
                created_by: None,
            };
            client::insert(tx, &app.ids, &new, app.clock.now())
        });
        let (id, secret) = made.await;
        let secret = secret.unwrap();
        world.remember(&secret);
        Self { id, secret }
    }

    async fn token(&self, world: &World, mut body: serde_json::Value) -> Answer {
        body["client_id"] = json!(self.id);
        body["client_secret"] = json!(self.secret);
        world.stranger.post("/oauth/token", body).await
    }
}

impl Held {
    async fn new(world: &World, client: &Client, name: &str) -> Self {
        let email = format!("{name}@northwind.example");
        let user_id = member(world, &email).await;
        let sign_in = signed_in(world, &email, PASSWORD).await;
        let body = json!({"grant_type": "password", "username": email, "password": PASSWORD});
        let grant = client.token(world, body).await.expect(200);
        Self {
            user_id,
            session: session_of(world, user_id).await,
            personal: world.token(&sign_in, "personal", Default::default()).await,
            granted: sign_in.with_token("granted", text(&grant, "/access_token")),
            refresh: text(&grant, "/refresh_token").to_owned(),
            sign_in,
            email,
        }
    }

    async fn alive(&self, world: &World, client: &Client) -> Alive {
        let works = async |actor: &Actor| actor.get(&world.at("me")).await.status == 200;
        let body = json!({"grant_type": "refresh_token", "refresh_token": self.refresh});
        Alive {
            session: session_lives(world, &self.session).await,
            personal: works(&self.personal).await,
            sign_in: works(&self.sign_in).await,
            granted: works(&self.granted).await,
            refresh: client.token(world, body).await.status == 200,
        }
    }

    async fn change(&self, world: &World, everything: bool) {
        let path = world.at(&format!("users/{}/update-password", self.user_id));
        let body = json!({"current_password": PASSWORD, "password": "Another9pony", "revoke_everything": everything});
        self.personal.put(&path, body).await.expect(200);
    }

    async fn reset(&self, world: &World, post: &mut Post, everything: bool) {
        let body = json!({"email": self.email});
        world
            .stranger
            .post("/auth/password/email", body)
            .await
            .expect(200);
        let code = post.next(&self.email, "Set a new").await.code(world);
        let mut body = json!({"code": code, "password": "Another9pony"});
        if !everything {
            body["revoke_everything"] = json!(false);
        }
        world
            .stranger
            .post("/auth/password/reset", body)
            .await
            .expect(200);
    }
}

const ALL: Alive = Alive {
    session: true,
    personal: true,
    sign_in: true,
    granted: true,
    refresh: true,
};
const NONE: Alive = Alive {
    session: false,
    personal: false,
    sign_in: false,
    granted: false,
    refresh: false,
};
const NAMED_ONLY: Alive = Alive {
    personal: true,
    ..NONE
};

async fn every_event_against_every_credential(world: &World) {
    let client = &Client::new(world).await;
    let mut post = Post::of(world);

    let idle = Held::new(world, client, "idle").await;
    assert_eq!(idle.alive(world, client).await, ALL, "nothing happened");

    let changed = Held::new(world, client, "changed").await;
    changed.change(world, false).await;
    assert_eq!(changed.alive(world, client).await, NAMED_ONLY, "changed");

    let all_changed = Held::new(world, client, "allchanged").await;
    all_changed.change(world, true).await;
    assert_eq!(
        all_changed.alive(world, client).await,
        NONE,
        "changed, everything revoked"
    );

    let reset = Held::new(world, client, "reset").await;
    reset.reset(world, &mut post, true).await;
    assert_eq!(reset.alive(world, client).await, NONE, "reset");

    let kept = Held::new(world, client, "kept").await;
    kept.reset(world, &mut post, false).await;
    assert_eq!(
        kept.alive(world, client).await,
        NAMED_ONLY,
        "reset, named tokens kept"
    );

    let signed_out = Held::new(world, client, "signedout").await;
    signed_out
        .sign_in
        .post("/auth/logout", json!({}))
        .await
        .expect(204);
    let wanted = Alive {
        sign_in: false,
        ..ALL
    };
    assert_eq!(signed_out.alive(world, client).await, wanted, "signed out");

    // Disabled in the organisation: nothing works there, whatever belongs to the person stays.
    let disabled = Held::new(world, client, "disabled").await;
    let (org, user_id, now) = (world.org.clone(), disabled.user_id, world.app.clock.now());
    world
        .write(move |tx| {
            let status = MemberStatus::Disabled;
            set_membership(tx, &org, user_id, Role::Standard, status, now)
        })
        .await;
    let wanted = Alive {
        session: true,
        ..NONE
    };
    assert_eq!(disabled.alive(world, client).await, wanted, "disabled");
}
