-- Applications that act for people, what people allowed them, and how each kind of credential is kept.
-- Of a secret only its SHA-256 is stored, everywhere.

CREATE TABLE oauth_clients (
    -- Digits for one that an administrator made, a UUID for one that registered itself.
    id TEXT NOT NULL PRIMARY KEY,
    -- None for one that registered itself.
    organization_id TEXT REFERENCES organizations (id),
    name TEXT NOT NULL,
    -- None for a public client.
    secret_hash TEXT,
    secret_last4 TEXT,
    -- The secret before the last rotation, while it still works beside the new one.
    old_secret_hash TEXT,
    old_secret_until BIGINT,
    auth_method TEXT NOT NULL CHECK (auth_method IN ('none', 'client_secret_post', 'client_secret_basic')),
    -- Words separated by spaces.
    grant_types TEXT NOT NULL,
    -- One to a line.
    redirect_uris TEXT NOT NULL,
    -- The most it may ask for.
    scopes TEXT NOT NULL,
    self_registered BOOLEAN NOT NULL,
    created_by BIGINT REFERENCES users (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX oauth_clients_by_organization ON oauth_clients (organization_id, created_at);

-- What somebody allowed an application, once: everything issued because of it ends together.
CREATE TABLE authorizations (
    id TEXT NOT NULL PRIMARY KEY,
    -- None for a sign-in by API.
    client_id TEXT REFERENCES oauth_clients (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    -- Set when it holds for one organisation only.
    organization_id TEXT,
    origin TEXT NOT NULL CHECK (origin IN ('code', 'device', 'implicit', 'password', 'issued', 'sign_in')),
    scopes TEXT NOT NULL,
    user_epoch BIGINT NOT NULL,
    membership_epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When the last credential issued under it runs out.
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
);
CREATE INDEX authorizations_by_user ON authorizations (user_id, created_at);
CREATE INDEX authorizations_by_client ON authorizations (client_id);

-- Access tokens of persons that an application or a sign-in got: kinds 'issued' and 'oauth'.
ALTER TABLE tokens ADD COLUMN client_id TEXT REFERENCES oauth_clients (id);
ALTER TABLE tokens ADD COLUMN authorization_id TEXT REFERENCES authorizations (id);
CREATE INDEX tokens_by_authorization ON tokens (authorization_id);
CREATE INDEX tokens_by_organization ON tokens (organization_id, created_at);

CREATE TABLE refresh_tokens (
    secret_hash TEXT NOT NULL PRIMARY KEY,
    authorization_id TEXT NOT NULL REFERENCES authorizations (id),
    client_id TEXT NOT NULL REFERENCES oauth_clients (id),
    scopes TEXT NOT NULL,
    -- The access token that came with it.
    token_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- When it was exchanged, and for which one. While the successor is unused, the answer may have been lost.
    used_at BIGINT,
    successor_hash TEXT,
    revoked_at BIGINT
);
CREATE INDEX refresh_tokens_by_authorization ON refresh_tokens (authorization_id);

-- Tokens of applications themselves. Another table, not another kind: nothing can take one for a person's.
CREATE TABLE application_tokens (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES oauth_clients (id),
    secret_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX application_tokens_by_client ON application_tokens (client_id);

CREATE TABLE authorization_codes (
    code_hash TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES oauth_clients (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    organization_id TEXT,
    -- What the request for the code said; '' when it said nothing, and then the exchange need not either.
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    -- The S256 challenge (RFC 7636); '' when none was sent.
    challenge TEXT NOT NULL,
    user_epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    -- What its exchange produced, to be ended when it is presented again.
    authorization_id TEXT
);
CREATE INDEX authorization_codes_by_age ON authorization_codes (expires_at);

CREATE TABLE device_codes (
    device_hash TEXT NOT NULL PRIMARY KEY,
    user_code_hash TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL REFERENCES oauth_clients (id),
    scopes TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'used')),
    user_id BIGINT REFERENCES users (id),
    organization_id TEXT,
    user_epoch BIGINT,
    -- Seconds to wait between two polls; grows when the device polls too often.
    wait_seconds BIGINT NOT NULL,
    polled_at BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX device_codes_by_age ON device_codes (expires_at);

-- A credential that an administrator switched off for one organisation, though it works in others.
CREATE TABLE token_exclusions (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    token_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, token_id)
);

-- What an organisation allows; no row means what the installation allows.
CREATE TABLE token_policies (
    organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organizations (id),
    max_days BIGINT,
    allow_never_expiring BOOLEAN NOT NULL,
    light_members BOOLEAN NOT NULL,
    -- Words separated by spaces.
    grant_types TEXT NOT NULL,
    self_registered_clients BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Answers to POSTs that carried an Idempotency-Key, kept for a day. The caller is `user 1001` or `application 4821`.
CREATE TABLE idempotency (
    caller TEXT NOT NULL,
    route TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, route, idempotency_key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
INSERT INTO idempotency SELECT 'user ' || user_id, route, idempotency_key, body_hash, status, body, created_at FROM idempotency_keys;
DROP TABLE idempotency_keys;
