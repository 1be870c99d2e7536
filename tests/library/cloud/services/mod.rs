//! ECS, OSS and the directory through the client: against the sandbox, and against a service that lies.

mod answers;
mod sandbox;
mod script;
