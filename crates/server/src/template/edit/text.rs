//! Every text of a template that may hold variables, in one place: for renaming them, for looking for them, for taking
//! embedded things out of them.

use serde_json::Value;

use crate::template::model::Content;

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// In the template itself: summary, guidance, kick-off description, name format.
    Template,
    /// In a step: title, summary, the name of what it launches.
    Step(&'a str),
    /// In a field: guidance and the content it begins with.
    Field(&'a str),
}

/// Shows every text to `change`, which may write into it.
pub fn each_mut(content: &mut Content, mut change: impl FnMut(Place<'_>, &mut String)) {
    let head = &mut content.head;
    for text in [
        &mut head.summary,
        &mut head.guidance,
        &mut head.kickoff_description,
        &mut head.default_process_name_format,
    ]
    .into_iter()
    .flatten()
    {
        change(Place::Template, text);
    }
    for step in &mut content.steps {
        let place = Place::Step(&step.id);
        change(place, &mut step.title);
        if let Some(text) = &mut step.summary {
            change(place, text);
        }
        if let Some(text) = step
            .launches
            .as_mut()
            .and_then(|launch| launch.default_name_format.as_mut())
        {
            change(place, text);
        }
    }
    let captures = content.steps.iter_mut().flat_map(|step| &mut step.fields);
    for field in content.kickoff.iter_mut().chain(captures) {
        let place = Place::Field(&field.id);
        if let Some(text) = &mut field.guidance {
            change(place, text);
        }
        if let Value::String(text) = &mut field.default_value.0 {
            change(place, text);
        }
    }
}

/// Shows every text to `look`.
pub fn each<'c>(content: &'c Content, mut look: impl FnMut(Place<'c>, &'c str)) {
    let head = &content.head;
    for text in [
        &head.summary,
        &head.guidance,
        &head.kickoff_description,
        &head.default_process_name_format,
    ]
    .into_iter()
    .flatten()
    {
        look(Place::Template, text);
    }
    for step in &content.steps {
        let place = Place::Step(&step.id);
        look(place, &step.title);
        if let Some(text) = &step.summary {
            look(place, text);
        }
        if let Some(text) = step
            .launches
            .as_ref()
            .and_then(|launch| launch.default_name_format.as_ref())
        {
            look(place, text);
        }
    }
    for field in content.fields() {
        let place = Place::Field(&field.id);
        if let Some(text) = &field.guidance {
            look(place, text);
        }
        if let Value::String(text) = &field.default_value.0 {
            look(place, text);
        }
    }
}
