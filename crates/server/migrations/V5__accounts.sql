-- How people sign in, what they are mailed, and the record of both.

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    user_epoch BIGINT NOT NULL,
    ip TEXT NOT NULL,
    -- What the browser calls itself.
    agent TEXT,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- When the password was last given in it: what is dangerous asks for that again.
    confirmed_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_by_user ON sessions (user_id, created_at);

-- A password that was right, while the second factor is still owed.
CREATE TABLE sign_in_challenges (
    secret_hash TEXT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    user_epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE second_factors (
    user_id BIGINT NOT NULL PRIMARY KEY REFERENCES users (id),
    -- The TOTP secret, encrypted under the key of the instance, which is not in the database.
    sealed_secret TEXT NOT NULL,
    -- None until the first code was given.
    confirmed_at BIGINT,
    -- The last time step whose code was taken: a code is good once.
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL REFERENCES users (id),
    code_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, code_hash)
);

-- Codes that were mailed: to prove an address, to set a password, to accept an invitation.
CREATE TABLE mailed_codes (
    code_hash TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify', 'reset', 'invitation', 'new_address')),
    user_id BIGINT NOT NULL REFERENCES users (id),
    organization_id TEXT,
    -- Where it was sent to; for 'new_address' that is the address to be proven.
    email TEXT NOT NULL,
    user_epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX mailed_codes_by_user ON mailed_codes (user_id, purpose);

-- Mail that is due. A row says what to tell whom, never a secret: codes are made when the mail is sent.
CREATE TABLE mail_jobs (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    -- None for an address that is nobody's: nothing is sent, but asking costs as much work as for a known one.
    user_id BIGINT REFERENCES users (id),
    organization_id TEXT,
    -- JSON, as the kind needs it.
    details TEXT NOT NULL,
    tries BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    -- Given up after the last try.
    failed_at BIGINT
);
CREATE INDEX mail_jobs_due ON mail_jobs (sent_at, failed_at, due_at);

-- Failed attempts, by account and by network, so that guessing is slow and stays slow over a restart.
CREATE TABLE throttles (
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    -- When they are forgotten.
    ends_at BIGINT NOT NULL
);

-- What happened to credentials and accounts. '' as organisation: it concerns a person, and every organisation of theirs
-- may read it.
CREATE TABLE audit_events (
    organization_id TEXT NOT NULL,
    id TEXT NOT NULL,
    event TEXT NOT NULL,
    severity TEXT NOT NULL,
    -- Who did it, as far as that is known.
    actor_id BIGINT,
    -- Whom it concerns.
    user_id BIGINT,
    client_id TEXT,
    -- The credential it was done with, or the one it was done to.
    credential_id TEXT,
    ip TEXT,
    -- What the client calls itself.
    agent TEXT,
    -- JSON without secrets.
    details TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX audit_events_by_user ON audit_events (user_id, organization_id, id);
CREATE INDEX audit_events_by_age ON audit_events (created_at);
