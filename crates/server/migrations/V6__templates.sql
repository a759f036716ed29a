-- What processes are made from. A template is a row that says what it is, and a row for each part: step, form field,
-- kick-off field, milestone, rule. What is only ever read and written whole stands in `body`, as JSON.

CREATE TABLE templates (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id TEXT NOT NULL,
    increment_id BIGINT NOT NULL,
    -- Number of the version that is shown and edited, and whether it was kept as it is.
    version BIGINT NOT NULL,
    is_kept BOOLEAN NOT NULL,
    title TEXT NOT NULL,
    -- The title in lower case, for searching and sorting.
    title_folded TEXT NOT NULL,
    template_type TEXT NOT NULL,
    alias TEXT NOT NULL,
    status TEXT,
    folder_id TEXT,
    is_pinned BOOLEAN NOT NULL,
    is_public BOOLEAN NOT NULL,
    is_featured BOOLEAN NOT NULL,
    is_public_kickoff BOOLEAN NOT NULL,
    dual_version_enabled BOOLEAN NOT NULL,
    is_published_state BOOLEAN NOT NULL,
    steps_count BIGINT NOT NULL,
    started_processes BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    last_updated_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    archived_at BIGINT,
    -- Which rules the rich text was cleaned by when it was written: see rich_text.rs.
    cleaned_by BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, created_by) REFERENCES memberships (organization_id, user_id),
    FOREIGN KEY (organization_id, owner_id) REFERENCES memberships (organization_id, user_id),
    FOREIGN KEY (organization_id, last_updated_by) REFERENCES memberships (organization_id, user_id)
);
CREATE UNIQUE INDEX templates_by_number ON templates (organization_id, increment_id);
CREATE UNIQUE INDEX templates_by_alias ON templates (organization_id, alias);
CREATE INDEX templates_newest ON templates (organization_id, updated_at, increment_id);
CREATE INDEX templates_by_folder ON templates (organization_id, folder_id);

CREATE TABLE template_parts (
    organization_id TEXT NOT NULL,
    template_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('step', 'capture', 'prerun', 'stage', 'rule')),
    -- For a capture its step; '' for the others.
    parent_id TEXT NOT NULL,
    -- Order within kind and parent, from 0.
    place BIGINT NOT NULL,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organization_id, template_id, id),
    FOREIGN KEY (organization_id, template_id) REFERENCES templates (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX template_parts_by_kind ON template_parts (organization_id, template_id, kind, place);
CREATE INDEX template_parts_by_id ON template_parts (organization_id, id);

-- What the parts of a template name outside of it, so that it is found when that goes: members, guests, groups,
-- templates, snippets. Derived from the parts whenever they change.
CREATE TABLE template_mentions (
    organization_id TEXT NOT NULL,
    template_id TEXT NOT NULL,
    -- The part; the template's own id for its texts.
    part_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    mentioned TEXT NOT NULL,
    PRIMARY KEY (organization_id, template_id, part_id, kind, mentioned),
    FOREIGN KEY (organization_id, template_id) REFERENCES templates (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX template_mentions_of ON template_mentions (organization_id, kind, mentioned);

-- Who may do what. `subject` is '' for everyone, a member's number, or a group's id.
CREATE TABLE template_grants (
    organization_id TEXT NOT NULL,
    template_id TEXT NOT NULL,
    permission TEXT NOT NULL CHECK (permission IN ('read', 'edit', 'launch', 'duplicate', 'process_read', 'named')),
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('everyone', 'member', 'group')),
    subject TEXT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (organization_id, template_id, permission, subject_kind, subject),
    FOREIGN KEY (organization_id, template_id) REFERENCES templates (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX template_grants_of ON template_grants (organization_id, subject_kind, subject);

CREATE TABLE template_stars (
    organization_id TEXT NOT NULL,
    template_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (organization_id, template_id, user_id),
    FOREIGN KEY (organization_id, template_id) REFERENCES templates (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
);

-- Versions as they were when they were kept. The one being edited is the template itself.
CREATE TABLE template_versions (
    organization_id TEXT NOT NULL,
    template_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    reason TEXT NOT NULL,
    title TEXT NOT NULL,
    steps_count BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (organization_id, template_id, version),
    FOREIGN KEY (organization_id, template_id) REFERENCES templates (organization_id, id) ON DELETE CASCADE
);
