//! The renderer on whatever device there is, mostly the processor: what is seen, what is picked, what is held.

mod memory;
mod picking;
mod pictures;
mod shapes;
mod studio;
