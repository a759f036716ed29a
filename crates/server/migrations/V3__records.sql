-- What happened, what was asked before, and what was thrown away.

CREATE TABLE activities (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id BIGINT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    verb TEXT NOT NULL,
    actor_id BIGINT,
    token_id TEXT,
    client TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX activities_by_subject ON activities (organization_id, subject_type, subject_id, id);

-- Answers to POSTs that carried an Idempotency-Key, kept for a day.
CREATE TABLE idempotency_keys (
    user_id BIGINT NOT NULL,
    route TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, route, idempotency_key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- What was deleted for good rests here for thirty days; an administrator on the machine can bring it back.
CREATE TABLE recycle_bin (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    deleted_by BIGINT,
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, kind, id)
);
CREATE INDEX recycle_bin_by_age ON recycle_bin (deleted_at);
