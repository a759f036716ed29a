-- Who there is. One text for both engines: TEXT ids of 32 hex, BIGINT numbers, times as BIGINT
-- microseconds, flags as BOOLEAN. Everything that belongs to an organisation starts its key with it.

CREATE TABLE instance (
    id TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

-- Numbers that have to be short and ascending. `organization_id` is '' for numbers of the whole instance.
CREATE TABLE counters (
    organization_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (organization_id, name)
);

CREATE TABLE organizations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT,
    timezone TEXT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE users (
    id BIGINT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL UNIQUE,
    username TEXT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    locale TEXT NOT NULL,
    timezone TEXT,
    phone TEXT,
    job_title TEXT,
    job_description TEXT,
    team TEXT,
    country_id BIGINT,
    date_format TEXT,
    password_hash TEXT,
    email_verified_at BIGINT,
    suspended_at BIGINT,
    last_login_at BIGINT,
    last_accessed_at BIGINT,
    last_known_ip TEXT,
    -- Raised to end every credential of this person at once.
    epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'standard', 'light')),
    status TEXT NOT NULL CHECK (status IN ('active', 'invited', 'disabled')),
    is_default_admin BOOLEAN NOT NULL,
    -- Raised to end every credential of this person in this organisation at once.
    epoch BIGINT NOT NULL,
    -- Lower-cased names and address, for searching.
    search TEXT NOT NULL,
    invited_by BIGINT,
    approved_at BIGINT,
    activated_at BIGINT,
    disabled_at BIGINT,
    disabled_by BIGINT,
    reactivated_at BIGINT,
    reactivated_by BIGINT,
    last_accessed_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id, organization_id);

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    -- Set when the token works in one organisation only.
    organization_id TEXT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- SHA-256 of the whole secret, in hex: the secret itself is stored nowhere.
    secret_hash TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    last4 TEXT NOT NULL,
    scopes TEXT NOT NULL,
    user_epoch BIGINT NOT NULL,
    membership_epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT,
    last_used_ip TEXT,
    last_client TEXT,
    FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
);
CREATE INDEX tokens_by_user ON tokens (user_id, created_at);

-- Guests are known by address, once for the whole instance, and belong to organisations by a row each.
CREATE TABLE guests (
    id BIGINT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE organization_guests (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    guest_id BIGINT NOT NULL REFERENCES guests (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, guest_id)
);
