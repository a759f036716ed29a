-- What members sort work and people by: guests with what an organisation knows of them, groups, tags, folders, job titles,
-- values of custom fields, and snippets of text.

-- What an organisation knows of a guest. A guest who is removed keeps the row, because finished work names them.
ALTER TABLE organization_guests ADD COLUMN details TEXT;
-- Address and names in lower case, for searching; filled when the row is made.
ALTER TABLE organization_guests ADD COLUMN search TEXT;
ALTER TABLE organization_guests ADD COLUMN last_accessed_at BIGINT;
ALTER TABLE organization_guests ADD COLUMN disabled_at BIGINT;
ALTER TABLE organization_guests ADD COLUMN disabled_by BIGINT;
ALTER TABLE organization_guests ADD COLUMN reactivated_at BIGINT;
ALTER TABLE organization_guests ADD COLUMN reactivated_by BIGINT;
ALTER TABLE organization_guests ADD COLUMN deleted_at BIGINT;
-- The code in the guest's personal link: SHA-256 in hex to find the guest by, sealed to show the link again.
ALTER TABLE organization_guests ADD COLUMN code_hash TEXT;
ALTER TABLE organization_guests ADD COLUMN code_sealed TEXT;
ALTER TABLE guests ADD COLUMN deleted_at BIGINT;
CREATE UNIQUE INDEX organization_guests_by_code ON organization_guests (organization_id, code_hash);
UPDATE organization_guests SET search = (SELECT g.email_folded FROM guests g WHERE g.id = organization_guests.guest_id);

CREATE TABLE groups (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    description TEXT,
    -- Name and description in lower case, for searching.
    search TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX groups_by_name ON groups (organization_id, name_folded);

CREATE TABLE group_members (
    organization_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (organization_id, group_id, user_id),
    FOREIGN KEY (organization_id, group_id) REFERENCES groups (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
);
CREATE INDEX group_members_by_user ON group_members (organization_id, user_id);

CREATE TABLE group_guests (
    organization_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    guest_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (organization_id, group_id, guest_id),
    FOREIGN KEY (organization_id, group_id) REFERENCES groups (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, guest_id) REFERENCES organization_guests (organization_id, guest_id)
);
CREATE INDEX group_guests_by_guest ON group_guests (organization_id, guest_id);

CREATE TABLE tags (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    color TEXT,
    auto_generated BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX tags_by_title ON tags (organization_id, title_folded);

-- What is tagged. The number of the row is what clients detach by. The subject's own room checks that it exists.
CREATE TABLE tag_links (
    organization_id TEXT NOT NULL,
    id BIGINT NOT NULL,
    tag_id TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, tag_id) REFERENCES tags (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX tag_links_by_subject ON tag_links (organization_id, subject_type, subject_id, tag_id);
CREATE INDEX tag_links_by_tag ON tag_links (organization_id, tag_id, subject_type);

CREATE TABLE folders (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id TEXT NOT NULL,
    folder_type TEXT NOT NULL CHECK (folder_type IN ('checklist', 'run')),
    parent_id TEXT,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, parent_id) REFERENCES folders (organization_id, id)
);
CREATE INDEX folders_by_parent ON folders (organization_id, parent_id);

-- Processes and tasks in folders, each in one at most. Templates name their folder themselves.
CREATE TABLE folder_links (
    organization_id TEXT NOT NULL,
    id BIGINT NOT NULL,
    folder_id TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, folder_id) REFERENCES folders (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX folder_links_by_subject ON folder_links (organization_id, subject_type, subject_id);
CREATE INDEX folder_links_by_folder ON folder_links (organization_id, folder_id);

CREATE TABLE job_titles (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX job_titles_by_name ON job_titles (organization_id, name_folded);

CREATE TABLE custom_field_keys (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id BIGINT NOT NULL,
    field_key TEXT NOT NULL,
    applies_to TEXT NOT NULL,
    field_type TEXT NOT NULL,
    key_type TEXT NOT NULL CHECK (key_type IN ('org', 'system')),
    is_required BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    -- JSON lists: read and written whole, never searched.
    choices TEXT NOT NULL,
    table_columns TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX custom_field_keys_by_key ON custom_field_keys (organization_id, applies_to, field_key);

-- Values, each as the JSON that was sent.
CREATE TABLE custom_field_values (
    organization_id TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    key_id BIGINT NOT NULL,
    content TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, subject_type, subject_id, key_id),
    FOREIGN KEY (organization_id, key_id) REFERENCES custom_field_keys (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX custom_field_values_by_key ON custom_field_values (organization_id, key_id);

CREATE TABLE snippets (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    content TEXT NOT NULL,
    -- Which rules the content was cleaned by.
    content_rules BIGINT NOT NULL,
    is_public BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX snippets_by_title ON snippets (organization_id, title_folded, id);
