//! Deliberate oddities of the contract, in one place, each with its cause.
//!
//! | oddity | why it stays |
//! |---|---|
//! | `links` names the page before twice, `previous` and `prev` | one official client reads the first, another the second |
//! | `has_more_pages` beside `total_pages` | a connector loops on it |
//! | `limit` means `per_page` | the same connector sends it on every list |
//! | `owners.users` are numbers, never objects | two official clients parse numbers; some documentation shows objects |
//! | `completer_guest` and `completer_guest_id` | both names are documented |
//! | `active`/`is_active`, `last_updated`/`updated_at`, `created_on`/`created_at`, `role`/`type` | clients read one or the other |
//! | a task is also called `name` and described by `description` | older clients |
//! | `POST` on `completed-tasks/{task}` reopens, like `DELETE` | a published connector sends POST |
//! | `PATCH` is `PUT` on tasks | migration scripts send it |
//! | a finished task cannot be completed again: 422 | the documentation says so; the original was seen to answer 200 |
//! | archiving an archived task answers 204 again, restoring twice 200 | an official client repeats PUT and DELETE by itself |
//! | `sent_by` and `last_updated_at` of a comment | older names of `author_id` and `updated_at` |
//! | the answer to a search has no `data` around it, and its `folders` none inside | an official client walks it that way |
//! | rows of a search have a `title` and a `name` | an official client reads one or the other, by kind |
//! | most of an activity is in lists of one | the original groups events; reports index into the lists |
//! | changing a group or a guest answers 201 | the documented samples insist on it |
//! | deleting a tag that never was answers 204, an unknown guest 422 | documented so |
//! | tags are attached to tasks at `checklists/tags` | one pair of routes for everything that carries them |
//! | a guest's `phone` is stored as `phone_1` | an official client sends the first, and reads the second |
//! | a member is invited when a guest becomes one | the address was never proven; the contract only speaks of a mail to set a password |
//! | an empty string is null | the original's framework does that to every request |
//! | unknown fields are dropped | clients echo whole objects back |
