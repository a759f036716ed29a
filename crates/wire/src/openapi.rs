//! Schemas of the types whose JSON is not what a derive would say of them.

use std::borrow::Cow;

use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};

use crate::lenient::{Flag, Int, Json, Object, Text};
use crate::patch::Patch;
use crate::time::Time;

fn plain(kind: impl Into<SchemaType>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(kind).build().into()
}

macro_rules! schema {
    ($($kind:ty => $schema:expr),* $(,)?) => { $(
        impl ComposeSchema for $kind {
            fn compose(_generics: Vec<RefOr<Schema>>) -> RefOr<Schema> {
                $schema
            }
        }
        impl ToSchema for $kind {}
    )* };
}

schema! {
    Flag => plain(Type::Boolean),
    Int => plain(Type::Integer),
    Text => plain(Type::String),
    Json => plain(SchemaType::AnyValue),
    Object => plain(Type::Object),
    Time => ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples(["2026-02-03T09:15:00.000Z"])
        .build()
        .into(),
}

/// A field of a partial update may be null to clear it.
impl<T: ComposeSchema> ComposeSchema for Patch<T> {
    fn compose(generics: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        Option::<T>::compose(generics)
    }
}

impl<T: ToSchema + ComposeSchema> ToSchema for Patch<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}
