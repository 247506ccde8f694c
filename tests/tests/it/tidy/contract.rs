//! The contract: every element explained, every call made by some test.

use prost::Message as _;
use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

use super::{files, nothing_of};

fn ours() -> Vec<FileDescriptorProto> {
    let set = FileDescriptorSet::decode(amends_proto::FILE_DESCRIPTOR_SET).unwrap();
    set.file.into_iter().filter(|file| file.package() == "amends.v1").collect()
}

/// A message or enum by its name, with the path that its comment stands under.
fn elements(file: &FileDescriptorProto) -> Vec<(String, Vec<i32>)> {
    let mut found = Vec::new();
    for (n, message) in (0..).zip(&file.message_type) {
        of_message(message, vec![4, n], &mut found);
    }
    for (n, one) in (0..).zip(&file.enum_type) {
        found.push((one.name().to_owned(), vec![5, n]));
        for (v, value) in (0..).zip(&one.value) {
            found.push((format!("{}.{}", one.name(), value.name()), vec![5, n, 2, v]));
        }
    }
    for (n, service) in (0..).zip(&file.service) {
        found.push((service.name().to_owned(), vec![6, n]));
        for (m, method) in (0..).zip(&service.method) {
            found.push((format!("{}.{}", service.name(), method.name()), vec![6, n, 2, m]));
        }
    }
    found
}

fn of_message(message: &DescriptorProto, path: Vec<i32>, found: &mut Vec<(String, Vec<i32>)>) {
    for (f, field) in (0..).zip(&message.field) {
        found.push((format!("{}.{}", message.name(), field.name()), [&path[..], &[2, f]].concat()));
    }
    for (n, nested) in (0..).zip(&message.nested_type) {
        of_message(nested, [&path[..], &[3, n]].concat(), found);
    }
    found.push((message.name().to_owned(), path));
}

#[test]
fn every_element_has_a_comment() {
    let mut bare = Vec::new();
    for file in ours() {
        let source = file.source_code_info.clone().unwrap();
        let commented = |path: &[i32]| {
            let at = source.location.iter().find(|location| location.path == path);
            at.is_some_and(|location| !location.leading_comments().trim().is_empty())
        };
        let missing = elements(&file).into_iter().filter(|(_, path)| !commented(path));
        bare.extend(missing.map(|(name, _)| format!("{}: {name}", file.name())));
    }
    nothing_of("without a comment", &bare);
}

#[test]
fn every_call_is_made_by_a_test() {
    let tests = files(&["tests/src", "tests/tests"], ".rs");
    let mut untested = Vec::new();
    for service in ours().iter().flat_map(|file| &file.service) {
        for method in &service.method {
            let request = method.input_type().rsplit('.').next().unwrap_or_default();
            let called = format!(".{}(", snake(method.name()));
            let made = tests.iter().any(|file| file.text.contains(request) || file.text.contains(&called));
            if !made {
                untested.push(format!("{}.{}", service.name(), method.name()));
            }
        }
    }
    nothing_of("never called by a test", &untested);
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[test]
fn every_reason_has_an_example() {
    let text = std::fs::read_to_string(super::root().join("proto/amends/v1/error.proto")).unwrap();
    let reasons = ours().iter().flat_map(|file| file.enum_type.clone()).find(|one| one.name() == "Reason");
    let count = reasons.unwrap().value.len() - 1;
    assert_eq!(text.matches("Example:").count(), count);
}
