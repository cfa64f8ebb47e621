//! What a policy must be before it is put in force.

use casbin::{CoreApi, Enforcer};

use super::Error;
use crate::domain::permission::{Permission, Relation, Subject};

/// Every line names a subject, an object with an action, and a relation that the product knows, and there is a line.
pub(super) fn check(lines: &[Vec<String>]) -> Result<(), Error> {
    if lines.is_empty() {
        return Err(Error::Empty);
    }
    lines.iter().try_for_each(|line| {
        unknown_word(line).map_or(Ok(()), |reason| {
            Err(Error::UnknownWord { line: line.iter().skip(1).cloned().collect::<Vec<_>>().join(", "), reason })
        })
    })
}

/// A model that answers yes to what no line can allow would be no policy at all.
pub(super) fn check_model(enforcer: &Enforcer) -> Result<(), Error> {
    match enforcer.enforce(("nobody", "nothing", "never", "none")) {
        Ok(false) => Ok(()),
        Ok(true) => {
            Err(Error::UnknownWord { line: "model.conf".to_owned(), reason: "the matcher allows what no line allows" })
        }
        Err(failure) => Err(failure.into()),
    }
}

fn unknown_word(line: &[String]) -> Option<&'static str> {
    // Casbin puts the section and the kind of line in front.
    let [_, kind, role, object, action, relation] = line else {
        return Some("a line has a role, an object, an action and a relation");
    };
    if kind != "p" {
        return Some("a line begins with p");
    }
    if !Subject::ALL.iter().any(|subject| subject.as_str() == role) {
        return Some("the role is not known");
    }
    if !Permission::ALL.iter().any(|permission| permission.object() == object && permission.action() == action) {
        return Some("the object and action are not known");
    }
    if !Relation::ALL.iter().any(|known| known.as_str() == relation) {
        return Some("the relation is not known");
    }
    None
}
