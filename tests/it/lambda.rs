//! Functions as Lambda runs them: the binaries themselves, in the environment that the template gives them, polling a
//! Runtime API, with what the template lets their roles do.

mod answers;
mod aws;
mod calls;
mod deliver;
mod environment;
mod events;
mod function;
mod loopback;
mod outside;
mod runtime_api;
mod seed;
mod template;
