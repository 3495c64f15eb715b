//! Component splits and setbacks: components become current one by one and are given to branches.
#[derive(Debug)]
pub(super) struct Components {}
