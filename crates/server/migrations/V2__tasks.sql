-- What is to be done. The composite keys make the database itself refuse an assignment across organisations.

CREATE TABLE tasks (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    id TEXT NOT NULL,
    increment_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    -- The title in lower case, for searching.
    title_folded TEXT NOT NULL,
    summary TEXT,
    task_type TEXT NOT NULL,
    status TEXT NOT NULL,
    is_approved BOOLEAN,
    position BIGINT NOT NULL,
    started_at BIGINT,
    deadline BIGINT,
    is_soft_start_date BOOLEAN NOT NULL,
    everyone_must_complete BOOLEAN NOT NULL,
    can_complete_only_assignees BOOLEAN NOT NULL,
    max_assignable BIGINT NOT NULL,
    prevent_guest_comment BOOLEAN NOT NULL,
    top_secret BOOLEAN NOT NULL,
    webhook TEXT,
    has_guests BOOLEAN NOT NULL,
    starter_id BIGINT NOT NULL,
    completer_id BIGINT,
    completed_at BIGINT,
    archived_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, starter_id) REFERENCES memberships (organization_id, user_id),
    FOREIGN KEY (organization_id, completer_id) REFERENCES memberships (organization_id, user_id)
);
CREATE UNIQUE INDEX tasks_by_number ON tasks (organization_id, increment_id);
CREATE INDEX tasks_newest ON tasks (organization_id, created_at, increment_id);
CREATE INDEX tasks_by_deadline ON tasks (organization_id, deadline);

-- Members a task is assigned to. `active`, `created_at` and `increment_id` repeat the task's, so that
-- the newest open tasks of one person are a walk along one index, which also says which tasks they are.
CREATE TABLE task_members (
    organization_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    -- When this assignee did their part, where everyone must.
    completed_at BIGINT,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    increment_id BIGINT NOT NULL,
    PRIMARY KEY (organization_id, task_id, user_id),
    FOREIGN KEY (organization_id, task_id) REFERENCES tasks (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
);
CREATE INDEX task_members_newest ON task_members (organization_id, user_id, active, created_at, increment_id, task_id);

CREATE TABLE task_guests (
    organization_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    guest_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (organization_id, task_id, guest_id),
    FOREIGN KEY (organization_id, task_id) REFERENCES tasks (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, guest_id) REFERENCES organization_guests (organization_id, guest_id)
);
CREATE INDEX task_guests_by_guest ON task_guests (organization_id, guest_id);

-- How many active tasks each member has: a page of one's own tasks tells the total, and counting
-- ten thousand rows for it would make the commonest request grow with the data.
CREATE TABLE task_counts (
    organization_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    active BIGINT NOT NULL,
    PRIMARY KEY (organization_id, user_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES memberships (organization_id, user_id)
);
