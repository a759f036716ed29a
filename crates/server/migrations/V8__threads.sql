-- What people say about things, and more about what happened.

-- Comments and issues. What one is about is named by kind and id: tasks and templates have them alike.
CREATE TABLE threads (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    -- As it was written, cleaned: mentions stand as @[number].
    content TEXT NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    author_type TEXT NOT NULL,
    author_id BIGINT,
    -- Of an issue: the comment that resolved it.
    resolve_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- When it was deleted. The row rests for thirty days, like everything deleted, and nothing shows it.
    archived_at BIGINT,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX threads_by_subject ON threads (organization_id, subject_type, subject_id, created_at, id);
CREATE INDEX threads_by_end ON threads (archived_at);

-- Members that a comment mentions. On a task this lets them see it, so the subject is repeated here.
CREATE TABLE thread_mentions (
    organization_id TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    PRIMARY KEY (organization_id, thread_id, user_id),
    FOREIGN KEY (organization_id, thread_id) REFERENCES threads (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
);
CREATE INDEX thread_mentions_by_subject ON thread_mentions (organization_id, subject_type, subject_id, user_id);

-- Whether an issue is open, and whether anybody is mentioned: most tasks have neither, and are read without a look there.
ALTER TABLE tasks ADD COLUMN problem BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE tasks ADD COLUMN has_mentions BOOLEAN NOT NULL DEFAULT FALSE;

-- What the feed tells: who it was, inside of what, which field, and a sentence with its lower case for searching.
ALTER TABLE activities ADD COLUMN actor_type TEXT NOT NULL DEFAULT 'user';
ALTER TABLE activities ADD COLUMN parent_type TEXT;
ALTER TABLE activities ADD COLUMN parent_id TEXT;
ALTER TABLE activities ADD COLUMN field TEXT;
ALTER TABLE activities ADD COLUMN old_value TEXT;
ALTER TABLE activities ADD COLUMN description TEXT;
ALTER TABLE activities ADD COLUMN description_folded TEXT;
UPDATE activities SET verb = 'unarchived' WHERE verb = 'restored';
CREATE INDEX activities_by_time ON activities (organization_id, created_at, id);
CREATE INDEX activities_by_parent ON activities (organization_id, parent_type, parent_id, id);
