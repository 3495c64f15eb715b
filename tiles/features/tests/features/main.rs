//! Tests of the reader from outside: real data, every format, hostile input.

#[cfg(test)]
mod formats;
#[cfg(test)]
mod malformed;
#[cfg(test)]
mod real_data;
#[cfg(test)]
mod support;
